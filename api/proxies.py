"""Reverse proxies that are named in the settings: what they say of the browser is believed, of nobody else."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

_PEER = "kb.peer"


class NamedProxies:
    """Puts the browser's own address and scheme in the place of the proxy's. Outside everything else."""

    def __init__(self, app: ASGIApp, *, addresses: Collection[str]) -> None:
        self._app = app
        self._addresses = frozenset(addresses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope.get("client"):
            scope[_PEER] = peer = scope["client"][0]
            if peer in self._addresses:
                headers = Headers(scope=scope)
                if headers.get("x-forwarded-proto", "").split(",")[-1].strip().lower() == "https":
                    scope["scheme"] = "https"
                # The last one is what our own proxy saw; what stands before it anybody could have sent.
                browser = headers.get("x-forwarded-for", "").split(",")[-1].strip()
                if browser:
                    scope["client"] = (browser, 0)
        await self._app(scope, receive, send)


def peer_of(connection: HTTPConnection) -> str:
    """The address that the connection itself comes from."""
    return str(connection.scope.get(_PEER, ""))


def browser_of(connection: HTTPConnection) -> str:
    """The address of whoever asks, as far as it is known: what attempts to sign in are counted by."""
    return connection.client.host if connection.client else ""
