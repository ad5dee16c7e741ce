"""The audit chain: who did what to which object, so linked that a row cannot be changed or taken out unseen.

A row's hash covers its own fields, a keyed commitment to the details, and the hash of the row before it. The details
themselves lie in a table of their own: erasing them leaves the chain valid, and without the key nobody can guess them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from kb.ledger.tables import audit, audit_details, counters
from kb.ports import Clock

_REDACTED = "~redacted"
"""In details that were redacted: a keyed commitment to what is left of them, for the one in the chain is to what they were."""

GENESIS = "sha256:" + "0" * 64


class AuditRows:
    """Appends to the chain and verifies it within one transaction."""

    def __init__(self, connection: Connection, clock: Clock, key: bytes) -> None:
        self._connection = connection
        self._clock = clock
        self._key = key

    def append(self, actor: str, action: str, object_id: str, details: Mapping[str, Any] | None = None) -> None:
        """Add a row. ``details`` may name people; nothing else of the row may."""
        self.append_all(actor, action, [object_id], details)

    def append_all(self, actor: str, action: str, object_ids: Sequence[str], details: Mapping[str, Any] | None = None) -> None:
        """Add a row for each object, in this order, each with the same ``details``."""
        if not object_ids:
            return
        last = int(self._connection.execute(_TAKE, {"many": len(object_ids)}).scalar_one())
        first = last - len(object_ids) + 1
        previous = self._connection.execute(_HASH_OF, {"row": first - 1}).scalar() or GENESIS
        at = self._clock.now()
        commitment = self._commit(details or {})
        rows: list[dict[str, Any]] = []
        for seq, object_id in enumerate(object_ids, start=first):
            row_hash = _hash(seq, at.isoformat(), actor, action, object_id, commitment, previous)
            rows.append(
                {
                    "seq": seq,
                    "at": at,
                    "actor": actor,
                    "action": action,
                    "object_id": object_id,
                    "commitment": commitment,
                    "previous": previous,
                    "hash": row_hash,
                }
            )
            previous = row_hash
        self._connection.execute(insert(audit), rows)
        if details:
            self._connection.execute(insert(audit_details), [{"seq": row["seq"], "details": dict(details)} for row in rows])

    def actions(self) -> list[str]:
        """What was done, oldest first."""
        return list(self._connection.execute(select(audit.c.action).order_by(audit.c.seq)).scalars())

    def forget_details(self) -> None:
        """Drop the details of every row; the chain itself stays as it is."""
        self._connection.execute(delete(audit_details))

    def first_broken(self) -> int | None:
        """The number of the first row that does not fit the chain, or whose kept details differ from what it committed to."""
        kept = {row.seq: row.details for row in self._connection.execute(select(audit_details))}
        previous, expected = GENESIS, 1
        for row in self._connection.execute(select(audit).order_by(audit.c.seq)):
            row_hash = _hash(row.seq, row.at.isoformat(), row.actor, row.action, row.object_id, row.commitment, row.previous)
            whole = row.seq == expected and row.previous == previous and row.hash == row_hash
            if not whole or (row.seq in kept and not self._fits(row.seq, kept[row.seq], row.commitment)):
                return int(row.seq)
            previous, expected = row.hash, expected + 1
        written = self._connection.execute(select(counters.c.value).where(counters.c.name == "audit")).scalar_one()
        return None if written == expected - 1 else expected

    def seal_redacted(self, seq: int) -> None:
        """Commit to the details of row ``seq`` as they are now that they were redacted. The chain itself does not change."""
        details = self._connection.execute(select(audit_details.c.details).where(audit_details.c.seq == seq)).scalar_one()
        left = {key: value for key, value in details.items() if key != _REDACTED}
        sealed = {**left, _REDACTED: self._commit({"seq": seq, "left": left})}
        self._connection.execute(update(audit_details).where(audit_details.c.seq == seq).values(details=sealed))

    def _fits(self, seq: int, details: Mapping[str, Any], commitment: str) -> bool:
        left = {key: value for key, value in details.items() if key != _REDACTED}
        if len(left) == len(details):
            return self._commit(details) == commitment
        return bool(details[_REDACTED] == self._commit({"seq": seq, "left": left}))

    def _commit(self, details: Mapping[str, Any]) -> str:
        canonical = json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return "hmac-sha256:" + hmac.new(self._key, canonical.encode(), hashlib.sha256).hexdigest()


_TAKE = update(counters).where(counters.c.name == "audit").values(value=counters.c.value + bindparam("many")).returning(counters.c.value)
_HASH_OF = select(audit.c.hash).where(audit.c.seq == bindparam("row"))


def _hash(*fields: object) -> str:
    canonical = json.dumps([str(field) for field in fields], ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
