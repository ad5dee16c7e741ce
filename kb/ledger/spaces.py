"""Spaces in the ledger."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, and_, func, select

from kb.errors import SpaceExists, SpaceNotFound
from kb.ledger.tables import documents, spaces
from kb.ports import Clock
from kb.types import Space


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
        self._connection.execute(spaces.insert().values(id=space.id, name=name, created_at=space.created_at))
        return space

    def named(self, name: str) -> Space:
        """The space called ``name``, whatever its capitals. Raises SpaceNotFound."""
        row = next((space for space in self.all() if space.name.lower() == name.lower()), None)
        if row is None:
            raise SpaceNotFound(space=name)
        return row

    def all(self) -> list[Space]:
        """Every space by name, with its number of documents."""
        live = and_(documents.c.space_id == spaces.c.id, documents.c.removed_at.is_(None))
        query = (
            select(spaces.c.id, spaces.c.name, spaces.c.created_at, func.count(documents.c.id))
            .select_from(spaces.outerjoin(documents, live))
            .group_by(spaces.c.id, spaces.c.name, spaces.c.created_at)
            .order_by(func.lower(spaces.c.name))
        )
        return [Space(*row) for row in self._connection.execute(query)]
