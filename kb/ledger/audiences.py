"""Who sees what: the one place where an actor's sight is worked out, from the ledger as it is in this transaction.

What an actor does not see and what is not there take the same look-ups and raise the same error.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, exists, insert, or_, select

from kb.accounts.types import EVERYONE, Audience
from kb.authorise import Actor, ActorKind
from kb.errors import DocumentNotFound, SpaceNotFound
from kb.ledger.account_tables import group_members, groups, people, space_audiences
from kb.ledger.spaces import SpaceRows
from kb.ledger.tables import documents, spaces
from kb.types import Space


class AudienceRows:
    """Reads and writes who sees which space, within one transaction."""

    def __init__(self, connection: Connection, space_rows: SpaceRows) -> None:
        self._connection = connection
        self._spaces = space_rows

    def seen_by(self, actor: Actor) -> list[Space]:
        """The spaces that ``actor`` sees now, by name, their documents not counted."""
        ids = self._seen_ids(actor)
        return [space for space in self._spaces.uncounted() if ids is None or space.id in ids]

    def counted(self, actor: Actor) -> list[Space]:
        """The same, with the number of their documents."""
        ids = self._seen_ids(actor)
        return [space for space in self._spaces.all() if ids is None or space.id in ids]

    def named(self, actor: Actor, name: str) -> Space:
        """The space called ``name``, whatever its capitals. Raises SpaceNotFound, also where ``actor`` does not see it."""
        found = next((space for space in self.seen_by(actor) if space.name.lower() == name.lower()), None)
        if found is None:
            raise SpaceNotFound(space=name)
        return found

    def require_document(self, actor: Actor, document_id: str) -> None:
        """Return when ``actor`` sees the document's space. Raises DocumentNotFound, as for one that is not there."""
        ids = self._seen_ids(actor)
        space_id = self._connection.execute(select(documents.c.space_id).where(documents.c.id == document_id)).scalar()
        if space_id is None or (ids is not None and space_id not in ids):
            raise DocumentNotFound(document_id=document_id)

    def set(self, space_id: str, group_ids: Collection[str]) -> None:
        """Let exactly these groups see a space."""
        self._connection.execute(delete(space_audiences).where(space_audiences.c.space_id == space_id))
        self.widen(space_id, group_ids)

    def widen(self, space_id: str, group_ids: Collection[str]) -> None:
        """Let these groups see a space too."""
        there = set(self._connection.execute(select(space_audiences.c.group_id).where(space_audiences.c.space_id == space_id)).scalars())
        rows = [{"space_id": space_id, "group_id": group_id} for group_id in sorted(set(group_ids) - there)]
        if rows:
            self._connection.execute(insert(space_audiences), rows)

    def all(self) -> list[Audience]:
        """Every space by name, with the groups that see it."""
        query = select(space_audiences.c.space_id, groups.c.name).join(groups, groups.c.id == space_audiences.c.group_id)
        named: dict[str, list[str]] = {}
        for row in self._connection.execute(query.order_by(groups.c.name)):
            named.setdefault(row.space_id, []).append(row.name)
        return [Audience(space.name, tuple(named.get(space.id, ()))) for space in self._spaces.uncounted()]

    def open_to_everyone(self) -> None:
        """Accounts begin: the spaces that nobody has an audience for yet stay what they were, everybody's."""
        bare = select(spaces.c.id).where(~exists().where(space_audiences.c.space_id == spaces.c.id))
        for space_id in list(self._connection.execute(bare).scalars()):
            self.widen(space_id, [EVERYONE])

    def _seen_ids(self, actor: Actor) -> frozenset[str] | None:
        """None: every space."""
        if actor.sees_every_space:
            return None
        if actor.kind is not ActorKind.PERSON:
            return frozenset()
        mine = select(group_members.c.group_id).where(group_members.c.person_id == actor.person_id)
        let_in = exists().where(people.c.id == actor.person_id, people.c.active)
        shown = or_(space_audiences.c.group_id == EVERYONE, space_audiences.c.group_id.in_(mine))
        ids = frozenset(self._connection.execute(select(space_audiences.c.space_id).where(shown, let_in)).scalars())
        return ids if actor.space_ids is None else ids & actor.space_ids
