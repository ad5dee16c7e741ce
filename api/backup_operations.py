"""What can be done with backups, whoever asks: in this process (``api.backup_in_process``) or through the server that owns the data
directory (``api.backup_client``). The owner's alone. A restore makes a new directory and needs neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A backup that was made. ``recovery_key`` is set the first time alone."""

    name: str
    path: str
    created_at: datetime
    expires_on: date
    bytes: int
    files: int
    recovery_key: str | None = None


@dataclass(frozen=True, slots=True)
class BackupShown:
    """A backup that is in the list."""

    name: str
    destination: str
    created_at: datetime
    expires_on: date
    size_bytes: int
    sha256: str
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class BackupVerified:
    """A backup that was read whole and is as its list says."""

    name: str
    files: int
    created_at: datetime
    expires_on: date
    bytes: int


class BackupOperations(Protocol):
    """Makes, lists and verifies backups. Each call asks for the right."""

    def create(self, folders: Sequence[Path] = (), passphrase: str | None = None) -> list[BackupMade]:
        """A backup in each of ``folders`` (absolute; none: those of the settings), beside work that goes on.

        Raises InvalidRequest where neither names a folder, BackupNotSupported, BackupInside, DiskFull, DirectoryReadOnly,
        JournalCopyFailed.
        """
        ...

    def all(self) -> list[BackupShown]:
        """Those that exist, the oldest first."""
        ...

    def verify(self, name: str) -> BackupVerified:
        """Read one whole, named or by its absolute path.

        Raises BackupNotFound, BackupKeyMissing, BackupKeyWrong, BackupUnreadable, BackupDamaged.
        """
        ...
