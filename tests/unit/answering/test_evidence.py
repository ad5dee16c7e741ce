"""Evidence: whether there is enough to answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answering.evidence import EvidenceFeatures, evidence, evidence_features, evidence_score
from kb.settings import AnsweringSettings
from tests.unit.answering.builders import passage

ENOUGH = AnsweringSettings().minimum_evidence
VERLOF = passage("Een voltijder heeft 25 vakantiedagen per jaar. Vraag verlof aan bij Jansen.", headings=("Verlof",), similarity=0.5)
REIS = passage("De reiskostenvergoeding is € 0,23 per kilometer met formulier 4711-B.", headings=("Reizen",), name="b", similarity=0.3)


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
    assert evidence(question, "nl", (VERLOF, REIS)) >= ENOUGH


@pytest.mark.parametrize(
    "question",
    [
        "Wie won het wereldkampioenschap voetbal?",
        "Wat staat er op formulier 9999-Z?",
        "Wat is het wachtwoord van de router?",
        "Wat is het telefoonnummer van Willemsen?",
    ],
)
def test_a_question_that_they_do_not_answer_has_not(question: str) -> None:
    weak = [replace(one, similarity=0.25) for one in (VERLOF, REIS)]
    assert evidence(question, "nl", weak) < ENOUGH


def test_a_code_that_no_passage_holds_is_not_made_up_for_by_words() -> None:
    question = "Is de reiskostenvergoeding per kilometer met formulier {} aan te vragen?"

    assert evidence(question.format("4711-B"), "nl", (VERLOF, REIS)) >= ENOUGH
    assert evidence(question.format("4711-C"), "nl", (VERLOF, REIS)) < ENOUGH


def test_across_languages_words_that_do_not_meet_take_nothing_away() -> None:
    assert evidence_score(EvidenceFeatures(0.0, 0.0, 0.6, 1.0, 1.0, same_language=0.0)) == 0.6


def test_without_passages_there_is_no_evidence() -> None:
    assert evidence("Hoeveel vakantiedagen?", "nl", ()) == 0.0


def test_across_languages_similarity_decides() -> None:
    question = "How many days of annual leave does a full-timer have?"

    assert evidence(question, "en", (replace(VERLOF, similarity=0.6),)) >= ENOUGH
    assert evidence(question, "en", (replace(VERLOF, similarity=0.2),)) < ENOUGH


def test_passages_that_only_words_found_are_judged_by_words() -> None:
    found_by_words = replace(VERLOF, similarity=None)

    assert evidence_features("Hoeveel vakantiedagen heeft een voltijder?", "nl", (found_by_words,)).similarity is None
    assert evidence("Hoeveel vakantiedagen heeft een voltijder?", "nl", (found_by_words,)) >= ENOUGH


_SHARE = st.floats(0, 1)
_FEATURES = st.builds(
    EvidenceFeatures, coverage=_SHARE, spread=_SHARE, similarity=st.none() | _SHARE, codes=_SHARE, numbers=_SHARE, same_language=_SHARE
)


@given(_FEATURES, st.sampled_from(["coverage", "spread", "similarity", "codes", "numbers"]), _SHARE)
def test_more_of_a_feature_never_means_less_evidence(features: EvidenceFeatures, name: str, higher: float) -> None:
    now = getattr(features, name)
    score = evidence_score(features)

    assert 0.0 <= score <= 1.0
    if now is not None and higher >= now:
        assert evidence_score(replace(features, **{name: higher})) >= score - 1e-12


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_question_has_evidence_between_zero_and_one(question: str, text: str) -> None:
    assert 0.0 <= evidence(question, "nl", (passage(text),)) <= 1.0
