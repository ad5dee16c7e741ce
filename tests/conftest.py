"""What every test stands on: no network, no text left behind, the same settings whatever the machine's environment."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from ingest.sandbox import SandboxedParser
from kb.settings import SandboxSettings
from tests import postgresql_server as postgresql

# Before any import of a dependency: as the composition root does it, tests call nobody either.
os.environ.update({"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "true", "ANONYMIZED_TELEMETRY": "False", "SCARF_NO_ANALYTICS": "true"})
for _name in [name for name in os.environ if name.startswith("KB_") and not name.startswith("KB_TEST_")]:
    del os.environ[_name]

# A shell that runs the tests in the background has them ignore Ctrl-C, and every process they start inherits that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class NetworkUsed(AssertionError):
    """A test, or a dependency in it, tried to leave the machine."""


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections beyond loopback and look-ups of other names fail the test, even where a dependency swallows the error."""
    attempts: list[str] = []
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def checked(address: Any) -> None:
        if isinstance(address, tuple) and str(address[0]) not in _LOOPBACK:
            attempts.append(str(address[0]))
            raise NetworkUsed(address[0])

    def guarded_connect(self: socket.socket, address: Any) -> None:
        checked(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        checked(address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host is not None and (host.decode() if isinstance(host, bytes) else str(host)) not in {*_LOOPBACK, "0.0.0.0", "::"}:
            attempts.append(str(host))
            raise socket.gaierror(socket.EAI_NONAME, "no network in tests")
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
    yield
    assert attempts == [], f"tried to reach {attempts}"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server. Where it is not installed the test is skipped, which CI does not accept."""
    programs = postgresql.binaries()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail(postgresql.NOT_INSTALLED)
        pytest.skip(postgresql.NOT_INSTALLED)
    with postgresql.running(programs) as url:
        yield url


class _KeptOpen(SandboxedParser):
    """One sandbox for all tests of a process: loading the readers takes seconds. What closes a Kennisbank leaves it open."""

    def close(self) -> None:
        """Not yet."""

    def close_at_last(self) -> None:
        super().close()


@pytest.fixture(scope="session")
def _sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxedParser]:
    sandbox = _KeptOpen(SandboxSettings(), tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.close_at_last()


@pytest.fixture(autouse=True)
def _one_sandbox(_sandbox: SandboxedParser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.bootstrap.Kennisbank.parser", property(lambda kennisbank: _sandbox))
