"""Which backups there are, in the ledger: an erasure must be able to name each that still holds what it erased."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kb.ledger.tables import backups
from kb.ports import Clock


@dataclass(frozen=True, slots=True)
class BackupRow:
    """One backup. ``destination`` is the folder that it was written to; ``sha256`` that of the encrypted file."""

    backup_id: str
    name: str
    destination: str
    created_at: datetime
    expires_on: date
    size_bytes: int
    sha256: str
    verified_at: datetime | None
    removed_at: datetime | None


class BackupRows:
    """Reads and writes backups within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, name: str, destination: str, created_at: datetime, expires_on: date, size_bytes: int, sha256: str) -> str:
        """Write down a backup that is whole, and give its id."""
        backup_id = uuid.uuid4().hex
        values = {"destination": destination, "created_at": created_at, "expires_on": expires_on, "size_bytes": size_bytes}
        self._connection.execute(insert(backups).values(id=backup_id, name=name, sha256=sha256, **values))
        return backup_id

    def existing(self) -> list[BackupRow]:
        """Those whose files were not removed, oldest first; also expired ones, until they are."""
        return [BackupRow(*row) for row in self._connection.execute(_rows().where(backups.c.removed_at.is_(None)))]

    def named(self, name: str) -> BackupRow | None:
        """The backup of this name, None where this ledger knows none."""
        row = self._connection.execute(_rows().where(backups.c.name == name)).first()
        return None if row is None else BackupRow(*row)

    def verified(self, backup_id: str) -> None:
        """It was read whole just now."""
        self._connection.execute(update(backups).where(backups.c.id == backup_id).values(verified_at=self._clock.now()))

    def removed(self, backup_id: str) -> None:
        """Its file is gone."""
        self._connection.execute(update(backups).where(backups.c.id == backup_id).values(removed_at=self._clock.now()))


def _rows() -> Any:
    columns = backups.c
    return select(
        columns.id,
        columns.name,
        columns.destination,
        columns.created_at,
        columns.expires_on,
        columns.size_bytes,
        columns.sha256,
        columns.verified_at,
        columns.removed_at,
    ).order_by(columns.created_at, columns.id)
