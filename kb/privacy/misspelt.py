"""Gathers the words of the texts that go by, and finds again those that nearly are a word of the person's name."""

from __future__ import annotations

from collections.abc import Sequence

from kb.privacy.matching import WordFinder
from kb.privacy.spelling import near_words, words_of
from kb.privacy.types import Subject

_MOST_WORDS = 400_000
"""Distinct words kept at a time: some 40 MB."""


class Misspelt:
    """Which words that stand in the texts are near a name."""

    def __init__(self, subject: Subject) -> None:
        self._wanted = words_of(subject)
        self._vocabulary: set[str] = set()
        self._near: set[str] = set()

    def learn(self, texts: Sequence[str]) -> None:
        """Take in the words of these texts."""
        if not self._wanted:
            return
        for text in texts:
            self._vocabulary.update(text.split())
        if len(self._vocabulary) > _MOST_WORDS:
            self._judge()

    def _judge(self) -> None:
        self._near |= near_words(self._wanted, self._vocabulary)
        self._vocabulary.clear()

    def finder(self) -> WordFinder | None:
        """What finds the near words again; None where there are none."""
        self._judge()
        return WordFinder(self._near) if self._near else None
