"""Finding a person in texts: every notation of every identifier, complete for EXACT and NORMALISED.

Cheap first, precise second. A text is squeezed to its letters and digits, and one pass of Aho-Corasick tells which identifiers can be in
it at all: whatever a pattern matches holds the identifier's core letters or digits in one piece there. Only then the patterns are run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ahocorasick_rs import BytesAhoCorasick, Implementation

from kb.privacy.folding import BROKEN_WORD, SEPARATOR, FoldedText, spaced, squeezed
from kb.privacy.identifier_patterns import pattern_of
from kb.privacy.types import How, Match, Subject


class Matcher:
    """The identifiers of a subject, ready to be looked for. Safe to use from several threads."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._patterns = [pattern_of(one) for one in subject.identifiers]
        self._owners = [i for i, pattern in enumerate(self._patterns) for _ in pattern.anchors]
        anchors = [anchor for pattern in self._patterns for anchor in pattern.anchors]
        self._automaton = BytesAhoCorasick(
            anchors, implementation=Implementation.ContiguousNFA if len(anchors) > 50 else Implementation.DFA
        )

    def find(self, text: str) -> list[Match]:
        """Where the subject stands in ``text``, in order of ``start``. Bare surnames are FUZZY.

        What lies within a surer or longer match of another is left out: every matched character is in some match.
        """
        candidates = self._candidates(squeezed(text))
        return self._precise(text, candidates) if candidates else []

    def find_among(self, texts: Sequence[str]) -> list[tuple[int, list[Match]]]:
        """The places in ``texts`` that hold the subject, and where: as ``find`` on each, in a fraction of the time."""
        together = squeezed(SEPARATOR.join(text.replace(SEPARATOR, " ") if SEPARATOR in text else text for text in texts))
        if not self._automaton.find_matches_as_indexes(together):
            return []
        found: list[tuple[int, list[Match]]] = []
        for at, part in enumerate(together.split(SEPARATOR.encode())):
            candidates = self._candidates(part)
            matches = self._precise(texts[at], candidates) if candidates else []
            if matches:
                found.append((at, matches))
        return found

    def given_names(self, text: str) -> list[Match]:
        """Where first names of the subject stand alone: FUZZY, for texts that belong to something that names the person."""
        folded = FoldedText(text)
        found = [match for i, pattern in enumerate(self._patterns) for match in pattern.given_in(folded, i)]
        return without_covered(found)

    def _candidates(self, letters: bytes) -> list[int]:
        hits = self._automaton.find_matches_as_indexes(letters, overlapping=len(self._owners) > 1)
        return sorted({self._owners[hit[0]] for hit in hits})

    def _precise(self, text: str, candidates: Iterable[int]) -> list[Match]:
        readings = [FoldedText(text)]
        if BROKEN_WORD.search(text) is not None:
            readings.append(FoldedText(text, joined=True))
        found = [match for i in candidates for folded in readings for match in self._patterns[i].find(folded, i)]
        return without_covered(found)


class PieceFinder:
    """Finds the words that hold one of some pieces: what is left to compare slowly."""

    def __init__(self, pieces: Iterable[str]) -> None:
        """``pieces`` are folded."""
        self._automaton = BytesAhoCorasick([piece.encode() for piece in pieces])

    def words(self, texts: Iterable[str]) -> set[bytes]:
        """The folded words of the texts that hold a piece, in UTF-8."""
        read = spaced(" ".join(texts))
        found = set()
        for _, start, end in self._automaton.find_matches_as_indexes(read):
            last = read.find(b" ", end)
            found.add(read[read.rfind(b" ", 0, start) + 1 : last if last >= 0 else len(read)])
        return found


def without_covered(matches: Iterable[Match]) -> list[Match]:
    """``matches`` by start, without those that lie within another that is as sure. A sure match never yields to a FUZZY one."""
    each = set(matches)
    sure = _outermost(one for one in each if one.how in _SURE)
    proposals = _outermost(one for one in each if one.how not in _SURE)
    free = (one for one in proposals if not any(by.start <= one.start and one.end <= by.end for by in sure))
    return sorted([*sure, *free], key=lambda one: (one.start, one.end))


_SURE = {How.EXACT: 0, How.NORMALISED: 1}


def _outermost(matches: Iterable[Match]) -> list[Match]:
    kept: list[Match] = []
    reach = -1
    for match in sorted(matches, key=lambda one: (one.start, -one.end, _SURE.get(one.how, 2), one.identifier)):
        if match.end > reach:
            kept.append(match)
            reach = match.end
    return kept
