"""Passages that follow one another in one section of a document become one: a sentence is read with what comes before and after it, and
the place in the list goes to another passage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from kb.types import Passage

LONGEST_CHARACTERS = 2_000
"""Of a passage that was joined."""

_WIDEST_GAP = 8

Between = Callable[[str, int, int], str]
"""The text of a version from one offset to another."""


def join_neighbours(passages: Sequence[Passage], between: Between) -> list[Passage]:
    """``passages`` in their order, with runs of neighbours in the place of the best of them. ``between`` is asked for the gaps."""
    places = {passage.chunk_id: place for place, passage in enumerate(passages)}
    sections: dict[tuple[object, ...], list[Passage]] = defaultdict(list)
    for passage in passages:
        sections[passage.version_id, passage.headings, passage.table_header].append(passage)
    joined = [
        (min(places[part.chunk_id] for part in run), run)
        for section in sections.values()
        for run in _runs(sorted(section, key=lambda passage: passage.start))
    ]
    return [_one(run, passages[place], between) for place, run in sorted(joined, key=lambda item: item[0])]


def _runs(section: Sequence[Passage]) -> list[list[Passage]]:
    runs = [[section[0]]]
    for passage in section[1:]:
        first, last = runs[-1][0], runs[-1][-1]
        near = 0 <= passage.start - last.end <= _WIDEST_GAP
        if near and passage.end - first.start <= LONGEST_CHARACTERS:
            runs[-1].append(passage)
        else:
            runs.append([passage])
    return runs


def _one(run: Sequence[Passage], best: Passage, between: Between) -> Passage:
    if len(run) == 1:
        return best
    first, last = run[0], run[-1]
    text = first.text
    for before, after in pairwise(run):
        text += (between(first.version_id, before.end, after.start) if after.start > before.end else "") + after.text
    return replace(
        best,
        start=first.start,
        end=last.end,
        text=text,
        page=first.page,
        page_breaks=_page_breaks(run),
        similarity=max((part.similarity for part in run if part.similarity is not None), default=None),
        parts=tuple((part.start, part.chunk_id) for part in run),
    )


def _page_breaks(run: Sequence[Passage]) -> tuple[tuple[int, int], ...]:
    breaks: list[tuple[int, int]] = []
    page = run[0].page
    for part in run:
        here = ((part.start, part.page), *part.page_breaks) if part.page is not None else part.page_breaks
        for start, number in here:
            if number != page:
                breaks.append((start, number))
                page = number
    return tuple(breaks)
