"""The contract of the Generator port: one suite over the double, the one without a model, and both kinds of model server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from kb.answering.generators.extractive import ExtractiveGenerator
from kb.answering.generators.ollama import OllamaGenerator
from kb.answering.generators.openai_compatible import OpenAICompatibleGenerator
from kb.answering.generators.scripted import ScriptedGenerator
from kb.answering.prompts import build_messages
from kb.ports import Cancellation, GenerationRequest, Generator, NumberedPassage
from kb.settings import GenerationSettings
from tests.doubles.ollama_server import OllamaServer
from tests.doubles.openai_server import OpenAIServer

PASSAGE = NumberedPassage(1, "Verlof", None, "Een voltijder heeft 25 dagen. Een deeltijder heeft naar rato dagen.")
QUESTION = "Hoeveel dagen heeft een voltijder?"
REQUEST = GenerationRequest(QUESTION, "nl", (PASSAGE,), build_messages(QUESTION, "nl", (PASSAGE,)), 100)


@dataclass(frozen=True)
class Kind:
    name: str
    generator: Generator
    has_window: bool


@pytest.fixture(params=["scripted", "extractive", "ollama", "openai-compatible"])
def kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    with ExitStack() as stack:
        match request.param:
            case "scripted":
                yield Kind("scripted", ScriptedGenerator(["Een voltijder heeft 25 dagen [1]."]), False)
            case "extractive":
                yield Kind("extractive", ExtractiveGenerator(), False)
            case "ollama":
                server = stack.enter_context(OllamaServer())
                yield Kind("ollama", OllamaGenerator(GenerationSettings(ollama_url=server.url)), True)
            case "openai-compatible":
                openai = stack.enter_context(OpenAIServer())
                yield Kind("openai-compatible", OpenAICompatibleGenerator(GenerationSettings(openai_url=openai.base_url)), True)


def test_it_tells_which_model_writes_and_that_it_is_local(kind: Kind) -> None:
    info = kind.generator.info()

    assert info.backend == kind.name
    assert info.model
    assert info.location == "local"
    assert (info.context_tokens is not None) == kind.has_window


def test_it_answers_in_pieces_with_the_number_of_the_passage(kind: Kind) -> None:
    pieces = list(kind.generator.generate(REQUEST, Cancellation()))

    assert all(pieces)
    answer = "".join(pieces)
    assert "25 dagen" in answer
    assert "[1]" in answer


def test_it_stops_without_an_error_when_cancelled_before_it_begins(kind: Kind) -> None:
    cancellation = Cancellation()
    cancellation.cancel()

    assert list(kind.generator.generate(REQUEST, cancellation)) == []


def test_it_stops_at_the_next_piece_when_cancelled(kind: Kind) -> None:
    cancellation = Cancellation()
    pieces = kind.generator.generate(REQUEST, cancellation)
    first = next(pieces)
    cancellation.cancel()

    assert first
    assert list(pieces) == []


def test_it_may_be_left_in_the_middle(kind: Kind) -> None:
    before = threading.active_count()
    pieces = kind.generator.generate(REQUEST, Cancellation())
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]

    assert list(pieces) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("generator")]
    assert threading.active_count() <= before + 1


def test_more_text_has_more_tokens_and_none_has_none(kind: Kind) -> None:
    assert kind.generator.count_tokens("") == 0
    assert 0 < kind.generator.count_tokens("Een dag") < kind.generator.count_tokens("Een dag vrij na overleg met de leidinggevende")


def test_several_threads_may_ask_at_once(kind: Kind) -> None:
    answers: list[str] = []

    def ask() -> None:
        answers.append("".join(kind.generator.generate(REQUEST, Cancellation())))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 3
    assert len(set(answers)) == 1
