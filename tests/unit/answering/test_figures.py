"""Figures: one normal form for Dutch and English ways of writing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answering.figures import figures, readings


@pytest.mark.parametrize(
    ("dutch", "english"),
    [
        ("€ 1.250,50", "€1,250.50"),
        ("1.250 euro", "EUR 1,250"),
        ("12,50", "12.5"),
        ("€ 25,-", "€25"),
        ("25 procent", "25%"),
        ("8,5%", "8.5 per cent"),
        ("17.30 uur", "5:30 p.m."),
        ("9.00 uur", "09:00"),
        ("17 uur", "5 pm"),
        ("1 januari", "January 1st"),
        ("3 mei 2025", "May 3, 2025"),
        ("03-05-2025", "2025-05-03"),
        ("3/5/2025", "3 May 2025"),
        ("twaalf dagen", "12 days"),
        ("vijf", "five"),
        ("de derde keer", "the 3rd time"),
        ("maandag", "Monday"),
        ("december", "December"),
        ("formulier 4711-B", "form 4711-b"),
        ("020-123 45 67", "+31 20 1234567"),
        ("help@voorbeeld.nl.", "help@voorbeeld.nl"),
        ("1.250.000", "1,250,000"),
    ],
)
def test_both_ways_of_writing_meet(dutch: str, english: str) -> None:
    ours, theirs = figures(dutch), figures(english)

    assert ours
    assert len(ours) == len(theirs)
    assert all(a.readings & b.readings for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("€ 1.250", "€ 1,25"),
        ("25%", "25 dagen"),
        ("12,50", "12,05"),
        ("1 januari", "1 februari"),
        ("4711-B", "4711-C"),
        ("17.30 uur", "7:30"),
        ("maandag", "dinsdag"),
        ("0,250", "250"),
        ("3 mei", "5 maart"),
        ("9 a.m.", "9 p.m."),
    ],
)
def test_different_figures_do_not_meet(one: str, other: str) -> None:
    assert not readings(figures(one)) & readings(figures(other))


@pytest.mark.parametrize(
    "text", ["een dag", "one of them", "you may go", "de mei-eieren", "1. Vul het formulier in", "- 2) Stuur op", "Geen."]
)
def test_what_is_no_figure_is_not_read_as_one(text: str) -> None:
    assert figures(text) == [] or all(r.startswith("c:") for r in readings(figures(text)))


def test_a_range_is_two_numbers() -> None:
    assert readings(figures("2024-2025")) == {"n:2024", "n:2025"}
    assert readings(figures("van 9.00 tot 17.00 uur")) >= {"t:540", "t:1020"}


def test_a_price_is_never_a_time() -> None:
    assert readings(figures("€ 9.00")) == {"n:9"}


@given(st.integers(1000, 10**9), st.integers(0, 99))
def test_thousands_and_decimals_read_the_same_in_both_languages(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02d}"
    dutch = english.translate(str.maketrans(",.", ".,"))

    assert readings(figures(dutch)) == readings(figures(english)) == readings(figures(f"{whole}.{cents:02d}"))


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for figure in figures(text):
        assert 0 <= figure.start < figure.end <= len(text)
