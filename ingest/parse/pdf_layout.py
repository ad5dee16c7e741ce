"""Lines of a PDF to elements: what repeats on every page is taken out, large type is a heading, lines become paragraphs, list items
and table rows. By measures of the page alone, without a model."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from ingest.parse.elements import DEEPEST_LEVEL
from ingest.parse.pdf_lines import Line, PageLines
from ingest.parse.pdf_strings import squeezed
from ingest.parse.pdf_tables import TableRow, find_tables
from ingest.parse.table import CELLS, row_text, table_elements
from kb.types import Box, Element, ElementKind

MARGIN_SHARE = 0.13
"""Running headers and footers stand within this share of the page's height from its edge."""

PAGE_NUMBER_SHARE = 0.2
"""A line that is only a page number may stand somewhat further in."""

HEADING_SIZE_RATIO = 1.12
LONGEST_HEADING_CHARACTERS = 160
_BULLET = re.compile(r"\A(?:[•◦▪●○■□–—\-*·\uf0b7\uf0a7\u2023]|o(?= ))\s+(?=\S)")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-z])[.)]\s+(?=\S)")
_SECTION_NUMBER = re.compile(
    r"(?:(?:hoofdstuk|chapter|artikel|article|bijlage|appendix|paragraaf|section|§)\s+\S+|\d{1,2}(?:\.\d{1,2}){0,4}\.?)\s+\S", re.I
)
_DOTTED_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s")
_PAGE_NUMBER = re.compile(r"[-–|]?(?:pagina|page|blz\.?|pag\.?|p\.?)?#(?:(?:van|of|/|-)#)?[-–|]?")
_LEADERS = re.compile(r"(?:\s?[.·…]){4,}\s*")
_ENDS_SENTENCE = re.compile(r"[.!?:;][\"'”’)\]]*$")
_KEEPS_HYPHEN = re.compile(r"(?:en|of|and|or|tot|to)\b")


@dataclass(slots=True)
class Layout:
    """Elements in reading order, and the texts that repeated on the pages."""

    elements: list[Element] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Block:
    """Lines that belong together."""

    kind: Literal["heading", "item", "text"]
    lines: list[Line]
    level: int | None = None


def lay_out(pages: list[PageLines], outline: dict[str, int]) -> Layout:
    """The elements of all pages; ``outline`` are the outline's titles with their levels."""
    layout = Layout(repeated=_take_out_repeated(pages))
    levels = _heading_levels(pages)
    body = _body_size(pages)
    for page in pages:
        blocks: list[_Block] = []
        for piece in find_tables(page.lines):
            if isinstance(piece, Line):
                _place(piece, blocks, body, levels, outline)
            else:
                layout.elements.extend(_elements(blocks))
                blocks = []
                layout.elements.extend(_table(piece, layout.elements))
        layout.elements.extend(_elements(blocks))
    layout.elements = _deepened_by_number(_joined_over_pages(layout.elements))
    return layout


def _deepened_by_number(elements: list[Element]) -> list[Element]:
    """Headings again, ``2.1`` below ``2`` also where both are set in one size."""
    depths = {
        index: match[1].count(".")
        for index, element in enumerate(elements)
        if element.kind is ElementKind.HEADING and (match := _DOTTED_NUMBER.match(element.text))
    }
    chapters = [elements[index].level or 1 for index, depth in depths.items() if depth == 0]
    if not chapters:
        return elements
    return [
        replace(element, level=min(max(element.level or 1, min(chapters) + depths[index]), DEEPEST_LEVEL)) if index in depths else element
        for index, element in enumerate(elements)
    ]


