"""The generator that quotes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kb.answering.citations import check_sentence
from kb.answering.generators.extractive import ExtractiveGenerator
from kb.answering.sentences import sentences_of, split_sentences
from kb.ports import Cancellation, GenerationRequest
from tests.unit.answering.builders import numbered, passage

PASSAGES = (
    numbered(
        1,
        "Een voltijder heeft 25 vakantiedagen per jaar. Deeltijders krijgen vakantiedagen naar rato. "
        "Vakantie vraagt u uiterlijk 1 maart aan. Verlof wordt geregeld door Anke Jansen.",
        section="Verlof",
    ),
    numbered(2, "Roken in de dienstauto is verboden. Mag u dan roken op het terrein?", section="Dienstauto"),
    numbered(3, "Fiets | € 1.250,50\nHelm | € 49,95\nSlot | € 30,00", title="Fietsplan", table_header="Artikel | Prijs"),
)


def answer(question: str, most: int = 3, language: str = "nl") -> str:
    return "".join(ExtractiveGenerator(most).generate(GenerationRequest(question, language, PASSAGES), Cancellation()))


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Hoeveel vakantiedagen heeft een voltijder?", "Een voltijder heeft 25 vakantiedagen per jaar. [1]"),
        ("Wanneer moet ik vakantie aanvragen?", "Vakantie vraagt u uiterlijk 1 maart aan. [1]"),
        ("Wie regelt het verlof?", "Verlof wordt geregeld door Anke Jansen. [1]"),
        ("Wat kost een helm?", "Helm | € 49,95 [3]"),
        ("Mag ik roken in de dienstauto?", "Roken in de dienstauto is verboden. [2]"),
    ],
)
def test_it_quotes_the_sentence_that_answers(question: str, first: str) -> None:
    assert answer(question, most=1) == first


@pytest.mark.parametrize("question", ["Wie won het wereldkampioenschap?", "Wat is het wachtwoord van de router?", "?"])
def test_it_says_nothing_when_nothing_fits(question: str) -> None:
    assert answer(question) == ""


def test_every_piece_is_word_for_word_in_its_passage_and_survives_splitting_and_checking() -> None:
    sources = [passage(one.text, title=one.title, table_header=one.table_header) for one in PASSAGES]
    for question in ("Hoeveel vakantiedagen zijn er per jaar?", "Wat is de prijs van een fiets of helm?"):
        sentences = list(sentences_of([answer(question)]))
        assert sentences
        for sentence in sentences:
            verdict = check_sentence(sentence, sources, "nl")
            assert verdict.support == 1.0
            assert verdict.text in [s.text for one in PASSAGES for s in split_sentences(one.text)]


def test_it_quotes_at_most_so_many_in_the_order_of_the_passages_and_nothing_twice() -> None:
    doubled = (*PASSAGES, numbered(4, PASSAGES[0].text))
    request = GenerationRequest("Vakantiedagen?", "nl", doubled)
    pieces = list(ExtractiveGenerator(2).generate(request, Cancellation()))
    many = list(ExtractiveGenerator(9).generate(request, Cancellation()))

    assert [piece.strip() for piece in pieces] == [
        "Een voltijder heeft 25 vakantiedagen per jaar. [1]",
        "Deeltijders krijgen vakantiedagen naar rato. [1]",
    ]
    assert not any("[4]" in piece for piece in many)


def test_similarity_finds_what_words_do_not() -> None:
    def alike(text: str, others: Sequence[str]) -> list[float]:
        return [0.9 if "25" in other else 0.0 for other in others]

    request = GenerationRequest("How much annual leave is there?", "en", PASSAGES)
    quoted = "".join(ExtractiveGenerator(1, alike).generate(request, Cancellation()))

    assert quoted == "Een voltijder heeft 25 vakantiedagen per jaar. [1]"


def test_a_question_about_a_numbered_thing_is_answered_by_the_sentence_with_its_number() -> None:
    steps = [f"Stap {number} van de noodprocedure: controleer schakelaar {number * 7}." for number in range(1, 21)]
    passages = (numbered(1, "\n\n".join(steps[:12])), numbered(2, "\n\n".join(steps[12:])))

    request = GenerationRequest("Welke schakelaar controleer ik bij stap 17 van de noodprocedure?", "nl", passages)
    quoted = "".join(ExtractiveGenerator(3).generate(request, Cancellation()))

    assert quoted == f"{steps[16]} [2]"
