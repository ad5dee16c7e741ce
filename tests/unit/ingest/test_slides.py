"""PowerPoint: a slide is a page, notes are text."""

from __future__ import annotations

import pytest

from kb.types import ParsedFile
from tests.unit.ingest.made_files import lines, parsed, slides_file, strings


@pytest.fixture(scope="module")
def file() -> ParsedFile:
    return parsed(slides_file(), "jaarplan.pptx")


def test_slides_give_headings_text_tables_and_notes_with_the_slide_as_page(file: ParsedFile) -> None:
    assert [(line, element.page) for line, element in zip(lines(file), file.elements, strict=True)] == [
        ("heading1: Jaarplan", 1),
        ("paragraph: Meer fietsen bouwen", 1),
        ("paragraph: Noem ook de levertijd.", 1),
        ("heading1: Cijfers", 2),
        ("table_header: Jaar | Aantal", 2),
        ("table_row: 2025 | 6.100", 2),
        ("table_row: 2026 | 6.700", 2),
    ]
    assert (file.pages, file.pages_with_text) == (2, 2)


def test_what_lies_beside_a_slide_and_who_made_it_are_strings(file: ParsedFile) -> None:
    assert "Naast de dia" in strings(file, "other")
    assert strings(file, "author") == ["Piet Presentator"]
