"""Joins ranked lists into one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.ports import IndexHit


@dataclass(frozen=True, slots=True)
class RankedList:
    """Ids, best first, and how much the list counts. A repeated id counts at its first place only."""

    ids: Sequence[str]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class FusedHit:
    """An id, its fused score, and its rank from 1 in each list, None where the list lacks it."""

    id: str
    score: float
    ranks: tuple[int | None, ...]


def reciprocal_rank_fusion(lists: Sequence[RankedList], k: int = 60) -> list[FusedHit]:
    """Weighted reciprocal rank fusion, best first: the score of d is Σ over the lists of ``weight / (k + rank of d)``.

    Lists of weight 0 add ranks but no hits of their own. Ties keep the order in which the ids are first met, list by list.

    Source: Cormack, Clarke & Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
    Methods", SIGIR 2009, where k = 60 and every weight is 1.
    """
    ranks: dict[str, list[int | None]] = {}
    scores: dict[str, float] = {}
    for number, ranked in enumerate(lists):
        for rank, item in enumerate(dict.fromkeys(ranked.ids), start=1):
            ranks.setdefault(item, [None] * len(lists))[number] = rank
            scores[item] = scores.get(item, 0.0) + ranked.weight / (k + rank)
    hits = [FusedHit(item, scores[item], tuple(ranks[item])) for item in ranks if scores[item] > 0]
    return sorted(hits, key=lambda hit: -hit.score)


def convex_fusion(words: Sequence[IndexHit], vectors: Sequence[IndexHit], vector_weight: Callable[[str], float]) -> list[FusedHit]:
    """Both lists by their scores, best first: words count for their share of the best word score, vectors for where their cosine lies
    between the last and the first of the list, times ``vector_weight(id)``. The ranks are those in words and in vectors.

    A list that lacks an id gives it nothing: its score there lies below all that the list holds. Scores may come from several indexes.

    Source: Bruch, Gai & Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", ACM TOIS 42 (2023): a convex combination of
    scores is better than reciprocal ranks, in the collection that it was fitted to and out of it.
    """
    by_share = _best_first(words)
    by_cosine = _best_first(vectors)
    best = max(by_share.values(), default=0.0) or 1.0
    highest, lowest = max(by_cosine.values(), default=0.0), min(by_cosine.values(), default=0.0)
    spread = highest - lowest
    word_ranks = {id_: rank for rank, id_ in enumerate(by_share, start=1)}
    vector_ranks = {id_: rank for rank, id_ in enumerate(by_cosine, start=1)}
    fused = []
    for id_ in dict.fromkeys((*by_share, *by_cosine)):
        score = by_share.get(id_, 0.0) / best
        if id_ in by_cosine:
            score += vector_weight(id_) * ((by_cosine[id_] - lowest) / spread if spread else 1.0)
        fused.append(FusedHit(id_, score, (word_ranks.get(id_), vector_ranks.get(id_))))
    return sorted(fused, key=lambda hit: -hit.score)


def _best_first(hits: Sequence[IndexHit]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for hit in sorted(hits, key=lambda hit: -hit.score):
        scores.setdefault(hit.chunk_id, hit.score)
    return scores
