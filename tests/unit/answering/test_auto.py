"""The default generator: a model when there is one, else quotes."""

from __future__ import annotations

from kb.answering.generators.auto import AutoGenerator
from kb.answering.generators.extractive import ExtractiveGenerator
from kb.answering.generators.ollama import OllamaGenerator
from kb.answering.generators.scripted import ScriptedGenerator
from kb.errors import GeneratorError, GeneratorModelMissing, GeneratorUnavailable
from kb.ports import Cancellation, GenerationRequest
from kb.settings import GenerationSettings
from kb.types import GeneratorInfo
from tests.doubles.clocks import FrozenClock
from tests.doubles.ollama_server import OllamaServer
from tests.unit.answering.builders import numbered

REQUEST = GenerationRequest("Hoeveel dagen?", "nl", (numbered(1, "U krijgt 25 dagen."),))


class Moody(ScriptedGenerator):
    """A model that may be away."""

    def __init__(self) -> None:
        super().__init__(["Uit het model."])
        self.away: GeneratorError | None = None
        self.asked = 0

    def info(self) -> GeneratorInfo:
        self.asked += 1
        if self.away is not None:
            raise self.away
        return super().info()


def test_the_model_writes_when_there_is_one() -> None:
    auto = AutoGenerator(Moody(), ExtractiveGenerator(), FrozenClock())

    assert auto.info().backend == "scripted"
    assert "".join(auto.generate(REQUEST, Cancellation())) == "Uit het model."
    assert auto.count_tokens("een twee") == 2


def test_without_a_model_sentences_are_quoted() -> None:
    for error in (GeneratorUnavailable(url="http://x"), GeneratorModelMissing(model="?", available="–")):
        model = Moody()
        model.away = error
        auto = AutoGenerator(model, ExtractiveGenerator(), FrozenClock())

        assert auto.info().backend == "extractive"
        assert "".join(auto.generate(REQUEST, Cancellation())) == "U krijgt 25 dagen. [1]"


def test_the_choice_is_remembered_for_a_few_seconds_only() -> None:
    model, clock = Moody(), FrozenClock()
    auto = AutoGenerator(model, ExtractiveGenerator(), clock, remember_seconds=5)
    assert [auto.info().backend for _ in range(3)] == ["scripted"] * 3
    assert model.asked == 1

    model.away = GeneratorUnavailable(url="http://x")
    clock.move(4.9)
    assert auto.info().backend == "scripted"
    clock.move(0.2)
    assert auto.info().backend == "extractive"

    model.away = None
    clock.move(5)
    assert auto.info().backend == "scripted"


def test_an_ollama_that_comes_up_is_used() -> None:
    with OllamaServer() as server:
        clock = FrozenClock()
        models, server.models = server.models, ()
        auto = AutoGenerator(OllamaGenerator(GenerationSettings(ollama_url=server.url)), ExtractiveGenerator(), clock)
        assert auto.info().backend == "extractive"

        server.models = models
        clock.move(6)
        assert auto.info().backend == "ollama"
