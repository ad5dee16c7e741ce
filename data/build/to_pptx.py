"""Slides: a title and points per slide, with speaker notes and a table where the source has one."""

from __future__ import annotations

import io
import re
from typing import Any

from pptx import Presentation
from pptx.util import Inches, Pt

from .common import Source, fixed_zip, moment, parse_blocks


def _add_slide(deck: Any, text: str, first: bool) -> None:
    """Add one slide; what follows a line ``Notes:`` becomes its speaker notes."""
    visible, _, notes = text.partition("\nNotes:\n")
    blocks = parse_blocks(visible)
    title = next(block.text for block in blocks if block.kind == "heading")
    points = [block for block in blocks if block.kind in ("bullet", "paragraph", "number")]
    tables = [block for block in blocks if block.kind == "table"]
    slide = deck.slides.add_slide(deck.slide_layouts[0 if first else 5 if tables else 1])
    slide.shapes.title.text = title
    if tables:
        rows = tables[0].rows
        frame = slide.shapes.add_table(len(rows), len(rows[0]), Inches(0.6), Inches(1.7), Inches(8.8), Inches(0.4 * len(rows)))
        for row_index, row in enumerate(rows):
            for column, value in enumerate(row):
                cell = frame.table.cell(row_index, column)
                cell.text = value
                cell.text_frame.paragraphs[0].font.size = Pt(14)
        if points:
            top = Inches(1.9 + 0.4 * len(rows))
            box = slide.shapes.add_textbox(Inches(0.6), top, Inches(8.8), Inches(1.2)).text_frame
            box.word_wrap = True
    else:
        box = slide.placeholders[1].text_frame
    for index, point in enumerate(points):
        paragraph = box.paragraphs[0] if index == 0 else box.add_paragraph()
        paragraph.text = point.text
        paragraph.font.size = Pt(20)
    if notes.strip():
        slide.notes_slide.notes_text_frame.text = re.sub(r"(?<!\n)\n(?!\n)", " ", notes.strip())


def build(source: Source) -> bytes:
    """Build one slide deck; slides are parted by a line with ``===``."""
    meta = source.meta
    deck = Presentation()
    for index, text in enumerate(re.split(r"^===$", source.body, flags=re.MULTILINE)):
        _add_slide(deck, text.strip() + "\n", first=index == 0)
    core = deck.core_properties
    core.title = meta["title"]
    core.author = meta["author"]
    core.last_modified_by = meta.get("last_modified_by", meta["author"])
    core.subject = meta.get("subject", "")
    core.language = meta.get("language", "nl-NL")
    core.created = source.when().replace(tzinfo=None)
    core.modified = moment(meta.get("modified", meta["date"])).replace(tzinfo=None)
    out = io.BytesIO()
    deck.save(out)
    return fixed_zip(out.getvalue(), moment(meta.get("modified", meta["date"])))