def _take_out_repeated(pages: list[PageLines]) -> list[str]:
    """Remove running headers, footers and page numbers; returns one text of each."""
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    texts: dict[tuple[str, int], str] = {}

    def key(page: PageLines, line: Line) -> tuple[str, int] | None:
        pattern = re.sub(r"\d+", "#", squeezed(line.text))
        share = PAGE_NUMBER_SHARE if _PAGE_NUMBER.fullmatch(pattern) else MARGIN_SHARE
        if line.bottom < share * page.height or line.top > (1 - share) * page.height:
            return pattern, round(line.top / 6)
        return None

    for page in pages:
        for line in page.lines:
            if (found := key(page, line)) is not None:
                places[found].add(page.number)
                texts.setdefault(found, line.text)
    enough = max(2, min(len(pages) // 3, 5))
    repeated = {
        found for found, on in places.items() if len(on) >= (enough if len(pages) > 2 else 2) and (len(pages) > 2 or "#" in found[0])
    }
    for page in pages:
        kept = [line for line in page.lines if key(page, line) not in repeated]
        if kept or len(pages) > 2:
            page.lines = kept
    return [text for found, text in texts.items() if found in repeated]


def _body_size(pages: list[PageLines]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[_rounded(line.size)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _heading_levels(pages: list[PageLines]) -> dict[float, int]:
    """Sizes clearly larger than that of the text, with their level: the largest is 1."""
    body = _body_size(pages)
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            if line.size >= HEADING_SIZE_RATIO * body and any(character.isalpha() for character in line.text):
                sizes[_rounded(line.size)] += 1
    levels: dict[float, int] = {}
    level = 0
    last = 0.0
    for size in sorted(sizes, reverse=True):
        if not last or last - size > 0.6:
            level += 1
        levels[size] = min(level, 5)
        last = size
    return levels


def _place(line: Line, blocks: list[_Block], body: float, levels: dict[float, int], outline: dict[str, int]) -> None:
    level = None if _BULLET.match(line.text) else _level(line, body, levels, outline)
    last = blocks[-1] if blocks else None
    if level is not None:
        if last is not None and last.kind == "heading" and _goes_on_heading(last, line):
            last.lines.append(line)
        else:
            blocks.append(_Block("heading", [line], level))
    elif _LEADERS.search(line.text):
        blocks.append(_Block("item", [line]))
    elif last is not None and _LEADERS.search(last.lines[-1].text):
        blocks.append(_Block("text", [line]))
    elif _BULLET.match(line.text) or (_NUMBERED.match(line.text) and not (last and last.kind == "text" and _goes_on(last, line))):
        blocks.append(_Block("item", [line]))
    elif last is not None and last.kind != "heading" and _goes_on(last, line):
        last.lines.append(line)
    else:
        blocks.append(_Block("text", [line]))


def _level(line: Line, body: float, levels: dict[float, int], outline: dict[str, int]) -> int | None:
    text = line.text
    if len(text) > LONGEST_HEADING_CHARACTERS or not any(character.isalpha() for character in text) or _LEADERS.search(text):
        return None
    said = outline.get(squeezed(text)) if line.bold or line.size > 1.02 * body else None
    if said is not None:
        return said
    if line.size >= HEADING_SIZE_RATIO * body:
        return levels.get(_rounded(line.size))
    ends = text.endswith((".", ",", ";", ":", "-"))
    marked = line.size >= 1.05 * body or (line.size >= 0.98 * body and _SECTION_NUMBER.match(text))
    if line.bold and marked and not ends and len(text) <= 80 and (len(line.cells) == 1 or _SECTION_NUMBER.match(text)):
        return min(len(set(levels.values())) + 1, 6)
    return None


def _goes_on_heading(block: _Block, line: Line) -> bool:
    last = block.lines[-1]
    same = abs(last.size - line.size) < 0.6 and last.bold == line.bold
    return same and 0 <= line.top - last.top < 1.6 * max(last.height, line.height) and not _SECTION_NUMBER.match(line.text)


def _goes_on(block: _Block, line: Line) -> bool:
    """Whether ``line`` belongs to the same paragraph or list item as the block's last line."""
    last = block.lines[-1]
    if last.hyphenated:
        return True
    if abs(last.size - line.size) > 0.15 * max(last.size, line.size):
        return False
    step = line.top - last.top
    if step <= 0:  # a next column, or a line beside this one
        return line.text[:1].islower() and not _ENDS_SENTENCE.search(last.text)
    if step > 1.75 * max(last.height, line.height, 1.15 * line.size):
        return False
    if len(block.lines) > 1:
        usual = block.lines[1].top - block.lines[0].top
        if usual > 0 and step > 1.35 * usual:
            return False
    if block.kind == "item" and len(block.lines) == 1 and line.left < last.left - 2:
        return False
    right = max(piece.right for piece in block.lines)
    ended_early = right - last.right > 0.22 * max(right - block.lines[0].left, 1) if len(block.lines) > 1 else False
    indented = line.left > last.left + 0.8 * line.size and block.kind == "text"
    return not (_ENDS_SENTENCE.search(last.text) and (ended_early or indented))


def _elements(blocks: list[_Block]) -> Iterator[Element]:
    for block in blocks:
        text = _text(block.lines)
        boxes = _boxes(block.lines)
        page = block.lines[0].page
        if block.kind == "heading":
            yield Element(ElementKind.HEADING, text, level=block.level, page=page, boxes=boxes)
        elif block.kind == "item":
            yield Element(ElementKind.LIST_ITEM, _BULLET.sub("", text, count=1), page=page, boxes=boxes)
        else:
            yield Element(ElementKind.PARAGRAPH, text, page=page, boxes=boxes)


def _text(lines: list[Line]) -> str:
    text = ""
    hyphenated = False
    for line in lines:
        following = _LEADERS.sub(" … ", line.text).strip()
        text = join_lines(text, following, hyphenated)
        hyphenated = line.hyphenated
    return text + "-" if hyphenated else text


def join_lines(before: str, after: str, hyphenated: bool) -> str:
    """Two lines as one. A word that was cut at the line's end is made whole; ``e-mail``, ``Noord-Holland`` and ``in- en`` keep theirs."""
    if not before or not after:
        return before + after
    if not hyphenated:
        return f"{before} {after}"
    if _KEEPS_HYPHEN.match(after):
        return f"{before}- {after}"
    word = re.search(r"[^\W\d_]*$", before)
    short_or_number = word is None or len(word[0]) < 2
    return f"{before}-{after}" if short_or_number or not after[0].islower() else before + after


def _boxes(lines: list[Line]) -> tuple[Box, ...]:
    """One box per column and page that the lines run through."""
    boxes: list[Box] = []
    for line in lines:
        box = line.box
        last = boxes[-1] if boxes else None
        if last is not None and last.page == box.page and box.top >= last.top and box.left < last.right and last.left < box.right:
            boxes[-1] = Box(last.page, min(last.left, box.left), last.top, max(last.right, box.right), max(last.bottom, box.bottom))
        else:
            boxes.append(box)
    return tuple(boxes)


def _table(rows: list[TableRow], before: list[Element]) -> list[Element]:
    """A row for each; one that goes on from the page before has its header there."""
    texts = [[_text(cell) for cell in row.cells] for row in rows]
    boxes = [_boxes_of_row(row) for row in rows]
    bold = rows[0].bold and not all(row.bold for row in rows[1:])
    last = before[-1] if before else None
    goes_on = last is not None and last.kind is ElementKind.TABLE_ROW and last.page == rows[0].page - 1 and not bold
    if goes_on and last is not None and last.text.count(CELLS) == len(texts[0]) - 1:
        header = next((element for element in reversed(before) if element.kind is ElementKind.TABLE_HEADER), None)
        again = header is not None and header.text == row_text(texts[0])
        return list(table_elements(texts[again:], False, rows[0].page, boxes[again:]))
    return list(table_elements(texts, True if bold else None, rows[0].page, boxes))


def _boxes_of_row(row: TableRow) -> tuple[Box, ...]:
    lines = [line for cell in row.cells for line in cell]
    if not lines:
        return ()
    boxes = [line.box for line in lines]
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    return (Box(row.page, left, top, max(box.right for box in boxes), max(box.bottom for box in boxes)),)


def _joined_over_pages(elements: list[Element]) -> list[Element]:
    """A paragraph that breaks off at the end of a page is joined to what goes on in small letters on the next."""
    joined: list[Element] = []
    for element in elements:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.kind in (ElementKind.PARAGRAPH, ElementKind.LIST_ITEM)
            and element.kind is ElementKind.PARAGRAPH
            and last.boxes
            and element.page == last.boxes[-1].page + 1
            and element.text[:1].islower()
            and not _ENDS_SENTENCE.search(last.text)
        ):
            hyphenated = last.text.endswith("-")
            text = join_lines(last.text.removesuffix("-") if hyphenated else last.text, element.text, hyphenated)
            joined[-1] = Element(last.kind, text, page=last.page, boxes=last.boxes + element.boxes)
        else:
            joined.append(element)
    return joined
