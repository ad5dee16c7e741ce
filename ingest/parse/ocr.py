"""Text in pictures, recognised by tesseract, as lines that stand where the words stand."""

from __future__ import annotations

import io
from itertools import groupby
from statistics import median
from typing import Any

from ingest.parse.pdf_lines import GAP_BETWEEN_CELLS_EMS, Cell, Line, PageLines
from ingest.parse.programs import LANGUAGES, ProgramFailed, run, tesseract_languages, tesseract_path
from ingest.parse.reading import Unreadable
from ingest.parse.within import Within
from kb.types import Box

LEAST_SURE_WORD = 30.0
LEAST_SURE_LINE = 50.0
"""Below these, in percent, tesseract sees letters in what is none: pictures, stamps, stains."""

LEAST_SURE_PAGE = 55.0
"""Below this a page is written in letters that are not ours, and what it seems to say is nonsense."""

LARGE_TYPE_RATIO = 1.4
"""Heights of recognised lines differ by a quarter without meaning anything; a heading is larger by more."""

_BOX_TO_SIZE = 0.8
_COLUMNS = 12


def can_recognise() -> bool:
    """Whether tesseract is installed, with Dutch or English."""
    return tesseract_path() is not None and any(language in tesseract_languages() for language in LANGUAGES)


def recognise(picture: Any, page: int, points_per_pixel: float, within: Within) -> PageLines:
    """The lines of a picture in the order in which they are read, measured in points.

    Raises Unreadable: needs_tesseract, parser_timed_out.
    """
    path = tesseract_path()
    languages = "+".join(language for language in LANGUAGES if language in tesseract_languages())
    if path is None or not languages:
        raise Unreadable("needs_tesseract")
    out = io.BytesIO()
    picture.convert("L").save(out, "PPM")
    turned = "1" if "osd" in tesseract_languages() else "3"
    dots = min(max(round(72 / points_per_pixel), 70), 1200)
    command = [path, "stdin", "stdout", "-l", languages, "--psm", turned, "--dpi", str(dots), "tsv"]
    try:
        said = run(command, seconds=within.limits.ocr_seconds, stdin=out.getvalue())
    except ProgramFailed as error:
        if error.timed_out:
            raise Unreadable("parser_timed_out", seconds=f"{within.limits.ocr_seconds:.0f}") from error
        said = b""
    width, height = picture.size
    lines = PageLines(page, width * points_per_pixel, height * points_per_pixel)
    lines.lines = _lines(said.decode("utf-8", "replace"), page, points_per_pixel)
    return lines


def _lines(table: str, page: int, scale: float) -> list[Line]:
    rows = [row.split("\t") for row in table.splitlines()[1:]]
    everything = [row for row in rows if len(row) == _COLUMNS and row[0] == "5" and row[11].strip()]
    if not everything or _sureness(everything) < LEAST_SURE_PAGE:
        return []
    words = [row for row in everything if float(row[10]) >= LEAST_SURE_WORD]
    lines = []
    for _, group in groupby(words, key=lambda row: tuple(row[1:5])):
        of_line = list(group)
        letters = [row for row in of_line if any(character.isalnum() for character in row[11])]
        if letters and _sureness(letters) >= LEAST_SURE_LINE:
            lines.append(_line(of_line, page, scale))
    usual = median(line.size for line in lines) if lines else 0.0
    for line in lines:
        if line.size < LARGE_TYPE_RATIO * usual:
            line.size = usual
    return lines


def _sureness(words: list[list[str]]) -> float:
    """How sure tesseract is of these words, in percent, each letter counting the same."""
    return sum(float(row[10]) * len(row[11]) for row in words) / sum(len(row[11]) for row in words)


def _line(words: list[list[str]], page: int, scale: float) -> Line:
    edges = [
        (int(row[6]) * scale, int(row[7]) * scale, (int(row[6]) + int(row[8])) * scale, (int(row[7]) + int(row[9])) * scale)
        for row in words
    ]
    left, top = min(edge[0] for edge in edges), min(edge[1] for edge in edges)
    right, bottom = max(edge[2] for edge in edges), max(edge[3] for edge in edges)
    size = _BOX_TO_SIZE * median(edge[3] - edge[1] for edge in edges)
    cells: list[Cell] = []
    for row, edge in zip(words, edges, strict=True):
        if cells and edge[0] - cells[-1].right <= 2 * GAP_BETWEEN_CELLS_EMS * size:
            cells[-1].text += f" {row[11].strip()}"
            cells[-1].right = max(cells[-1].right, edge[2])
        else:
            cells.append(Cell(row[11].strip(), edge[0], edge[2]))
    hyphenated = len(cells[-1].text) > 2 and cells[-1].text.endswith("-") and cells[-1].text[-2].isalpha()
    if hyphenated:
        cells[-1].text = cells[-1].text[:-1]
    box = Box(page, round(left, 1), round(top, 1), round(right, 1), round(bottom, 1))
    return Line(page, cells, left, top, right, bottom, size, False, box, hyphenated)
