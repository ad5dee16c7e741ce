"""Words that nearly are a word of a name: a slip of the pen, a letter that character recognition misread. Proposals, never complete."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extract_iter

from kb.privacy.folding import fold
from kb.privacy.names import person_name
from kb.privacy.types import IdentifierKind, Subject

SHORTEST = 5
"""Letters of a word that is looked for with slips: shorter ones resemble too much."""

_TWO_SLIPS_FROM = 8
_MISREAD = str.maketrans({"0": "o", "1": "l", "5": "s", "8": "b", "|": "l"})


def words_of(subject: Subject) -> tuple[str, ...]:
    """The folded words that are looked for with slips: surnames and first names of enough letters."""
    names = (person_name(one.value) for one in subject.identifiers if one.kind is IdentifierKind.NAME)
    words = (fold(word) for name in names for word in (*name.surname, *(name.given[:1])))
    return tuple(dict.fromkeys(word for word in words if len(word) >= SHORTEST))


def near_words(wanted: Sequence[str], vocabulary: Iterable[str]) -> set[str]:
    """Those of ``vocabulary`` (as they stand in texts) within one slip of a wanted word, or two of a longer one; not the words themselves.

    A slip is a letter too many, too few, another, or two changed places. Digits that are misread letters count as the letter.
    """
    folded: dict[str, set[str]] = {}
    for word in vocabulary:
        bare = word.strip(".,;:!?()[]{}<>\"'“”‘’*_|/\\-")
        if SHORTEST - 1 <= len(bare) <= 40:
            plain = fold(bare)
            folded.setdefault(plain.translate(_MISREAD) if not plain.isalpha() else plain, set()).add(bare)
    found: set[str] = set()
    for word in wanted:
        slips = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        of_length = [one for one in folded if abs(len(one) - len(word)) <= slips]
        for near, distance, _ in extract_iter(word, of_length, scorer=DamerauLevenshtein.distance, score_cutoff=slips):
            # Another name by an ending is no slip: Jansen beside Janssens is, so only the word itself is left out.
            found |= {one for one in folded[near] if distance or fold(one) != word}
    return found
