"""The small words of a short text tell its language; where they do not, nothing is said."""

from __future__ import annotations

import pytest

from kb.lexicon.small_words import language_by_small_words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wat is lokale functionaliteit in Dynamics Business Central?", "nl"),
        ("Who is Gerrit Vermaas van der Horst?", "en"),
        ("En voor deeltijders?", "nl"),
        ("And for part-timers?", "en"),
        ("what does de Bever cost", "en"),
        ("EN VOOR DEELTIJDERS?", "nl"),
    ],
)
def test_the_language_is_the_one_with_more_small_words_of_its_own(text: str, language: str) -> None:
    assert language_by_small_words(text) == language


@pytest.mark.parametrize("text", ["", "Kwikwiel Bever 4711-B", "the de", "is was in"])
def test_without_such_words_or_with_as_many_of_both_nothing_is_said(text: str) -> None:
    assert language_by_small_words(text) is None
