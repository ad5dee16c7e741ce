"""An authority of one's own: what it signs is trusted for this server and for nobody else."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.local_authority import ServerCertificate, certificate_for, names_in, names_of_this_machine

NAMES = {"kb.school.example", "localhost", "127.0.0.1"}


@contextmanager
def speaking_tls(made: ServerCertificate) -> Iterator[int]:
    """A server with this certificate that greets one caller."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    with context.wrap_socket(connection, server_side=True) as speaking:
                        speaking.sendall(b"hello")
                except (ssl.SSLError, OSError):
                    return

        thread = threading.Thread(target=greet)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def hear(port: int, authority: Path, name: str) -> bytes:
    context = ssl.create_default_context(cafile=str(authority))
    with socket.create_connection(("127.0.0.1", port), 10) as plain, context.wrap_socket(plain, server_hostname=name) as speaking:
        return speaking.recv(5)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_whoever_trusts_the_authority_trusts_the_server_by_each_of_its_names(tmp_path: Path, name: str) -> None:
    made = certificate_for(tmp_path / "tls", NAMES)

    with speaking_tls(made) as port:
        assert hear(port, made.authority, name) == b"hello"


def test_nobody_else_is_trusted_by_it(tmp_path: Path) -> None:
    ours, theirs = certificate_for(tmp_path / "ours", NAMES), certificate_for(tmp_path / "theirs", NAMES)

    with speaking_tls(theirs) as port, pytest.raises(ssl.SSLCertVerificationError):
        hear(port, ours.authority, "localhost")


def test_a_stolen_authority_cannot_vouch_for_another_site(tmp_path: Path) -> None:
    made = certificate_for(tmp_path / "tls", NAMES)
    from api import local_authority

    key, authority = local_authority._authority(tmp_path / "tls", NAMES, datetime.now(UTC))
    stolen = ServerCertificate(tmp_path / "s.crt", tmp_path / "s.key", made.authority, "")
    local_authority._issue(stolen, {"bank.example"}, key, authority, datetime.now(UTC))

    with speaking_tls(stolen) as port, pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        hear(port, made.authority, "bank.example")


def test_it_is_made_once_and_the_servers_certificate_renewed_in_time(tmp_path: Path) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    first = certificate_for(tmp_path, NAMES, now)
    content = first.certificate.read_bytes()

    assert certificate_for(tmp_path, NAMES, now + timedelta(days=366)).certificate.read_bytes() == content
    later = certificate_for(tmp_path, NAMES, now + timedelta(days=368))

    assert later.fingerprint == first.fingerprint
    assert later.certificate.read_bytes() != content


def test_a_name_that_came_later_needs_a_new_authority_and_one_that_went_does_not(tmp_path: Path) -> None:
    first = certificate_for(tmp_path, NAMES)

    assert certificate_for(tmp_path, NAMES - {"kb.school.example"}).fingerprint == first.fingerprint
    more = certificate_for(tmp_path, NAMES | {"kennisbank.school.example"})

    assert more.fingerprint != first.fingerprint
    assert "kennisbank.school.example" in names_in(more.certificate)


def test_keys_are_private(tmp_path: Path) -> None:
    made = certificate_for(tmp_path / "tls", NAMES)

    for key in (made.key, tmp_path / "tls" / "authority.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert {"localhost", "127.0.0.1"} <= names_of_this_machine()
