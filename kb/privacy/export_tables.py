"""Tables for people: CSV and XLSX in which nothing is carried out when they are opened. Pure."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[str]]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MOST_IN_A_CELL = 32_000
_MADE = (1980, 1, 1, 0, 0, 0)


def disarmed(cell: str) -> str:
    """A cell that a spreadsheet program takes for text: what would begin a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.lstrip(" \n\u00a0\ufeff").startswith(_FORMULA) else cell


def csv_table(rows: Rows) -> bytes:
    """The rows as CSV in UTF-8 with a signature, so that spreadsheet programs read accents; formulas disarmed."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([disarmed(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def xlsx_table(rows: Rows) -> bytes:
    """The rows as one sheet of strings: no formula, no link, no macro can stand in it. Cells are cut at 32,000 characters."""
    lines = "".join(f"<row>{''.join(_cell(one) for one in row)}</row>" for row in rows)
    parts = {**_PARTS, "xl/worksheets/sheet1.xml": f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE), part, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _cell(text: str) -> str:
    safe = escape(_NOT_IN_XML.sub("�", disarmed(text)[:_MOST_IN_A_CELL]))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
