"""The places that a search collects, each once and as surely as any way of looking found it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.privacy.types import Field, How, IdentifierKind, Place

_AROUND = 90
"""Characters of an excerpt on either side of a match."""

_RANK = {How.EXACT: 0, How.NORMALISED: 1, How.RELATED: 2, How.FUZZY: 3}
SURE = (How.EXACT, How.NORMALISED)


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place with the words that stand there and around it."""

    place: Place
    how: How
    kind: IdentifierKind
    matched: str
    excerpt: str


class Places:
    """Collects places. Of two in the same stretch the surer stays."""

    def __init__(self) -> None:
        self._by_field: dict[Field, dict[tuple[int, int], FoundPlace]] = {}

    def add(self, field: Field, text: str, start: int, end: int, how: How, kind: IdentifierKind) -> Place | None:
        """Keep a place; None where a surer one is kept already."""
        there = self._by_field.setdefault(field, {})
        before = there.get((start, end))
        if before is not None and _RANK[before.how] <= _RANK[how]:
            return None
        place = Place(field, start, end)
        there[start, end] = FoundPlace(place, how, kind, text[start:end], excerpt(text, start, end))
        return place

    @property
    def fields(self) -> set[Field]:
        """Fields with any place."""
        return {field for field, there in self._by_field.items() if there}

    @property
    def sure_fields(self) -> set[Field]:
        """Fields with a place that is sure."""
        return {field for field, there in self._by_field.items() if any(one.how in SURE for one in there.values())}

    def all(self) -> list[FoundPlace]:
        """Every place, by field and offset; without FUZZY ones within others, and RELATED ones within sure ones."""
        return [one for _, there in sorted(self._by_field.items()) for one in _without_covered(there.values())]


def _without_covered(places: Iterable[FoundPlace]) -> Iterator[FoundPlace]:
    sure = related = -1
    for one in sorted(places, key=lambda one: (one.place.start, -one.place.end)):
        end = one.place.end
        if one.how in SURE:
            sure = max(sure, end)
        elif end <= sure or (one.how is How.FUZZY and end <= related):
            continue
        elif one.how is How.RELATED:
            related = max(related, end)
        yield one


def excerpt(text: str, start: int, end: int) -> str:
    """The words around a stretch on one line, with … where the text goes on."""
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    inner = " ".join(text[first:last].split())
    return f"{'…' if first else ''}{inner}{'…' if last < len(text) else ''}"


def hit_id(place: Place) -> str:
    """The same id for the same place in every search, so that a judgement stays with it. It tells nothing of the words there."""
    canonical = json.dumps([place.field.store, *place.field.key, place.field.name, place.start, place.end])
    return "h" + hashlib.sha256(canonical.encode()).hexdigest()[:14]
