"""Which elements say again what the file says elsewhere, or nothing of its subject: they stay text, so that a search for a person
finds them, and are left out of the chunks, so that they do not crowd out answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kb.types import Element, ElementKind

SHORTEST_REPEATED_CHARACTERS = 60
"""Shorter lines may say something else under another heading, as ``Niet van toepassing.`` does."""

FEWEST_REPEATS = 3

SHORTEST_REPEATED_IN_MAIL_CHARACTERS = 12
FEWEST_REPEATS_IN_MAIL = 2
"""In mail what stands twice is quoted or a signature, also where it is short."""

MOST_CHARACTERS_BEFORE_DISCLAIMER = 250
"""Further on, the paragraph says something else as well."""

_PROSE = (ElementKind.PARAGRAPH, ElementKind.LIST_ITEM)
_QUOTED = re.compile(r"(?m)^[ \t]*(?:[>|][ \t]?)+")
_DISCLAIMER = re.compile(
    r"(?i)(?:uitsluitend|alleen|slechts)\s+bestemd\s+voor\s+(?:de\s+)?(?:geadresseerde|ontvanger)"
    r"|(?:bent u|indien u)\s+niet\s+de\s+(?:geadresseerde|beoogde\s+ontvanger)"
    r"|intended\s+(?:solely|only|exclusively)\s+for\s+the\s+(?:use\s+of\s+the\s+)?(?:addressee|individual|named|recipient|intended|person)"
    r"|if\s+you\s+(?:are\s+not|have\s+received)\s+(?:the\s+intended\s+recipient|this\s+(?:e-?mail|message|communication)\s+in\s+error)"
    r"|(?:denk|think)\s+(?:aan\s+het\s+milieu|before\s+you\s+print)"
    r"|please\s+consider\s+the\s+environment"
)


def marked(elements: Sequence[Element], *, is_mail: bool) -> tuple[Element, ...]:
    """``elements`` with boilerplate marked: what repeats, from its second time on, and in mail the disclaimer under it."""
    shortest = SHORTEST_REPEATED_IN_MAIL_CHARACTERS if is_mail else SHORTEST_REPEATED_CHARACTERS
    fewest = FEWEST_REPEATS_IN_MAIL if is_mail else FEWEST_REPEATS
    keys = [_key(element) if element.kind in _PROSE else "" for element in elements]
    times = Counter(key for key in keys if len(key) >= shortest)
    marked = tuple(_each(elements, keys, {key for key, count in times.items() if count >= fewest}, is_mail))
    return marked if any(not element.boilerplate for element in marked) else tuple(elements)


def _each(elements: Sequence[Element], keys: Sequence[str], repeated: set[str], is_mail: bool) -> Iterator[Element]:
    met: set[str] = set()
    for element, key in zip(elements, keys, strict=True):
        again = key in met
        if key in repeated:
            met.add(key)
        found = _DISCLAIMER.search(element.text) if is_mail and element.kind in _PROSE else None
        disclaimer = found is not None and found.start() < MOST_CHARACTERS_BEFORE_DISCLAIMER
        yield replace(element, boilerplate=True) if again or disclaimer else element


def _key(element: Element) -> str:
    return " ".join(_QUOTED.sub("", element.text).split()).casefold()
