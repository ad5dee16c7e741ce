"""A table that a person opens in a spreadsheet program holds text and nothing that carries itself out."""

from __future__ import annotations

import csv
import io

import hypothesis.strategies as st
import openpyxl
import pytest
from hypothesis import given

from kb.privacy.export_tables import csv_table, disarmed, xlsx_table


@pytest.mark.parametrize("cell", ["=1+1", "+31 6", "-5", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "\ufeff=1", "＝1"])
def test_what_would_be_carried_out_gets_an_apostrophe(cell: str) -> None:
    assert disarmed(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Quist", "a=1", "'=1", "1-2"])
def test_other_text_stays_as_it_is(cell: str) -> None:
    assert disarmed(cell) == cell


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=20), min_size=2, max_size=3), max_size=4)
)
def test_a_table_reads_back_without_formulas(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_table(rows).decode("utf-8-sig"), newline="")))
    assert read == [[disarmed(cell) for cell in row] for row in rows]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_table(rows))).active
    assert sheet is not None
    assert all(cell.data_type in ("s", "n", "inlineStr") for row in sheet.iter_rows() for cell in row)


def test_signs_that_xml_has_no_place_for_do_not_break_the_sheet() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_table([["a\x00b\ud800<&>", "x" * 40_000]]))).active
    assert sheet is not None
    first, long = next(sheet.iter_rows(values_only=True))
    assert first == "a�b�<&>"
    assert isinstance(long, str)
    assert len(long) == 32_000
