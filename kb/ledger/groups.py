"""Groups of people in the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import Connection, delete, func, insert, select

from kb.accounts.types import EVERYONE, Group
from kb.errors import BuiltInGroup, GroupExists, GroupNotFound
from kb.ledger.account_tables import group_members, groups, people, space_audiences
from kb.ledger.tables import spaces
from kb.ports import Clock


class GroupRows:
    """Reads and writes groups within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, name: str) -> str:
        """Make a group and return its id. Raises GroupExists when one has this name, whatever its capitals."""
        if self._find(name) is not None:
            raise GroupExists(group=name)
        made = uuid.uuid4().hex
        self._connection.execute(insert(groups).values(id=made, name=name, created_at=self._clock.now()))
        return made

    def id_of(self, name: str) -> str:
        """The id of the group called ``name``, whatever its capitals. Raises GroupNotFound."""
        found = self._find(name)
        if found is None:
            raise GroupNotFound(group=name)
        return found

    def all(self) -> list[Group]:
        """Every group by name, with its members and the spaces that it sees."""
        members: dict[str, list[str]] = {}
        query = select(group_members.c.group_id, people.c.login).join(people, people.c.id == group_members.c.person_id)
        for row in self._connection.execute(query.order_by(people.c.login)):
            members.setdefault(row.group_id, []).append(row.login)
        seen: dict[str, list[str]] = {}
        shown = select(space_audiences.c.group_id, spaces.c.name).join(spaces, spaces.c.id == space_audiences.c.space_id)
        for row in self._connection.execute(shown.order_by(spaces.c.name)):
            seen.setdefault(row.group_id, []).append(row.name)
        rows = self._connection.execute(select(groups).order_by(func.lower(groups.c.name)))
        return [Group(row.id, row.name, tuple(members.get(row.id, ())), tuple(seen.get(row.id, ()))) for row in rows]

    def named(self, name: str) -> Group:
        """One group. Raises GroupNotFound."""
        group_id = self.id_of(name)
        return next(group for group in self.all() if group.id == group_id)

    def remove(self, name: str) -> str:
        """Take a group out, and with it what it saw. Returns its id. Raises GroupNotFound, BuiltInGroup."""
        group_id = self._changeable(name)
        self._connection.execute(delete(groups).where(groups.c.id == group_id))
        return group_id

    def join(self, name: str, person_id: str) -> str:
        """Put somebody into a group, by a person's decision. Raises GroupNotFound, BuiltInGroup."""
        group_id = self._changeable(name)
        self._leave(group_id, person_id)
        self._connection.execute(insert(group_members).values(group_id=group_id, person_id=person_id, by_directory=False))
        return group_id

    def leave(self, name: str, person_id: str) -> str:
        """Take somebody out of a group. Raises GroupNotFound, BuiltInGroup."""
        group_id = self._changeable(name)
        self._leave(group_id, person_id)
        return group_id

    def follow_directory(self, person_id: str, group_ids: Collection[str]) -> None:
        """Be in exactly these groups by the directory's word; memberships that a person gave stay."""
        mine = group_members.c.person_id == person_id
        self._connection.execute(delete(group_members).where(mine, group_members.c.by_directory))
        there = set(self._connection.execute(select(group_members.c.group_id).where(mine)).scalars())
        new = [{"group_id": one, "person_id": person_id, "by_directory": True} for one in sorted(set(group_ids) - there - {EVERYONE})]
        if new:
            self._connection.execute(insert(group_members), new)

    def _find(self, name: str) -> str | None:
        named = func.lower(groups.c.name) == name.strip().lower()
        found = self._connection.execute(select(groups.c.id).where(named)).scalar()
        return None if found is None else str(found)

    def _changeable(self, name: str) -> str:
        group_id = self.id_of(name)
        if group_id == EVERYONE:
            raise BuiltInGroup(group=name)
        return group_id

    def _leave(self, group_id: str, person_id: str) -> None:
        chosen = group_members.c.group_id == group_id, group_members.c.person_id == person_id
        self._connection.execute(delete(group_members).where(*chosen))
