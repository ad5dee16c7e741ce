"""A real OpenLDAP server for tests, on loopback, with people and groups of a school."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ldap3 import NONE, Connection, Server

from api.local_authority import certificate_for

NOT_INSTALLED = "needs OpenLDAP's server (Debian: apt-get install slapd)"
BASE = "dc=school,dc=example"
ADMIN = f"cn=admin,{BASE}"
ADMIN_PASSWORD = "the password of the directory"
PASSWORDS = {"carol": "carols eigen wachtwoord", "dave": "daves eigen wachtwoord"}

_CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/slapd.pid
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
TLSCACertificateFile {authority}
require authc
database mdb
maxsize 10485760
suffix "{base}"
rootdn "{admin}"
rootpw "{password}"
directory {folder}/data
overlay memberof
"""


@dataclass(frozen=True)
class Slapd:
    """Where it listens, and by whom its certificate is signed."""

    plain: str
    tls: str
    authority: Path


def program() -> str | None:
    return shutil.which("slapd") or shutil.which("slapd", path="/usr/sbin")


@contextmanager
def running(slapd: str, folder: Path) -> Iterator[Slapd]:
    """The server, with its people in it, until the end of the block."""
    (folder / "data").mkdir(parents=True)
    made = certificate_for(folder / "tls", ["localhost", "127.0.0.1"])
    values = {"folder": folder, "base": BASE, "admin": ADMIN, "password": ADMIN_PASSWORD}
    files = {"certificate": made.certificate, "key": made.key, "authority": made.authority}
    (folder / "slapd.conf").write_text(_CONFIGURATION.format(**values, **files))
    server = Slapd(f"ldap://localhost:{_free_port()}", f"ldaps://localhost:{_free_port()}", made.authority)
    words = [slapd, "-f", str(folder / "slapd.conf"), "-h", f"{server.plain}/ {server.tls}/", "-d", "0"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _fill(_connected(server.plain, process))
        yield server
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _connected(url: str, process: subprocess.Popen[bytes]) -> Connection:
    host, _, port = url.removeprefix("ldap://").partition(":")
    until = time.monotonic() + 20
    while time.monotonic() < until:
        assert process.poll() is None, "slapd did not start"
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                return Connection(Server(f"ldap://{host}:{port}", get_info=NONE), ADMIN, ADMIN_PASSWORD, auto_bind=True)
        process.poll()
    raise AssertionError("slapd does not listen")


def _fill(directory: Connection) -> None:
    def add(dn: str, classes: list[str], **attributes: object) -> None:
        assert directory.add(f"{dn},{BASE}" if dn else BASE, classes, attributes), directory.result

    add("", ["dcObject", "organization"], dc="school", o="School")
    for unit in ("people", "groups"):
        add(f"ou={unit}", ["organizationalUnit"], ou=unit)
    for login, password in PASSWORDS.items():
        add(f"uid={login},ou=people", ["inetOrgPerson"], uid=login, cn=login.title(), sn="X", userPassword=password)
    add("cn=GG_Docenten,ou=groups", ["groupOfNames"], cn="GG_Docenten", member=[f"uid=carol,ou=people,{BASE}"])
    directory.unbind()
