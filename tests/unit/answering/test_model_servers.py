"""The generators that speak to a model server: what they ask, what they never do, and how each fault becomes an error of ours."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from kb.answering.generators.ollama import OllamaGenerator
from kb.answering.generators.openai_compatible import OpenAICompatibleGenerator
from kb.errors import (
    GeneratorBroken,
    GeneratorError,
    GeneratorInterrupted,
    GeneratorModelMissing,
    GeneratorTimeout,
    GeneratorUnavailable,
    SettingsInvalid,
)
from kb.ports import Cancellation, GenerationRequest, Generator, Message
from kb.settings import GenerationSettings, ModelProfile
from tests.doubles.model_server import Fault, ModelServer
from tests.doubles.ollama_server import DoubleModel, OllamaServer
from tests.doubles.openai_server import OpenAIServer

REQUEST = GenerationRequest("?", "nl", (), (Message("system", "Wees kort."), Message("user", "Geheim-4711?")), 77)
ANSWER = "Een voltijder heeft 25 dagen [1]."


@dataclass(frozen=True)
class Backend:
    server: ModelServer
    make: Callable[..., Generator]


@pytest.fixture(params=["ollama", "openai-compatible"])
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    with ExitStack() as stack:
        if request.param == "ollama":
            server = stack.enter_context(OllamaServer())
            yield Backend(server, lambda **settings: OllamaGenerator(GenerationSettings(ollama_url=server.url, **settings)))
        else:
            openai = stack.enter_context(OpenAIServer())
            yield Backend(openai, lambda **settings: OpenAICompatibleGenerator(GenerationSettings(openai_url=openai.base_url, **settings)))


def said(generator: Generator, request: GenerationRequest = REQUEST) -> str:
    return "".join(generator.generate(request, Cancellation()))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.STATUS_500, GeneratorBroken),
        (Fault.STATUS_503, GeneratorUnavailable),
        (Fault.MODEL_NOT_FOUND, GeneratorModelMissing),
        (Fault.REDIRECT, GeneratorBroken),
        (Fault.CLOSE_BEFORE_FIRST, GeneratorUnavailable),
        (Fault.GARBAGE_BEFORE_FIRST, GeneratorBroken),
    ],
)
def test_a_fault_before_the_first_word_is_told_as_what_it_is(backend: Backend, fault: Fault, error: type[GeneratorError]) -> None:
    backend.server.play.fault = fault

    with pytest.raises(error) as raised:
        said(backend.make())
    assert type(raised.value) is error


@pytest.mark.parametrize("fault", [Fault.CLOSE_MID_STREAM, Fault.END_WITHOUT_DONE, Fault.ERROR_LINE, Fault.GARBAGE_LINE])
def test_a_fault_in_the_middle_keeps_what_came_and_then_is_an_interruption(backend: Backend, fault: Fault) -> None:
    backend.server.play.fault = fault
    pieces: list[str] = []
    answer = backend.make().generate(REQUEST, Cancellation())

    with pytest.raises(GeneratorInterrupted):
        deque(map(pieces.append, answer))
    assert pieces
    assert ANSWER.startswith("".join(pieces))


@pytest.mark.parametrize("fault", [Fault.HANG_BEFORE_FIRST, Fault.HANG_MID_STREAM])
def test_a_silence_that_lasts_too_long_is_ended_and_the_server_let_go(backend: Backend, fault: Fault) -> None:
    backend.server.play.fault = fault
    first = fault is Fault.HANG_BEFORE_FIRST
    # Long enough for the server to have taken the request on a busy machine: who gave up before that is not seen leaving.
    generator = backend.make(first_token_timeout_seconds=1 if first else 30, idle_timeout_seconds=30 if first else 1)

    with pytest.raises(GeneratorTimeout) as raised:
        said(generator)
    assert raised.value.params == {"seconds": "1"}
    assert backend.server.play.disconnected.wait(20)


def test_slow_words_are_no_silence(backend: Backend) -> None:
    backend.server.play.fault = Fault.SLOW_TOKENS
    backend.server.play.token_seconds = 0.04

    assert said(backend.make(first_token_timeout_seconds=5, idle_timeout_seconds=0.2)) == ANSWER


@pytest.mark.parametrize("fault", [Fault.HANG_BEFORE_FIRST, Fault.HANG_MID_STREAM])
def test_cancelling_closes_the_stream_even_while_the_server_is_silent(backend: Backend, fault: Fault) -> None:
    backend.server.play.fault = fault
    cancellation = Cancellation()
    ended = threading.Event()

    def read() -> None:
        for _ in backend.make().generate(REQUEST, cancellation):
            pass
        ended.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert backend.server.play.hanging.wait(5)
    cancellation.cancel()

    assert ended.wait(5)
    assert backend.server.play.disconnected.wait(5)
    reader.join()


def test_leaving_in_the_middle_closes_the_stream_too(backend: Backend) -> None:
    backend.server.play.fault = Fault.HANG_MID_STREAM
    pieces = backend.make().generate(REQUEST, Cancellation())

    assert next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert backend.server.play.disconnected.wait(5)


def test_a_server_that_is_not_there_is_told_with_its_address() -> None:
    with OllamaServer() as gone:
        url = gone.url
    for generator in (
        OllamaGenerator(GenerationSettings(ollama_url=url)),
        OpenAICompatibleGenerator(GenerationSettings(openai_url=f"{url}/v1")),
    ):
        with pytest.raises(GeneratorUnavailable) as raised:
            generator.info()
        assert str(raised.value.params["url"]).startswith(url)


def test_a_model_that_the_server_has_not_is_told_with_those_it_has(backend: Backend) -> None:
    generator = backend.make(model="bestaat-niet")

    for ask in (generator.info, lambda: said(generator)):
        with pytest.raises(GeneratorModelMissing) as raised:
            ask()
        assert raised.value.params["model"] == "bestaat-niet"
        assert raised.value.params["available"] in ("llama3.2:3b", "qwen2.5-3b-instruct")


def test_what_is_not_such_a_server_is_told(backend: Backend) -> None:
    wrong = {"ollama_url": f"{backend.server.url}/elders", "openai_url": f"{backend.server.url}/elders"}
    for generator in (OllamaGenerator(GenerationSettings(**wrong)), OpenAICompatibleGenerator(GenerationSettings(**wrong))):
        with pytest.raises(GeneratorBroken):
            generator.info()


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.215.14:11434",
        "https://8.8.8.8/v1",
        "http://[2001:4860:4860::8888]/v1",
        "ftp://127.0.0.1",
        "127.0.0.1:11434",
        "http://user:pw@127.0.0.1",
        "http://",
        "http://127.0.0.1:port",
        "http://0.0.0.0",
        "http://169.254.169.254/v1",
        "http://[::ffff:8.8.8.8]/v1",
    ],
)
def test_an_address_elsewhere_or_none_is_refused_at_once(url: str) -> None:
    for make in (
        lambda: OllamaGenerator(GenerationSettings(ollama_url=url)),
        lambda: OpenAICompatibleGenerator(GenerationSettings(openai_url=url)),
    ):
        with pytest.raises(SettingsInvalid):
            make()


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://192.168.1.5:8080/v1", "http://[::1]:1/v1", "http://[fd00::5]", "https://model.lan/v1"]
)
def test_an_address_of_this_machine_or_its_network_is_accepted(url: str) -> None:
    OllamaGenerator(GenerationSettings(ollama_url=url))
    OpenAICompatibleGenerator(GenerationSettings(openai_url=url))


@pytest.mark.parametrize("address", ["93.184.215.14", "2001:4860:4860::8888"])
def test_a_name_that_leads_elsewhere_is_refused_when_used(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.1", 0)), (2, 1, 6, "", (address, 0))])

    with pytest.raises(SettingsInvalid):
        OllamaGenerator(GenerationSettings(ollama_url="http://modellen.voorbeeld.nl")).info()


def test_nothing_of_the_environment_is_used_or_sent(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "OLLAMA_HOST"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OLLAMA_API_KEY"):
        monkeypatch.setenv(name, "uit-de-omgeving")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Extra: uit-de-omgeving")

    assert said(backend.make()) == ANSWER
    for request in backend.server.requests:
        assert "uit-de-omgeving" not in str(request.headers)
        assert "authorization" not in request.headers
        assert request.headers["user-agent"] == "kennisbank"


def test_no_log_carries_a_word_of_a_prompt_or_an_answer(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("openai").setLevel(logging.DEBUG)

    said(backend.make())

    written = "\n".join(record.getMessage() + str(record.args) for record in caplog.records)
    assert "Geheim-4711" not in written
    assert "voltijder" not in written


def test_errors_carry_no_text_of_the_server(backend: Backend) -> None:
    backend.server.play.fault = Fault.STATUS_500

    with pytest.raises(GeneratorBroken) as raised:
        said(backend.make())
    assert raised.value.params == {"reason": "HTTP 500"}


class TestOllama:
    def test_the_request_asks_for_the_window_the_length_and_the_settings_of_the_profile(self) -> None:
        profile = ModelProfile(context_tokens=6000, temperature=0.3, threads=3, keep_alive_seconds=-1)
        with OllamaServer() as server:
            settings = GenerationSettings(ollama_url=server.url, profiles={"llama3.2:3b": profile})
            said(OllamaGenerator(settings))
            (asked,) = server.asked("/api/chat")

        assert asked["model"] == "llama3.2:3b"
        assert asked["stream"] is True
        assert asked["messages"] == [{"role": "system", "content": "Wees kort."}, {"role": "user", "content": "Geheim-4711?"}]
        assert asked["keep_alive"] == -1
        assert asked["options"] == {"temperature": 0.3, "num_ctx": 6000, "num_predict": 77, "num_thread": 3}
        assert "think" not in asked

    def test_a_window_larger_than_the_model_has_is_never_asked_for(self) -> None:
        with OllamaServer(DoubleModel(context_length=2048)) as server:
            generator = OllamaGenerator(GenerationSettings(ollama_url=server.url))
            said(generator)

            assert generator.info().context_tokens == 2048
            assert server.asked("/api/chat")[0]["options"]["num_ctx"] == 2048

    def test_thinking_is_switched_off_where_a_model_thinks(self) -> None:
        with OllamaServer(DoubleModel(capabilities=("completion", "thinking"))) as server:
            assert said(OllamaGenerator(GenerationSettings(ollama_url=server.url))) == ANSWER
            assert server.asked("/api/chat")[0]["think"] is False

    def test_without_a_name_the_first_model_that_writes_and_is_here_is_taken(self) -> None:
        embedder = DoubleModel("bge-m3:latest", capabilities=("embedding",))
        cloud = DoubleModel("gpt-oss:120b-cloud", remote_host="https://ollama.com:443")
        with OllamaServer(embedder, cloud, DoubleModel("mistral:7b")) as server:
            assert OllamaGenerator(GenerationSettings(ollama_url=server.url)).info().model == "mistral:7b"

    def test_a_model_that_runs_elsewhere_is_refused_by_name_too(self) -> None:
        cloud = DoubleModel("gpt-oss:120b-cloud", remote_host="https://ollama.com:443")
        with OllamaServer(cloud) as server:
            with pytest.raises(GeneratorModelMissing):
                said(OllamaGenerator(GenerationSettings(ollama_url=server.url, model=cloud.name)))
            assert server.asked("/api/chat") == []

    def test_a_name_without_a_tag_means_the_latest(self) -> None:
        with OllamaServer(DoubleModel("mistral:latest")) as server:
            assert OllamaGenerator(GenerationSettings(ollama_url=server.url, model="mistral")).info().model == "mistral:latest"

    def test_a_model_is_looked_at_once_and_again_when_it_was_replaced(self) -> None:
        with OllamaServer() as server:
            generator = OllamaGenerator(GenerationSettings(ollama_url=server.url))
            assert [generator.info().context_tokens for _ in range(3)] == [4096] * 3
            assert len(server.asked("/api/show")) == 1
            server.models = (DoubleModel(context_length=1024),)
            assert generator.info().context_tokens == 1024

    def test_a_server_without_models_says_that_there_is_none(self) -> None:
        with OllamaServer() as server:
            server.models = ()
            with pytest.raises(GeneratorModelMissing):
                OllamaGenerator(GenerationSettings(ollama_url=server.url)).info()

    def test_an_answer_of_nothing_is_an_answer(self) -> None:
        with OllamaServer() as server:
            server.play.pieces = ()
            assert said(OllamaGenerator(GenerationSettings(ollama_url=server.url))) == ""


class TestOpenAICompatible:
    def test_the_request_asks_for_the_length_and_the_temperature_and_sends_the_key(self) -> None:
        with OpenAIServer("qwen", api_key="sleutel") as server:
            settings = GenerationSettings(
                openai_url=server.base_url, openai_api_key="sleutel", profiles={"qwen": ModelProfile(temperature=0.3)}
            )
            assert said(OpenAICompatibleGenerator(settings)) == ANSWER
            (asked,) = server.asked("/v1/chat/completions")

        wanted: dict[str, Any] = {"model": "qwen", "stream": True, "max_tokens": 77, "temperature": 0.3}
        assert {key: asked[key] for key in wanted} == wanted
        assert asked["messages"] == [{"role": "system", "content": "Wees kort."}, {"role": "user", "content": "Geheim-4711?"}]

    def test_a_wrong_key_is_told_without_the_key(self) -> None:
        with OpenAIServer(api_key="sleutel") as server, pytest.raises(GeneratorBroken) as raised:
            said(OpenAICompatibleGenerator(GenerationSettings(openai_url=server.base_url, openai_api_key="fout")))
        assert raised.value.params == {"reason": "HTTP 401"}

    def test_a_window_larger_than_the_server_tells_is_never_counted_on(self) -> None:
        with OpenAIServer(max_model_len=2048) as server:
            assert OpenAICompatibleGenerator(GenerationSettings(openai_url=server.base_url)).info().context_tokens == 2048
        with OpenAIServer() as server:
            assert OpenAICompatibleGenerator(GenerationSettings(openai_url=server.base_url)).info().context_tokens == 4096
