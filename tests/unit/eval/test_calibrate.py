"""Fitting how probable an answer is."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from eval.calibrate import Asked, fit_calibration, fit_sentences, judge, leave_one_out, reliability
from kb.answering.evidence import Calibration, shipped_calibration
from tests.unit.answering.builders import passage

TOPICS = (
    "fietsenstalling",
    "koffieautomaat",
    "ziekmelding",
    "parkeervergunning",
    "personeelskorting",
    "brandoefening",
    "kerstborrel",
    "wachtwoord",
)


def questions(seed: int, count: int = 60) -> list[Asked]:
    """Half are answered by their first passage, with a higher cosine and more shared words than the others have; some are noise."""
    dice = random.Random(seed)
    asked = []
    for number in range(count):
        topic = TOPICS[number % len(TOPICS)]
        answerable = number % 2 == 0
        first = f"De {topic} is geregeld door de receptie op de begane grond." if answerable else "De kantine is open van twaalf tot een."
        cosine = dice.gauss(0.7 if answerable else 0.45, 0.1)
        others = [passage(f"Over {one} leest u elders, onder nummer {n}.", name=f"{n}", similarity=0.2) for n, one in enumerate(TOPICS[:5])]
        passages = (passage(first, name=f"first-{number}", similarity=cosine), *others)
        answers = (f"De {topic} is geregeld door de receptie op de begane grond.",) if answerable else ()
        relevant = (answerable, *[False] * len(others))
        asked.append(Asked(f"Waar is de {topic} geregeld?", "nl", passages, relevant, answerable, answers))
    return asked


@pytest.fixture(scope="module")
def fitted() -> Calibration:
    return fit_calibration({"one": questions(1), "two": questions(2)}, "some: model")


def test_what_was_learnt_holds_on_a_set_that_was_not_seen(fitted: Calibration) -> None:
    result = judge("three", questions(3), fitted)

    assert (result.questions, result.unanswerable) == (60, 30)
    assert result.balanced_accuracy is not None
    assert result.balanced_accuracy >= 0.9
    assert result.area_under_curve is not None
    assert result.area_under_curve >= 0.95


def test_the_fit_is_the_same_every_time_and_names_the_model_whose_cosines_it_knows(fitted: Calibration) -> None:
    assert fit_calibration({"one": questions(1), "two": questions(2)}, "some: model") == fitted
    assert fitted.embedding == "some: model"


def test_a_higher_cosine_and_more_shared_words_count_for_an_answer(fitted: Calibration) -> None:
    weights = dict(zip(fitted.with_likeness.names, fitted.with_likeness.weights, strict=True))

    assert weights["likeness_nl"] > 0
    assert weights["nearby"] > 0
    assert weights["likeness_en"] == 0.0


def test_each_set_is_judged_by_the_others(fitted: Calibration) -> None:
    results = leave_one_out({"one": questions(1), "two": questions(2)}, "some: model")

    assert [result.name for result in results] == ["one", "two"]
    assert all(result.balanced_accuracy is not None and result.balanced_accuracy >= 0.9 for result in results)


def test_a_set_without_unanswerable_questions_is_judged_by_those_whose_answer_is_taken_away(fitted: Calibration) -> None:
    answerable = [one for one in questions(4) if one.answerable]

    result = judge("answerable", answerable, fitted)

    assert (result.questions, result.unanswerable) == (60, 30)


def test_a_probability_is_worth_about_what_it_says(fitted: Calibration) -> None:
    bins = reliability(questions(5, 200), fitted)

    assert sum(one.questions for one in bins) == 200
    assert bins[0].seen <= 0.2
    assert bins[-1].seen >= 0.8


def test_sentences_of_gold_answers_score_above_others() -> None:
    model = fit_sentences({"one": questions(1)})
    weights = dict(zip(model.names, model.weights, strict=True))

    assert weights["own"] > 0


def test_the_model_of_sentences_is_kept_when_it_is_given() -> None:
    kept = shipped_calibration().sentence

    assert fit_calibration({"one": questions(1)}, "x", kept).sentence == kept


def test_nothing_is_fitted_to_questions_of_one_kind_alone() -> None:
    unanswered = [replace(one, relevant=(False,) * len(one.relevant), answerable=False) for one in questions(1)]

    with pytest.raises(ValueError, match="answered and unanswered"):
        fit_calibration({"one": unanswered}, "x", shipped_calibration().sentence)


def test_the_balanced_threshold_parts_answered_from_unanswered_and_the_others_lie_beside_it(fitted: Calibration) -> None:
    silent, balanced, helpful = fitted.thresholds["nl"]

    assert silent > balanced > helpful
    result = judge("three", questions(3), replace(fitted, thresholds={"nl": (0.8, 0.79, 0.2), "en": (0.6, 0.5, 0.4)}))
    parted = judge("three", questions(3), fitted)
    assert (parted.balanced_accuracy or 0) >= (result.balanced_accuracy or 0)
    assert 0.3 <= balanced <= 0.7
