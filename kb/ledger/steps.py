"""How far executions are (``request_steps``), and the places that they left as they were (``kept_places``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from kb.ledger.tables import kept_places, request_steps
from kb.ports import Clock
from kb.privacy.types import Field, Judgement, Place


class StepRows:
    """Reads and records steps within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def done(self, request_id: str) -> dict[str, dict[str, Any]]:
        """The steps that are done, in the order in which they were, each with its counts."""
        query = select(request_steps).where(request_steps.c.request_id == request_id).order_by(request_steps.c.at)
        return {row.step: dict(row.counts) for row in self._connection.execute(query)}

    def record(self, request_id: str, step: str, counts: Mapping[str, Any]) -> None:
        """Record a step as done, instead of an earlier time. ``counts`` hold numbers and codes alone."""
        this = request_steps.c.request_id == request_id, request_steps.c.step == step
        self._connection.execute(delete(request_steps).where(*this))
        row = {"request_id": request_id, "step": step, "at": self._clock.now(), "counts": dict(counts)}
        self._connection.execute(insert(request_steps).values(**row))

    def forget(self, request_id: str) -> None:
        """Begin anew: the plan is another one."""
        self._connection.execute(delete(request_steps).where(request_steps.c.request_id == request_id))

    # --- what was kept -----------------------------------------------------------------------------------------------

    def keep(self, request_id: str, kept: Sequence[tuple[Place, Judgement]]) -> None:
        """Note the places that this execution leaves as they are, instead of those that were noted before."""
        self._connection.execute(delete(kept_places).where(kept_places.c.request_id == request_id))
        rows = [
            {
                "request_id": request_id,
                "ordinal": ordinal,
                "store": place.field.store,
                "key": list(place.field.key),
                "field": place.field.name,
                "start": place.start,
                "end": place.end,
                "decision": judgement.decision.value,
                "ground": judgement.ground,
                "until": judgement.until,
            }
            for ordinal, (place, judgement) in enumerate(kept)
        ]
        if rows:
            self._connection.execute(insert(kept_places), rows)

    def kept(self, request_id: str) -> list[Place]:
        """The places that an execution left as they were."""
        query = select(kept_places).where(kept_places.c.request_id == request_id).order_by(kept_places.c.ordinal)
        return [Place(Field(row.store, tuple(row.key), row.field), row.start, row.end) for row in self._connection.execute(query)]
