"""The lines of a PDF page in the order in which they are read.

Most files hold their lines in that order, and it says more than places do: which lines make one cell, one box, one column. So it is
kept, but where it runs to and fro between columns of running text, or is in no order at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from ingest.parse.pdf_lines import Line

FEWEST_LINES = 4
"""Fewer beside each other are no columns."""

NARROWEST_GUTTER_POINTS = 6.0
FEWEST_WORDS = 3
SHARE_GOING_ON = 0.35
"""Of the lines in a column of running text at least this share begins in the middle of a sentence."""

SHARE_TO_AND_FRO = 0.5
"""Of its lines at least this share must jump from side to side, before the order of the file is given up."""

SHARE_JUMPING_UP = 0.4
MOST_LINES = 3_000
DEEPEST = 3


def in_reading_order(lines: list[Line]) -> list[Line]:
    """The same lines, cut at gutters and put in order where the file's order is not that of a reader."""
    if not FEWEST_LINES * 2 <= len(lines) + sum(len(line.cells) - 1 for line in lines) <= MOST_LINES:
        return lines
    return list(_ordered(_from_top(lines) if _is_scrambled(lines) else lines, DEEPEST))


def pieces(line: Line) -> list[Line]:
    """A line of several cells as a line for each."""
    if len(line.cells) == 1:
        return [line]
    last = line.cells[-1]
    scale = (line.box.right - line.box.left) / max(line.right - line.left, 0.1)
    return [
        replace(
            line,
            cells=[cell],
            left=cell.left,
            right=cell.right,
            hyphenated=line.hyphenated and cell is last,
            box=replace(
                line.box,
                left=round(line.box.left + (cell.left - line.left) * scale, 1),
                right=round(line.box.left + (cell.right - line.left) * scale, 1),
            )
            if abs(scale - 1) < 0.05
            else line.box,
        )
        for cell in line.cells
    ]


def _ordered(lines: list[Line], depth: int) -> Iterator[Line]:
    """Bands of the page from top to bottom; in a band of columns the left one before the right one."""
    gutter = _gutter(lines) if depth else None
    if gutter is None:
        yield from lines
        return
    for band, left, right in _bands(lines, gutter):
        if _are_columns(left, right) and _is_to_and_fro(band, gutter):
            yield from _ordered(left, depth - 1)
            yield from _ordered(right, depth - 1)
        else:
            yield from band


def _gutter(lines: Sequence[Line]) -> float | None:
    """The place from the left where most lines stand on both sides with a gap between them."""
    parts = sorted((part for line in lines for part in pieces(line)), key=lambda part: part.top)
    gaps: Counter[int] = Counter()
    for index, part in enumerate(parts):
        beside = [
            other.left
            for other in parts[max(0, index - 12) : index + 13]
            if other.left >= part.right and min(other.bottom, part.bottom) - max(other.top, part.top) > 0.3 * part.height
        ]
        if beside and min(beside) - part.right >= NARROWEST_GUTTER_POINTS:
            gaps.update(range(int(part.right) + 2, int(min(beside)) - 1, 2))
            gaps.update(range(int(part.right) + 3, int(min(beside)) - 1, 2))
    if not gaps:
        return None
    most = max(gaps.values())
    best = [place for place, count in gaps.items() if count == most]
    return float(median(best)) if most >= FEWEST_LINES else None


def _bands(lines: Sequence[Line], gutter: float) -> Iterator[tuple[list[Line], list[Line], list[Line]]]:
    """Parts of the page between lines that run across the gutter: the lines of each as they were, and those left and right of it.

    A line across the gutter is a band of its own.
    """
    across = sorted({line.top for line in lines for part in pieces(line) if part.left < gutter - 1 and part.right > gutter + 1})
    if not across:
        yield (list(lines), *_sides(lines, gutter))
        return
    bands: dict[int, list[Line]] = {}
    for line in lines:
        crosses = any(part.left < gutter - 1 and part.right > gutter + 1 for part in pieces(line))
        above = sum(top < line.top - 0.5 for top in across)
        bands.setdefault(2 * above + 1 if crosses else 2 * above, []).append(line)
    if not any(_are_columns(*_sides(band, gutter)) and _is_to_and_fro(band, gutter) for band in bands.values()):
        yield list(lines), [], []
        return
    for place in sorted(bands):
        yield (bands[place], *_sides(bands[place], gutter))


