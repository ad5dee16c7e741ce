"""A row of a table as a person reads it: each cell with the name of its column, and of a wide row the cells that were asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.answering.figures import figures
from kb.answering.question_kind import Kind, asked, holds
from kb.answering.words import content_words, meets

CELL = " | "
_MOST_CELLS = 4
_FROM_TO = re.compile(r"(\d[\d.]*)\s*(?:-|–|—|tot|t/m|tot en met|to|through|until|up to)\s*(?:en met )?(\d[\d.]*)", re.IGNORECASE)
_FROM = re.compile(
    r"(?:vanaf|from|≥|>=|minimaal|minstens|at least|meer dan|more than|over|>)\s*(\d[\d.]*)"
    r"|(\d[\d.]*)(?:\s+\w+)?\s*(?:\+|en meer|of meer|and more|or more|en ouder|of ouder|and over|or over|and older|or older)",
    re.IGNORECASE,
)
_UP_TO = re.compile(r"(?:tot|t/m|up to|≤|<=|<|onder|under|minder dan|less than|ten hoogste|at most)\s*(\d[\d.]*)", re.IGNORECASE)


def cells(row: str) -> list[str]:
    """The cells of a row or header."""
    return [cell.strip() for cell in row.split(CELL)]


def header_of(text: str, row_start: int, table_header: str | None) -> str:
    """The header of the row of ``text`` at ``row_start``: ``table_header``, else the first row of its table in ``text``; empty where the
    row is that itself."""
    if table_header:
        return table_header
    lines = text[:row_start].split("\n")[:-1]
    header = ""
    for line in reversed(lines):
        if CELL not in line:
            break
        header = line.strip()
    return header


def covers(cell: str, number: float) -> bool:
    """Whether ``cell`` is a range that ``number`` lies in: “10-24 stuks”, “vanaf 100”, “t/m 9”, “60 jaar en ouder”."""
    if between := _FROM_TO.search(cell):
        return _number(between[1]) <= number <= _number(between[2])
    if least := _FROM.search(cell):
        return number >= _number(least[1] or least[2])
    if most := _UP_TO.search(cell):
        return number <= _number(most[1])
    return False


def numbers_of(question: str) -> list[float]:
    """The plain numbers of a question, in digits or words."""
    found = []
    for figure in figures(question):
        for reading in figure.readings:
            if reading.startswith("n:") and re.fullmatch(r"\d+(?:\.\d+)?", reading[2:]):
                found.append(float(reading[2:]))
    return found


def shown_row(row: str, header: str, question: str) -> str:
    """``row`` with the names of its columns. A wide one is shown as its first cell and the columns that the question is about.

    Each cell and each name is word for word that of the table. Without a header that fits, the row is left as it is.
    """
    names, values = cells(header), cells(row)
    if len(names) != len(values) or len(values) < 2 or header == row:
        return row
    wanted = range(len(values)) if len(values) <= _MOST_CELLS else _asked_for(names, values, question)
    return " · ".join(f"{names[place]}: {values[place]}" if names[place] else values[place] for place in wanted if values[place])


def named_cells(row: str, header: str) -> str:
    """The whole ``row``, each cell after the name of its column; as it is where the header does not fit."""
    names, values = cells(header), cells(row)
    return CELL.join(f"{name}: {value}" for name, value in zip(names, values, strict=True)) if len(names) == len(values) else row


def _asked_for(names: Sequence[str], values: Sequence[str], question: str) -> Sequence[int]:
    words = frozenset(content_words(question))
    numbers = numbers_of(question)
    kind = asked(question).kind
    ranged = [place for place, name in enumerate(names) if any(covers(name, number) for number in numbers)]
    about = {place for place, name in enumerate(names) if any(meets(word, words) >= 0.5 for word in content_words(name))}
    right = {
        place
        for place, (name, value) in enumerate(zip(names, values, strict=True))
        if kind.exact and kind is not Kind.NUMBER and holds(kind, f"{name}: {value}")
    }
    held = {place for place, value in enumerate(values) if any(meets(word, words) == 1.0 for word in content_words(value))}
    chosen = set(ranged) or about | right
    if not chosen:
        return range(len(values))
    return sorted({0} | held | chosen)


def _number(written: str) -> float:
    return float(written.replace(".", "").rstrip() or 0)
