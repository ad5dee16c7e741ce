"""The operations on backups over HTTP: the server makes them, beside everything else that it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from api.backup_operations import BackupMade, BackupShown, BackupVerified
from api.backup_wire import BackupList, BackupName, BackupOrder, BackupsMade
from api.wire import from_json, to_json

Send = Callable[..., httpx.Response]
"""Method, path and options to a response that is a success; raises the errors that the server names."""

_BASE = "/v1/backups"
_JSON = {"Content-Type": "application/json"}
_PATIENT = httpx.Timeout(None, connect=5.0)
"""Writing and reading a backup say nothing until they are done."""


class HttpBackups:
    """`api.backup_operations.BackupOperations` through ``send``."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def create(self, folders: Sequence[Path] = (), passphrase: str | None = None) -> list[BackupMade]:
        """See BackupOperations.create."""
        order = BackupOrder(tuple(str(folder) for folder in folders), passphrase)
        return list(from_json(BackupsMade, self._post(_BASE, order)).backups)

    def all(self) -> list[BackupShown]:
        """See BackupOperations.all."""
        return list(from_json(BackupList, self._send("GET", _BASE).content).backups)

    def verify(self, name: str) -> BackupVerified:
        """See BackupOperations.verify."""
        return from_json(BackupVerified, self._post(f"{_BASE}/verify", BackupName(name)))

    def _post(self, path: str, body: object) -> bytes:
        return self._send("POST", path, content=to_json(body), headers=_JSON, timeout=_PATIENT).content
