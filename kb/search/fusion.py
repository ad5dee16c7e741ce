"""Joins ranked lists into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
