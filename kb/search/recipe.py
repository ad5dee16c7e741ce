"""How a chunk becomes the texts that are embedded: title, heading path and table header first, then its own text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from kb.ports import Embedder

RECIPE_VERSION = "1"
"""Part of every index's fingerprint: raise it when the texts below come out differently."""

MAX_WINDOWS_PER_CHUNK = 8
OVERLAP_SHARE = 0.1
"""How much of a window repeats the end of the one before."""

LARGEST_HEADER_SHARE = 0.4
"""Of a window of a chunk that needs several; what is above it is taken off the outer headings first, then off the title."""

_SENTENCE = re.compile(r".+?(?:[.!?…;:]+[\"'”’)\]]*\s+|\n+|$)", re.DOTALL)
_WORD = re.compile(r"\s*\S+\s*|\s+")
_LETTERS = re.compile(r".{1,32}", re.DOTALL)


def index_fingerprint(embedder: Embedder) -> str:
    """``sha256:…`` over the embedder's fingerprint and this recipe: vectors are comparable when it is equal."""
    return "sha256:" + hashlib.sha256(f"{embedder.fingerprint} recipe {RECIPE_VERSION}".encode()).hexdigest()


def passage_header(title: str, headings: Sequence[str], table_header: str | None) -> str:
    """What stands above a chunk's text, ending in a newline, or nothing. A heading that repeats the title is left out."""
    lines = [title, " › ".join(heading for heading in headings if heading != title), table_header or ""]
    return "".join(f"{line}\n" for line in lines if line.strip())


def passage_windows(embedder: Embedder, title: str, headings: Sequence[str], table_header: str | None, text: str) -> tuple[str, ...]:
    """The texts to embed for a chunk, numbered as the windows of the index: one where it fits, else several.

    Together they hold all of ``text``, each below the header. There are never more than MAX_WINDOWS_PER_CHUNK: for a text
    longer than that they grow beyond the model's window, which an embedder reads to its end all the same.
    """
    whole = passage_header(title, headings, table_header) + text
    if embedder.count_tokens([whole])[0] <= embedder.window_tokens:
        return (whole,)
    header = _short_header(embedder, title, headings, table_header)
    budget = max(embedder.window_tokens - embedder.count_tokens([header])[0], 1)
    units = _units(embedder, text, budget)
    counts = embedder.count_tokens(units)
    windows = _packed(counts, budget)
    while len(windows) > MAX_WINDOWS_PER_CHUNK:
        budget = max(budget + 1, budget * len(windows) // MAX_WINDOWS_PER_CHUNK)
        windows = _packed(counts, budget)
    return tuple(header + "".join(units[first:last]).strip() for first, last in windows)


def _short_header(embedder: Embedder, title: str, headings: Sequence[str], table_header: str | None) -> str:
    allowed = int(embedder.window_tokens * LARGEST_HEADER_SHARE)
    while True:
        header = passage_header(title, headings, table_header)
        if embedder.count_tokens([header])[0] <= allowed:
            return header
        if headings:
            headings = headings[1:]
        elif title:
            title = title[: len(title) // 2]
        else:
            table_header = (table_header or "")[: len(table_header or "") // 2]


def _units(embedder: Embedder, text: str, budget: int) -> list[str]:
    """Sentences; one that is too long in words, a word that is too long in groups of letters. Joined they are ``text``."""
    units: list[str] = _SENTENCE.findall(text)
    for finer in (_WORD, _LETTERS):
        counts = embedder.count_tokens(units)
        units = [part for unit, count in zip(units, counts, strict=True) for part in (finer.findall(unit) if count > budget else [unit])]
    return units


def _packed(counts: Sequence[int], budget: int) -> list[tuple[int, int]]:
    """Ranges of units that fit ``budget``, each beginning with the last units of the one before."""
    windows: list[tuple[int, int]] = []
    first = 0
    while True:
        last, used = first, 0
        while last < len(counts) and (last == first or used + counts[last] <= budget):
            used += counts[last]
            last += 1
        windows.append((first, last))
        if last >= len(counts):
            return windows
        first, repeated = last, 0
        while repeated + counts[first - 1] <= budget * OVERLAP_SHARE and repeated + counts[first - 1] + counts[last] <= budget:
            first -= 1
            repeated += counts[first]
