"""Every figure by hand, and the bounds that hold whatever comes in."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import (
    abstention,
    citation_quality,
    contains_gold,
    distinct,
    first_relevant_rank,
    fold,
    mean,
    mrr_at,
    ndcg_at,
    recall_at,
    share,
    squad_tokens,
    token_f1,
)

RANKING = ["a", "b", "c", "d"]


def test_a_passage_counts_once_by_its_best_chunk() -> None:
    assert distinct(["b", "a", "b", "c", "a"]) == ["b", "a", "c"]


def test_the_rank_is_that_of_the_first_relevant_passage() -> None:
    assert first_relevant_rank(RANKING, {"c", "d"}) == 3
    assert first_relevant_rank(RANKING, {"c"}, depth=2) is None
    assert first_relevant_rank([], {"c"}) is None


@pytest.mark.parametrize(("k", "expected"), [(1, 0.0), (2, 0.0), (3, 1.0), (10, 1.0)])
def test_recall_is_a_hit_or_not(k: int, expected: float) -> None:
    assert recall_at(k, RANKING, {"c", "d"}) == expected


def test_mrr_and_ndcg_by_hand() -> None:
    assert mrr_at(10, RANKING, {"a"}) == ndcg_at(10, RANKING, {"a"}) == 1.0
    assert mrr_at(10, RANKING, {"c", "d"}) == pytest.approx(1 / 3)
    assert ndcg_at(10, RANKING, {"c", "d"}) == pytest.approx(1 / math.log2(4)) == 0.5
    assert mrr_at(2, RANKING, {"c"}) == ndcg_at(2, RANKING, {"c"}) == 0.0


def test_more_relevant_passages_after_the_first_change_nothing() -> None:
    assert ndcg_at(10, RANKING, {"b"}) == ndcg_at(10, RANKING, {"b", "c", "d"})


ids = st.text("abcdefgh", min_size=1, max_size=2)


@given(st.lists(ids, unique=True), st.sets(ids))
def test_ranking_figures_stay_in_bounds_and_in_order(ranking: list[str], relevant: set[str]) -> None:
    hits = [recall_at(k, ranking, relevant) for k in (1, 5, 10)]
    assert hits == sorted(hits)
    assert 0.0 <= hits[0] <= mrr_at(10, ranking, relevant) <= ndcg_at(10, ranking, relevant) <= hits[2] <= 1.0


def test_squad_normalisation_takes_case_punctuation_and_articles_of_both_languages() -> None:
    assert squad_tokens("The cat, the HAT!") == ["cat", "hat"]
    assert squad_tokens("De kat zat op het dak; een hond niet.") == ["kat", "zat", "op", "dak", "hond", "niet"]
    assert squad_tokens("€ 1.250,50") == ["125050"]


def test_token_f1_by_hand() -> None:
    assert token_f1("De kat zat", ["kat"]) == pytest.approx(2 * (1 / 2) * 1 / (1 / 2 + 1))
    assert token_f1("kat hond", ["vogel"]) == 0.0
    assert token_f1("the a", ["het"]) == 1.0
    assert token_f1("kat", ["de"]) == 0.0
    assert token_f1("kat kat hond", ["kat kat"]) == pytest.approx(2 * (2 / 3) / (2 / 3 + 1))


def test_token_f1_is_that_of_the_best_gold_answer() -> None:
    assert token_f1("25 dagen", ["vijf weken", "25 dagen"]) == 1.0
    assert token_f1("25 dagen", []) == 0.0


@given(st.text(max_size=40), st.text(max_size=40))
def test_token_f1_is_symmetric_and_in_bounds(one: str, other: str) -> None:
    assert 0.0 <= token_f1(one, [other]) <= 1.0
    assert token_f1(one, [other]) == pytest.approx(token_f1(other, [one]))
    assert token_f1(one, [one]) == 1.0


def test_folding_takes_case_diacritics_and_white_space() -> None:
    assert fold("  Coördinatie\n\tÉÉN ") == "coordinatie een"


@pytest.mark.parametrize(
    ("text", "gold", "holds"),
    [
        ("U krijgt 25 dagen verlof.", "25 dagen", True),
        ("U krijgt 25\n DAGEN verlof.", "25 dagen.", True),
        ("Sinds 2015 geldt dat.", "5", False),
        ("De coördinator is Noëlle.", "Coordinator", True),
        ("Het kost 1.250 euro.", "1.250 euro", True),
        ("", "iets", False),
        ("iets", "…", False),
        ("iets", "", False),
    ],
)
def test_a_short_gold_answer_must_stand_there_literally(text: str, gold: str, holds: bool) -> None:
    assert contains_gold(text, [gold]) is holds


def test_of_a_long_gold_answer_half_of_the_content_words_suffice() -> None:
    gold = "De medewerker levert de laptop en de sleutel binnen een week in bij de receptie"
    assert contains_gold("Lever laptop, sleutel en pas in: de medewerker gaat naar de receptie", [gold])
    assert not contains_gold("De receptie heeft koffie voor een medewerker", [gold])


def test_one_gold_answer_of_several_is_enough() -> None:
    assert contains_gold("Bel toestel 4711.", ["stuur een mail", "toestel 4711"])
    assert not contains_gold("Bel toestel 4711.", [])


@given(st.text(max_size=60))
def test_a_text_holds_itself_where_it_says_anything(text: str) -> None:
    assert contains_gold(text, [text]) or not any(character.isalnum() for character in fold(text))


def test_abstention_by_hand() -> None:
    # silent: 3, of which 2 rightly; unanswerable: 4; answerable: 3, of which 2 answered
    answered = [True, True, False, False, False, True, True]
    answerable = [True, True, True, False, False, False, False]
    found = abstention(answered, answerable)
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == pytest.approx(2 / 4)
    assert found.balanced_accuracy == pytest.approx((2 / 4 + 2 / 3) / 2)


def test_what_has_nothing_to_divide_by_is_not_a_figure() -> None:
    assert abstention([True, True], [True, True]) == abstention([True], [True])
    assert abstention([True], [True]).precision is None
    assert abstention([True], [True]).recall is None
    assert abstention([True], [True]).balanced_accuracy is None
    assert share(1, 0) is None
    assert mean([]) is None


@given(st.lists(st.tuples(st.booleans(), st.booleans())))
def test_abstention_stays_in_bounds(pairs: list[tuple[bool, bool]]) -> None:
    found = abstention([spoke for spoke, _ in pairs], [possible for _, possible in pairs])
    assert all(value is None or 0.0 <= value <= 1.0 for value in (found.precision, found.recall, found.balanced_accuracy))


def test_citation_quality_by_hand() -> None:
    found = citation_quality([["a", "x"], ["y"], ["b", "b", "z"]], [{"a"}, {"c"}, {"b"}])
    assert found.precision == pytest.approx(3 / 6)
    assert found.recall == pytest.approx(2 / 3)
    assert citation_quality([], []).precision is None
