"""Errors on their way out: a KennisbankError or a request that does not fit becomes ``{"code", "detail", "request_id"}``.

A bug becomes one in `api.guards`; its text never leaves, because it may quote a document or a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.request_context import language_of, request_id_of
from api.wire import Problem, to_json
from kb.errors import InvalidRequest, KennisbankError, NotFound, NotPermitted, TooManyAttempts

OPENAI_PATHS = ("/v1/chat/", "/v1/models")
"""Below these paths errors have OpenAI's shape, so that its clients understand them."""


class Busy(KennisbankError):
    """Too many questions at once."""

    code, status = "busy", 429
    en = "{limit} questions are being answered already. Try again in {retry_after_seconds} seconds."
    nl = "Er worden al {limit} vragen beantwoord. Probeer het over {retry_after_seconds} seconden opnieuw."


class ForeignHost(InvalidRequest):
    """The Host header names another machine: a rebound DNS name, or a proxy that was not told."""

    code = "foreign_host"
    en = "This server does not answer to that name, only to this machine's own (localhost, 127.0.0.1 or [::1]) and those in server.names."
    nl = "Deze server luistert niet naar die naam, alleen naar die van deze machine (localhost, 127.0.0.1 of [::1]) en die in server.names."


class ForeignOrigin(NotPermitted):
    """A page of another site tries to change something."""

    code = "foreign_origin"
    en = "A page of another site may not do this."
    nl = "Een pagina van een andere site mag dit niet doen."


class PageTokenMissing(NotPermitted):
    """A change by cookie without what the session's own pages send along."""

    code = "page_token_missing"
    en = "This page is too old to change anything. Reload it and try again."
    nl = "Deze pagina is te oud om iets te wijzigen. Ververs hem en probeer het opnieuw."


class MethodNotAllowed(InvalidRequest):
    """The address exists, the method does not."""

    code, status = "method_not_allowed", 405
    en = "This address does not take that method."
    nl = "Dit adres kent die methode niet."


def problem_body(error: KennisbankError, language: str, request_id: str) -> Problem:
    """``error`` as the wire carries it."""
    return Problem(error.code, error.sentence(language), request_id)


def problem_response(request: Request, error: KennisbankError, headers: Mapping[str, str] | None = None) -> Response:
    """``error`` as a response, in the shape and language that the caller reads."""
    problem = problem_body(error, language_of(request), request_id_of(request))
    extra = dict(headers or {})
    if error.status == HTTPStatus.UNAUTHORIZED:
        extra["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Busy | TooManyAttempts):
        extra["Retry-After"] = str(error.params["retry_after_seconds"])
    if request.url.path.startswith(OPENAI_PATHS):
        return JSONResponse(openai_error(error, problem), status_code=error.status, headers=extra)
    return Response(to_json(problem), status_code=error.status, headers=extra, media_type="application/json")


def openai_error(error: KennisbankError, problem: Problem) -> dict[str, dict[str, str | None]]:
    """The error object that OpenAI's clients expect."""
    kinds = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
    kind = kinds.get(error.status, "invalid_request_error" if error.status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error")
    return {"error": {"message": problem.detail, "type": kind, "param": None, "code": problem.code, "request_id": problem.request_id}}


def install_problem_handlers(app: FastAPI) -> None:
    """Let ``app`` answer every error as a problem."""

    async def on_kennisbank_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, KennisbankError)
        return problem_response(request, error)

    async def on_validation_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem_response(request, InvalidRequest(reason=_explain(error.errors())))

    async def on_http_exception(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if isinstance(error.__cause__, KennisbankError):
            return problem_response(request, error.__cause__, error.headers)
        return problem_response(request, _from_http_exception(error), error.headers)

    app.add_exception_handler(KennisbankError, on_kennisbank_error)
    app.add_exception_handler(RequestValidationError, on_validation_error)
    app.add_exception_handler(HTTPException, on_http_exception)


def _explain(errors: Any) -> str:
    parts = []
    for item in errors:
        place = ".".join(str(part) for part in item["loc"] if part != "body") or "body"
        parts.append(f"{place}: {item['msg']}")
    return "; ".join(parts)


def _from_http_exception(error: HTTPException) -> KennisbankError:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return NotFound()
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed()
    return InvalidRequest(reason=str(error.detail))
