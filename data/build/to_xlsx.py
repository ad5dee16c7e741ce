"""Workbooks: several sheets, hidden ones too, with number formats, widths and cell comments."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from .common import fixed_zip, moment

_HEAD = PatternFill("solid", fgColor="DCE6F1")


def _fill_sheet(sheet: Worksheet, spec: dict[str, Any]) -> None:
    """Write the rows of one sheet; ``head`` says which row (from 1) holds the column names."""
    for row in spec["rows"]:
        sheet.append(row)
    head = spec.get("head", 1)
    for cell in sheet[head]:
        cell.font = Font(bold=True)
        cell.fill = _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = f"A{head + 1}"
    for letter, number_format in spec.get("formats", {}).items():
        for cell in sheet[letter][head:]:
            cell.number_format = number_format
    for index in range(1, sheet.max_column + 1):
        letter = get_column_letter(index)
        longest = max(len(str(cell.value or "")) for cell in sheet[letter][head - 1 :])
        sheet.column_dimensions[letter].width = min(max(9, longest + 2), 60)
    for note in spec.get("comments", []):
        sheet[note["cell"]].comment = Comment(note["text"], note["author"])
    if spec.get("hidden"):
        sheet.sheet_state = "hidden"


def build(meta: dict[str, Any]) -> bytes:
    """Build one workbook from its description."""
    book = Workbook()
    default = book.active
    for spec in meta["sheets"]:
        _fill_sheet(book.create_sheet(spec["name"]), spec)
    if default is not None:
        book.remove(default)
    core = book.properties
    core.title = meta["title"]
    core.creator = meta["author"]
    core.lastModifiedBy = meta.get("last_modified_by", meta["author"])
    core.created = moment(meta["date"]).replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return fixed_zip(out.getvalue(), moment(meta.get("modified", meta["date"])))
