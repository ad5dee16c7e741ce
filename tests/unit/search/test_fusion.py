from __future__ import annotations

import pytest

from kb.ports import IndexHit
from kb.search.fusion import RankedList, convex_fusion, reciprocal_rank_fusion


def ids(*lists: RankedList, k: int = 60) -> list[str]:
    return [hit.id for hit in reciprocal_rank_fusion(lists, k)]


def test_the_score_is_the_sum_of_weight_by_k_plus_rank() -> None:
    hits = {hit.id: hit for hit in reciprocal_rank_fusion([RankedList(["a", "b"], 0.5), RankedList(["b", "c"], 2.0)], k=10)}
    assert hits["a"].score == pytest.approx(0.5 / 11)
    assert hits["b"].score == pytest.approx(0.5 / 12 + 2.0 / 11)
    assert hits["c"].score == pytest.approx(2.0 / 12)


def test_what_both_lists_have_beats_what_one_has_at_the_top() -> None:
    assert ids(RankedList(["a", "x"]), RankedList(["b", "x"]))[0] == "x"


def test_a_heavier_list_wins_where_they_disagree() -> None:
    assert ids(RankedList(["a", "b"], 1.0), RankedList(["b", "a"], 0.5)) == ["a", "b"]
    assert ids(RankedList(["a", "b"], 0.5), RankedList(["b", "a"], 1.0)) == ["b", "a"]


def test_ties_keep_the_order_in_which_they_are_met() -> None:
    assert ids(RankedList(["z", "y"]), RankedList(["a", "b"])) == ["z", "a", "y", "b"]


def test_ranks_say_where_each_list_had_it() -> None:
    [a, b] = reciprocal_rank_fusion([RankedList(["a", "b"]), RankedList(["a"])])
    assert (a.ranks, b.ranks) == ((1, 1), (2, None))


def test_a_list_without_weight_adds_nothing_of_its_own() -> None:
    hits = reciprocal_rank_fusion([RankedList(["a"], 1.0), RankedList(["b", "a"], 0.0)])
    assert [hit.id for hit in hits] == ["a"]
    assert hits[0].ranks == (1, 2)


def test_a_repeated_id_counts_at_its_first_place() -> None:
    assert reciprocal_rank_fusion([RankedList(["a", "a", "b"])], k=1)[1].score == pytest.approx(1 / 3)


def test_three_lists_and_empty_ones_are_joined() -> None:
    assert ids(RankedList(["a"]), RankedList([]), RankedList(["b", "a"])) == ["a", "b"]
    assert ids() == ids(RankedList([])) == []


def hits(**scores: float) -> list[IndexHit]:
    return [IndexHit(id_, score) for id_, score in scores.items()]


def test_scores_are_added_as_shares_of_the_best_word_and_places_between_last_and_first_cosine() -> None:
    fused = convex_fusion(hits(a=0.8, b=0.4), hits(b=0.9, c=0.5, d=0.7), lambda id_: 0.5)
    assert [(hit.id, round(hit.score, 3), hit.ranks) for hit in fused] == [
        ("a", 1.0, (1, None)),
        ("b", 1.0, (2, 1)),
        ("d", 0.25, (None, 2)),
        ("c", 0.0, (None, 3)),
    ]


def test_a_cosine_counts_by_the_weight_of_its_id() -> None:
    fused = convex_fusion(hits(a=1.0), hits(b=0.9, c=0.9, d=0.1), {"b": 0.2, "c": 2.0, "d": 9.0}.__getitem__)
    assert [hit.id for hit in fused] == ["c", "a", "b", "d"]


def test_one_list_alone_keeps_its_order_by_score() -> None:
    assert [hit.id for hit in convex_fusion(hits(b=0.1, a=0.3), [], lambda id_: 1.0)] == ["a", "b"]
    assert [hit.id for hit in convex_fusion([], hits(a=0.3), lambda id_: 1.0)] == ["a"]
    assert convex_fusion([], [], lambda id_: 1.0) == []
