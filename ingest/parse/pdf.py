"""PDF files, by pypdfium2: pages to lines, lines to headings, paragraphs, list items and table rows."""

from __future__ import annotations

import re
from typing import Any

from ingest.parse import pdf_layout, pdf_strings
from ingest.parse.pdf_lines import PageLines, read_lines
from ingest.parse.pdfium import PDFIUM, PDFIUM_ERROR, open_document
from ingest.parse.reading import Reading, Unreadable


def read_pdf(data: bytes) -> Reading:
    """The text of every page in the order of the file, with boxes; properties, outline, annotations and form values as strings.

    Raises Unreadable: encrypted, damaged, no_text.
    """
    with PDFIUM:
        document = open_document(data)
        try:
            return _read(document, data)
        except PDFIUM_ERROR() as error:
            raise Unreadable("damaged") from error
        finally:
            document.close()


def _read(document: Any, data: bytes) -> Reading:
    reading = Reading()
    pdf_strings.document_strings(document, data, reading)
    pages: list[PageLines] = []
    for number in range(len(document)):
        page = document[number]
        try:
            pages.append(read_lines(page, number + 1))
            reading.add_string("page_header", pages[-1].turned_text)
            pdf_strings.page_strings(page, document, reading)
        finally:
            page.close()
    reading.pages = len(pages)
    reading.pages_with_text = sum(_has_text(page) for page in pages)
    if reading.pages_with_text == 0:
        raise Unreadable("no_text")
    if reading.pages_with_text < reading.pages:
        reading.warn("pages_without_text")
    outline = pdf_strings.outline_levels(document)
    layout = pdf_layout.lay_out(pages, outline)
    reading.elements = layout.elements
    reading.add_strings("page_header", layout.repeated)
    return reading


def _has_text(page: PageLines) -> bool:
    return any(re.search(r"\w", line.text) for line in page.lines)
