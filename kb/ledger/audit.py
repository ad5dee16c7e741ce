"""The audit chain: who did what to which object, so linked that a row cannot be changed or taken out unseen.

A row's hash covers its own fields, a keyed commitment to the details, and the hash of the row before it. The details
themselves lie in a table of their own: erasing them leaves the chain valid, and without the key nobody can guess them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kb.ledger.tables import audit, audit_details, counters
from kb.ports import Clock

GENESIS = "sha256:" + "0" * 64


class AuditRows:
    """Appends to the chain and verifies it within one transaction."""

    def __init__(self, connection: Connection, clock: Clock, key: bytes) -> None:
        self._connection = connection
        self._clock = clock
        self._key = key

    def append(self, actor: str, action: str, object_id: str, details: Mapping[str, Any] | None = None) -> None:
        """Add a row. ``details`` may name people; nothing else of the row may."""
        taken = update(counters).where(counters.c.name == "audit").values(value=counters.c.value + 1).returning(counters.c.value)
        seq = int(self._connection.execute(taken).scalar_one())
        previous = self._connection.execute(select(audit.c.hash).where(audit.c.seq == seq - 1)).scalar() or GENESIS
        at = self._clock.now()
        commitment = self._commit(details or {})
        row_hash = _hash(seq, at.isoformat(), actor, action, object_id, commitment, previous)
        self._connection.execute(
            insert(audit).values(
                seq=seq, at=at, actor=actor, action=action, object_id=object_id, commitment=commitment, previous=previous, hash=row_hash
            )
        )
        if details:
            self._connection.execute(insert(audit_details).values(seq=seq, details=dict(details)))

    def first_broken(self) -> int | None:
        """The number of the first row that does not fit the chain, or whose kept details differ from what it committed to."""
        kept = {row.seq: row.details for row in self._connection.execute(select(audit_details))}
        previous, expected = GENESIS, 1
        for row in self._connection.execute(select(audit).order_by(audit.c.seq)):
            row_hash = _hash(row.seq, row.at.isoformat(), row.actor, row.action, row.object_id, row.commitment, row.previous)
            whole = row.seq == expected and row.previous == previous and row.hash == row_hash
            if not whole or (row.seq in kept and self._commit(kept[row.seq]) != row.commitment):
                return int(row.seq)
            previous, expected = row.hash, expected + 1
        written = self._connection.execute(select(counters.c.value).where(counters.c.name == "audit")).scalar_one()
        return None if written == expected - 1 else expected

    def _commit(self, details: Mapping[str, Any]) -> str:
        canonical = json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return "hmac-sha256:" + hmac.new(self._key, canonical.encode(), hashlib.sha256).hexdigest()


def _hash(*fields: object) -> str:
    canonical = json.dumps([str(field) for field in fields], ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
