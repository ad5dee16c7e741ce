"""The language of a text, and when there is too little of it to tell."""

from __future__ import annotations

import pytest

from kb.language import SHORTEST_CHARACTERS, detect_language, has_letters


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("De medewerker vraagt het verlof aan bij de teamleider.", "nl"),
        ("The employee requests leave from the team leader.", "en"),
        ("Der Mitarbeiter beantragt den Urlaub beim Teamleiter.", "de"),
        ("Le salarié demande ses congés au chef d'équipe.", "fr"),
    ],
)
def test_a_sentence_tells_its_language(text: str, language: str) -> None:
    assert detect_language(text, "xx") == language


@pytest.mark.parametrize("text", ["", "4711-B", "a" * (SHORTEST_CHARACTERS - 1), "12 345 6789 – € 10,00 " * 50])
def test_too_few_letters_leave_it_to_what_stands_around(text: str) -> None:
    assert detect_language(text, "xx") == "xx"


@pytest.mark.parametrize(("text", "letters"), [("", 0), ("123 .,-", 0), ("abc", 3), ("é1ß 2ж", 3), ("a_b²c", 3)])
def test_letters_are_counted_and_nothing_else_is(text: str, letters: int) -> None:
    assert [has_letters(text, many) for many in range(1, 6)] == [many <= letters for many in range(1, 6)]
