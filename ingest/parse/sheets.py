"""Workbooks (.xlsx) and tables in text (.csv).

unstructured finds the tables and the lines above and below them, but reads through pandas, which makes numbers of ``0612`` and
nothing of ``NA`` and cuts long cells. So it is given a copy, in memory, of what the cells show, each behind a mark that pandas
takes for text and that is taken off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.parse import ooxml
from ingest.parse.cell_text import shown
from ingest.parse.clean import clean
from ingest.parse.elements import convert, never
from ingest.parse.encoding import decode
from ingest.parse.offline import prepare_unstructured
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.table import row_text, table_elements
from kb.language import detect_language
from kb.types import Element, ElementKind

_MARK = "\ue000"
_NO_NAME = re.compile(r"(?i)(?:sheet|blad|tabelle|feuil|worksheet|werkblad)\s*\d*")
_FORMULA_WITHOUT_VALUE = re.compile(rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*</(?:\w+:)?c>")
_IN_SHEET = (
    *(f"{{*}}{side}{part}" for side in ("odd", "even", "first") for part in ("Header", "Footer")),
    "{*}f",
    "{*}dataValidation",
    "{*}hyperlink",
)

Rows = list[list[str]]


def read_workbook(data: bytes) -> Reading:
    """Per visible sheet its name as a heading, its tables as rows and other cells as paragraphs.

    Hidden sheets are strings, not text: who hid them did not mean them to be read.
    """
    prepare_unstructured()
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
        elements = list(_tables_of(rows))
        if elements and (len(visible) > 1 or not _NO_NAME.fullmatch(sheet.title)):
            reading.elements.append(Element(ElementKind.HEADING, sheet.title, level=1))
        elif not elements:
            reading.add_string("sheet.name", sheet.title)
        reading.elements.extend(elements)
    _strings_of_sheets(package, reading)
    ooxml.links(package, reading)
    ooxml.embedded(package, reading)
    ooxml.leftovers(package, reading, skip=[name for name in package.names if name.startswith("xl/worksheets/sheet")])
    return reading


def read_csv(data: bytes) -> Reading:
    """The rows of the table, the first as header when it names the columns. Separated by comma, semicolon, tab or bar."""
    prepare_unstructured()
    from unstructured.partition.csv import partition_csv

    reading = Reading()
    text, guessed = decode(data)
    if guessed:
        reading.warn("encoding_guessed")
    rows = [[_one_line(cell) for cell in row] for row in _csv_rows(text)]
    if not any(cell.strip() for row in rows for cell in row):
        return reading
    widest = max(len(row) for row in rows)
    copy = io.StringIO()
    writer = csv.writer(copy, delimiter=",", quoting=csv.QUOTE_ALL, lineterminator="\n")
    for row in rows:
        writer.writerow([_MARK + cell for cell in row] + [_MARK] * (widest - len(row)))
    try:
        found = partition_csv(file=io.BytesIO(copy.getvalue().encode("utf-8")), languages=[""])
        elements = list(convert(_without_marks(found), never))
    except ValueError:  # unstructured guesses the separator again, and quotes within cells can mislead it
        elements = []
    reading.elements = elements if len(elements) == len(rows) else list(table_elements(rows))
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


def _tables_of(rows: Rows) -> Iterator[Element]:
    """What unstructured makes of a sheet with these cells."""
    import openpyxl
    from unstructured.partition.xlsx import partition_xlsx

    if not any(cell.strip() for row in rows for cell in row):
        return
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_MARK + cell if cell.strip() else None for cell in row])
    copy = io.BytesIO()
    book.save(copy)
    copy.seek(0)
    yield from convert(_without_marks(partition_xlsx(file=copy, languages=[""])), never)


def _without_marks(elements: Iterable[Any]) -> Iterator[Any]:
    for element in elements:
        html = element.metadata.text_as_html
        element.text = element.text.replace(_MARK, "")
        element.metadata.text_as_html = html.replace(_MARK, "") if html else None
        yield element


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
