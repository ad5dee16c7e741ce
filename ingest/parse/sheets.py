"""Workbooks (.xlsx) and tables in text (.csv, .tsv).

Not read by unstructured: it goes through pandas, which makes numbers of ``0612`` and nothing of ``NA``, and reads a workbook twice.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from ingest.parse import ooxml
from ingest.parse.cell_text import shown
from ingest.parse.clean import clean
from ingest.parse.encoding import decode
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.table import row_text, table_elements
from ingest.parse.within import Within
from kb.language import detect_language
from kb.types import Element, ElementKind

NO_NAME = re.compile(r"(?i)(?:sheet|blad|tabelle|feuil|worksheet|werkblad)\s*\d*")
_FORMULA_WITHOUT_VALUE = re.compile(rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*</(?:\w+:)?c>")
_IN_SHEET = (
    *(f"{{*}}{side}{part}" for side in ("odd", "even", "first") for part in ("Header", "Footer")),
    "{*}f",
    "{*}dataValidation",
    "{*}hyperlink",
)

WIDEST_SPACE_COLUMNS = 1

Rows = list[list[str]]


def read_workbook(data: bytes, within: Within) -> Reading:
    """Per visible sheet its name as a heading, its tables as rows and other cells as paragraphs.

    Hidden sheets are strings, not text: who hid them did not mean them to be read.
    """
    import openpyxl

    package = ooxml.Package(data)
    reading = Reading()
    ooxml.properties(package, reading)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise Unreadable("damaged") from error
    worksheets = list(book.worksheets)
    words = " ".join(str(cell) for sheet in worksheets for row in sheet.iter_rows(max_row=200, values_only=True) for cell in row if cell)
    dutch = detect_language(words) == "nl"
    visible = [sheet for sheet in worksheets if sheet.sheet_state == "visible"]
    for sheet in worksheets:
        rows = _shown_rows(sheet, dutch, reading)
        if sheet.sheet_state != "visible":
            reading.add_string("hidden_sheet", "\n".join([sheet.title, *(row_text(row) for row in rows)]))
            reading.warn("hidden_sheets")
            continue
        elements = list(blocks_of(rows))
        if elements and (len(visible) > 1 or not NO_NAME.fullmatch(sheet.title)):
            reading.elements.append(Element(ElementKind.HEADING, sheet.title, level=1))
        elif not elements:
            reading.add_string("sheet.name", sheet.title)
        reading.elements.extend(elements)
    _strings_of_sheets(package, reading)
    ooxml.links(package, reading)
    ooxml.embedded(package, reading, within)
    ooxml.leftovers(package, reading, skip=[name for name in package.names if name.startswith("xl/worksheets/sheet")])
    return reading


def read_csv(data: bytes, within: Within) -> Reading:
    """The rows of the table, the first as header when it names the columns. Separated by comma, semicolon, tab or bar."""
    reading = Reading()
    text, guessed = decode(data)
    if guessed:
        reading.warn("encoding_guessed")
    rows = [[_one_line(cell) for cell in row] for row in _csv_rows(text)]
    if not any(cell.strip() for row in rows for cell in row):
        return reading
    reading.elements = list(table_elements(rows))
    return reading


def _csv_rows(text: str) -> Iterator[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    first = next((line for line in lines.split("\n") if line.strip()), "")
    if first.lower().startswith("sep=") and len(first) == 5:
        lines = lines.partition("\n")[2]
        separator = first[4]
    else:
        separator = _separator(lines)
    yield from (row for row in csv.reader(io.StringIO(lines, newline=""), delimiter=separator) if any(cell.strip() for cell in row))


def _separator(text: str) -> str:
    """The one that cuts the first lines most evenly."""
    sample = [line for line in text[:65536].split("\n")[:40] if line.strip()]
    best, best_score = ",", 0.0
    for separator in ",;\t|":
        counts = [len(row) - 1 for row in csv.reader(sample, delimiter=separator)]
        if not counts or max(counts) == 0:
            continue
        usual = max(set(counts), key=lambda count: (counts.count(count), count))
        score = usual and counts.count(usual) / len(counts) + min(usual, 20) / 1000
        if score > best_score:
            best, best_score = separator, score
    return best


def _shown_rows(sheet: Any, dutch: bool, reading: Reading) -> Rows:
    rows: Rows = []
    for row in sheet.iter_rows():
        texts = []
        for cell in row:
            texts.append(_one_line(shown(cell.value, cell.number_format, dutch)) if cell.value is not None else "")
            if cell.comment is not None:
                reading.add_string("comment", cell.comment.text)
                reading.add_string("comment.author", cell.comment.author)
        rows.append(texts)
    return rows


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def blocks_of(rows: Rows) -> Iterator[Element]:
    """The tables of a sheet in order, from top to bottom and left to right. Empty rows part them, and empty columns where on both sides
    stands a table of its own. Lines of one cell above and below a table are paragraphs."""
    for band in _bands(rows):
        blocks = list(_beside_each_other(band))
        for block in blocks:
            if len(blocks) > 1:
                for part in _bands(block):
                    yield from _block(part)
            else:
                yield from _block(block)


def _bands(rows: Rows) -> Iterator[Rows]:
    band: Rows = []
    for row in rows:
        if any(cell.strip() for cell in row):
            band.append(row)
        elif band:
            yield band
            band = []
    if band:
        yield band


def _beside_each_other(rows: Rows) -> Iterator[Rows]:
    """The parts of these rows with two empty columns or more between them; one empty column is only a space within a table."""
    widest = max(len(row) for row in rows)
    filled = [any(column < len(row) and row[column].strip() for row in rows) for column in range(widest)]
    runs: list[list[int]] = []
    for column, has_text in enumerate(filled):
        if has_text and runs and column - runs[-1][-1] <= WIDEST_SPACE_COLUMNS + 1:
            runs[-1].append(column)
        elif has_text:
            runs.append([column])
    if len(runs) < 2:
        yield [row[runs[0][0] :] for row in rows] if runs else rows
        return
    for run in runs:
        yield [row[run[0] : run[-1] + 1] for row in rows]


def _block(block: Rows) -> Iterator[Element]:
    rows = [_trimmed(row) for row in block]
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    widest = max(filled, default=0)
    if widest <= 1:
        yield from (Element(ElementKind.PARAGRAPH, "".join(row).strip()) for row in rows)
        return
    first = next(place for place, count in enumerate(filled) if count > 1)
    last = max(place for place, count in enumerate(filled) if count > 1)
    yield from (Element(ElementKind.PARAGRAPH, "".join(row).strip()) for row in rows[:first])
    yield from table_elements(rows[first : last + 1])
    yield from (Element(ElementKind.PARAGRAPH, "".join(row).strip()) for row in rows[last + 1 :])


def _trimmed(row: list[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return row[:end]


def _strings_of_sheets(package: ooxml.Package, reading: Reading) -> None:
    """Running headers, hints, link addresses and words within formulas."""
    for name in package.names:
        if not re.fullmatch(r"xl/worksheets/sheet[^/]*\.xml", name):
            continue
        if _FORMULA_WITHOUT_VALUE.search(package.read(name)):
            reading.warn("formulas_without_value")
        root = package.xml(name)
        for node in root.iter(*_IN_SHEET) if root is not None else ():
            kind = node.tag.rpartition("}")[2]
            if kind == "f":
                reading.add_string("formula", node.text if node.text and '"' in node.text else None)
            elif kind in ("dataValidation", "hyperlink"):
                reading.add_strings("form.hint", (node.get(key) for key in ("prompt", "promptTitle", "error", "tooltip", "display")))
            else:
                reading.add_string("page_header", node.text)
