"""Versions of one document by their names: "offerte DEF (3)", "Handboek 2019" and "Handboek 2024", "kopie van …", "v2"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

_WORDS = (
    r"def(?:initief|initieve)?|final|eindversie|concept|draft|nieuw|new|oud|old|laatste(?: versie)?|latest|kopie|copy|kopie van|copy of"
    r"|backup|bak|herzien|revised|getekend|signed|versie|version|archief|archive|werkversie"
)
_MARKS = re.compile(
    rf"""
      ^(?:kopie\ van|copy\ of)\b                     # kopie van …
    | \(\d{{1,3}}\)                                  # (3)
    | \b(?:v|versie|version|rev)[ ]?\d+(?:[ ]\d{{1,2}})*\b  # v2, versie 3.1 (dots are spaces by now)
    | (?<!\d)(?:19|20)\d\d(?:[ ](?:19|20)?\d\d)?(?!\d|[ ]\d\d?\b)   # 2019, 2019 2020; not the year of a date
    | \b(?:{_WORDS})\b
    """,
    re.VERBOSE,
)
_DATES = re.compile(r"\b(?:(?:19|20)\d\d[ ]?(?:0[1-9]|1[0-2])[ ]?[0-3]\d|[0-3]?\d[ ](?:0?[1-9]|1[0-2])[ ](?:19|20)\d\d)\b")
_SEPARATORS = re.compile(r"[\s_\-–—.,+&/]+")
_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Family:
    """Files that are probably versions of one document, the newest first."""

    name: str
    paths: tuple[str, ...]


def families(files: Iterable[tuple[str, int]]) -> list[Family]:
    """Families among (path, time of modification): same folder, or folders that differ in such marks alone. The largest first."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for path, modified in files:
        *above, name = path.split("/")
        stem = core(name.rpartition(".")[0] or name)
        if sum(character.isalpha() for character in stem) >= _LETTERS:
            found["/".join(filter(None, (core(one) for one in above))), stem].append((modified, path))
    many = [
        Family(stem, tuple(path for _, path in sorted(members, key=lambda one: (-one[0], one[1]))))
        for (_, stem), members in found.items()
        if len(members) > 1 and len({member[1].rpartition("/")[2].rpartition(".")[0].lower() for member in members}) > 1
    ]
    return sorted(many, key=lambda family: (-len(family.paths), family.paths))


def core(name: str) -> str:
    """What is left of a name without the marks of versions. Dates stay: minutes of two meetings are no versions of each other."""
    text = _SEPARATORS.sub(" ", name.lower()).strip()
    dates = _DATES.findall(text)
    text = _DATES.sub(" ", text)
    for _ in range(3):
        text = _SEPARATORS.sub(" ", _MARKS.sub(" ", text)).strip()
    return " ".join([text, *dates]).strip()
