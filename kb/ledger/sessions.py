"""Sessions in the ledger, under the hashes of what the cookies hold."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from kb.accounts.types import Session
from kb.ledger.account_tables import sessions
from kb.ports import Clock


class SessionRows:
    """Reads and writes sessions within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, session_id: str, person_id: str, method: str, expires_at: datetime) -> None:
        """Begin a session."""
        now = self._clock.now()
        self._connection.execute(
            insert(sessions).values(id=session_id, person_id=person_id, method=method, created_at=now, seen_at=now, expires_at=expires_at)
        )

    def one(self, session_id: str, idle: timedelta) -> Session | None:
        """The session, unless it has ended by age or by idling."""
        row = self._connection.execute(select(sessions).where(sessions.c.id == session_id)).first()
        now = self._clock.now()
        if row is None or now >= row.expires_at or now >= row.seen_at + idle:
            return None
        return Session(row.id, row.person_id, row.method, row.created_at, row.seen_at, row.expires_at)

    def touch(self, session_id: str) -> None:
        """It was used now."""
        self._connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=self._clock.now()))

    def end(self, session_id: str) -> None:
        """End one session."""
        self._connection.execute(delete(sessions).where(sessions.c.id == session_id))

    def end_all(self, person_id: str, *, but: str | None = None) -> None:
        """End every session of somebody, but the one that he is in."""
        of_person = delete(sessions).where(sessions.c.person_id == person_id)
        self._connection.execute(of_person if but is None else of_person.where(sessions.c.id != but))

    def sweep(self, idle: timedelta) -> None:
        """Remove those that have ended."""
        now = self._clock.now()
        self._connection.execute(delete(sessions).where(or_(sessions.c.expires_at <= now, sessions.c.seen_at <= now - idle)))
