"""Words in a picture with where they stand, by tesseract, so that they can be covered."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ingest.parse.limits import Limits
from ingest.parse.programs import LANGUAGES, ProgramFailed, run, tesseract_languages, tesseract_path
from ingest.redact.blackener import Blackener

_COLUMNS = 12
_MARGIN = 0.15
"""Of a word's height, around its box: recognition cuts off dots and tails."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float


def areas_of(picture: Any, blackener: Blackener, dots: float = 200) -> list[Area]:
    """The areas of ``picture`` (a PIL image) that the words stand in; none where tesseract is not there or sees none of them."""
    path = tesseract_path()
    languages = "+".join(language for language in LANGUAGES if language in tesseract_languages())
    if path is None or not languages:
        return []
    out = io.BytesIO()
    picture.convert("L").save(out, "PPM")
    command = [path, "stdin", "stdout", "-l", languages, "--psm", "3", "--dpi", str(round(min(max(dots, 70), 1200))), "tsv"]
    try:
        said = run(command, seconds=Limits().ocr_seconds, stdin=out.getvalue()).decode("utf-8", "replace")
    except ProgramFailed:
        return []
    rows = [row for line in said.splitlines()[1:] if len(row := line.split("\t")) == _COLUMNS and row[0] == "5" and row[11].strip()]
    found: list[Area] = []
    for _, of_block in groupby(rows, key=lambda row: tuple(row[1:3])):
        found += _in_block(list(of_block), blackener)
    return found


def _in_block(rows: list[list[str]], blackener: Blackener) -> list[Area]:
    """A block is read as one text, line ends where they are: a name may go on in the next line."""
    text, starts = "", []
    for number, row in enumerate(rows):
        if number:
            text += " " if rows[number - 1][4] == row[4] and rows[number - 1][3] == row[3] else "\n"
        starts.append(len(text))
        text += row[11].strip()
    found = []
    for start, end in blackener.places(text):
        for row, at in zip(rows, starts, strict=True):
            if at < end and start < at + len(row[11].strip()):
                found.append(_area(row))
    return found


def _area(row: list[str]) -> Area:
    left, top, width, height = (int(value) for value in row[6:10])
    margin = _MARGIN * height
    return Area(left - margin, top - margin, left + width + margin, top + height + margin)


def cover(picture: Any, areas: Iterable[Area]) -> None:
    """Paint ``areas`` of a PIL image black."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(picture)
    black: Any = {"1": 0, "L": 0, "LA": (0, 255), "RGBA": (0, 0, 0, 255)}.get(picture.mode, (0, 0, 0))
    for area in areas:
        draw.rectangle((area.left, area.top, area.right, area.bottom), fill=black)
