"""What may not come back, in the ledger: keyed hashes with a basis and an end. No text, no names."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from kb.errors import SuppressionNotFound
from kb.ledger.tables import suppressions
from kb.ports import Clock

SuppressionKind = Literal["original", "near_duplicate", "person"]

Stamp = tuple[int, int, datetime | None]
"""Changes whenever a suppression is added, lifted or removed."""


@dataclass(frozen=True, slots=True)
class SuppressionRow:
    """One suppression. ``hashes`` is what ``kb.privacy.suppression`` made; ``basis`` why it may be kept."""

    suppression_id: str
    request_id: str
    kind: SuppressionKind
    hashes: Mapping[str, Any]
    basis: str
    created_at: datetime
    expires_on: date | None
    lifted_at: datetime | None
    lifted_by: str | None


class SuppressionRows:
    """Reads and writes suppressions within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, request_id: str, kind: SuppressionKind, hashes: Mapping[str, Any], basis: str, expires_on: date | None) -> str:
        """Add one and give its id; the same of the same request is not added twice."""
        for row in self._connection.execute(_rows().where(suppressions.c.request_id == request_id, suppressions.c.kind == kind)):
            if dict(row.hashes) == dict(hashes) and row.lifted_at is None:
                return str(row.id)
        suppression_id = uuid.uuid4().hex
        values = {"request_id": request_id, "kind": kind, "hashes": dict(hashes), "basis": basis, "expires_on": expires_on}
        self._connection.execute(insert(suppressions).values(id=suppression_id, created_at=self._clock.now(), **values))
        return suppression_id

    def today(self) -> date:
        """The day by which suppressions end."""
        return self._clock.now().date()

    def stamp(self) -> Stamp:
        """What tells whether anything changed since it was asked before."""
        columns = suppressions.c
        counted = select(func.count(), func.count(columns.lifted_at), func.max(columns.created_at))
        row = self._connection.execute(counted).one()
        return row[0], row[1], row[2]

    def active(self) -> list[SuppressionRow]:
        """Those that neither ended nor were lifted, oldest first."""
        return self._all(_active(self.today()))

    def all(self) -> list[SuppressionRow]:
        """Every one, ended and lifted ones too, oldest first."""
        return self._all()

    def take_over(self, rows: Iterable[SuppressionRow]) -> None:
        """Enter rows of another ledger, such as the journal kept; those that are here stay as they are."""
        known = set(self._connection.execute(select(suppressions.c.id)).scalars())
        for row in rows:
            if row.suppression_id not in known:
                values = {name: getattr(row, name) for name in SuppressionRow.__dataclass_fields__ if name != "suppression_id"}
                self._connection.execute(insert(suppressions).values(id=row.suppression_id, **{**values, "hashes": dict(row.hashes)}))

    def lift(self, suppression_id: str, by: str) -> None:
        """End one now. Raises SuppressionNotFound, also where it was lifted before."""
        here = and_(suppressions.c.id == suppression_id, suppressions.c.lifted_at.is_(None))
        done = self._connection.execute(update(suppressions).where(here).values(lifted_at=self._clock.now(), lifted_by=by))
        if done.rowcount == 0:
            raise SuppressionNotFound(suppression_id=suppression_id)

    def _all(self, *conditions: ColumnElement[bool]) -> list[SuppressionRow]:
        query = _rows().where(*conditions).order_by(suppressions.c.created_at, suppressions.c.id)
        return [SuppressionRow(*row) for row in self._connection.execute(query)]


def _active(today: date) -> ColumnElement[bool]:
    ends = suppressions.c.expires_on
    return and_(suppressions.c.lifted_at.is_(None), or_(ends.is_(None), ends >= today))


def _rows() -> Any:
    columns = suppressions.c
    return select(
        columns.id,
        columns.request_id,
        columns.kind,
        columns.hashes,
        columns.basis,
        columns.created_at,
        columns.expires_on,
        columns.lifted_at,
        columns.lifted_by,
    )
