"""The session's cookie: out of reach of scripts and of other sites, and under TLS of other hosts and of plain HTTP."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

_NAME = "kb_session"


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the browser came by TLS."""
    return connection.url.scheme == "https"


def cookie_name(connection: HTTPConnection, name: str = _NAME) -> str:
    """``__Host-`` where browsers take it: under TLS."""
    return f"__Host-{name}" if is_secure(connection) else name


def session_secret(connection: HTTPConnection) -> str | None:
    """What the session's cookie holds."""
    return connection.cookies.get(cookie_name(connection)) or None


def set_session(response: Response, connection: HTTPConnection, secret: str) -> None:
    """Give the browser a session, until it is closed; the ledger says for how long it holds."""
    response.set_cookie(cookie_name(connection), secret, path="/", httponly=True, samesite="lax", secure=is_secure(connection))


def clear_session(response: Response, connection: HTTPConnection) -> None:
    """Take it back."""
    response.delete_cookie(cookie_name(connection), path="/", httponly=True, samesite="lax", secure=is_secure(connection))
