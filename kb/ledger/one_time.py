"""One-time codes in the ledger, under their hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, insert, select

from kb.errors import CodeNotValid
from kb.ledger.account_tables import one_time_codes
from kb.ports import Clock

Purpose = Literal["first_administrator", "set_password"]


class OneTimeRows:
    """Reads and writes one-time codes within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, code_hash: str, purpose: Purpose, person_id: str | None, expires_at: datetime) -> None:
        """Keep a code; an earlier one for the same door opens nothing any more."""
        same = one_time_codes.c.purpose == purpose, one_time_codes.c.person_id.is_not_distinct_from(person_id)
        self._connection.execute(delete(one_time_codes).where(*same))
        values = {"id": code_hash, "purpose": purpose, "person_id": person_id, "expires_at": expires_at}
        self._connection.execute(insert(one_time_codes).values(**values, created_at=self._clock.now()))

    def purpose(self, code_hash: str) -> tuple[Purpose, str | None]:
        """What a code opens, and for whom. Raises CodeNotValid for one that is unknown, used or too old."""
        row = self._connection.execute(select(one_time_codes).where(one_time_codes.c.id == code_hash)).first()
        if row is None or self._clock.now() >= row.expires_at:
            raise CodeNotValid
        return row.purpose, row.person_id

    def use(self, code_hash: str) -> None:
        """It opens nothing any more."""
        self._connection.execute(delete(one_time_codes).where(one_time_codes.c.id == code_hash))

    def sweep(self) -> None:
        """Remove those that are too old."""
        self._connection.execute(delete(one_time_codes).where(one_time_codes.c.expires_at <= self._clock.now()))
