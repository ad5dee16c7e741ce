"""`kb serve`."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.invocation import Invocation

if TYPE_CHECKING:
    from types import FrameType

GRACE_SECONDS = 5
"""How long answers that are being given may take to end."""

_BACKLOG = 128


def serve(
    invocation: Invocation,
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on. (default: server.host, 127.0.0.1)", show_default=False)
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one. (default: server.port, 8765)", show_default=False),
    ] = None,
) -> None:
    """Serve the chat page and the API on this machine, until Ctrl-C or SIGTERM."""
    settings = invocation.settings
    address = loopback_address(host if host is not None else settings.server.host)

    import uvicorn

    from api.app import create_app
    from api.bootstrap import open_kennisbank
    from kb.logs import configure_logs

    configure_logs(settings.log)
    with (
        _ending_on_sigterm(),
        open_kennisbank(settings, role="server") as kennisbank,
        listening_socket(address, port if port is not None else settings.server.port) as listener,
    ):
        url = url_of(listener)
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(kennisbank),
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        kennisbank.announce(url)
        if invocation.as_json:
            invocation.print_json({"url": url, "pid": os.getpid()})
        else:
            invocation.say(invocation.text("listening", url=url))
        server.run(sockets=[listener])


def loopback_address(host: str) -> str:
    """``host`` as an address of this machine alone. Raises ExposedAddress for any other."""
    from kb.errors import ExposedAddress

    if host.lower() == "localhost":
        return "127.0.0.1"
    try:
        address = ip_address(host.strip("[]"))
    except ValueError as error:
        raise ExposedAddress(host=host) from error
    if not address.is_loopback:
        raise ExposedAddress(host=host)
    return str(address)


def listening_socket(address: str, port: int) -> socket.socket:
    """A socket that listens on ``address``; who connects from now on is served once the server runs. Raises PortInUse."""
    from kb.errors import InvalidRequest, PortInUse

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host=address, port=port) from error
        raise InvalidRequest(reason=f"{address}:{port}: {error.strerror}") from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Where to open it."""
    address, port = listener.getsockname()[:2]
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


@contextmanager
def _ending_on_sigterm() -> Iterator[None]:
    """SIGTERM ends the block like a return, so that the data directory is closed. The server stops in its own time first, then
    raises the signal again, which arrives here."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
