"""PDF files, by pypdfium2: pages to lines, lines to headings, paragraphs, list items and table rows. Pages without text are scans."""

from __future__ import annotations

import re
from typing import Any

from ingest.parse import pdf_layout, pdf_strings
from ingest.parse.ocr import can_recognise, recognise
from ingest.parse.pdf_columns import in_reading_order
from ingest.parse.pdf_garbled import is_garbled
from ingest.parse.pdf_lines import PageLines, read_lines
from ingest.parse.pdf_repair import has_no_pages, repaired
from ingest.parse.pdfium import PDFIUM, PDFIUM_ERROR, open_document
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.within import Within

SCAN_DOTS = 300
COARSEST_DOTS = 100
"""With fewer dots per inch letters of usual size are not recognised."""

LARGEST_RENDER_PIXELS = 36_000_000
FEW_LETTERS = 100
"""A page with less text of its own may be a scan with a stamp or a page number on it."""

SCAN_SHARE = 0.5
"""Of such a page that a picture covers."""

DEEPEST_FORMS = 3
MOST_OBJECTS = 5_000


def read_pdf(data: bytes, within: Within) -> Reading:
    """The text of every page in reading order, with boxes, recognised where a page is a scan; attached files under their names;
    properties, outline, annotations and form values as strings.

    Raises Unreadable: encrypted, damaged, no_pages, too_many_pages, no_text, needs_tesseract.
    """
    with PDFIUM:
        try:
            document, was_damaged = open_document(data), False
        except Unreadable as reason:
            whole = repaired(data) if reason.code in ("damaged", "no_pages") else None
            if whole is None and has_no_pages(data):
                raise Unreadable("no_pages") from None
            if whole is None:
                raise
            document, was_damaged = open_document(whole), True
        try:
            reading = _read(document, data, within)
            if was_damaged:
                reading.warn("repaired")
            attached = list(pdf_strings.attachments(document))
        except PDFIUM_ERROR() as error:
            raise Unreadable("damaged") from error
        finally:
            document.close()
    for name, content in attached:
        if content is None:
            reading.add_string("attachment.name", name)
            reading.warn("attachments_not_read")
        else:
            within.attach(reading, name, content)
    if not reading.elements:
        raise Unreadable("needs_tesseract" if "pages_need_tesseract" in reading.warnings else "no_text")
    return reading


def _read(document: Any, data: bytes, within: Within) -> Reading:
    if len(document) > within.limits.pdf_pages:
        raise Unreadable("too_many_pages", pages=str(len(document)), limit=str(within.limits.pdf_pages))
    reading = Reading()
    pdf_strings.document_strings(document, data, reading)
    pages = [_page(document, number, reading, within) for number in range(1, len(document) + 1)]
    reading.pages = len(pages)
    reading.pages_with_text = sum(_has_text(page) for page in pages)
    if reading.pages_with_text < reading.pages:
        reading.warn("pages_without_text")
    outline = pdf_strings.outline_levels(document)
    layout = pdf_layout.lay_out(pages, outline)
    if reading.pages_with_text:
        reading.elements = layout.elements
    else:
        reading.add_strings("page_text", (element.text for element in layout.elements))
    reading.add_strings("page_header", layout.repeated)
    return reading


def _page(document: Any, number: int, reading: Reading, within: Within) -> PageLines:
    """One page. One that is broken has no lines, and the others are read."""
    try:
        page = document[number - 1]
    except PDFIUM_ERROR():
        return PageLines(number, 0.0, 0.0)
    try:
        lines = read_lines(page, number)
        reading.add_string("page_header", lines.turned_text)
        pdf_strings.page_strings(page, document, reading)
        text = " ".join(line.text for line in lines.lines)
        if is_garbled(text):
            reading.add_string("garbled_text", text)
            reading.warn("garbled_text")
            lines.lines = []
        lines.lines = in_reading_order(lines.lines)
        if not _has_text(lines) or (len(text) < FEW_LETTERS and _is_covered(page)):
            lines = _recognised(page, lines, reading, within)
        return lines
    finally:
        page.close()


def _recognised(page: Any, lines: PageLines, reading: Reading, within: Within) -> PageLines:
    """The lines that are recognised on a page; those that it has, where there are none."""
    import pypdfium2.raw as raw

    if not raw.FPDFPage_CountObjects(page.raw):
        return lines
    if not can_recognise():
        reading.warn("pages_need_tesseract")
        return lines
    width, height = page.get_size()
    most = min(within.limits.pixels, LARGEST_RENDER_PIXELS)
    dots = min(float(SCAN_DOTS), 72 * (most / max(width * height, 1.0)) ** 0.5)
    if dots < COARSEST_DOTS or _has_huge_picture(page, within.limits.pixels):
        reading.warn("page_too_large")
        return lines
    if not within.may_recognise(reading):
        return lines
    picture = page.render(scale=dots / 72, grayscale=True).to_pil()
    if picture.getextrema()[0] == picture.getextrema()[1]:
        return lines
    found = recognise(picture, lines.number, 72 / dots, within)
    if not any(re.search(r"\w\w", line.text) for line in found.lines):
        return lines
    reading.warn("recognised")
    reading.add_string("page_text", " ".join(line.text for line in lines.lines))
    return found


def _is_covered(page: Any) -> bool:
    """Whether a picture lies over most of the page."""
    width, height = page.get_size()
    for item in _pictures(page):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) >= SCAN_SHARE * width * height:
            return True
    return False


def _has_huge_picture(page: Any, most_pixels: int) -> bool:
    return any(width * height > 4 * most_pixels for item in _pictures(page) for width, height in [item.get_px_size()])


def _pictures(page: Any) -> Any:
    import pypdfium2.raw as raw

    found = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=DEEPEST_FORMS)
    return (item for _, item in zip(range(MOST_OBJECTS), found, strict=False))


def _has_text(page: PageLines) -> bool:
    return any(re.search(r"\w", line.text) for line in page.lines)
