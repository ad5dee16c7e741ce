"""The paired bootstrap, against values that can be worked out."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.statistics import paired_bootstrap, percentile

scores = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30)


def test_equal_systems_do_not_differ() -> None:
    found = paired_bootstrap([0.0, 1.0, 0.5], [0.0, 1.0, 0.5])
    assert (found.difference, found.low, found.high) == (0.0, 0.0, 0.0)
    assert not found.clearly_above
    assert not found.clearly_below


def test_a_constant_lead_is_certain() -> None:
    found = paired_bootstrap([0.6] * 10, [0.4] * 10)
    assert found.low == pytest.approx(0.2)
    assert found.high == pytest.approx(0.2)
    assert found.clearly_above


def test_the_interval_is_about_that_of_the_normal_distribution_for_many_questions() -> None:
    ours, theirs = [1.0] * 300 + [0.0] * 100, [0.0] * 200 + [1.0] * 200
    differences = [one - other for one, other in zip(ours, theirs, strict=True)]
    half = 1.96 * statistics.pstdev(differences) / math.sqrt(400)
    found = paired_bootstrap(ours, theirs)
    assert found.difference == pytest.approx(0.25)
    assert found.low == pytest.approx(0.25 - half, abs=0.01)
    assert found.high == pytest.approx(0.25 + half, abs=0.01)


def test_the_same_seed_gives_the_same_interval() -> None:
    ours, theirs = [0.1, 0.9, 0.4, 0.3], [0.2, 0.5, 0.5, 0.1]
    assert paired_bootstrap(ours, theirs, seed=3) == paired_bootstrap(ours, theirs, seed=3)
    assert paired_bootstrap(ours, theirs, seed=3, samples=51) != paired_bootstrap(ours, theirs, seed=4, samples=51)


@settings(max_examples=50)
@given(scores)
def test_turned_round_it_says_the_opposite(pairs: list[tuple[float, float]]) -> None:
    ours, theirs = [one for one, _ in pairs], [other for _, other in pairs]
    found, turned = paired_bootstrap(ours, theirs, samples=500), paired_bootstrap(theirs, ours, samples=500)
    assert -1.0 <= found.low <= found.high <= 1.0
    assert found.difference == pytest.approx(-turned.difference)
    assert found.low == pytest.approx(-turned.high, abs=1e-9)


@pytest.mark.parametrize(("ours", "theirs"), [([], []), ([1.0], [1.0, 0.0])])
def test_scores_that_are_no_pairs_are_refused(ours: list[float], theirs: list[float]) -> None:
    with pytest.raises(ValueError):
        paired_bootstrap(ours, theirs)


def test_percentiles_by_hand() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert percentile([1.0], 0.95) == 1.0
    with pytest.raises(ValueError):
        percentile([], 0.5)
