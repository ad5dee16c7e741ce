"""Elements to the one text of a version, with the table that says where each element lies. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kb.types import Element, ElementKind, TextSpan, VersionText

BLOCKS = "\n\n"
"""Between blocks."""

LINES = "\n"
"""Between the items of a list and between the rows of a table."""

_KEEPS_COMPANY = {
    ElementKind.LIST_ITEM: {ElementKind.LIST_ITEM},
    ElementKind.TABLE_ROW: {ElementKind.TABLE_HEADER, ElementKind.TABLE_ROW},
}

_SPACES = re.compile(r"[^\S\n]+")
_AROUND_LINE_ENDS = re.compile(r" ?\n[ \n]*")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")


def _tidy(element: Element) -> str:
    text = unicodedata.normalize("NFC", element.text)
    if element.kind is ElementKind.CODE:
        return _BLANK_LINES.sub("\n", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n").rstrip()
    text = _AROUND_LINE_ENDS.sub("\n", _SPACES.sub(" ", text))
    if element.kind in (ElementKind.TITLE, ElementKind.HEADING, ElementKind.TABLE_HEADER, ElementKind.TABLE_ROW):
        text = text.replace("\n", " ")
    return text.strip()


def normalise(elements: Iterable[Element]) -> VersionText:
    """One NFC text of all elements in their order, and a span for each that has text; offsets are code points.

    Spaces are collapsed except in code; a heading and a table row are one line. Between blocks stands an empty line, within a
    list or a table a line end.
    """
    parts: list[str] = []
    spans: list[TextSpan] = []
    length = 0
    previous: ElementKind | None = None
    for element in elements:
        text = _tidy(element)
        if not text:
            continue
        if previous is not None:
            separator = LINES if previous in _KEEPS_COMPANY.get(element.kind, set()) else BLOCKS
            parts.append(separator)
            length += len(separator)
        parts.append(text)
        place = length, length + len(text)
        spans.append(TextSpan(element.kind, *place, element.level, element.page, element.boxes, element.boilerplate))
        length += len(text)
        previous = element.kind
    return VersionText("".join(parts), tuple(spans))
