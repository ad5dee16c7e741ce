"""With which certificate HTTPS is served, and what the server is called by it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import CertificateUnusable

if TYPE_CHECKING:
    from kb.settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Tls:
    """A certificate and its key. ``authority`` and ``fingerprint`` are there where a local authority signed it."""

    certificate: Path
    key: Path
    names: frozenset[str]
    authority: Path | None = None
    fingerprint: str = ""

    @property
    def pem(self) -> str:
        """The certificate itself, for commands on this machine that know the server by it."""
        whole = self.certificate.read_text()
        end = "-----END CERTIFICATE-----"
        return whole[: whole.index(end) + len(end)] + "\n"


def tls_of(settings: ServerSettings, folder: Path, address: str) -> Tls | None:
    """What the settings ask for; None: plain HTTP. Raises CertificateUnusable."""
    if settings.tls_cert is not None or settings.tls_key is not None:
        return _given(settings)
    if not settings.tls_local:
        return None
    from ipaddress import ip_address

    from api.local_authority import certificate_for, names_of_this_machine

    named = {*settings.names, *names_of_this_machine()}
    if not ip_address(address).is_unspecified:
        named.add(address)
    made = certificate_for(folder, named)
    return Tls(made.certificate, made.key, frozenset(named), made.authority, made.fingerprint)


def _given(settings: ServerSettings) -> Tls:
    from api.local_authority import names_in

    certificate, key = settings.tls_cert, settings.tls_key
    if certificate is None or key is None:
        raise CertificateUnusable(reason="tls_cert + tls_key")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
        return Tls(certificate, key, frozenset(names_in(certificate)))
    except (OSError, ValueError) as error:
        raise CertificateUnusable(reason=f"{type(error).__name__}: {certificate}, {key}") from error
