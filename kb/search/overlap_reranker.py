"""The reranker's deterministic double: the share of the question's words that a text holds. Needs no model."""

from __future__ import annotations

from collections.abc import Sequence

from kb.lexicon.word_forms import words_of


class OverlapReranker:
    """The reranker port by shared words."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Shares in [0, 1]; 0 for a question without a word."""
        asked = frozenset(words_of(question))
        return [len(asked & frozenset(words_of(text))) / max(len(asked), 1) for text in texts]
