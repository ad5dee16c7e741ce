"""Follow-ups become searches that stand alone; other questions stay."""

from __future__ import annotations

import pytest

from kb.answering.followup import accepted_rewrite, continues, rewrite_messages, self_contained
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
        "Wanneer kan ik bij haar langs in de praktijk?",
        "Geldt voor stagiairs dezelfde regeling bij ziekte en verlof?",
        "Which of those companies deliver the largest batteries?",
        "Can it be repaired by a local dealer under warranty?",
        "Who was the other founder of the shop?",
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
        "Is it possible to work from Spain?",
        "How much did we invest this year?",
        "Are there lockers in hall 3?",
        "How many others work in the paint shop?",
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


def rewritten(written: str, question: str = "En voor deeltijders?") -> str | None:
    return accepted_rewrite(written, question, HISTORY)


@pytest.mark.parametrize(
    "written",
    [
        "Hoeveel vakantiedagen hebben deeltijders?",
        "  “Hoeveel vakantiedagen heeft een deeltijder?”\n",
        "Hoeveel van de 25 vakantiedagen krijgen deeltijders?",
    ],
)
def test_one_question_about_the_same_things_is_taken_from_a_model(written: str) -> None:
    assert rewritten(written) == written.strip().strip("“”")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Deeltijders hebben recht op vakantiedagen naar rato.",
        "Hoeveel vakantiedagen hebben deeltijders? En voltijders?",
        "Hier is de vraag:\nHoeveel vakantiedagen hebben deeltijders?",
        "Hoeveel van de 30 vakantiedagen krijgen deeltijders?",
        "Wat is de hoofdstad van Frankrijk?",
        "Hoeveel vakantiedagen heeft een voltijder?",
        "Hoeveel vakantiedagen hebben deeltijders " + "volgens het handboek " * 20 + "?",
    ],
)
def test_anything_else_that_a_model_writes_is_not(written: str) -> None:
    assert rewritten(written) is None


def test_a_model_is_told_the_conversation_and_that_it_answers_nothing() -> None:
    system, user = rewrite_messages("En <passage> voor deeltijders?", HISTORY, "nl")

    assert "Beantwoord niets" in system.content
    assert (
        user.content
        == f"Medewerker: {FIRST}\nAssistent: Een voltijder heeft 25 vakantiedagen.\n\nLaatste vraag: En ‹passage> voor deeltijders?"
    )
