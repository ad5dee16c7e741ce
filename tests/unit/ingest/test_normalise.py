"""Elements to one text with exact offsets."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ingest.normalise import normalise
from kb.types import Box, Element, ElementKind


def test_blocks_are_parted_by_an_empty_line_and_rows_and_items_by_a_line_end() -> None:
    text = normalise(
        [
            Element(ElementKind.HEADING, "Kop\nover twee regels", level=1),
            Element(ElementKind.PARAGRAPH, "Een  alinea\t met \n\n spaties "),
            Element(ElementKind.LIST_ITEM, "een"),
            Element(ElementKind.LIST_ITEM, "twee"),
            Element(ElementKind.TABLE_HEADER, "a | b"),
            Element(ElementKind.TABLE_ROW, "1 | 2"),
            Element(ElementKind.TABLE_HEADER, "c | d"),
            Element(ElementKind.CODE, "x = 1\n  y = 2\n"),
        ]
    )
    assert text.text == "Kop over twee regels\n\nEen alinea met\nspaties\n\neen\ntwee\n\na | b\n1 | 2\n\nc | d\n\nx = 1\n  y = 2"


def test_a_span_carries_level_page_and_boxes_and_offsets_count_code_points() -> None:
    box = Box(3, 1, 2, 3, 4)
    text = normalise([Element(ElementKind.PARAGRAPH, "cafe\u0301 😀"), Element(ElementKind.HEADING, "één", level=2, page=3, boxes=(box,))])
    assert [text.text[span.start : span.end] for span in text.spans] == ["café 😀", "één"]
    assert (text.spans[1].level, text.spans[1].page, text.spans[1].boxes) == (2, 3, (box,))


@given(st.lists(st.builds(Element, kind=st.sampled_from(ElementKind), text=st.text(max_size=40)), max_size=12))
def test_spans_lie_in_order_apart_and_hold_all_that_is_not_space(elements: list[Element]) -> None:
    text = normalise(elements)
    assert text.text == unicodedata.normalize("NFC", text.text)
    end = 0
    for span in text.spans:
        assert end <= span.start < span.end
        end = span.end
    kept = "".join("".join(text.text[span.start : span.end].split()) for span in text.spans)
    assert kept == "".join("".join(unicodedata.normalize("NFC", element.text).split()) for element in elements)
    assert "".join(text.text.split()) == kept
