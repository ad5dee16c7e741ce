"""What every request passes before a route sees it: an id, this machine's name, this site's origin, a bounded size; and the
headers that every response carries. Plain ASGI, so that streams pass through untouched.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from secrets import token_hex
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from api.problems import ForeignHost, ForeignOrigin, problem_response
from kb.errors import KennisbankError, TooLarge
from kb.logs import get_logger

JSON_BODY_BYTES = 1_000_000
"""Largest body of a request that is not an upload."""

UPLOAD_PATHS = frozenset({"/v1/documents"})

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_RESPONSE_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_log = get_logger(__name__)


class RequestTooLarge(HTTPException):
    """A body grew past its limit while it was read. (An HTTPException, because FastAPI lets only those out of its body parsing.)"""

    def __init__(self, error: TooLarge) -> None:
        super().__init__(error.status)
        self.__cause__ = error


class Guards:
    """The outermost middleware."""

    def __init__(self, app: ASGIApp, *, max_request_bytes: int, names: Collection[str] = ()) -> None:
        """``names``: what this server is called besides this machine's own names."""
        self._app = app
        self._max_request_bytes = max_request_bytes
        self._names = _LOOPBACK_NAMES | {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["kb.request_id"] = request_id = token_hex(8)
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in _RESPONSE_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        with bound_contextvars(request_id=request_id):
            try:
                refusal = self._refusal(scope)
                if refusal is not None:
                    if "expect" not in Headers(scope=scope):
                        await _pour_away(receive, self._limit(scope))
                    await problem_response(Request(scope), refusal)(scope, receive, send_with_headers)
                else:
                    await self._app(scope, self._bounded(scope, receive), send_with_headers)
            except Exception as error:  # The edge of the service: a bug becomes a problem without its text.
                _log.error("request_failed", exc_info=error)
                if not status:
                    await problem_response(Request(scope), KennisbankError())(scope, receive, send_with_headers)
                    return
                raise
            finally:
                route = getattr(scope.get("route"), "path", "other")
                elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
                _log.info("request", method=scope["method"], route=route, status=status, total_ms=elapsed_ms)

    def _refusal(self, scope: Scope) -> KennisbankError | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _host_name(host) not in self._names:
            return ForeignHost()
        if scope["method"] not in _SAFE_METHODS and not _same_origin(headers, host):
            return ForeignOrigin(action="cross_site")
        length = headers.get("content-length", "")
        limit = self._limit(scope)
        if length.isdecimal() and int(length) > limit:
            return _too_large(int(length), limit)
        return None

    def _limit(self, scope: Scope) -> int:
        return self._max_request_bytes if scope["path"] in UPLOAD_PATHS else min(JSON_BODY_BYTES, self._max_request_bytes)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        limit = self._limit(scope)
        seen = 0

        async def receive_within_limit() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > limit:
                    if message.get("more_body", False):
                        await _pour_away(receive, limit)
                    raise RequestTooLarge(_too_large(seen, limit))
            return message

        return receive_within_limit


async def _pour_away(receive: Receive, at_most_bytes: int) -> None:
    """Read on without keeping anything: a client that is still sending when the connection closes never sees why it was refused."""
    poured = 0
    while poured < at_most_bytes:
        message = await receive()
        poured += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return


def _too_large(size: int, limit: int) -> TooLarge:
    return TooLarge(size=size, limit=limit, setting="server.max_request_bytes")


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _same_origin(headers: Headers, host: str) -> bool:
    """Browsers send Origin with everything that changes state, other clients do not."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()
