"""Simple readers: the text of a document in pieces that no extraction should break up.

A piece is a paragraph, a table cell, a line of a list or, in a PDF, a page. Each comes with its
page (PDF) or slide (PowerPoint), else None. Hidden sheets, comments, metadata and attachments are
left out on purpose: no question may rest on them.
"""

from __future__ import annotations

import csv
import email
import email.policy
import re
import unicodedata
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pypdfium2
from bs4 import BeautifulSoup
from docx import Document
from openpyxl import load_workbook
from pptx import Presentation

Piece = tuple[int | None, str]

_BLOCKS = ["h1", "h2", "h3", "p", "li", "td", "th", "dt", "dd"]


def squeeze(text: str) -> str:
    """Normalise white space and the form of letters with marks."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def _read_docx(path: Path) -> Iterator[Piece]:
    document = Document(str(path))
    for paragraph in document.paragraphs:
        yield None, paragraph.text
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield None, cell.text


def _read_xlsx(path: Path) -> Iterator[Piece]:
    for sheet in load_workbook(path, read_only=False, data_only=True).worksheets:
        if sheet.sheet_state == "visible":
            for row in sheet.iter_rows(values_only=True):
                yield from ((None, str(value)) for value in row if value is not None)


def _read_pptx(path: Path) -> Iterator[Piece]:
    for number, slide in enumerate(Presentation(str(path)).slides, start=1):
        shapes: list[Any] = list(slide.shapes)
        for shape in shapes:
            if shape.has_text_frame:
                yield from ((number, p.text) for p in shape.text_frame.paragraphs)
            if shape.has_table:
                for row in shape.table.rows:
                    yield from ((number, cell.text) for cell in row.cells)
        if slide.has_notes_slide:
            frame = slide.notes_slide.notes_text_frame
            yield number, frame.text if frame is not None else ""


def _read_pdf(path: Path) -> Iterator[Piece]:
    document = pypdfium2.PdfDocument(path)
    for index in range(len(document)):
        yield index + 1, document[index].get_textpage().get_text_bounded()
    document.close()


def _read_eml(path: Path) -> Iterator[Piece]:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    yield None, str(message["Subject"])
    body = message.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    yield from ((None, piece) for piece in re.split(r"\r?\n\s*\r?\n", text))


def _read_html(path: Path) -> Iterator[Piece]:
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    yield from ((None, tag.get_text()) for tag in soup.find_all(_BLOCKS))


def _read_csv(path: Path) -> Iterator[Piece]:
    text = path.read_text(encoding="utf-8")
    delimiter = ";" if text.splitlines()[0].count(";") else ","
    for row in csv.reader(text.splitlines(), delimiter=delimiter):
        yield from ((None, cell) for cell in row)


def _read_text(path: Path) -> Iterator[Piece]:
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        if block.lstrip().startswith("|"):
            for line in block.splitlines():
                yield from ((None, cell) for cell in line.strip().strip("|").split("|"))
        else:
            yield None, block


_READERS = {
    ".docx": _read_docx,
    ".xlsx": _read_xlsx,
    ".pptx": _read_pptx,
    ".pdf": _read_pdf,
    ".eml": _read_eml,
    ".html": _read_html,
    ".csv": _read_csv,
    ".md": _read_text,
    ".txt": _read_text,
}


def read_pieces(path: Path) -> list[Piece]:
    """Return the pieces of a document, their white space normalised."""
    pieces = ((page, squeeze(text)) for page, text in _READERS[path.suffix](path))
    return [(page, text) for page, text in pieces if text]
