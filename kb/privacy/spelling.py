"""Words that nearly are a word of a name: a slip of the pen, a letter that character recognition misread. Proposals, never complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extract_iter

from kb.privacy.folding import fold
from kb.privacy.names import person_name
from kb.privacy.types import IdentifierKind, Subject

SHORTEST = 5
"""Letters of a word that is looked for with slips: shorter ones resemble too much."""

_TWO_SLIPS_FROM = 8
_LONGEST = 40
_MISREAD = str.maketrans({"0": "o", "1": "l", "5": "s", "8": "b"})


def words_of(subject: Subject) -> tuple[str, ...]:
    """The folded words that are looked for with slips: surnames and first names of enough letters."""
    names = (person_name(one.value) for one in subject.identifiers if one.kind is IdentifierKind.NAME)
    words = (fold(word) for name in names for word in (*name.surname, *(name.given[:1])))
    return tuple(dict.fromkeys(word for word in words if len(word) >= SHORTEST))


def pieces_of(words: Sequence[str]) -> set[str]:
    """Pieces of which one stands unhurt in nearly every misspelling: a word of n slips is cut into n + 1."""
    return {word[start:end] for word in words for start, end in _cuts(len(word), _slips(word) + 1)}


def _cuts(length: int, count: int) -> Iterator[tuple[int, int]]:
    for number in range(count):
        yield length * number // count, length * (number + 1) // count


def _slips(word: str) -> int:
    return 2 if len(word) >= _TWO_SLIPS_FROM else 1


def near_words(wanted: Sequence[str], vocabulary: Iterable[str]) -> set[str]:
    """Those of ``vocabulary`` (folded) within one slip of a wanted word, or two of a longer one; not the words themselves.

    A slip is a letter too many, too few, another, or two changed places. Digits that are misread letters count as the letter.
    """
    read: dict[str, set[str]] = {}
    for word in vocabulary:
        if SHORTEST - 1 <= len(word) <= _LONGEST:
            read.setdefault(word if word.isalpha() else word.translate(_MISREAD), set()).add(word)
    found: set[str] = set()
    for word in wanted:
        slips = _slips(word)
        of_length = [one for one in read if abs(len(one) - len(word)) <= slips]
        for near, _, _ in extract_iter(word, of_length, scorer=DamerauLevenshtein.distance, score_cutoff=slips):
            found |= read[near]
    return found - set(wanted)
