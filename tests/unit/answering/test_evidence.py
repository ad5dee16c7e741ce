"""Evidence: whether there is enough to answer, and the reason where there is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answering.evidence import CALIBRATION_FILE, HELPFULNESS, Calibration, calibration_of, evidence, shipped_calibration
from kb.types import Language, Passage
from tests.unit.answering.builders import passage

SHIPPED = shipped_calibration()
LANGUAGES: tuple[Language, ...] = ("nl", "en")
PACKAGED = "sentence-transformers: packaged"
VERLOF = passage("Een voltijder heeft 25 vakantiedagen per jaar. Vraag verlof aan bij Jansen.", headings=("Verlof",), similarity=0.7)
REIS = passage("De reiskostenvergoeding is € 0,23 per kilometer met formulier 4711-B.", headings=("Reizen",), name="b", similarity=0.6)


def answers(question: str, passages: tuple[Passage, ...] = (VERLOF, REIS), language: Language = "nl") -> bool:
    return evidence(question, language, passages, SHIPPED, PACKAGED).probability >= SHIPPED.threshold("balanced", language)


def reason(question: str, passages: tuple[Passage, ...] = (VERLOF, REIS)) -> str:
    return evidence(question, "nl", passages, SHIPPED, PACKAGED).reason


def weak(cosine: float) -> tuple[Passage, ...]:
    return tuple(replace(one, similarity=cosine) for one in (VERLOF, REIS))


@pytest.mark.parametrize(
    "question",
    [
        "Hoeveel vakantiedagen heeft een voltijder?",
        "Hoe hoog is de reiskostenvergoeding per kilometer?",
        "Wat staat er op formulier 4711-B?",
        "Bij wie vraag ik verlof aan?",
    ],
)
def test_a_question_that_the_passages_answer_has_enough(question: str) -> None:
    assert answers(question)


@pytest.mark.parametrize(
    "question",
    ["Wie won het wereldkampioenschap voetbal?", "Wat is het wachtwoord van de router?", "Wat is het telefoonnummer van Willemsen?"],
)
def test_a_question_that_they_do_not_answer_has_not(question: str) -> None:
    assert not answers(question, weak(0.3))


def test_a_code_that_no_passage_holds_is_not_made_up_for_by_words_or_likeness() -> None:
    question = "Is de reiskostenvergoeding per kilometer met formulier {} aan te vragen?"

    assert answers(question.format("4711-B"))
    assert not answers(question.format("4711-C"))
    assert reason(question.format("4711-C")) == "code_unknown"


def test_a_code_with_two_characters_swapped_is_still_that_code() -> None:
    assert reason("Wat staat er op formulier 4171-B?") != "code_unknown"


def test_the_thing_that_is_counted_must_be_there() -> None:
    shares, days = (
        evidence(f"Hoeveel {thing} koopt een voltijder per jaar?", "nl", (VERLOF, REIS), SHIPPED, PACKAGED)
        for thing in ("aandelen", "mooie")
    )

    assert shares.reason == "words_missing"
    assert shares.probability < 0.75 * days.probability


def test_the_reason_says_what_is_the_matter() -> None:
    assert reason("Wie won het wereldkampioenschap voetbal?", weak(0.3)) == "nothing_similar"
    assert reason("Hoeveel vakantiedagen heeft een bestuurder?", weak(0.6)) == "words_missing"
    assert reason("Heeft een voltijder vakantiedagen per jaar?", weak(0.4)) == "low_probability"
    assert reason("Hoeveel vakantiedagen?", ()) == "nothing_similar"


def test_without_passages_there_is_no_evidence() -> None:
    assert evidence("Hoeveel vakantiedagen?", "nl", (), SHIPPED, PACKAGED).probability == 0.0


def test_a_higher_cosine_is_more_evidence_in_either_language() -> None:
    for language in LANGUAGES:
        here = [replace(one, language=language) for one in (VERLOF, REIS)]
        probabilities = [
            evidence("Hoeveel vakantiedagen?", language, [replace(one, similarity=cosine) for one in here], SHIPPED, PACKAGED).probability
            for cosine in (0.2, 0.4, 0.6, 0.8)
        ]
        assert probabilities == sorted(probabilities)
        assert len(set(probabilities)) == 4


def test_cosines_of_another_model_are_not_believed() -> None:
    high, low = (evidence("Hoeveel vakantiedagen?", "nl", weak(cosine), SHIPPED, "ollama: bge-m3").probability for cosine in (0.9, 0.1))

    assert high == low


def test_rather_silent_asks_for_more_than_rather_helpful() -> None:
    for language in LANGUAGES:
        silent, balanced, helpful = (SHIPPED.threshold(word, language) for word in HELPFULNESS)
        assert silent > balanced > helpful


def test_the_owners_own_calibration_takes_the_place_of_the_one_that_ships(tmp_path: Path) -> None:
    own = replace(SHIPPED, thresholds={"nl": (0.9, 0.8, 0.7), "en": (0.6, 0.5, 0.4)})
    (tmp_path / CALIBRATION_FILE).write_text(json.dumps(own.to_json()))

    assert calibration_of(tmp_path) == own


@pytest.mark.parametrize(
    "broken", ["", "[]", '{"thresholds": [1, 2]}', json.dumps({**SHIPPED.to_json(), "sentence": {"weights": {"own": 1}}})]
)
def test_a_calibration_that_does_not_fit_leaves_the_one_that_ships(tmp_path: Path, broken: str) -> None:
    (tmp_path / CALIBRATION_FILE).write_text(broken)

    assert calibration_of(tmp_path) == SHIPPED
    assert calibration_of(tmp_path / "none") == SHIPPED


def test_a_calibration_survives_being_written_and_read() -> None:
    assert Calibration.from_json(json.loads(json.dumps(SHIPPED.to_json()))) == SHIPPED


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_question_has_evidence_between_zero_and_one(question: str, text: str) -> None:
    assert 0.0 <= evidence(question, "nl", (passage(text),), SHIPPED, PACKAGED).probability <= 1.0
