"""Failed attempts to sign in, under keyed hashes: a restart does not forget them, and nobody can read whose they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from kb.ledger.account_tables import sign_in_attempts
from kb.ports import Clock


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often it went wrong, and when last."""

    failures: int
    last_at: datetime


class AttemptRows:
    """Reads and writes attempts within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def of(self, bucket: str) -> Attempts | None:
        """The failures of a bucket, if there were any."""
        row = self._connection.execute(select(sign_in_attempts).where(sign_in_attempts.c.bucket == bucket)).first()
        return None if row is None else Attempts(row.failures, row.last_at)

    def failed(self, bucket: str) -> None:
        """It went wrong once more."""
        row, now = sign_in_attempts.c, self._clock.now()
        counted = update(sign_in_attempts).where(row.bucket == bucket).values(failures=row.failures + 1, last_at=now)
        if self._connection.execute(counted).rowcount == 0:
            self._connection.execute(insert(sign_in_attempts).values(bucket=bucket, failures=1, last_at=now))

    def take_back(self, bucket: str) -> None:
        """One of them went well after all; the others stay counted."""
        row = sign_in_attempts.c
        self._connection.execute(update(sign_in_attempts).where(row.bucket == bucket).values(failures=row.failures - 1))

    def forget(self, bucket: str) -> None:
        """It went well."""
        self._connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.bucket == bucket))

    def sweep(self, older_than: timedelta) -> None:
        """Forget what was long ago."""
        self._connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.last_at <= self._clock.now() - older_than))
