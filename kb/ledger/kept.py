"""The places that executions left as they were, and why: expected residue of every later scan."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from kb.ledger.tables import kept_places
from kb.privacy.types import Field, Judgement, Place


class KeptRows:
    """Reads and writes kept places within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
