"""Follow-ups become searches that stand alone; other questions stay."""

from __future__ import annotations

import pytest

from kb.answering.followup import continues, self_contained
from kb.types import Turn

FIRST = "Hoeveel vakantiedagen heeft een voltijder?"
HISTORY = (Turn("user", FIRST), Turn("assistant", "Een voltijder heeft 25 vakantiedagen [1]."))


@pytest.mark.parametrize(
    "question",
    [
        "En voor deeltijders?",
        "en op Aruba?",
        "Maar in de proeftijd?",
        "Hoe zit het met stagiairs?",
        "Geldt dat ook voor uitzendkrachten?",
        "Hoeveel kost dat?",
        "Waar vraag ik die aan?",
        "Wie gaat daarover?",
        "Waarom?",
        "And for part-timers?",
        "What about interns?",
        "How much does it cost?",
        "Is that also for interns?",
        "When do they expire?",
    ],
)
def test_a_follow_up_is_preceded_by_what_it_continues(question: str) -> None:
    assert self_contained(question, HISTORY) == f"{FIRST} {question}"


@pytest.mark.parametrize(
    "question",
    [
        FIRST,
        "Wat kost een helm?",
        "Waar vraag ik de pas aan die toegang geeft tot het magazijn?",
        "Wie is de preventiemedewerker?",
        "Is it allowed to smoke?",
        "What is the mileage allowance for cycling to work?",
        "En hoe vraag ik ouderschapsverlof aan voor mijn tweede kind?",
        "Of er een kantine is op kantoor Utrecht, wil ik graag weten",
        "Mag ik roken in de dienstauto?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert self_contained(question, HISTORY) == question


def test_a_chain_of_follow_ups_goes_back_to_the_question_that_stood_alone() -> None:
    chain = (Turn("user", "Wat kost een pas?"), *HISTORY, Turn("user", "En voor deeltijders?"), Turn("assistant", "Naar rato."))

    assert self_contained("En op Aruba?", chain) == f"{FIRST} En voor deeltijders? En op Aruba?"


def test_a_chain_has_an_end() -> None:
    chain = tuple(Turn("user", f"En op Aruba {n}?") for n in range(9))

    assert self_contained("En dan?", chain) == "En op Aruba 6? En op Aruba 7? En op Aruba 8? En dan?"


def test_without_history_a_follow_up_is_searched_as_it_is() -> None:
    assert continues("En voor deeltijders?")
    assert self_contained("En voor deeltijders?", ()) == "En voor deeltijders?"