def _sides(lines: Sequence[Line], gutter: float) -> tuple[list[Line], list[Line]]:
    parts = [part for line in lines for part in _cut(line, gutter)]
    return [part for part in parts if part.right <= gutter + 1], [part for part in parts if part.right > gutter + 1]


def _cut(line: Line, gutter: float) -> list[Line]:
    """The line, as two where it stands on both sides."""
    left = [cell for cell in line.cells if cell.right <= gutter + 1]
    right = [cell for cell in line.cells if cell.left >= gutter - 1]
    if not left or not right:
        return [line]
    ends = pieces(line)
    return [
        replace(
            line,
            cells=cells,
            left=cells[0].left,
            right=cells[-1].right,
            box=replace(line.box, left=first.box.left, right=last.box.right),
            hyphenated=line.hyphenated and cells is right,
        )
        for cells, first, last in ((left, ends[0], ends[len(left) - 1]), (right, ends[-len(right)], ends[-1]))
    ]


def _are_columns(left: Sequence[Line], right: Sequence[Line]) -> bool:
    return _is_running(left) and _is_running(right)


def _is_running(lines: Sequence[Line]) -> bool:
    """Whether these are lines of running text: several words each, many begun in the middle of a sentence."""
    if len(lines) < FEWEST_LINES or median(len(line.text.split()) for line in lines) < FEWEST_WORDS:
        return False
    return sum(line.text[:1].islower() for line in lines[1:]) >= SHARE_GOING_ON * (len(lines) - 1)


def _is_to_and_fro(lines: Sequence[Line], gutter: float) -> bool:
    """Whether the order of the file jumps from side to side, line by line."""
    sides = ["left" if part.right <= gutter + 1 else "right" for line in lines for part in _cut(line, gutter)]
    changes = sum(one != other for one, other in pairwise(sides))
    return changes >= SHARE_TO_AND_FRO * len(sides) or (changes == 1 and sides[0] == "right")


def _is_scrambled(lines: Sequence[Line]) -> bool:
    up = sum(other.bottom < one.top - 0.5 * one.height for one, other in pairwise(lines))
    return len(lines) >= FEWEST_LINES * 2 and up >= SHARE_JUMPING_UP * len(lines)


def _from_top(lines: Sequence[Line]) -> list[Line]:
    """From top to bottom, and what stands on one line from left to right as one line."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.top + line.bottom) / 2):
        last = rows[-1][0] if rows else None
        if last is not None and (line.top + line.bottom) / 2 < last.bottom - 0.25 * last.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_one_line(sorted(row, key=lambda line: line.left)) for row in rows]


def _one_line(row: list[Line]) -> Line:
    first, last = row[0], row[-1]
    if len(row) == 1 or any(other.left < one.right - 1 for one, other in pairwise(row)):
        return (
            first
            if len(row) == 1
            else replace(first, cells=[cell for line in row for cell in line.cells], right=max(line.right for line in row))
        )
    boxes = [line.box for line in row]
    return replace(
        first,
        cells=[cell for line in row for cell in line.cells],
        top=min(line.top for line in row),
        right=last.right,
        bottom=max(line.bottom for line in row),
        hyphenated=last.hyphenated,
        bold=all(line.bold for line in row),
        box=replace(
            first.box,
            left=min(box.left for box in boxes),
            top=min(box.top for box in boxes),
            right=max(box.right for box in boxes),
            bottom=max(box.bottom for box in boxes),
        ),
    )
