"""Questions as typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answering.question import clean_question
from kb.errors import EmptyQuestion, QuestionTooLong


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("  Hoeveel\n\tdagen? ", "Hoeveel dagen?"),
        ("Hoe\x00veel\x1b[31m dagen?", "Hoeveel[31m dagen?"),
        ("Hoeveel \u202edagen\u202c\u200b?", "Hoeveel dagen?"),
        ("cafe\u0301", "café"),
        ("cafe\u200b\u0301", "café"),
        ("\ufeffvraag\u00a0nu", "vraag nu"),
        ("Wat kost 👩‍🚀?", "Wat kost 👩‍🚀?"),
    ],
)
def test_a_question_is_cleaned_without_losing_its_words(typed: str, asked: str) -> None:
    assert clean_question(typed, 100) == asked


@pytest.mark.parametrize("typed", ["", "  \n", "???", "\x00\u200b", "…"])
def test_a_question_without_a_word_is_empty(typed: str) -> None:
    with pytest.raises(EmptyQuestion):
        clean_question(typed, 100)


def test_a_question_over_the_limit_is_refused_with_both_numbers() -> None:
    assert clean_question("a" * 100, 100) == "a" * 100
    with pytest.raises(QuestionTooLong) as error:
        clean_question("a" * 101, 100)
    assert error.value.params == {"characters": 101, "limit": 100}


@given(st.text())
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    try:
        asked = clean_question(typed, 10_000)
    except EmptyQuestion:
        return
    assert clean_question(asked, 10_000) == asked
    assert "\n" not in asked
    assert "\x00" not in asked
