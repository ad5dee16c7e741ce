"""Gathers, of the texts that go by, the words that may be a misspelt name, and says how to find those that are."""

from __future__ import annotations

from collections.abc import Sequence

from kb.errors import InvalidIdentifier
from kb.privacy.identifiers import MOST_IDENTIFIERS, identifier
from kb.privacy.matching import Matcher, PieceFinder
from kb.privacy.spelling import near_words, pieces_of, words_of
from kb.privacy.types import Identifier, IdentifierKind, Subject

_MOST_WORDS = 100_000
"""Distinct words kept at a time: some 10 MB."""


class Misspelt:
    """Which words that stand in the texts are near a word of the subject's names."""

    def __init__(self, subject: Subject) -> None:
        self._wanted = words_of(subject)
        self._pieces = PieceFinder(pieces_of(self._wanted)) if self._wanted else None
        self._words: set[bytes] = set()
        self._near: set[str] = set()

    def learn(self, texts: Sequence[str]) -> None:
        """Take in the words of these texts."""
        if self._pieces is not None:
            self._words |= self._pieces.words(texts)
            if len(self._words) > _MOST_WORDS:
                self._judge()

    def _judge(self) -> None:
        self._near |= near_words(self._wanted, (word.decode() for word in self._words))
        self._words.clear()

    def matcher(self) -> Matcher | None:
        """What finds the near words, the nearest MOST_IDENTIFIERS of them; None where there are none."""
        self._judge()
        found = tuple(one for word in sorted(self._near) if (one := _word(word)) is not None)
        return Matcher(Subject(found[:MOST_IDENTIFIERS])) if found else None


def _word(word: str) -> Identifier | None:
    try:
        return identifier(IdentifierKind.ALIAS, word)
    except InvalidIdentifier:
        return None
