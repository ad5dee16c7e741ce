"""Keyed fingerprints of people and texts: they tell whether something is the same, and without the key nothing else.

What is kept here must still fit in five years, so it rests on words and folding alone and carries a version.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.privacy.folding import FoldedText, fold
from kb.privacy.identifiers import is_iban, national_digits, normalised, plain, written_forms
from kb.privacy.names import PARTICLES
from kb.privacy.types import Identifier, IdentifierKind, Subject

VERSION = 1
SHINGLE_WORDS = 8
SKETCH = 256
"""Hashes that are kept of a text: the smallest. Similarity is estimated to about three hundredths."""

_WORD = re.compile(r"[^\W_]+")
_EMAIL = re.compile(r"[^\s@<>()\[\]\",;:|]+@[^\s@<>()\[\]\",;:|]+\.[a-z]{2,}")
_NUMBER_RUN = re.compile(r"\+?\(?\d(?:[ ().\-/]{0,3}\d){5,16}")
_IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}\d{2}(?:[ .\-]?[a-z0-9]){11,30}")
_CODE = re.compile(r"(?=[a-z0-9./_\-]*\d)[a-z0-9]+(?:[./_\-][a-z0-9]+)*")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class NameSeen:
    """A name in a text. ``full``: with a given name, not with initials alone."""

    start: int
    end: int
    full: bool


class Fingerprints:
    """Makes fingerprints with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, what: str, text: str) -> str:
        """The fingerprint of ``text`` as a ``what``."""
        return hashlib.blake2b(f"{what}\0{text}".encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).hexdigest()

    # --- people ------------------------------------------------------------------------------------------------------

    def person(self, subject: Subject) -> dict[str, Any]:
        """Full names with what else the person is known by. A BSN is left out: it may not be kept, not even so."""
        names: dict[str, dict[str, Any]] = {}
        second: dict[str, list[str]] = {}
        for one in subject.identifiers:
            if one.kind is IdentifierKind.NAME:
                for form in written_forms(one):
                    words = _WORD.findall(fold(form))
                    if len(words) >= 2:
                        whole = self.of("name", " ".join(words))
                        names[whole] = {"first": self._word(words[0]), "words": len(words), "hash": whole, "full": _is_full(words)}
            elif one.kind is IdentifierKind.ALIAS:
                second.setdefault("alias", []).append(self.of("alias", " ".join(_WORD.findall(fold(one.value)))))
            elif one.kind is not IdentifierKind.BSN:
                second.setdefault(one.kind.value, []).append(self.of(one.kind.value, normalised(one)))
        return {"v": VERSION, "names": list(names.values()), "second": {kind: sorted(set(found)) for kind, found in second.items()}}

    def names_in(self, words: Words, wanted: Sequence[dict[str, Any]]) -> list[NameSeen]:
        """Where one of the names stands."""
        firsts = np.array([int(one["first"], 16) for one in wanted], dtype=np.uint64)
        seen = []
        for at in np.flatnonzero(np.isin(words.hashes, firsts)).tolist():
            first = f"{int(words.hashes[at]):016x}"
            for one in wanted:
                end = at + int(one["words"])
                if one["first"] == first and end <= len(words.words) and self.of("name", " ".join(words.words[at:end])) == one["hash"]:
                    seen.append(NameSeen(at, end, bool(one["full"])))
        return seen

    def second_in(self, folded: str, wanted: Mapping[str, Sequence[str]]) -> list[str]:
        """The stretches of a folded text that are one of the second identifiers."""
        found = []
        for kind, hashes in wanted.items():
            known = set(hashes)
            found += [stretch for stretch, value in _candidates(kind, folded) if self.of(kind, value) in known]
        return list(dict.fromkeys(found))

    # --- texts -------------------------------------------------------------------------------------------------------

    def words(self, text: str) -> Words:
        """The words of a text with a keyed hash of each."""
        words = _WORD.findall(fold(text))
        each = {word: int(self._word(word), 16) for word in set(words)}
        return Words(words, np.fromiter((each[word] for word in words), dtype=np.uint64, count=len(words)))

    def text(self, text: str) -> dict[str, Any]:
        """What tells a text and its near-duplicates: a sketch of its shingles; of a short text the whole of it."""
        words = self.words(text)
        if len(words.words) < 2 * SHINGLE_WORDS:
            return {"v": VERSION, "exact": self.of("text", " ".join(words.words))}
        return {"v": VERSION, "sketch": [f"{int(one):016x}" for one in sketch(words.hashes)]}

    def _word(self, word: str) -> str:
        return hashlib.blake2b(word.encode("utf-8", "surrogatepass"), key=self._key, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words in order, and the hash of each."""

    words: Sequence[str]
    hashes: Hashes


def sketch(hashes: Hashes) -> Hashes:
    """The smallest of the hashes of all runs of SHINGLE_WORDS words, each once, in order."""
    runs = len(hashes) - SHINGLE_WORDS + 1
    if runs < 1:
        return np.empty(0, dtype=np.uint64)
    mixed = np.zeros(runs, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for i in range(SHINGLE_WORDS):
            mixed = mixed * _MULTIPLIER + hashes[i : i + runs]
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return np.unique(mixed)[:SKETCH]


def similarity(one: Hashes, other: Hashes) -> float:
    """The share of shingles that two texts have in common (Jaccard), estimated from their sketches."""
    smallest = np.union1d(one, other)[:SKETCH]
    both = np.intersect1d(one, other, assume_unique=True)
    return float(np.isin(smallest, both, assume_unique=True).mean()) if len(smallest) else 0.0


def literal(text: str, stretches: Iterable[str], names: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """The stretches of the folded text, and words from … to, as they stand in ``text``: what a redactor is told."""
    folded = FoldedText(text)
    spots = [found.span() for found in _WORD.finditer(folded.text)]
    places = [(spots[start][0], spots[end - 1][1]) for start, end in names if end <= len(spots)]
    for stretch in stretches:
        at = folded.text.find(" ".join(stretch.split()))
        if at >= 0:
            places.append((at, at + len(" ".join(stretch.split()))))
    return tuple(dict.fromkeys(text[slice(*folded.place(*place))] for place in places))


def _is_full(words: Sequence[str]) -> bool:
    return sum(len(word) > 1 and word not in PARTICLES for word in words) >= 2


def _candidates(kind: str, folded: str) -> Iterator[tuple[str, str]]:
    """Stretches that may be of this kind, each with its normalised value."""
    match kind:
        case IdentifierKind.EMAIL:
            for found in _EMAIL.finditer(folded):
                yield found[0], normalised(Identifier(IdentifierKind.EMAIL, found[0].strip(".'")))
        case IdentifierKind.PHONE:
            for found in _NUMBER_RUN.finditer(folded):
                yield found[0], "+" + "".join(national_digits(found[0]))
        case IdentifierKind.IBAN:
            for found in _IBAN.finditer(folded):
                signs = plain(found[0])
                yield from ((found[0], signs[:end]) for end in range(15, len(signs) + 1) if is_iban(signs[:end]))
        case IdentifierKind.NUMBER:
            for found in _CODE.finditer(folded):
                yield found[0], plain(found[0])
        case IdentifierKind.ALIAS:
            words = [(found.start(), found.end()) for found in _WORD.finditer(folded)]
            for length in (1, 2, 3):
                for at in range(len(words) - length + 1):
                    stretch = folded[words[at][0] : words[at + length - 1][1]]
                    yield stretch, " ".join(_WORD.findall(stretch))
