"""The OpenAI-compatible addresses, with the clients that people have."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import openai
import pytest

from kb.errors import GeneratorInterrupted
from kb.ports import Cancellation
from tests.service import LEAVE_QUESTION, STRANGE_QUESTION
from tests.unit.api.conftest import Service


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture
def client(service: Service, http: httpx.Client) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{service.url}/v1", api_key="anonymous", max_retries=0, http_client=http)


def ask(client: openai.OpenAI, question: str = LEAVE_QUESTION, model: str = "kennisbank") -> openai.types.chat.ChatCompletion:
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": question}])


def test_the_models_are_the_whole_and_every_space(service: Service, client: openai.OpenAI) -> None:
    service.owner.post("/v1/spaces", json={"name": "directie"})

    assert [model.id for model in client.models.list()] == ["kennisbank", "kennisbank/algemeen", "kennisbank/directie"]


def test_an_answer_has_footnotes_in_its_text_and_citations_in_a_field(client: openai.OpenAI) -> None:
    completion = ask(client)

    text = completion.choices[0].message.content or ""
    assert text.startswith("Het ouderschapsverlof 🙂 duurt 26 weken. [1]")
    assert "\n\nBronnen:\n[1] Verlofregeling, p. 2, Ouderschapsverlof — “Het ouderschapsverlof 🙂 duurt 26 weken.”" in text
    extra = completion.model_extra or {}
    assert extra["kennisbank"]["citations"][0]["page"] == 2
    assert completion.choices[0].finish_reason == "stop"


def test_a_streamed_answer_is_the_same_text(client: openai.OpenAI) -> None:
    whole = ask(client).choices[0].message.content

    chunks = list(client.chat.completions.create(model="kennisbank", messages=[{"role": "user", "content": LEAVE_QUESTION}], stream=True))

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert (chunks[-1].model_extra or {})["kennisbank"]["outcome"] == "answered"


@pytest.mark.parametrize("stream", [False, True])
def test_what_the_documents_do_not_tell_is_said(client: openai.OpenAI, stream: bool) -> None:
    if stream:
        chunks = client.chat.completions.create(model="kennisbank", messages=[{"role": "user", "content": STRANGE_QUESTION}], stream=True)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    else:
        text = ask(client, STRANGE_QUESTION).choices[0].message.content or ""

    assert text == "Dit staat niet in de documenten."


def test_the_last_user_message_is_the_question_and_the_rest_its_history(service: Service, client: openai.OpenAI) -> None:
    client.chat.completions.create(
        model="kennisbank/algemeen",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "user", "content": "Wat is verlof?"},
            {"role": "assistant", "content": "Vrije tijd."},
            {"role": "user", "content": [{"type": "text", "text": LEAVE_QUESTION}]},
        ],
        temperature=0.7,
    )

    question, history, space = service.kennisbank.store.asked[-1]
    assert question == LEAVE_QUESTION
    assert [(turn.role, turn.text) for turn in history] == [("user", "Wat is verlof?"), ("assistant", "Vrije tijd.")]
    assert space == "algemeen"


def test_an_unknown_model_or_space_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as model:
        ask(client, model="gpt-4o")
    with pytest.raises(openai.NotFoundError) as space:
        ask(client, model="kennisbank/kelder")

    assert model.value.code == "model_not_found"
    assert space.value.code == "space_not_found"


def test_a_wrong_key_is_an_authentication_error(service: Service, client: openai.OpenAI) -> None:
    with pytest.raises(openai.AuthenticationError):
        ask(client.with_options(api_key="sk-wrong"))


def test_a_request_that_does_not_fit_has_openais_error_shape(service: Service) -> None:
    for body in ({"messages": []}, {"model": "kennisbank", "messages": [{"role": "assistant", "content": "x"}]}, {"model": "kennisbank"}):
        response = service.anyone.post("/v1/chat/completions", json=body)
        assert response.status_code == 400
        assert set(response.json()) == {"error"}
        assert {"message", "type", "param", "code"} <= set(response.json()["error"])
    response = service.anyone.post(
        "/v1/chat/completions", json={"model": "kennisbank", "n": 2, "messages": [{"role": "user", "content": "x"}]}
    )
    assert response.json()["error"]["code"] == "invalid_request"


def test_an_answer_that_breaks_off_is_an_error_to_the_client(service: Service, client: openai.OpenAI) -> None:
    def break_off(number: int, cancellation: Cancellation) -> None:
        if number == 2:
            raise GeneratorInterrupted

    service.kennisbank.store.before_sentence = break_off

    with pytest.raises(openai.InternalServerError):
        ask(client)
    with pytest.raises(openai.APIError, match=r"stopped|stopte"):
        list(client.chat.completions.create(model="kennisbank", messages=[{"role": "user", "content": LEAVE_QUESTION}], stream=True))


def test_the_chunks_are_what_plain_clients_parse(service: Service) -> None:
    body = {"model": "kennisbank", "stream": True, "messages": [{"role": "user", "content": LEAVE_QUESTION}]}

    lines = [line for line in service.anyone.post("/v1/chat/completions", json=body).text.split("\n") if line]

    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert len({chunk["id"] for chunk in chunks}) == 1


def test_llama_index_can_chat_with_it(service: Service, http: httpx.Client) -> None:
    from llama_index.core.llms import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    llm = OpenAILike(
        model="kennisbank",
        api_base=f"{service.url}/v1",
        api_key="anonymous",
        is_chat_model=True,
        max_retries=0,
        http_client=http,
    )
    messages = [ChatMessage(role="user", content=LEAVE_QUESTION)]

    whole = llm.chat(messages).message.content or ""
    *_, last = llm.stream_chat(messages)

    assert "26 weken" in whole
    assert last.message.content == whole
