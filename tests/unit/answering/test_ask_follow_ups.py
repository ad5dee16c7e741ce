"""A follow-up in the flow: written by a model where there is one, else by rule."""

from __future__ import annotations

from typing import Any, cast

import pytest

from kb.answering.ask import Asker
from kb.answering.asking import Asking
from kb.answering.generators.extractive import ExtractiveGenerator
from kb.answering.generators.scripted import ScriptedGenerator
from kb.errors import GeneratorUnavailable
from kb.ports import Generator
from kb.settings import AnsweringSettings, Settings
from kb.types import Passage, Turn

FIRST = "Hoeveel vakantiedagen heeft een voltijder?"
HISTORY = (Turn("user", FIRST), Turn("assistant", "Een voltijder heeft 25 vakantiedagen."))
FOLLOW_UP = "En voor deeltijders?"
REWRITTEN = "Hoeveel vakantiedagen hebben deeltijders?"


class Retrieves:
    """Remembers what was searched and finds nothing."""

    def retrieve(self, question: str, space_ids: list[str], language: str) -> list[Passage]:
        return []


def searched(question: str, generator: Generator, history: tuple[Turn, ...] = HISTORY, rewrite_seconds: float = 4.0) -> str:
    settings = Settings(answering=AnsweringSettings(rewrite_seconds=rewrite_seconds))
    asker = Asker(cast(Any, None), cast(Any, Retrieves()), generator, lambda text, others: [0.0] * len(others), settings)
    return asker.find(Asking(question, (), history, None, "somebody")).search_question


def model(*script: Any) -> ScriptedGenerator:
    return ScriptedGenerator(script, context_tokens=4096)


def test_a_model_writes_the_question_that_is_searched() -> None:
    assert searched(FOLLOW_UP, model(REWRITTEN)) == REWRITTEN


@pytest.mark.parametrize("said", ["Deeltijders krijgen naar rato.", "", GeneratorUnavailable(url="http://127.0.0.1:1")])
def test_what_a_model_says_that_is_no_such_question_leaves_the_rule(said: Any) -> None:
    assert searched(FOLLOW_UP, model(said)) == f"{FIRST} {FOLLOW_UP}"


def test_a_question_that_stands_alone_is_searched_as_it_is_and_no_model_is_asked() -> None:
    generator = model(REWRITTEN)

    assert searched("Wat kost een helm?", generator) == "Wat kost een helm?"
    assert searched(FOLLOW_UP, generator, history=()) == FOLLOW_UP
    assert generator.requests == []


def test_without_a_model_or_without_time_for_one_the_rule_serves() -> None:
    assert searched(FOLLOW_UP, ExtractiveGenerator()) == f"{FIRST} {FOLLOW_UP}"
    assert searched(FOLLOW_UP, model(REWRITTEN), rewrite_seconds=0) == f"{FIRST} {FOLLOW_UP}"
