"""Elements of unstructured to ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ingest.parse.table import rows_of_html, table_elements
from kb.types import Element, ElementKind

DEEPEST_LEVEL = 6
NOT_TEXT = frozenset({"PageBreak", "Header", "Footer", "Image", "PageNumber"})
"""Kinds that are not running text; the readers keep their text as strings."""

HeadingLevel = Callable[[Any], int | None]
"""The level of the heading that an element of kind Title is, 1 to 6, or None where it is no heading."""


def by_depth(element: Any) -> int | None:
    """Every Title is a heading, its depth is its level: true for HTML, Markdown and Word, which say so themselves."""
    return min((element.metadata.category_depth or 0) + 1, DEEPEST_LEVEL)


def never(element: Any) -> int | None:
    """No Title is a heading: for formats where unstructured guesses them from short lines."""
    return None


def convert(elements: Iterable[Any], heading_level: HeadingLevel, with_pages: bool = False) -> Iterator[Element]:
    """Our elements in the same order; tables become rows. ``with_pages``: the format's page numbers mean something."""
    for element in elements:
        name = type(element).__name__
        text = element.text or ""
        page = element.metadata.page_number if with_pages else None
        if name in NOT_TEXT or not (text.strip() or element.metadata.text_as_html):
            continue
        if name == "Table":
            rows, header = rows_of_html(element.metadata.text_as_html) if element.metadata.text_as_html else ([], None)
            yield from table_elements(rows or [[text]], header, page)
        elif name == "Title" and (level := heading_level(element)) is not None:
            yield Element(ElementKind.HEADING, text, level=level, page=page)
        elif name == "ListItem":
            yield Element(ElementKind.LIST_ITEM, text, page=page)
        elif name == "CodeSnippet":
            yield Element(ElementKind.CODE, text, page=page)
        else:
            yield Element(ElementKind.PARAGRAPH, text, page=page)
