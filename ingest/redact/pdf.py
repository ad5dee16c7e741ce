"""PDF: a page that holds the words becomes a picture with black boxes; the other pages go through as they are, metadata goes."""

from __future__ import annotations

import io
from typing import Any

from ingest.parse.pdf_lines import HYPHEN_AT_LINE_END
from ingest.parse.pdf_strings import attachments, page_strings
from ingest.parse.pdfium import PDFIUM, PDFIUM_ERROR, open_document
from ingest.parse.reading import Reading, Unreadable
from ingest.redact.blackener import Blackener, Within
from ingest.redact.recognised import Area, areas_of, cover

DOTS = 200
"""Per inch, of a page that becomes a picture: readable in print, and for text recognition."""

MOST_PIXELS = 36_000_000
JPEG_QUALITY = 85
FEW_LETTERS = 100
"""A page with less text of its own may be a scan, whose words are in its picture."""

_PADDING_POINTS = 1.0


def redact_pdf(data: bytes, blackener: Blackener, within: Within) -> bytes | None:
    """A new document without properties, outline, forms and structure, which may all hold words; None where it cannot be read.

    What is attached is rewritten in its own format, or left out.
    """
    import pypdfium2

    with PDFIUM:
        try:
            old = open_document(data)
        except Unreadable:
            return None
        new = pypdfium2.PdfDocument.new()
        try:
            for number in range(len(old)):
                _take_over(old, number, new, blackener)
            for name, content in attachments(old):
                black = within(content, name) if content is not None else None
                if black is not None:
                    new.new_attachment(blackener.blacken(name)).set_data(black)
            out = io.BytesIO()
            new.save(out)
            return out.getvalue()
        except PDFIUM_ERROR():
            return None
        finally:
            new.close()
            old.close()


def _take_over(old: Any, number: int, new: Any, blackener: Blackener) -> None:
    page = old[number]
    try:
        text, boxes = _characters(page)
        places = blackener.places(text)
        said = Reading()
        page_strings(page, old, said)
        noted = any(blackener.found(one.value) for one in said.strings)
        scan = len(text.split()) * 5 < FEW_LETTERS and _has_pictures(page)
        if not places and not noted and not scan:
            new.import_pages(old, [number])
            return
        width, height = page.get_size()
        scale = min(DOTS / 72, (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        # Notes and form fields are not drawn: what they say is not in the text, so no box would cover it.
        picture = page.render(scale=scale, may_draw_forms=False, draw_annots=not noted).to_pil().convert("RGB")
        areas = [_on_picture(page, box, scale, height) for start, end in places for box in boxes[start:end] if box is not None]
        if scan:
            areas += areas_of(picture, blackener, scale * 72)
        if not areas and not noted:
            new.import_pages(old, [number])
            return
        cover(picture, areas)
        _add_picture(new, picture, width, height)
    finally:
        page.close()


def _characters(page: Any) -> tuple[str, list[tuple[float, float, float, float] | None]]:
    """The text of a page in the order of the file, and for each of its characters the box on the page: left, bottom, right, top."""
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    try:
        text: list[str] = []
        boxes: list[tuple[float, float, float, float] | None] = []
        for index in range(textpage.count_chars()):
            character = _character(raw.FPDFText_GetUnicode(textpage.raw, index))
            drawn = raw.FPDFText_IsGenerated(textpage.raw, index) != 1
            text.append(character)
            boxes += [textpage.get_charbox(index, loose=True) if drawn else None] * len(character)
        return "".join(text), boxes
    finally:
        textpage.close()


def _character(code: int) -> str:
    if chr(code) == HYPHEN_AT_LINE_END or code == 2:
        return "-\n"  # in the middle of a word that goes on in the next line
    return chr(code) if code and not 0xD800 <= code < 0xE000 else " "


def _has_pictures(page: Any) -> bool:
    import pypdfium2.raw as raw

    return next(iter(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)), None) is not None


def _on_picture(page: Any, box: tuple[float, float, float, float], scale: float, height: float) -> Area:
    """A box in the page's own coordinates on the rendered picture, whichever way the page is turned or cropped."""
    import ctypes

    import pypdfium2.raw as raw

    left, bottom, right, top = box
    size = [round(side * scale) for side in page.get_size()]
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for across, up in ((left - _PADDING_POINTS, top + _PADDING_POINTS), (right + _PADDING_POINTS, bottom - _PADDING_POINTS)):
        raw.FPDF_PageToDevice(page.raw, 0, 0, size[0], size[1], 0, across, up, x, y)
        corners.append((x.value, y.value))
    (x1, y1), (x2, y2) = corners
    return Area(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _add_picture(new: Any, picture: Any, width: float, height: float) -> None:
    import pypdfium2

    out = io.BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY)
    out.seek(0)
    page = new.new_page(width, height)
    image = pypdfium2.PdfImage.new(new)
    image.load_jpeg(out, pages=[page], inline=True)
    image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
    page.insert_obj(image)
    page.gen_content()
    page.close()
