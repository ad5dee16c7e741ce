"""`kb ask`."""

from __future__ import annotations

from dataclasses import fields

import pytest

from api.memory_operations import MemoryKennisbank
from kb.errors import GeneratorTimeout
from kb.ports import Cancellation
from kb.types import Answer
from tests.service import LEAVE_QUESTION, STRANGE_QUESTION, with_leave_rules
from tests.unit.cli.conftest import Kb


@pytest.fixture(autouse=True)
def _one_document(kennisbank: MemoryKennisbank) -> None:
    with_leave_rules(kennisbank)


def test_an_answer_is_its_sentences_with_numbers_and_its_sources(kb: Kb) -> None:
    ran = kb("ask", LEAVE_QUESTION)

    assert ran.code == 0
    text, sources = ran.out.split("\n\n")
    assert text.startswith("Het ouderschapsverlof 🙂 duurt 26 weken. [1]")
    assert sources.startswith("Sources\n[1] Verlofregeling, p. 2, Ouderschapsverlof — “Het ouderschapsverlof 🙂 duurt 26 weken.”\n")
    assert ran.err == "Quoted word for word, without a language model.\n"


def test_a_streamed_answer_shows_each_sentence_on_a_line(kb: Kb) -> None:
    ran = kb("ask", LEAVE_QUESTION, "--stream", "--lang", "nl")

    first, second = ran.out.splitlines()[:2]
    assert first == "Het ouderschapsverlof 🙂 duurt 26 weken. [1]"
    assert second.endswith("[2]")
    assert "\nBronnen\n" in ran.out


@pytest.mark.parametrize("extra", [[], ["--stream"]])
def test_json_is_the_object_of_the_contract(kb: Kb, extra: list[str]) -> None:
    ran = kb("ask", LEAVE_QUESTION, "--json", *extra)

    assert list(ran.json) == [field.name for field in fields(Answer)]
    assert ran.json["sentences"][0]["citations"] == [1]
    assert ran.err == ""


def test_what_the_documents_do_not_tell_is_done_and_names_what_came_nearest(kb: Kb) -> None:
    nothing = kb("ask", STRANGE_QUESTION)
    near = kb("ask", "Mag elke pinguïn mee naar Parijs?")

    assert (nothing.code, nothing.out) == (0, "Dit staat niet in de documenten.\n")
    assert near.out.endswith("Nearest passages\n- Verlofregeling, p. 1, Vakantie\n")


def test_a_question_may_look_like_markup(kb: Kb, kennisbank: MemoryKennisbank) -> None:
    assert kb("ask", "[bold]:smile: [/x]").code == 0
    assert kennisbank.store.asked[-1][0] == "[bold]:smile: [/x]"


@pytest.mark.parametrize(
    ("words", "code", "name"), [(["ask", " "], 2, "empty_question"), (["ask", "x", "--space", "kelder"], 1, "space_not_found")]
)
def test_a_question_that_cannot_be_asked(kb: Kb, words: list[str], code: int, name: str) -> None:
    ran = kb(*words)

    assert (ran.code, ran.out) == (code, "")
    assert ran.err.endswith(f"({name})\n")


def test_a_model_that_says_nothing_is_an_error(kb: Kb, kennisbank: MemoryKennisbank) -> None:
    def time_out(number: int, cancellation: Cancellation) -> None:
        raise GeneratorTimeout(seconds=60)

    kennisbank.store.before_sentence = time_out

    assert kb("ask", LEAVE_QUESTION).code == 1
