"""The pages that people open: the chat, and a source to read. Both work without JavaScript; the chat is quicker with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.problems import problem_body
from api.request_context import LANGUAGE_COOKIE, language_of, request_id_of
from api.routes.ask import Question, begin, whole
from api.routes.serving import RequestOperations, served
from api.source_view import source_lines
from api.wire import Problem
from kb.errors import KennisbankError
from kb.types import Answer, Language, PassageRef, Turn

PAGES = Path(__file__).parent.parent / "pages"
ASSETS = PAGES / "assets"
LANGUAGES: tuple[Language, ...] = ("nl", "en")

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A question on the page with its answer, or with an earlier answer's text."""

    question: str
    answer: Answer | None
    text: str = ""


@cache
def page_texts(language: Language) -> dict[str, str]:
    """Every string of the pages in one language."""
    texts: dict[str, str] = json.loads((ASSETS / "texts" / f"{language}.json").read_text("utf-8"))
    return texts


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES), autoescape=select_autoescape(default=True), undefined=StrictUndefined, trim_blocks=False
    )
    environment.globals["nearest"] = _once_each
    return environment


@router.get("/")
def chat_page(request: Request, operations: RequestOperations, lang: Annotated[Language | None, Query()] = None) -> Response:
    """The chat; with ``lang`` the choice of language is kept first."""
    if lang is not None:
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(LANGUAGE_COOKIE, lang, max_age=31_536_000, samesite="strict")
        return response
    return _chat(request, operations)


@router.post("/")
async def ask_on_page(
    request: Request,
    operations: RequestOperations,
    question: Annotated[str, Form()] = "",
    space: Annotated[str, Form()] = "",
    conversation_id: Annotated[str, Form(max_length=100)] = "",
    earlier_question: Annotated[list[str], Form()] = [],  # noqa: B006
    earlier_answer: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:
    """The chat with an answer, for a browser that runs no scripts."""
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
    version: Annotated[int | None, Query(ge=1)] = None,
    start: Annotated[int, Query(ge=0)] = 0,
    end: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """A document as it was read, with the quote marked."""
    try:
        document = operations.document_text(document_id, version)
    except KennisbankError as error:
        problem = problem_body(error, language_of(request), request_id_of(request))
        return _page("source.html", request, error.status, problem=problem)
    lines = source_lines(document, start, end)
    return _page("source.html", request, document=document.document, version=document.version, lines=lines, problem=None)


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
    return _page(
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
        names={language: page_texts(language)["language.name"] for language in LANGUAGES},
    )


def _page(template: str, request: Request, status: int = 200, **values: Any) -> Response:
    language = language_of(request)
    organisation = served(request).settings.organisation
    html = _environment().get_template(template).render(language=language, texts=page_texts(language), organisation=organisation, **values)
    return HTMLResponse(html, status_code=status, headers={"Vary": "Accept-Language, Cookie"})


def _once_each(passages: Iterable[PassageRef]) -> list[PassageRef]:
    return list({(passage.document_id, passage.section, passage.page): passage for passage in reversed(list(passages))}.values())[::-1]
