"""Deterministic doubles of both indexes, in memory, exact."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np

from kb.errors import IndexBroken
from kb.ports import IndexHit, Vectors, WordEntry
from kb.search.stop_words import STOP_WORDS

_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[^\W_]+(?:[-./_#:@+&][^\W_]+)*")


class MemoryVectorIndex:
    """The vector index port over a dictionary: exact search."""

    def __init__(self) -> None:
        self._vectors: dict[tuple[str, int], Vectors] = {}
        self._closed = False

    def add(self, chunk_ids: Sequence[str], windows: Sequence[int], vectors: Vectors) -> None:
        """Add or replace."""
        self._check()
        for chunk_id, window, vector in zip(chunk_ids, windows, vectors, strict=True):
            if self._vectors and len(vector) != len(next(iter(self._vectors.values()))):
                raise IndexBroken()
            self._vectors[(chunk_id, window)] = np.array(vector, dtype=np.float32)

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Take out every window of these chunks."""
        self._check()
        gone = set(chunk_ids)
        self._vectors = {key: vector for key, vector in self._vectors.items() if key[0] not in gone}

    def search(self, vector: Vectors, k: int) -> list[IndexHit]:
        """At most ``k`` distinct chunks, best first; the score is the cosine."""
        self._check()
        best: dict[str, float] = {}
        for (chunk_id, _), other in self._vectors.items():
            if len(other) != len(vector):
                raise IndexBroken()
            cosine = float(np.dot(vector, other) / (np.linalg.norm(vector) * np.linalg.norm(other)))
            best[chunk_id] = max(cosine, best.get(chunk_id, -1.0))
        return _ranked(best, k)

    def count(self) -> int:
        """How many vectors it holds."""
        self._check()
        return len(self._vectors)

    def close(self) -> None:
        """Forget everything."""
        self._vectors, self._closed = {}, True

    def _check(self) -> None:
        if self._closed:
            raise IndexBroken()


class MemoryWordIndex:
    """The word index port over a dictionary: BM25 with k1 = 1.2 and b = 0.75 over words as they stand, without stems."""

    def __init__(self) -> None:
        self._terms: dict[str, Counter[str]] = {}
        self._languages: dict[str, str] = {}
        self._closed = False

    def add(self, entries: Sequence[WordEntry]) -> None:
        """Add or replace."""
        self._check()
        for entry in entries:
            self._terms[entry.chunk_id] = Counter(_terms("\n".join([entry.title, *entry.headings, entry.text])))
            self._languages[entry.chunk_id] = entry.language

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Take out these chunks."""
        self._check()
        for chunk_id in chunk_ids:
            self._terms.pop(chunk_id, None)
            self._languages.pop(chunk_id, None)

    def search(self, query: str, language: str, k: int) -> list[IndexHit]:
        """At most ``k`` chunks, best first."""
        self._check()
        terms = list(dict.fromkeys(_terms(query)))
        terms = [term for term in terms if term not in STOP_WORDS.get(language, ())] or terms
        lengths = {chunk_id: sum(counts.values()) for chunk_id, counts in self._terms.items()}
        average = max(sum(lengths.values()) / max(len(lengths), 1), 1.0)
        scores: dict[str, float] = {}
        highest = 0.0
        for term in terms:
            holders = [chunk_id for chunk_id, counts in self._terms.items() if term in counts]
            rarity = math.log(1 + (len(self._terms) - len(holders) + 0.5) / (len(holders) + 0.5))
            highest += 2.2 * rarity
            for chunk_id in holders:
                often = self._terms[chunk_id][term]
                damped = often * 2.2 / (often + 1.2 * (0.25 + 0.75 * lengths[chunk_id] / average))
                scores[chunk_id] = scores.get(chunk_id, 0.0) + rarity * damped
        return _ranked({chunk_id: score / highest for chunk_id, score in scores.items()}, k)

    def languages(self, chunk_ids: Sequence[str]) -> dict[str, str]:
        """The language of each of these chunks."""
        self._check()
        return {chunk_id: self._languages[chunk_id] for chunk_id in chunk_ids if chunk_id in self._languages}

    def count(self) -> int:
        """How many chunks it holds."""
        self._check()
        return len(self._terms)

    def close(self) -> None:
        """Forget everything."""
        self._terms, self._languages, self._closed = {}, {}, True

    def _check(self) -> None:
        if self._closed:
            raise IndexBroken()


def _terms(text: str) -> list[str]:
    folded = "".join(
        c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c) and unicodedata.category(c) != "Cf"
    )
    words = _WORD.findall(folded)
    return words + [code for code in _CODE.findall(folded) if not code.isalnum()]


def _ranked(scores: dict[str, float], k: int) -> list[IndexHit]:
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [IndexHit(chunk_id, score) for chunk_id, score in ordered[: max(k, 0)]]
