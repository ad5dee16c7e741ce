"""Questions: an answer as one JSON object, or sentence by sentence as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from api.openapi_events import ANSWER_EXAMPLE, event_stream_content
from api.operations import Operations
from api.problems import problem_body
from api.questions import Answering, Ping, leaving_with
from api.request_context import language_of, request_id_of
from api.routes.serving import RequestOperations, lanes_of, problems
from api.wire import StreamProblem, to_json
from kb.errors import GeneratorInterrupted, KennisbankError
from kb.types import Answer, AskEvent, Done, Turn

router = APIRouter(tags=["questions"])

EVENT_STREAM = "text/event-stream"

AnswerId = Annotated[str, Path(description="As the answer shows it.")]


class Question(BaseModel):
    """A question. Without ``space`` it goes to every space that the caller may see."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "Hoeveel weken ouderschapsverlof krijg ik doorbetaald?", "space": "algemeen"}]},
    )

    question: str
    space: str | None = None
    history: list[Turn] = Field(default_factory=list, max_length=1_000)
    conversation_id: str | None = Field(None, max_length=100)


class Feedback(BaseModel):
    """A thumb, and why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"vote": "down", "reason": "De termijn is verouderd."}]})

    vote: Literal["up", "down"]
    reason: str | None = Field(None, max_length=2_000)


@router.post(
    "/v1/ask",
    response_model=Answer,
    summary="Ask a question",
    description="One JSON object, or with `Accept: text/event-stream` the events `retrieved`, `sentence` …, `done`; `error` when it "
    "goes wrong on the way. Leaving stops the model.",
    responses={
        **problems(404, 413, 429, 502, 504),
        200: {"description": "The answer.", "content": {"application/json": {"example": ANSWER_EXAMPLE}, **event_stream_content()}},
    },
)
async def ask(body: Question, request: Request, operations: RequestOperations) -> Any:
    """Answer a question."""
    answering = begin(body, request, operations)
    if wants_stream(request):
        return await stream(answering, request)
    return await whole(answering, request)


def begin(body: Question, request: Request, operations: Operations) -> Answering:
    """Start answering. Raises Busy."""
    return lanes_of(request).begin(
        lambda cancellation: operations.ask(
            body.question,
            space=body.space,
            history=body.history,
            conversation_id=body.conversation_id,
            cancellation=cancellation,
        )
    )


def wants_stream(request: Request) -> bool:
    """Whether the client asked for events."""
    return EVENT_STREAM in request.headers.get("accept", "")


async def whole(answering: Answering, request: Request) -> Answer:
    """The finished answer. Raises what the core raises."""
    async with leaving_with(request, answering):
        while (event := await answering.next_event()) is not None:
            if isinstance(event, Done):
                return event.answer
    raise GeneratorInterrupted


async def stream(answering: Answering, request: Request) -> Response:
    """The events. What goes wrong before the first is raised, so that the status tells."""
    async with leaving_with(request, answering):
        first = await answering.next_event()
    return EventStream(answering, _frames(answering, first, request))


class EventStream(StreamingResponse):
    """A stream that takes its answer along when it ends, however it ends."""

    media_type = EVENT_STREAM

    def __init__(self, answering: Answering, frames: AsyncIterator[bytes]) -> None:
        super().__init__(frames, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._answering = answering

    async def __call__(self, *args: Any) -> None:
        """Send it."""
        try:
            await super().__call__(*args)
        finally:
            self._answering.leave()


async def _frames(answering: Answering, first: AskEvent | None, request: Request) -> AsyncIterator[bytes]:
    async for item in answering.to_send(first):
        if isinstance(item, KennisbankError):
            yield _error_frame(item, request)
        elif isinstance(item, Ping):
            yield KEEPALIVE_COMMENT
        else:
            yield format_sse_event(event=item.type, data_str=to_json(item))


def _error_frame(error: KennisbankError, request: Request) -> bytes:
    problem = problem_body(error, language_of(request), request_id_of(request))
    return format_sse_event(event="error", data_str=to_json(StreamProblem(problem.code, problem.detail, problem.request_id)))


@router.post(
    "/v1/answers/{answer_id}/feedback",
    status_code=204,
    summary="Say whether an answer helped",
    description="A second thumb replaces the first.",
    responses=problems(404),
)
def give_feedback(answer_id: AnswerId, body: Feedback, operations: RequestOperations) -> None:
    """Record a thumb."""
    operations.give_feedback(answer_id, body.vote, body.reason)
