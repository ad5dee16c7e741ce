"""OpenAI's chat interface, so that existing chat clients work.

The last user message is the question and what stands before it the history. Which model is named chooses the space: ``kennisbank``
asks every space, ``kennisbank/<space>`` one. Citations stand as numbered footnotes in the text, and the whole answer in the
extra field ``kennisbank``. System messages, tools and sampling parameters are read over: the task is bounded.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel, ConfigDict, Field

from api.footnotes import footnotes, marked_sentence, marked_text
from api.problems import openai_error, problem_body
from api.questions import Answering, Ping, leaving_with
from api.request_context import language_of, request_id_of
from api.routes.ask import EventStream, Question, begin, whole
from api.routes.serving import RequestOperations
from api.wire import to_json
from kb.errors import EmptyQuestion, InvalidRequest, KennisbankError, NotFound
from kb.types import Answer, AskEvent, Done, SentenceProven, Turn

router = APIRouter(prefix="/v1", tags=["openai"])

MODEL = "kennisbank"


class UnknownModel(NotFound):
    """A model that is not offered here."""

    code = "model_not_found"
    en = "There is no model of that name. GET /v1/models lists them."
    nl = "Er is geen model met die naam. GET /v1/models noemt ze."


class TextPart(BaseModel):
    """A piece of a message."""

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """A message of the conversation."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None

    def plain_text(self) -> str:
        """Its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class ChatRequest(BaseModel):
    """OpenAI's chat completion request, as far as it means something here."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"examples": [{"model": MODEL, "messages": [{"role": "user", "content": "Wanneer is de schoolvakantie?"}]}]},
    )

    model: str
    messages: list[ChatMessage] = Field(min_length=1, max_length=1_000)
    stream: bool = False
    n: int = 1


class OpenAIError(BaseModel):
    """OpenAI's error object."""

    message: str
    type: str
    param: str | None
    code: str
    request_id: str


class OpenAIProblem(BaseModel):
    """An error as OpenAI's clients read it."""

    error: OpenAIError


class Model(BaseModel):
    """A model that can be named in a request."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["kennisbank"] = "kennisbank"


class ModelList(BaseModel):
    """The models."""

    object: Literal["list"] = "list"
    data: list[Model]


class ReplyMessage(BaseModel):
    """The answer as a message."""

    role: Literal["assistant"] = "assistant"
    content: str


class Choice(BaseModel):
    """The one choice."""

    index: Literal[0] = 0
    message: ReplyMessage
    finish_reason: Literal["stop"] = "stop"


class ChatCompletion(BaseModel):
    """OpenAI's chat completion. ``kennisbank`` is the whole answer with its citations."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    kennisbank: Answer


_ERRORS: dict[int | str, dict[str, Any]] = {
    "default": {"model": OpenAIProblem, "description": "An error in OpenAI's shape; the codes are those of the other routes."}
}


@router.get("/models", summary="List the models (OpenAI)", responses=_ERRORS)
def list_models(operations: RequestOperations) -> ModelList:
    """``kennisbank`` for all spaces, and one model per space."""
    spaces = operations.spaces()
    first = min((int(space.created_at.timestamp()) for space in spaces), default=0)
    per_space = [Model(id=f"{MODEL}/{space.name}", created=int(space.created_at.timestamp())) for space in spaces]
    return ModelList(data=[Model(id=MODEL, created=first), *per_space])


@router.post(
    "/chat/completions",
    response_model=ChatCompletion,
    summary="Ask a question (OpenAI)",
    description="With `stream` the answer comes as `chat.completion.chunk` events, closed by `[DONE]`.",
    responses={
        **_ERRORS,
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "The completion, or its chunks."},
    },
)
async def complete(body: ChatRequest, request: Request, operations: RequestOperations) -> Any:
    """Answer the last user message."""
    if body.n != 1:
        raise InvalidRequest(reason="n: only one choice is given")
    answering = begin(_question(body), request, operations)
    if not body.stream:
        answer = await whole(answering, request)
        text = _content(answer)
        return ChatCompletion(
            id=f"chatcmpl-{answer.answer_id}",
            created=int(time.time()),
            model=body.model,
            choices=[Choice(message=ReplyMessage(content=text))],
            kennisbank=answer,
        )
    async with leaving_with(request, answering):
        first = await answering.next_event()
    return _stream(answering, first, request, body.model)


def _stream(answering: Answering, first: AskEvent | None, request: Request, model: str) -> Response:
    return EventStream(answering, _chunks(answering, first, request, model))


def _question(body: ChatRequest) -> Question:
    if body.model != MODEL and not body.model.startswith(f"{MODEL}/"):
        raise UnknownModel
    space = body.model.removeprefix(MODEL).removeprefix("/") or None
    last = max((place for place, message in enumerate(body.messages) if message.role == "user"), default=None)
    if last is None:
        raise EmptyQuestion
    history = [
        Turn("user" if message.role == "user" else "assistant", message.plain_text())
        for message in body.messages[:last]
        if message.role in ("user", "assistant") and message.plain_text()
    ]
    return Question(question=body.messages[last].plain_text(), space=space, history=history)


def _content(answer: Answer) -> str:
    notes = footnotes(answer, answer.language)
    return f"{marked_text(answer)}\n\n{notes}" if notes else marked_text(answer)


async def _chunks(answering: Answering, first: AskEvent | None, request: Request, model: str) -> AsyncIterator[bytes]:
    head = {"id": f"chatcmpl-{request_id_of(request)}", "object": "chat.completion.chunk", "created": int(time.time()), "model": model}

    def chunk(delta: dict[str, str], finish_reason: str | None = None, **extra: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return format_sse_event(data_str=json.dumps({**head, "choices": [choice], **extra}, ensure_ascii=False))

    yield chunk({"role": "assistant", "content": ""})
    shown = 0
    async for item in answering.to_send(first):
        if isinstance(item, KennisbankError):
            yield _error_chunk(item, request)
            return
        if isinstance(item, Ping):
            yield KEEPALIVE_COMMENT
        elif isinstance(item, SentenceProven):
            yield chunk({"content": (" " if shown else "") + marked_sentence(item.sentence)})
            shown += 1
        elif isinstance(item, Done):
            rest = _content(item.answer)
            if shown:
                rest = rest[len(marked_text(item.answer)) :]
            if rest:
                yield chunk({"content": rest})
            yield chunk({}, "stop", kennisbank=json.loads(to_json(item.answer)))
    yield format_sse_event(data_str="[DONE]")


def _error_chunk(error: KennisbankError, request: Request) -> bytes:
    problem = problem_body(error, language_of(request), request_id_of(request))
    return format_sse_event(data_str=json.dumps(openai_error(error, problem), ensure_ascii=False))
