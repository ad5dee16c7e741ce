"""Bodies of `/v1/backups`."""

from __future__ import annotations

from dataclasses import dataclass

from api.backup_operations import BackupMade, BackupShown


@dataclass(frozen=True, slots=True)
class BackupOrder:
    """Where backups go: folders of the server, absolute (none: those of the settings). ``passphrase`` seals the key beside them."""

    folders: tuple[str, ...] = ()
    passphrase: str | None = None


@dataclass(frozen=True, slots=True)
class BackupsMade:
    """What was made, a backup for each folder."""

    backups: tuple[BackupMade, ...]


@dataclass(frozen=True, slots=True)
class BackupList:
    """The backups that exist, the oldest first."""

    backups: tuple[BackupShown, ...]


@dataclass(frozen=True, slots=True)
class BackupName:
    """A backup by its name, or by the path of its file on the server."""

    name: str
