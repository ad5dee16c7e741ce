"""What indexes hear of the ledger: the change sequence, and which generation of a space's indexes is live."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from kb.ledger.tables import changes, counters, generations
from kb.ports import Clock

ChangeKind = Literal["add", "remove"]


@dataclass(frozen=True, slots=True)
class Change:
    """A chunk that came into or went out of what may be found."""

    seq: int
    chunk_id: str
    kind: ChangeKind


@dataclass(frozen=True, slots=True)
class Generation:
    """One build of a space's indexes. Its id names its folder."""

    id: str
    space_id: str
    state: Literal["building", "live", "retired"]
    fingerprint: str
    embedder: Mapping[str, Any]
    applied_seq: int
    clean: bool


class IndexRows:
    """Reads and writes changes and generations within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    # --- changes -----------------------------------------------------------------------------------------------------

    def record(self, space_id: str, chunk_ids: Sequence[str], kind: ChangeKind) -> None:
        """Append changes. Taking the numbers locks their counter, so the order of numbers is the order of commits."""
        if not chunk_ids:
            return
        last = self._take(len(chunk_ids))
        first = last - len(chunk_ids) + 1
        rows = [{"seq": first + i, "space_id": space_id, "chunk_id": chunk_id, "kind": kind} for i, chunk_id in enumerate(chunk_ids)]
        self._connection.execute(insert(changes), rows)

    def _take(self, how_many: int) -> int:
        taken = update(counters).where(counters.c.name == "change").values(value=counters.c.value + how_many).returning(counters.c.value)
        return int(self._connection.execute(taken).scalar_one())

    def last_seq(self) -> int:
        """The number of the newest change; 0 before the first."""
        return int(self._connection.execute(select(counters.c.value).where(counters.c.name == "change")).scalar_one())

    def changes_after(self, space_id: str, seq: int, limit: int) -> list[Change]:
        """The next changes of a space, in order."""
        query = (
            select(changes.c.seq, changes.c.chunk_id, changes.c.kind)
            .where(changes.c.space_id == space_id, changes.c.seq > seq)
            .order_by(changes.c.seq)
            .limit(limit)
        )
        return [Change(*row) for row in self._connection.execute(query)]

    def behind(self, space_id: str, seq: int) -> int:
        """How many changes of a space come after ``seq``."""
        query = select(func.count()).where(changes.c.space_id == space_id, changes.c.seq > seq)
        return int(self._connection.execute(query).scalar_one())

    def forget_changes(self, space_id: str, up_to: int) -> None:
        """Drop the changes that every generation of the space has taken in."""
        self._connection.execute(delete(changes).where(changes.c.space_id == space_id, changes.c.seq <= up_to))

    # --- generations -------------------------------------------------------------------------------------------------

    def begin(self, space_id: str, fingerprint: str, embedder: Mapping[str, Any]) -> Generation:
        """A new generation, building, that has taken in everything up to now once its build ends."""
        generation = Generation(uuid.uuid4().hex, space_id, "building", fingerprint, embedder, self.last_seq(), clean=False)
        self._connection.execute(
            insert(generations).values(
                id=generation.id,
                space_id=space_id,
                state=generation.state,
                fingerprint=fingerprint,
                embedder=dict(embedder),
                applied_seq=generation.applied_seq,
                clean=False,
                created_at=self._clock.now(),
            )
        )
        return generation

    def live(self, space_id: str) -> Generation | None:
        """The generation that is searched."""
        row = self._connection.execute(_generations().where(generations.c.space_id == space_id, generations.c.state == "live")).first()
        return Generation(*row) if row else None

    def all(self) -> list[Generation]:
        """Every generation that has a row."""
        return [Generation(*row) for row in self._connection.execute(_generations())]

    def applied(self, generation_id: str, seq: int) -> None:
        """Record that everything up to ``seq`` is in the generation's indexes."""
        self._connection.execute(update(generations).where(generations.c.id == generation_id).values(applied_seq=seq))

    def mark(self, generation_id: str, *, clean: bool) -> None:
        """Record whether the generation's folder was closed in order."""
        self._connection.execute(update(generations).where(generations.c.id == generation_id).values(clean=clean))

    def switch(self, new: Generation) -> None:
        """Make ``new`` the live generation of its space, and the one before it retired."""
        self._connection.execute(
            update(generations).where(generations.c.space_id == new.space_id, generations.c.state == "live").values(state="retired")
        )
        self._connection.execute(update(generations).where(generations.c.id == new.id).values(state="live"))

    def forget(self, generation_id: str) -> None:
        """Drop the row of a generation whose folder is gone."""
        self._connection.execute(delete(generations).where(generations.c.id == generation_id))


def _generations() -> Any:
    columns = generations.c
    return select(
        columns.id, columns.space_id, columns.state, columns.fingerprint, columns.embedder, columns.applied_seq, columns.clean
    ).order_by(columns.created_at)
