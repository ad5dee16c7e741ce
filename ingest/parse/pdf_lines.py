"""A page of a PDF as lines of cells, with where they stand and how large they are set."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kb.types import Box

HYPHEN_AT_LINE_END = "\ufffe"
"""What PDFium puts for a hyphen at the end of a line, in the middle of the word."""

GAP_BETWEEN_CELLS_EMS = 0.85
"""A space wider than this, in font sizes, may part two cells; a table needs such gaps below each other."""

_MARKER = re.compile(r"[•◦▪●○■□–—*·\uf0b7\uf0a7\u2023-]|\(?(?:\d{1,2}|[a-z])[.)]")
"""What stands before a list item, often far from it."""

_BOLD = re.compile(r"bold|black|heavy|semib|demi|cmbx|-bd|medi(?!um|c)", re.IGNORECASE)


@dataclass(slots=True)
class Cell:
    """Words on one line without a wide gap between them."""

    text: str
    left: float
    right: float


@dataclass(slots=True)
class Line:
    """One line: its cells from left to right, in points from the top left corner of the page turned so that it reads.

    ``box`` is where it stands on the page as the file shows it. ``hyphenated``: the last word goes on in the next line.
    """

    page: int
    cells: list[Cell]
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    box: Box
    hyphenated: bool = False

    @property
    def text(self) -> str:
        """The line's words."""
        return " ".join(cell.text for cell in self.cells)

    @property
    def height(self) -> float:
        """From top to bottom, in points."""
        return self.bottom - self.top


@dataclass(slots=True)
class PageLines:
    """The lines of one page in the order of the file."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    turned_text: str = ""
    """What runs in another direction than the rest of the page, such as a stamp along the edge."""


@dataclass(slots=True)
class _Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float
    first_index: int
    hyphenated: bool = False
    turned: bool = False


def read_lines(page: Any, number: int) -> PageLines:
    """The page's lines. Boxes are as the page is shown: turned and cropped as the file says."""
    crop: _Edges = tuple(page.get_cropbox())
    textpage = page.get_textpage()
    try:
        angle = _usual_angle(textpage)
        reads = (360 - angle) % 360
        sides = crop[2] - crop[0], crop[3] - crop[1]
        found = PageLines(number, *(sides if reads in (0, 180) else sides[::-1]))
        seat = _Seat(number, crop, reads, page.get_rotation())
        words = _words(textpage, seat, angle)
        found.turned_text = "".join(word.text for word in words if word.turned)
        group: list[_Word] = []
        for word in words:
            if word.turned:
                continue
            if group and not _same_line(group[-1], word):
                found.lines.append(_line(group, textpage, seat))
                group = []
            group.append(word)
        if group:
            found.lines.append(_line(group, textpage, seat))
    finally:
        textpage.close()
    return found


_Edges = tuple[float, float, float, float]


