"""`kb serve`."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
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
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", help="Certificate (PEM) to serve HTTPS with.", show_default=False)] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="Its private key (PEM).", show_default=False)] = None,
    tls_local: Annotated[bool, typer.Option("--tls-local", help="HTTPS by an authority of your own.", show_default=False)] = False,
) -> None:
    """Serve the chat page and the API, until Ctrl-C or SIGTERM. Beyond this machine only with accounts and over HTTPS."""
    settings = invocation.settings
    said = {"tls_cert": tls_cert, "tls_key": tls_key, "tls_local": tls_local or None}
    server_settings = settings.server.model_copy(update={name: value for name, value in said.items() if value is not None})
    wants_tls = bool(server_settings.tls_cert or server_settings.tls_key or server_settings.tls_local)
    asked_for = host if host is not None else settings.server.host
    address = numeric_address(asked_for) if wants_tls else loopback_address(asked_for)

    import uvicorn

    from api.app import create_app
    from api.bootstrap import open_kennisbank
    from api.tls import tls_of
    from kb.errors import ExposedWithoutAccounts
    from kb.logs import configure_logs

    configure_logs(settings.log)
    with (
        _ending_on_sigterm(),
        open_kennisbank(settings, role="server") as kennisbank,
        listening_socket(address, port if port is not None else settings.server.port) as listener,
    ):
        if not ip_address(address).is_loopback and not kennisbank.accounts.sign_in.has_accounts:
            raise ExposedWithoutAccounts(host=asked_for)
        tls = tls_of(server_settings, kennisbank.directory.tls, address)
        url = url_of(listener, "http" if tls is None else "https")
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(kennisbank, frozenset() if tls is None else tls.names),
                log_config=None,
                access_log=False,
                server_header=False,
                # What a proxy says of the browser is believed of named ones alone: api.proxies.
                proxy_headers=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=GRACE_SECONDS,
                ssl_certfile=None if tls is None else str(tls.certificate),
                ssl_keyfile=None if tls is None else str(tls.key),
            )
        )
        kennisbank.announce(url, None if tls is None else tls.pem)
        if tls is not None and tls.authority is not None:
            invocation.note(invocation.text("tls.trust", authority=tls.authority, fingerprint=tls.fingerprint))
        if invocation.as_json:
            invocation.print_json({"url": url, "pid": os.getpid()})
        else:
            invocation.say(invocation.text("listening", url=url))
        server.run(sockets=[listener])


def loopback_address(host: str) -> str:
    """``host`` as an address of this machine alone. Raises ExposedAddress for any other."""
    from kb.errors import ExposedAddress

    address = numeric_address(host)
    if not ip_address(address).is_loopback:
        raise ExposedAddress(host=host)
    return address


def numeric_address(host: str) -> str:
    """``host`` as an address to listen on; a name could lead anywhere. Raises ExposedAddress for anything else."""
    from kb.errors import ExposedAddress

    if host.lower() == "localhost":
        return "127.0.0.1"
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError as error:
        raise ExposedAddress(host=host) from error


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


def url_of(listener: socket.socket, scheme: str = "http") -> str:
    """Where to open it from this machine."""
    address, port = listener.getsockname()[:2]
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 - all addresses, of which loopback is one
    return f"{scheme}://[{address}]:{port}" if ":" in address else f"{scheme}://{address}:{port}"


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
