"""The data directory and the secrets directory: what lies where, who owns them, and the lock that says so."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kb.errors import DirectoryLocked, DirectoryMissing, DirectoryReadOnly, DiskFull, KennisbankError, RestoredWithoutJournal

MARKER = "kennisbank.json"
_PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that owns a data directory, as it announced itself."""

    url: str
    token: str
    pid: int
    certificate: str | None = None
    """PEM, where it speaks TLS: commands on this machine know it by that, whoever signed it."""


class DataDirectory:
    """The paths below a data directory. Making one touches nothing; ``create`` and ``take`` do."""

    def __init__(self, path: Path, secrets_path: Path) -> None:
        self.path = path
        self.secrets = secrets_path
        self.ledger = path / "ledger.sqlite3"
        self.originals = path / "originals"
        self.indexes = path / "indexes"
        self.models = path / "models"
        self.temporary = path / "tmp"
        self.logs = path / "logs"
        self.cases = path / "cases"
        self.case_keys = secrets_path / "cases"
        self.dossiers = secrets_path / "dossiers"
        self.sealing_key = secrets_path / "backup.key"
        self.journal = secrets_path / "journal"
        self.report_key = secrets_path / "report.key"
        self.tls = secrets_path / "tls"
        self.restored_marker = path / "restored.json"
        """There while a restored directory is the data protection officer's alone."""
        self._lock_file = path / "lock"
        self._server_file = path / "server.json"
        self._token_file = path / "owner.token"
        self._audit_key_file = secrets_path / "audit.key"

    @property
    def exists(self) -> bool:
        """Whether ``create`` was here."""
        return (self.path / MARKER).is_file()

    def create(self) -> None:
        """Make what is missing; what is there stays. Raises DirectoryReadOnly, DiskFull."""
        with _explaining(self.path):
            for folder in (self.path, self.originals, self.indexes, self.models, self.temporary, self.logs, self.cases):
                folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        with _explaining(self.secrets):
            for folder in (self.secrets, self.case_keys):
                folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            _write_once(self._audit_key_file, secrets.token_hex(32))
        with _explaining(self.path):
            _write_once(self._token_file, secrets.token_urlsafe(32))
            _write_once(self.path / MARKER, json.dumps({"kind": "kennisbank data directory"}) + "\n")

    def take(self) -> Ownership:
        """Own the directory until the ownership is released. At once, or not at all.

        Raises DirectoryMissing, DirectoryLocked (which names the process), DirectoryReadOnly.
        """
        if not self.exists:
            raise DirectoryMissing(path=self.path)
        with _explaining(self.path):
            descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = self._owner_pid(descriptor)
            os.close(descriptor)
            raise DirectoryLocked(path=self.path, pid=pid or "?") from None
        with _explaining(self.path):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            self._server_file.unlink(missing_ok=True)
        return Ownership(self, descriptor)

    def running_server(self) -> RunningServer | None:
        """The server that owns the directory now and has said where it listens, if there is one."""
        if not self.exists or not self._server_file.is_file():
            return None
        try:
            descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            announced = json.loads(self._server_file.read_text())
            return RunningServer(announced["url"], self.owner_token(), announced["pid"], announced.get("certificate"))
        finally:
            os.close(descriptor)
        return None  # The lock was free: the file is left from a server that was killed.

    def announce(self, url: str, certificate: str | None = None) -> None:
        """Write where the server of this process listens, and by which certificate it is known."""
        draft = self._server_file.with_suffix(".new")
        draft.write_text(json.dumps({"url": url, "pid": os.getpid(), "host": socket.gethostname(), "certificate": certificate}))
        draft.chmod(0o600)
        draft.replace(self._server_file)

    def owner_token(self) -> str:
        """The token that makes its bearer the owner."""
        return self._token_file.read_text().strip()

    def audit_key(self) -> bytes:
        """The key of the audit chain's commitments."""
        return bytes.fromhex(self._audit_key_file.read_text().strip())

    def secret_key(self, name: Literal["suppression", "report"]) -> bytes:
        """32 random bytes of ``NAME.key`` in the secrets directory, made at their first use. Raises DirectoryReadOnly, DiskFull."""
        path = self.secrets / f"{name}.key"
        with _explaining(self.secrets):
            _write_once(path, secrets.token_hex(32))
        return bytes.fromhex(path.read_text().strip())

    def refuse_if_restored(self) -> None:
        """Raises RestoredWithoutJournal while a restored directory is the data protection officer's alone."""
        if self.restored_marker.exists():
            raise RestoredWithoutJournal

    def withdraw(self) -> None:
        """Take the announcement back."""
        self._server_file.unlink(missing_ok=True)

    def sweep_temporary(self) -> None:
        """Remove what an earlier process left in ``tmp/``. Only the owner may."""
        import shutil

        for left in self.temporary.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()

    def _owner_pid(self, descriptor: int) -> int | None:
        raw = os.pread(descriptor, 32, 0)
        return int(raw) if raw.isdigit() else None


class Ownership:
    """The lock on a data directory. It ends with ``release`` or with the process, however that ends."""

    def __init__(self, directory: DataDirectory, descriptor: int) -> None:
        self._directory = directory
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Give the directory free. Twice is allowed."""
        if self._descriptor is not None:
            self._directory.withdraw()
            os.close(self._descriptor)
            self._descriptor = None


class _explaining:  # noqa: N801 - reads as a clause: with _explaining(path)
    """Turns the system's refusals on ``path`` into errors that say what to do."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            meaning = explain(error, self._path)
            if meaning is not None:
                raise meaning from error


def explain(error: OSError, path: Path) -> KennisbankError | None:
    """What a system error on ``path`` means to a person; None when it says nothing of the directory."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return DirectoryReadOnly(path=path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path=path)
    return None


def _write_once(path: Path, content: str) -> None:
    """Write a private file unless it is there; whole or not at all."""
    if path.exists():
        return
    draft = path.with_name(path.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
