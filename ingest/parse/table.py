"""Tables as rows: cells joined by `` | ``, the header row told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.parse.safe_xml import local_name, parse_html
from kb.types import Box, Element, ElementKind

CELLS = " | "
LONGEST_HEADER_CELL_CHARACTERS = 80
MOST_CAPTION_ROWS = 4
_NUMBER_OR_DATE = re.compile(r"[€$£]?\s*[-+]?\d[\d.,:/ \-]*\s*(%|[A-Za-z]{0,3})")


def row_text(cells: Sequence[str]) -> str:
    """The cells in one line; empty ones at the end are dropped, those in between stay, so that columns can be told apart."""
    tidy = [" ".join(cell.replace("|", "/").split()) for cell in cells]
    while tidy and not tidy[-1]:
        tidy.pop()
    return CELLS.join(tidy)


def looks_like_header(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether a first row names the columns: short, distinct words, not numbers or dates, one for nearly every column."""
    filled = [cell.strip() for cell in first if cell.strip()]
    widest = max((len(row) for row in others), default=0)
    return (
        len(others) > 0
        and len(filled) >= 2
        and len(filled) >= widest - 1
        and len(set(filled)) == len(filled)
        and not any(_NUMBER_OR_DATE.fullmatch(cell) or len(cell) > LONGEST_HEADER_CELL_CHARACTERS for cell in filled)
    )


def table_elements(
    rows: Sequence[Sequence[str]], has_header: bool | None = None, page: int | None = None, boxes: Sequence[tuple[Box, ...]] | None = None
) -> Iterator[Element]:
    """An element per row that is not empty. ``has_header`` None: judged from the rows. A table of one cell is a paragraph."""
    filled = [(list(row), boxes[index] if boxes else ()) for index, row in enumerate(rows) if any(cell.strip() for cell in row)]
    if len(filled) == 1 and sum(bool(cell.strip()) for cell in filled[0][0]) == 1:
        yield Element(ElementKind.PARAGRAPH, "".join(filled[0][0]).strip(), page=page, boxes=filled[0][1])
        return
    header = 0 if has_header and len(filled) > 1 else _header_place([row for row, _ in filled]) if has_header is None else None
    for index, (row, box) in enumerate(filled):
        if header is not None and index < header:
            kind = ElementKind.PARAGRAPH
        else:
            kind = ElementKind.TABLE_HEADER if index == header else ElementKind.TABLE_ROW
        yield Element(kind, row_text(row), page=page, boxes=box)


def _header_place(rows: Sequence[Sequence[str]]) -> int | None:
    """Which row names the columns: the first, or one under a caption that fills fewer cells."""
    widest = max((sum(bool(cell.strip()) for cell in row) for row in rows), default=0)
    for place, row in enumerate(rows[:MOST_CAPTION_ROWS]):
        if looks_like_header(row, rows[place + 1 :]):
            return place
        if sum(bool(cell.strip()) for cell in row) > widest // 2:
            return None
    return None


def rows_of_html(html: str) -> tuple[list[list[str]], bool | None]:
    """The rows of a ``<table>``, and True when its first row is a header row, None when that is not said.

    A cell over several rows stands in each of them, so that a row can be read alone; one over several columns stands once.
    """
    root = parse_html(html)
    if root is None:
        return [], None
    rows: list[list[str]] = []
    header: bool | None = None
    carried: dict[int, tuple[str, int]] = {}
    for tr in root.iter("tr"):
        cells: list[str] = []
        kinds: list[str] = []
        for cell in tr:
            if local_name(cell) not in ("td", "th"):
                continue
            _take_carried(cells, carried)
            text = " ".join("".join(cell.itertext()).split())
            column = len(cells)
            cells.append(text)
            kinds.append(local_name(cell))
            across, down = _span(cell.get("colspan")), _span(cell.get("rowspan"))
            if down > 1:
                carried[column] = (text, down - 1)
            cells.extend([""] * (across - 1))
        _take_carried(cells, carried)
        if not rows and kinds and all(kind == "th" for kind in kinds):
            header = True
        rows.append(cells)
    return rows, header


def _take_carried(cells: list[str], carried: dict[int, tuple[str, int]]) -> None:
    while len(cells) in carried:
        text, left = carried.pop(len(cells))
        if left > 1:
            carried[len(cells)] = (text, left - 1)
        cells.append(text)


def _span(value: str | None) -> int:
    return min(int(value), 100) if value is not None and value.isdigit() and int(value) > 0 else 1
