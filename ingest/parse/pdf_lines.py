"""A page of a PDF as lines of cells, with where they stand and how large they are set."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass, field
from typing import Any

from kb.types import Box

HYPHEN_AT_LINE_END = "\ufffe"
"""What PDFium puts for a hyphen at the end of a line, in the middle of the word."""

GAP_BETWEEN_CELLS_EMS = 0.85
"""A space wider than this, in font sizes, may part two cells; a table needs such gaps below each other."""

_BOLD = re.compile(r"bold|black|heavy|semib|demi|cmbx|-bd", re.IGNORECASE)


@dataclass(slots=True)
class Cell:
    """Words on one line without a wide gap between them."""

    text: str
    left: float
    right: float


@dataclass(slots=True)
class Line:
    """One line: its cells from left to right, in points from the page's top left corner. ``hyphenated``: its last word goes on."""

    page: int
    cells: list[Cell]
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    hyphenated: bool = False

    @property
    def text(self) -> str:
        """The line's words."""
        return " ".join(cell.text for cell in self.cells)

    @property
    def height(self) -> float:
        """From top to bottom, in points."""
        return self.bottom - self.top

    @property
    def box(self) -> Box:
        """Where the line stands."""
        return Box(self.page, round(self.left, 1), round(self.top, 1), round(self.right, 1), round(self.bottom, 1))


@dataclass(slots=True)
class PageLines:
    """The lines of one page in the order of the file."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class _Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float
    first_index: int
    hyphenated: bool = False


def read_lines(page: Any, number: int) -> PageLines:
    """The page's lines. Boxes are as the page is seen: turned and cropped as the file says."""
    width, height = page.get_size()
    found = PageLines(number, width, height)
    textpage = page.get_textpage()
    try:
        place = _placing(page)
        group: list[_Word] = []
        for word in _words(textpage, place):
            if group and not _same_line(group[-1], word):
                found.lines.append(_line(group, textpage, number))
                group = []
            group.append(word)
        if group:
            found.lines.append(_line(group, textpage, number))
    finally:
        textpage.close()
    return found


_Edges = tuple[float, float, float, float]


def _placing(page: Any) -> Any:
    """A function from PDFium's edges (left, bottom, right, top, origin at the bottom left) to ours."""
    x0, y0, x1, y1 = page.get_cropbox()
    turned = page.get_rotation()

    def place(left: float, bottom: float, right: float, top: float) -> _Edges:
        if turned == 90:
            return bottom - y0, left - x0, top - y0, right - x0
        if turned == 180:
            return x1 - right, bottom - y0, x1 - left, top - y0
        if turned == 270:
            return y1 - top, x1 - right, y1 - bottom, x1 - left
        return left - x0, y1 - top, right - x0, y1 - bottom

    return place


def _words(textpage: Any, place: Any) -> list[_Word]:
    import pypdfium2.raw as raw

    rectangle = raw.FS_RECTF()
    pointer = ctypes.byref(rectangle)
    handle = textpage.raw
    get_unicode, get_box = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    words: list[_Word] = []
    current: _Word | None = None
    for index in range(textpage.count_chars()):
        code = get_unicode(handle, index)
        if code == 0xFFFE or code == 2:
            if current is not None:
                current.hyphenated = True
                current = None
            continue
        if code <= 32 or code == 0xA0:
            current = None
            continue
        if not get_box(handle, index, pointer):
            continue
        left, top, right, bottom = place(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        if current is not None:
            same_height = top < current.bottom and current.top < bottom
            near = left > current.left - 0.1 * (bottom - top) and left - current.right < 0.5 * (bottom - top)
            if same_height and near:
                current.text += chr(code)
                current.right = max(current.right, right)
                current.top, current.bottom = min(current.top, top), max(current.bottom, bottom)
                continue
        current = _Word(chr(code), left, top, right, bottom, index)
        words.append(current)
    return words


def _same_line(before: _Word, after: _Word) -> bool:
    overlap = min(before.bottom, after.bottom) - max(before.top, after.top)
    smaller = min(before.bottom - before.top, after.bottom - after.top)
    return not before.hyphenated and overlap > 0.5 * smaller and after.left > before.left and after.left > before.right - smaller


def _line(words: list[_Word], textpage: Any, number: int) -> Line:
    import pypdfium2.raw as raw

    size = _true_size(raw.FPDFText_GetFontSize(textpage.raw, words[0].first_index), words[0])
    cells: list[Cell] = []
    for word in words:
        if cells and word.left - cells[-1].right <= GAP_BETWEEN_CELLS_EMS * size:
            cells[-1].text += f" {word.text}"
            cells[-1].right = max(cells[-1].right, word.right)
        else:
            cells.append(Cell(word.text, word.left, word.right))
    return Line(
        page=number,
        cells=cells,
        left=min(word.left for word in words),
        top=min(word.top for word in words),
        right=max(word.right for word in words),
        bottom=max(word.bottom for word in words),
        size=size,
        bold=_is_bold(textpage, words[0].first_index) and _is_bold(textpage, words[-1].first_index),
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
