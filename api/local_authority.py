"""An authority of one's own for HTTPS on a network without internet: a key that signs nothing but this server's certificate.

The authority holds for ten years and is constrained to the names and private networks of this server, so that whoever steals its
key cannot pretend to be anybody else to those who trust it. The server's certificate is renewed by itself.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_AUTHORITY_DAYS = 3_650
_SERVER_DAYS = 397
"""Browsers take no longer."""

_RENEW_BEFORE = timedelta(days=30)
_SIOCGIFADDR = 0x8915
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10", "::1/128")


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """What HTTPS is served with. ``fingerprint`` is the authority's SHA-256, as devices show it."""

    certificate: Path
    key: Path
    authority: Path
    fingerprint: str


def certificate_for(folder: Path, names: Collection[str], now: datetime | None = None) -> ServerCertificate:
    """A certificate for these names and addresses, made or renewed where it is needed; ``folder`` is private.

    An authority that was made for other names is made anew, and has to be trusted anew.
    """
    now = now or datetime.now(UTC)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = {name.lower() for name in names}
    files = ServerCertificate(folder / "server.crt", folder / "server.key", folder / "authority.crt", "")
    authority_key, authority = _authority(folder, wanted, now)
    if not _still_good(files, wanted, authority, now):
        _issue(files, wanted, authority_key, authority, now)
    fingerprint = authority.fingerprint(hashes.SHA256()).hex(":").upper()
    return ServerCertificate(files.certificate, files.key, files.authority, fingerprint)


def names_in(certificate: Path) -> set[str]:
    """The names and addresses that a certificate (PEM) is for; those with a star are left out."""
    parsed = x509.load_pem_x509_certificate(certificate.read_bytes())
    try:
        said = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    named = {name.lower() for name in said.get_values_for_type(x509.DNSName) if "*" not in name}
    return named | {str(address) for address in said.get_values_for_type(x509.IPAddress)}


def names_of_this_machine() -> set[str]:
    """What others on its network call this machine: its name and the addresses of its interfaces. Nobody is asked for them."""
    name = socket.gethostname().lower()
    return {name, f"{name.partition('.')[0]}.local", "localhost", "127.0.0.1", "::1"} | _interface_addresses()


def _interface_addresses() -> set[str]:
    """IPv4 addresses, where the system tells them (Linux); elsewhere server.names says what is needed."""
    found = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for _, interface in socket.if_nameindex():
            try:
                told = fcntl.ioctl(any_socket.fileno(), _SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
            except OSError:
                continue  # an interface without an address
            found.add(socket.inet_ntoa(told[20:24]))
    return found


def _authority(folder: Path, wanted: set[str], now: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key_file, file = folder / "authority.key", folder / "authority.crt"
    if key_file.is_file() and file.is_file():
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        there = x509.load_pem_x509_certificate(file.read_bytes())
        permitted = there.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
        covered = _covered(permitted, wanted)
        if isinstance(key, ec.EllipticCurvePrivateKey) and covered and now < there.not_valid_after_utc - _RENEW_BEFORE:
            return key, there
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Kennisbank {now:%Y-%m-%d}")])
    permitted_names = [x509.DNSName(one) for one in sorted(_dns(wanted))]
    networks = {ip_network(one) for one in _PRIVATE} | {ip_network(one) for one in wanted - _dns(wanted)}
    permitted_networks = [x509.IPAddress(one) for one in sorted(networks, key=str)]
    made = (
        _certificate(name, name, key.public_key(), now, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(x509.NameConstraints([*permitted_names, *permitted_networks], None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _pem(key))
    _write(file, made.public_bytes(serialization.Encoding.PEM), mode=0o644)
    return key, made


def _covered(permitted: Collection[x509.GeneralName], wanted: set[str]) -> bool:
    names = {one.value for one in permitted if isinstance(one, x509.DNSName)}
    networks = [one.value for one in permitted if isinstance(one, x509.IPAddress)]
    addresses = {ip_address(one) for one in wanted - _dns(wanted)}
    within = (any(isinstance(net, IPv4Network | IPv6Network) and address in net for net in networks) for address in addresses)
    return _dns(wanted) <= names and all(within)


def _issue(
    files: ServerCertificate, wanted: set[str], authority_key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, now: datetime
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    named = [x509.DNSName(one) for one in sorted(_dns(wanted))]
    addresses = [x509.IPAddress(ip_address(one)) for one in sorted(wanted - _dns(wanted))]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kennisbank")])
    made = (
        _certificate(subject, authority.subject, key.public_key(), now, _SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([*named, *addresses]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write(files.key, _pem(key))
    _write(files.certificate, made.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _still_good(files: ServerCertificate, wanted: set[str], authority: x509.Certificate, now: datetime) -> bool:
    if not (files.certificate.is_file() and files.key.is_file()):
        return False
    there = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    signed = there.issuer == authority.subject and now < there.not_valid_after_utc - _RENEW_BEFORE
    return signed and wanted <= names_in(files.certificate)


def _certificate(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, sign: bool) -> x509.KeyUsage:
    off = {"content_commitment": False, "key_encipherment": False, "data_encipherment": False, "key_agreement": False}
    return x509.KeyUsage(digital_signature=not sign, key_cert_sign=sign, crl_sign=sign, encipher_only=False, decipher_only=False, **off)


def _dns(names: set[str]) -> set[str]:
    return {name for name in names if not _is_address(name)}


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    draft = path.with_name(path.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
