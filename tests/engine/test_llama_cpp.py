"""llama.cpp's own server, with a tiny model of random weights: its words mean nothing, but the server is the real one.

``make test-engine`` compiles llama.cpp into a virtual environment of its own and names its interpreter in KB_TEST_ENGINE_PYTHON.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest

from kb.answering.generators.openai_compatible import OpenAICompatibleGenerator
from kb.errors import GeneratorBroken, GeneratorModelMissing, GeneratorUnavailable
from kb.ports import Cancellation, GenerationRequest, Message
from kb.settings import GenerationSettings, ModelProfile

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

REQUEST = GenerationRequest("?", "nl", (), (Message("system", "Wees kort."), Message("user", "Hoeveel dagen?")), 24)


@pytest.fixture(scope="module")
def engine() -> str:
    """An interpreter that has llama.cpp."""
    python = os.environ.get("KB_TEST_ENGINE_PYTHON", sys.executable)
    found = subprocess.run([python, "-c", "import llama_cpp.server.app, gguf"], capture_output=True, check=False)
    if found.returncode != 0:
        pytest.skip(f"llama_cpp with its server and gguf cannot be imported by {python}: `make test-engine` installs them")
    return python


@pytest.fixture(scope="module")
def url(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server."""
    model = tmp_path_factory.mktemp("engine") / "tiny.gguf"
    subprocess.run([engine, str(Path(__file__).with_name("tiny_llama.py")), str(model)], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["--model", str(model), "--model_alias", "tiny", "--n_ctx", "512", "--host", "127.0.0.1", "--port", str(port)]
    command = [engine, "-m", "llama_cpp.server", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        said: list[str] = []
        ready = threading.Event()
        listener = threading.Thread(target=_listen, args=(server.stdout, said, ready))
        listener.start()
        try:
            ready.wait(120)
            if server.poll() is not None:
                pytest.fail("the server did not start:\n" + "".join(said[-20:]))
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            listener.join()


def _listen(output: IO[str], said: list[str], ready: threading.Event) -> None:
    """Keep reading what the server says, so that it never waits for a reader."""
    for line in output:
        said.append(line)
        if "Uvicorn running" in line:
            ready.set()
    ready.set()


def generator(url: str, **settings: object) -> OpenAICompatibleGenerator:
    profiles = {"tiny": ModelProfile(context_tokens=512, max_answer_tokens=24)}
    return OpenAICompatibleGenerator(GenerationSettings.model_validate({"openai_url": url, "profiles": profiles, **settings}))


def test_the_model_is_found_and_named(url: str) -> None:
    info = generator(url).info()

    assert (info.backend, info.model, info.location, info.context_tokens) == ("openai-compatible", "tiny", "local", 512)


def test_an_answer_streams_in_pieces_and_ends_at_the_length_asked_for(url: str) -> None:
    pieces = list(generator(url).generate(REQUEST, Cancellation()))

    assert len(pieces) == REQUEST.max_answer_tokens
    assert len("".join(pieces).split()) == REQUEST.max_answer_tokens


def test_the_same_question_gets_the_same_answer(url: str) -> None:
    first, second = ("".join(generator(url).generate(REQUEST, Cancellation())) for _ in range(2))

    assert first == second


def test_cancelling_stops_it_and_it_answers_again(url: str) -> None:
    cancellation = Cancellation()
    pieces = generator(url).generate(replace(REQUEST, max_answer_tokens=400), cancellation)
    next(pieces)
    cancellation.cancel()

    assert list(pieces) == []
    assert "".join(generator(url).generate(REQUEST, Cancellation())).strip()


def test_a_prompt_that_does_not_fit_is_an_error_and_not_cut_without_a_word(url: str) -> None:
    too_long = replace(REQUEST, messages=(Message("user", "dag " * 2_000),))

    with pytest.raises(GeneratorBroken):
        list(generator(url).generate(too_long, Cancellation()))


def test_a_model_that_it_has_not_is_told(url: str) -> None:
    with pytest.raises(GeneratorModelMissing) as raised:
        generator(url, model="anders").info()

    assert raised.value.params == {"model": "anders", "available": "tiny"}


def test_a_port_where_nothing_listens_is_told(url: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        silent = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        with pytest.raises(GeneratorUnavailable):
            generator(silent).info()
