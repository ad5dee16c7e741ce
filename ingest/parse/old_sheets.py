"""Old workbooks (.xls), read by xlrd; formulas are not computed and macros are not run."""

from __future__ import annotations

import contextlib
import io
from datetime import datetime
from typing import Any

from ingest.parse.cell_text import shown
from ingest.parse.ole_properties import ole_properties
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.sheets import NO_NAME, blocks_of
from ingest.parse.table import row_text
from ingest.parse.within import Within
from kb.language import detect_language
from kb.types import Element, ElementKind


def read_old_workbook(data: bytes, within: Within) -> Reading:
    """As a modern workbook: visible sheets as tables under their names; hidden ones, comments and properties as strings."""
    import xlrd

    reading = Reading()
    try:
        book = _opened(data)
    except xlrd.XLRDError as error:
        raise Unreadable("encrypted" if "ncrypted" in str(error) else "damaged") from error
    sheets = book.sheets()
    words = " ".join(str(cell.value) for sheet in sheets for row in range(min(sheet.nrows, 200)) for cell in sheet.row(row) if cell.value)
    dutch = detect_language(words) == "nl"
    visible = [sheet for sheet in sheets if sheet.visibility == 0]
    for sheet in sheets:
        rows = [[_shown(cell, book, dutch) for cell in sheet.row(number)] for number in range(sheet.nrows)]
        for note in sheet.cell_note_map.values():
            reading.add_string("comment", note.text)
            reading.add_string("comment.author", note.author)
        for link in sheet.hyperlink_list:
            reading.add_strings("link", (link.url_or_path if isinstance(link.url_or_path, str) else None, link.textmark))
        if sheet.visibility:
            reading.add_string("hidden_sheet", "\n".join([sheet.name, *(row_text(row) for row in rows)]))
            reading.warn("hidden_sheets")
            continue
        elements = list(blocks_of(rows))
        if elements and (len(visible) > 1 or not NO_NAME.fullmatch(sheet.name)):
            reading.elements.append(Element(ElementKind.HEADING, sheet.name, level=1))
        elif not elements:
            reading.add_string("sheet.name", sheet.name)
        reading.elements.extend(elements)
    reading.add_string("last_modified_by", getattr(book, "user_name", None))
    with contextlib.suppress(Unreadable):
        ole_properties(data, reading)
    return reading


def _opened(data: bytes) -> Any:
    import xlrd

    quiet = io.StringIO()
    try:
        return xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=quiet)
    except (NotImplementedError, AssertionError, IndexError):
        return xlrd.open_workbook(file_contents=data, logfile=quiet)


def _shown(cell: Any, book: Any, dutch: bool) -> str:
    import xlrd

    pattern = "General"
    if cell.xf_index is not None and book.formatting_info:
        pattern = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    value: object = cell.value
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, ""))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        value = bool(cell.value)
    elif cell.ctype == xlrd.XL_CELL_DATE:
        with contextlib.suppress(xlrd.XLDateError, ValueError, OverflowError):
            parts = xlrd.xldate_as_tuple(cell.value, book.datemode)
            value = datetime(*parts) if parts[0] else datetime(1900, 1, 1, *parts[3:]).time()
    elif cell.ctype == xlrd.XL_CELL_NUMBER and float(cell.value).is_integer():
        value = int(cell.value)
    return " ".join(shown(value, pattern, dutch).split())
