"""The language of a short question."""

from __future__ import annotations

import pytest

from kb.answering.question_language import language_by_small_words


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who audits Zellkraft and when?", "en"),
        ("What is EBT?", "en"),
        ("Wat is het eigen risico?", "nl"),
        ("Kan ik een APK-bestand downloaden om de CoronaCheck Scanner op een Mobile Device Management Systeem te zetten?", "nl"),
        ("Werkt Slack op mijn telefoon?", "nl"),
        ("Probate?", None),
        ("", None),
        ("4711-B", None),
        ("de the", None),
    ],
)
def test_small_words_tell_the_language_and_names_do_not(question: str, language: str | None) -> None:
    assert language_by_small_words(question) == language
