"""Passages that say the same in the same words, of which one is enough: the copy in another folder, the page that is on two sites.

The copies stay with the passage that stands for them, so that a reader is told where else it stands; no place is lost to them.

Two passages are near-duplicates when their groups of three words are nearly the same and every figure in them is: passages that differ
in a figure contradict each other, and both are shown.

Source: Broder, "On the Resemblance and Containment of Documents", SEQUENCES 1997.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kb.types import Passage

RESEMBLANCE = 0.8
"""Share of the word groups of both that both must have."""

_GROUP = 3
_TOKEN = re.compile(r"\w+")
_FIGURE = re.compile(r"\d+")


def fold_near_duplicates(passages: Sequence[Passage]) -> list[Passage]:
    """``passages`` with those that resemble a better one among its ``copies``. Of equal ones the last added stands for all."""
    kept: list[Passage] = []
    shingles: list[frozenset[tuple[str, ...]]] = []
    figures: list[list[str]] = []
    for passage in passages:
        words = _TOKEN.findall(passage.text.lower())
        groups = frozenset(zip(*(words[start:] for start in range(_GROUP)), strict=False)) or frozenset([tuple(words)])
        numbers = _FIGURE.findall(passage.text)
        place = next((n for n, other in enumerate(shingles) if figures[n] == numbers and _resemble(groups, other)), None)
        if place is None:
            kept.append(passage)
            shingles.append(groups)
            figures.append(numbers)
        else:
            kept[place] = _folded(kept[place], passage, equal=groups == shingles[place])
    return kept


def _folded(kept: Passage, copy: Passage, *, equal: bool) -> Passage:
    if equal and _newer(copy, kept):
        return replace(copy, score=kept.score, copies=(replace(kept, copies=()), *kept.copies))
    return replace(kept, copies=(*kept.copies, copy))


def _resemble(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    if shorter < RESEMBLANCE * longer:
        return False
    shared = len(one & other)
    return shared >= RESEMBLANCE * (shorter + longer - shared)


def _newer(one: Passage, other: Passage) -> bool:
    """Whether ``one`` came a day or more after ``other``: what came in one go is of one age."""
    return one.added_at is not None and other.added_at is not None and one.added_at.date() > other.added_at.date()
