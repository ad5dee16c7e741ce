"""Where people open this Kennisbank, as far as a command can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.settings import Settings


def door_address(settings: Settings) -> str:
    """The address that links begin with: that of the running server, else what the settings say."""
    from api.bootstrap import running_server

    if settings.server.names:
        scheme = "https" if settings.server.tls_cert or settings.server.tls_local else "http"
        return f"{scheme}://{_with_port(settings.server.names[0], settings.server.port, scheme)}"
    server = running_server(settings)
    return server.url if server is not None else f"http://{_with_port('127.0.0.1', settings.server.port, 'http')}"


def _with_port(host: str, port: int, scheme: str) -> str:
    return host if port == (443 if scheme == "https" else 80) else f"{host}:{port}"
