"""Passages of different documents that give other figures for the same thing: the handbook of 2023 and that of 2026.

Two sentences differ when they share most of their words and hold figures with the same unit but other values: “25 vakantiedagen” and
“27 vakantiedagen”. Which is newer is told by the last year that title, headings or file name of a document hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.answering.figures import Figure, figures
from kb.answering.sentences import Sentence, split_sentences
from kb.answering.words import content_words, tokens
from kb.types import Passage

_SHARED_OF_SHORTER, _SHARED_OF_LONGER = 0.75, 0.5
_FEWEST_SHARED = 2
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CURRENCY = re.compile(r"(?:€|\bEUR|\beuro)\s?\Z", re.IGNORECASE)
_UNIT = re.compile(r"\s?(%|euro\b|[^\W\d_]{2,})")
_NOT_UNITS = frozenset(("en", "of", "tot", "and", "or", "to", "per", "van", "of", "is", "in", "op", "voor", "met"))


@dataclass(frozen=True, slots=True)
class Differing:
    """A sentence of ``passage`` (its place among the passages) that gives other figures than another one."""

    passage: int
    sentence: Sentence


def year_of(passage: Passage) -> int | None:
    """The last year that the document's title, its headings or its file name hold."""
    years = [int(year) for text in (passage.document_title, *passage.headings, passage.source) for year in _YEAR.findall(text)]
    return max(years, default=None)


def newer_first(passages: Sequence[Passage]) -> list[Passage]:
    """``passages`` in their order, but of two documents that are the same but for their year the newer one before the older."""
    ordered = list(passages)
    for place in range(len(ordered)):
        best = place
        for later in range(place + 1, len(ordered)):
            if _same_but_for_the_year(ordered[best], ordered[later]) and (year_of(ordered[later]) or 0) > (year_of(ordered[best]) or 0):
                best = later
        if best != place:
            ordered.insert(place, ordered.pop(best))
    return ordered


def differing(passage: int, text: str, passages: Sequence[Passage]) -> list[Differing]:
    """The sentences of other documents that give other figures than ``text``, a sentence of the passage at that place."""
    mine = _measures(text)
    words = frozenset(content_words(_without_figures(text)))
    if not mine or len(words) < _FEWEST_SHARED:
        return []
    found = []
    for place, other in enumerate(passages):
        if other.document_id == passages[passage].document_id:
            continue
        for sentence in split_sentences(other.text):
            if _shares(words, sentence.text) and _contradicts(mine, _measures(sentence.text)):
                found.append(Differing(place, sentence))
    return found


def _shares(words: frozenset[str], text: str) -> bool:
    others = frozenset(content_words(_without_figures(text)))
    shared = len(words & others)
    shorter, longer = sorted((len(words), len(others)))
    return shared >= _FEWEST_SHARED and shared >= _SHARED_OF_SHORTER * shorter and shared >= _SHARED_OF_LONGER * longer


def _contradicts(mine: dict[str, frozenset[str]], theirs: dict[str, frozenset[str]]) -> bool:
    """Some unit has figures in both and none in common."""
    return any(unit in theirs and not values & theirs[unit] for unit, values in mine.items())


def _measures(text: str) -> dict[str, frozenset[str]]:
    """Units with their figures: ``{"vakantiedag": {"n:25"}, "€": {"n:0.23"}}``. A bare number, a year and a date have none."""
    found: dict[str, set[str]] = {}
    for figure in figures(text):
        unit = _unit(text, figure)
        if unit is not None:
            found.setdefault(unit, set()).update(figure.readings)
    return {unit: frozenset(values) for unit, values in found.items()}


def _unit(text: str, figure: Figure) -> str | None:
    if any(reading.startswith("p:") for reading in figure.readings):
        return "%"
    if not any(reading.startswith("n:") for reading in figure.readings):
        return None
    if _CURRENCY.search(text, 0, figure.start):
        return "€"
    after = _UNIT.match(text, figure.end)
    if after is None or after[1].lower() in _NOT_UNITS:
        return None
    if after[1] in ("%", "euro"):
        return "%" if after[1] == "%" else "€"
    stems = content_words(after[1])
    return stems[0] if stems else None


def _without_figures(text: str) -> str:
    for figure in figures(text):
        text = text[: figure.start] + " " * (figure.end - figure.start) + text[figure.end :]
    return text


def _same_but_for_the_year(one: Passage, other: Passage) -> bool:
    return one.document_id != other.document_id and _bare(one.document_title) == _bare(other.document_title)


def _bare(title: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in tokens(_YEAR.sub("", title)))
