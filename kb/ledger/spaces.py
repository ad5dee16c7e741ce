"""Spaces in the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import Connection, and_, func, select, update

from kb.errors import SpaceExists, SpaceNotFound
from kb.ledger.tables import documents, spaces
from kb.ports import Clock
from kb.types import LabelAction, Space


class SpaceRows:
    """Reads and writes spaces within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, name: str) -> Space:
        """Make a space. Raises SpaceExists when one has this name, whatever its capitals."""
        taken = select(spaces.c.id).where(func.lower(spaces.c.name) == name.lower())
        if self._connection.execute(taken).first():
            raise SpaceExists(space=name)
        space = Space(uuid.uuid4().hex, name, self._clock.now())
        self._connection.execute(spaces.insert().values(id=space.id, name=name, created_at=space.created_at, label_policy={}))
        return space

    def named(self, name: str) -> Space:
        """The space called ``name``, whatever its capitals, its documents not counted. Raises SpaceNotFound."""
        row = next((space for space in self.uncounted() if space.name.lower() == name.lower()), None)
        if row is None:
            raise SpaceNotFound(space=name)
        return row

    def uncounted(self) -> list[Space]:
        """Every space by name, its documents not counted: for those who ask on the way to something else."""
        rows = self._connection.execute(select(spaces).order_by(func.lower(spaces.c.name)))
        return [Space(row.id, row.name, row.created_at, label_policy=_policy(row.label_policy)) for row in rows]

    def all(self) -> list[Space]:
        """Every space by name, with its number of documents."""
        live = and_(documents.c.space_id == spaces.c.id, documents.c.removed_at.is_(None))
        query = (
            select(spaces.c.id, func.count(documents.c.id).label("documents"))
            .select_from(spaces.outerjoin(documents, live))
            .group_by(spaces.c.id)
            .subquery()
        )
        rows = self._connection.execute(
            select(spaces, query.c.documents).join_from(spaces, query, query.c.id == spaces.c.id).order_by(func.lower(spaces.c.name))
        )
        return [Space(row.id, row.name, row.created_at, row.documents, _policy(row.label_policy)) for row in rows]

    def label_policy(self, space_id: str) -> Mapping[str, LabelAction]:
        """What the space does with the labels that differ from the default."""
        return _policy(self._connection.execute(select(spaces.c.label_policy).where(spaces.c.id == space_id)).scalar_one())

    def set_label_policy(self, space_id: str, label: str, action: LabelAction) -> None:
        """What the space does from now on with new files that hold this kind of content."""
        kept = self._connection.execute(select(spaces.c.label_policy).where(spaces.c.id == space_id)).scalar_one()
        self._connection.execute(update(spaces).where(spaces.c.id == space_id).values(label_policy={**kept, label: action.value}))


def _policy(stored: Mapping[str, str]) -> dict[str, LabelAction]:
    return {label: LabelAction(action) for label, action in sorted(stored.items())}
