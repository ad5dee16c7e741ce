"""Workbooks and CSV: rows as people see them."""

from __future__ import annotations

import datetime

import pytest

from ingest.parse.cell_text import shown
from kb.types import ElementKind, ParsedFile
from tests.unit.ingest.made_files import lines, parsed, strings, texts, workbook_file


@pytest.fixture(scope="module")
def file() -> ParsedFile:
    return parsed(workbook_file(), "prijzen.xlsx")


def test_sheets_give_headings_and_rows_with_what_the_cells_show(file: ParsedFile) -> None:
    assert lines(file) == [
        "heading1: Prijzen",
        "paragraph: Prijslijst in euro",
        "table_header: Artikel | Prijs | Korting | Datum | Code",
        "table_row: Bel | € 1.250,50 | 21,5% | 2026-03-01 | 0612",
        "table_row: NA | 3 | 0 |  | 0007",
        "heading1: Telefoon",
        "table_header: Naam | Toestel",
        "table_row: Receptie | 0100",
    ]


def test_a_hidden_sheet_is_a_string_and_not_text(file: ParsedFile) -> None:
    assert strings(file, "hidden_sheet") == ["Marges\nBel | Inkoop bij Jansen"]
    assert not any("Jansen" in element.text for element in file.elements)
    assert "hidden_sheets" in file.warnings


def test_comments_of_cells_and_properties_are_strings(file: ParsedFile) -> None:
    assert strings(file, "comment") == ["Navragen bij de leverancier"]
    assert strings(file, "comment.author") == ["Carla Commentator"]
    assert strings(file, "author") == ["Bo Boekhouder"]


def test_a_cell_of_a_thousand_characters_is_kept_whole() -> None:
    import io

    import openpyxl

    long = "woord " * 200
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Naam", "Uitleg"])
    book.active.append(["Bel", long])
    out = io.BytesIO()
    book.save(out)
    assert texts(parsed(out.getvalue(), "a.xlsx"), ElementKind.TABLE_ROW) == [f"Bel | {long.strip()}"]


@pytest.mark.parametrize(
    ("value", "number_format", "dutch", "expected"),
    [
        (1234.5, '"€" #,##0.00', True, "€ 1.234,50"),
        (1234.5, '"€" #,##0.00', False, "€ 1,234.50"),
        (0.05, "0%", True, "5%"),
        (7, "0000", True, "0007"),
        (0.1 + 0.2, "General", False, "0.3"),
        (3.0, "General", True, "3"),
        (datetime.datetime(2026, 1, 2, 9, 5), "yyyy", True, "2026-01-02 09:05"),
        (datetime.datetime(2026, 1, 2), "dd-mm-yyyy", True, "2026-01-02"),
        (datetime.timedelta(hours=26), "[h]:mm", True, "26:00"),
        (True, "General", True, "waar"),
    ],
)
def test_a_cell_is_read_as_it_is_shown(value: object, number_format: str, dutch: bool, expected: str) -> None:
    assert shown(value, number_format, dutch) == expected


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_is_read_whatever_separates_its_columns_and_keeps_zeros_and_na(separator: str) -> None:
    rows = [["naam", "telefoon", "plaats"], ["Zoë", "0612345678", "NA"], ["Jan", "0100", ""]]
    data = "\n".join(separator.join(row) for row in rows).encode()
    assert lines(parsed(data, "lijst.csv")) == [
        "table_header: naam | telefoon | plaats",
        "table_row: Zoë | 0612345678 | NA",
        "table_row: Jan | 0100",
    ]


def test_csv_with_quoted_line_ends_and_a_single_column_is_read_too() -> None:
    assert texts(parsed(b'a,b\n"een\ntwee",3\nvier,5\n', "a.csv"), ElementKind.TABLE_ROW) == ["een twee | 3", "vier | 5"]
    assert lines(parsed(b"naam\nJansen\nPietersen\n", "b.csv")) == ["table_row: naam", "table_row: Jansen", "table_row: Pietersen"]
    misleading = b'naam,uitleg\n"a;\'b\';c","zei ""ja""; \'nee\';"\nJan,"x;\'y\';"\n'
    assert texts(parsed(misleading, "c.csv"), ElementKind.TABLE_ROW) == ["a;'b';c | zei \"ja\"; 'nee';", "Jan | x;'y';"]
