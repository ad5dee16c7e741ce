"""Documents that give other figures for the same thing."""

from __future__ import annotations

import pytest

from kb.answering.contradictions import differing, newer_first, year_of
from tests.unit.answering.builders import passage

OLD_TEXT = "Een voltijder heeft 25 vakantiedagen per kalenderjaar. Roken is verboden."
NEW_TEXT = "Wie voltijd werkt, heeft 27 vakantiedagen per kalenderjaar. De kantine is open tot 13 uur."
OLD = passage(OLD_TEXT, title="Personeelshandboek 2023", name="old")
NEW = passage(NEW_TEXT, title="Personeelshandboek 2026", name="new")


def other_figures(text: str, other: str) -> list[str]:
    pair = (passage(text, name="a"), passage(other, name="b"))
    return [one.sentence.text for one in differing(0, text, pair)]


def test_the_same_thing_with_another_figure_is_found_in_another_document() -> None:
    (found,) = differing(1, "Wie voltijd werkt, heeft 27 vakantiedagen per kalenderjaar.", (OLD, NEW))

    assert (found.passage, found.sentence.text) == (0, "Een voltijder heeft 25 vakantiedagen per kalenderjaar.")


def test_one_document_does_not_contradict_itself() -> None:
    assert differing(0, OLD_TEXT, (OLD, passage(NEW_TEXT, name="old"))) == []


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("De pas kost € 10 per stuk.", "De pas kost € 12 per stuk."),
        ("De korting op een fiets is 30%.", "De korting op een fiets is 25%."),
        ("A password has at least 14 characters.", "A password has at least 12 characters."),
    ],
)
def test_amounts_percentages_and_counts_are_compared(text: str, other: str) -> None:
    assert other_figures(text, other) == [other]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("De pas kost € 10 per stuk.", "De pas kost € 10,00 per stuk."),
        ("De pas kost € 10 per stuk.", "De pas is 5 jaar geldig per stuk."),
        ("De pas kost € 10.", "De fietshelm kost € 49."),
        (
            "De pas van de poort kost € 10 per stuk.",
            "De fietshelm uit het plan voor de poort en de hal van het gebouw kost dit jaar € 49 per stuk.",
        ),
        ("De pas kost € 10 per stuk.", "De pas kost niets per stuk."),
        ("In 2023 is de pas vernieuwd door de receptie.", "In 2026 is de pas vernieuwd door de receptie."),
        ("25 dagen", "27 dagen"),
    ],
)
def test_the_same_amount_another_unit_another_thing_and_a_year_do_not_differ(text: str, other: str) -> None:
    assert other_figures(text, other) == []


def test_the_year_is_the_last_of_title_headings_and_file_name() -> None:
    assert year_of(OLD) == 2023
    assert year_of(passage("x", title="Regels", headings=("Vanaf 2024", "Was 2022"))) == 2024
    assert year_of(passage("x", title="Artikel 12026 en 99")) is None


def test_of_two_years_of_one_document_the_newer_comes_first_and_the_rest_stays() -> None:
    between = passage("x", title="Prijslijst 2027", name="p")

    assert newer_first((OLD, between, NEW)) == [NEW, OLD, between]
    assert newer_first((NEW, between, OLD)) == [NEW, between, OLD]
    assert newer_first((between, OLD)) == [between, OLD]
