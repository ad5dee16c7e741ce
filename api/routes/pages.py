"""The pages that people open: the chat, and a source to read. Both work without JavaScript; the chat is quicker with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.auth import RequestActor
from api.page_rendering import ASSETS, LANGUAGES, PAGES, page, page_texts
from api.problems import problem_body
from api.request_context import LANGUAGE_COOKIE, language_of, request_id_of
from api.routes.ask import Question, begin, whole
from api.routes.serving import RequestOperations, served
from api.source_view import source_lines
from api.wire import Problem
from kb.authorise import NOBODY
from kb.errors import KennisbankError
from kb.types import Answer, Language, Turn

__all__ = ["ASSETS", "LANGUAGES", "PAGES", "page_texts", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A question on the page with its answer, or with an earlier answer's text."""

    question: str
    answer: Answer | None
    text: str = ""


def to_sign_in(request: Request) -> Response:
    """Nobody is signed in: there, and back to where he was going. The same for an address that is there and one that is not."""
    where = request.url.path if request.method == "GET" else "/"
    query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
    return RedirectResponse(f"/sign-in?next={quote(where + query, safe='/')}", status_code=303)


@router.get("/")
def chat_page(
    request: Request, operations: RequestOperations, actor: RequestActor, lang: Annotated[Language | None, Query()] = None
) -> Response:
    """The chat; with ``lang`` the choice of language is kept first."""
    if lang is not None:
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(LANGUAGE_COOKIE, lang, max_age=31_536_000, samesite="strict")
        return response
    return to_sign_in(request) if actor == NOBODY else _chat(request, operations)


@router.post("/")
async def ask_on_page(
    request: Request,
    operations: RequestOperations,
    actor: RequestActor,
    question: Annotated[str, Form()] = "",
    space: Annotated[str, Form()] = "",
    conversation_id: Annotated[str, Form(max_length=100)] = "",
    earlier_question: Annotated[list[str], Form()] = [],  # noqa: B006
    earlier_answer: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:
    """The chat with an answer, for a browser that runs no scripts."""
    if actor == NOBODY:
        return to_sign_in(request)
    earlier = [ShownTurn(asked, None, answered) for asked, answered in zip(earlier_question, earlier_answer, strict=False)]
    history = [turn for shown in earlier for turn in (Turn("user", shown.question), Turn("assistant", shown.text))]
    body = Question(question=question, space=space or None, history=history, conversation_id=conversation_id or None)
    try:
        answer = await whole(begin(body, request, operations), request)
    except KennisbankError as error:
        problem = problem_body(error, language_of(request), request_id_of(request))
        return await run_in_threadpool(_chat, request, operations, earlier, problem, error.status, conversation_id, space, question)
    turns = [*earlier, ShownTurn(question, answer)]
    return await run_in_threadpool(_chat, request, operations, turns, conversation_id=answer.conversation_id, space=space)


@router.get("/documents/{document_id}")
def source_page(
    document_id: str,
    request: Request,
    operations: RequestOperations,
    actor: RequestActor,
    version: Annotated[int | None, Query(ge=1)] = None,
    start: Annotated[int, Query(ge=0)] = 0,
    end: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """A document as it was read, with the quote marked."""
    if actor == NOBODY:
        return to_sign_in(request)
    try:
        document = operations.document_text(document_id, version)
    except KennisbankError as error:
        problem = problem_body(error, language_of(request), request_id_of(request))
        return page("source.html", request, error.status, problem=problem)
    lines = source_lines(document, start, end)
    return page("source.html", request, document=document.document, version=document.version, lines=lines, problem=None)


def _chat(
    request: Request,
    operations: RequestOperations,
    turns: Iterable[ShownTurn] = (),
    problem: Problem | None = None,
    status: int = 200,
    conversation_id: str | None = None,
    space: str = "",
    unanswered: str = "",
) -> Response:
    settings = served(request).settings
    return page(
        "chat.html",
        request,
        status,
        turns=list(turns),
        problem=problem,
        spaces=operations.spaces(),
        space=space,
        unanswered=unanswered,
        conversation_id=conversation_id,
        purpose=settings.purpose,
        question_characters=settings.limits.question_characters,
    )