def _usual_angle(textpage: Any) -> int:
    """How far most of the text is turned clockwise in the file's own coordinates, in degrees: 0, 90, 180 or 270."""
    count = textpage.count_chars()
    angles = Counter(_angle(textpage, index) for index in range(0, count, max(1, count // 60)))
    return angles.most_common(1)[0][0] if angles else 0


def _angle(textpage: Any, index: int) -> int:
    import pypdfium2.raw as raw

    return _degrees(raw.FPDFText_GetCharAngle(textpage.raw, index))


@lru_cache(maxsize=1_000)
def _degrees(radians: float) -> int:
    return round(math.degrees(max(radians, 0.0)) / 90) % 4 * 90


@dataclass(frozen=True, slots=True)
class _Seat:
    """How a page lies: its crop box in the file's coordinates, by how much it is turned clockwise to be read, and to be shown."""

    page: int
    crop: _Edges
    reads: int
    shows: int

    def shown(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Edges on the page as it reads, as a box on the page as it is shown."""
        edges = (left, top, right, bottom)
        if self.reads != self.shows:
            edges = _turned(_turned_back(edges, self.crop, self.reads), self.crop, self.shows)
        return Box(self.page, *(round(edge, 1) for edge in edges))


def _turned(edges: _Edges, crop: _Edges, degrees: int) -> _Edges:
    """From (left, bottom, right, top) with the origin at the bottom left to (left, top, right, bottom) with it at the top left."""
    (left, bottom, right, top), (x0, y0, x1, y1) = edges, crop
    if degrees == 90:
        return bottom - y0, left - x0, top - y0, right - x0
    if degrees == 180:
        return x1 - right, bottom - y0, x1 - left, top - y0
    if degrees == 270:
        return y1 - top, x1 - right, y1 - bottom, x1 - left
    return left - x0, y1 - top, right - x0, y1 - bottom


def _turned_back(edges: _Edges, crop: _Edges, degrees: int) -> _Edges:
    """What ``_turned`` undoes."""
    (left, top, right, bottom), (x0, y0, x1, y1) = edges, crop
    if degrees == 90:
        return top + x0, left + y0, bottom + x0, right + y0
    if degrees == 180:
        return x1 - right, top + y0, x1 - left, bottom + y0
    if degrees == 270:
        return x1 - bottom, y1 - right, x1 - top, y1 - left
    return left + x0, y1 - bottom, right + x0, y1 - top


def _codes(textpage: Any) -> Sequence[int]:
    """The code of every sign of the page. All at once where PDFium gives one for each, which is nearly always."""
    import pypdfium2.raw as raw

    count = textpage.count_chars()
    signs = (ctypes.c_ushort * (count + 1))()
    if raw.FPDFText_GetText(textpage.raw, 0, count, signs) == count + 1:
        codes = signs[:count]
        if not any(0xD800 <= code < 0xE000 for code in codes):
            # All at once, a letter that the font does not explain is taken for a hyphen too.
            return [raw.FPDFText_GetUnicode(textpage.raw, index) if code == 0xFFFE else code for index, code in enumerate(codes)]
    return [raw.FPDFText_GetUnicode(textpage.raw, index) for index in range(count)]


def _words(textpage: Any, seat: _Seat, angle: int) -> list[_Word]:
    """The words in the order of the file. Once round for every letter: what it can do itself it does not call."""
    import pypdfium2.raw as raw

    rectangle = raw.FS_RECTF()
    pointer = ctypes.byref(rectangle)
    handle, get_box = textpage.raw, raw.FPDFText_GetLooseCharBox
    upright, x0, y1 = seat.reads == 0, seat.crop[0], seat.crop[3]
    words: list[_Word] = []
    current: _Word | None = None
    for index, code in enumerate(_codes(textpage)):
        if code <= 32 or code in (0xA0, 0xFFFE):
            if code in (2, 0xFFFE) and current is not None:
                current.hyphenated = True
            current = None
            continue
        if not get_box(handle, index, pointer):
            continue
        if upright:
            left, right = rectangle.left - x0, rectangle.right - x0
            top, bottom = y1 - rectangle.top, y1 - rectangle.bottom
        else:
            left, top, right, bottom = _turned((rectangle.left, rectangle.bottom, rectangle.right, rectangle.top), seat.crop, seat.reads)
        if current is not None and top < current.bottom and current.top < bottom:
            height = bottom - top
            if left > current.left - 0.1 * height and left - current.right < 0.5 * height:
                current.text += chr(code)
                if right > current.right:
                    current.right = right
                if top < current.top:
                    current.top = top
                if bottom > current.bottom:
                    current.bottom = bottom
                continue
        current = _Word(chr(code), left, top, right, bottom, index, turned=_angle(textpage, index) != angle)
        words.append(current)
    return words


def _same_line(before: _Word, after: _Word) -> bool:
    overlap = min(before.bottom, after.bottom) - max(before.top, after.top)
    smaller = min(before.bottom - before.top, after.bottom - after.top)
    return not before.hyphenated and overlap > 0.5 * smaller and after.left > before.left and after.left > before.right - smaller


def _line(words: list[_Word], textpage: Any, seat: _Seat) -> Line:
    import pypdfium2.raw as raw

    longest = max(words, key=lambda word: len(word.text))  # not a bullet or a raised number, which are set in another size
    size = _true_size(raw.FPDFText_GetFontSize(textpage.raw, longest.first_index), longest)
    cells: list[Cell] = []
    for word in words:
        if cells and (
            word.left - cells[-1].right <= GAP_BETWEEN_CELLS_EMS * size or (len(cells) == 1 and _MARKER.fullmatch(cells[0].text))
        ):
            cells[-1].text += f" {word.text}"
            cells[-1].right = max(cells[-1].right, word.right)
        else:
            cells.append(Cell(word.text, word.left, word.right))
    left, right = min(word.left for word in words), max(word.right for word in words)
    top, bottom = min(word.top for word in words), max(word.bottom for word in words)
    return Line(
        page=seat.page,
        cells=cells,
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        box=seat.shown(left, top, right, bottom),
        size=size,
        bold=_is_bold(textpage, longest.first_index) and _is_bold(textpage, words[-1].first_index),
        hyphenated=words[-1].hyphenated,
    )


def _true_size(said: float, word: _Word) -> float:
    """The font size in points. Where a file scales type by its matrix, the size it says is 1: then the height of the box counts."""
    height = word.bottom - word.top
    return said if 0.55 * height <= said <= 1.6 * height else round(0.85 * height, 1)


def _is_bold(textpage: Any, index: int) -> bool:
    import pypdfium2.raw as raw

    if raw.FPDFText_GetFontWeight(textpage.raw, index) >= 600:
        return True
    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    size = raw.FPDFText_GetFontInfo(textpage.raw, index, buffer, 128, ctypes.byref(flags))
    return 0 < size <= 128 and bool(_BOLD.search(buffer.value.decode("utf-8", "replace")))
