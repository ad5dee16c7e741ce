"""Rows of tables as people read them."""

from __future__ import annotations

import pytest

from kb.answering.table_rows import covers, shown_row


def test_a_row_is_shown_with_the_names_of_its_columns() -> None:
    assert shown_row("Helm | € 49,95", "Artikel | Prijs", "Wat kost een helm?") == "Artikel: Helm · Prijs: € 49,95"


def test_a_row_whose_header_does_not_fit_is_left_alone() -> None:
    assert shown_row("Helm | € 49,95", "Artikel", "Wat kost een helm?") == "Helm | € 49,95"
    assert shown_row("Helm", "Artikel", "Wat kost een helm?") == "Helm"


STAGGERED = "Artikel | Omschrijving | 1-9 stuks | 10-99 stuks | vanaf 100 stuks"
ROW = "4711-B | Bever | € 10,00 | € 9,00 | € 8,00"


@pytest.mark.parametrize(
    ("pieces", "price"), [("5", "1-9 stuks: € 10,00"), ("twaalf", "10-99 stuks: € 9,00"), ("200", "vanaf 100 stuks: € 8,00")]
)
def test_a_staggered_price_is_that_of_the_number_asked_for(pieces: str, price: str) -> None:
    assert shown_row(ROW, STAGGERED, f"Wat is de prijs van 4711-B bij {pieces} stuks?") == f"Artikel: 4711-B · {price}"


def test_a_wide_row_is_shown_by_the_column_that_is_asked_for_or_else_whole() -> None:
    header, row = "Code | Naam | Plek | Voorraad | Besteld", "9210-K | Bankje | H3-C07 | 53 | 25"

    assert shown_row(row, header, "Wat is de voorraad van 9210-K?") == "Code: 9210-K · Voorraad: 53"
    assert shown_row(row, header, "Zeg eens iets") == "Code: 9210-K · Naam: Bankje · Plek: H3-C07 · Voorraad: 53 · Besteld: 25"


@pytest.mark.parametrize(
    ("cell", "inside", "outside"),
    [
        ("10-24 stuks", 24, 25),
        ("10 t/m 24", 10, 9),
        ("vanaf 100", 100, 99),
        ("60 jaar en ouder", 61, 59),
        ("t/m 9", 9, 10),
        ("25+", 25, 24),
        ("1.000 tot 2.000", 1500, 150),
    ],
)
def test_a_range_covers_its_ends_and_nothing_beyond(cell: str, inside: float, outside: float) -> None:
    assert covers(cell, inside)
    assert not covers(cell, outside)


def test_a_cell_that_is_no_range_covers_nothing() -> None:
    assert not covers("Bever", 5)
    assert not covers("€ 10,00", 10)
