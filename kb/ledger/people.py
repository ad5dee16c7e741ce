"""People in the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from kb.accounts.types import Origin, Person
from kb.authorise import Role
from kb.errors import LoginTaken, PersonNotFound
from kb.ledger.account_tables import group_members, groups, people
from kb.ports import Clock


class PersonRows:
    """Reads and writes people within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def any(self) -> bool:
        """Whether there are accounts at all."""
        return self._connection.execute(select(people.c.id).limit(1)).first() is not None

    def add(self, login: str, name: str, roles: Iterable[Role], *, origin: Origin = Origin.LOCAL, subject: str | None = None) -> Person:
        """Make an account. ``login`` is kept in lower case. Raises LoginTaken."""
        login = login.strip().lower()
        if self._connection.execute(select(people.c.id).where(people.c.login == login)).first():
            raise LoginTaken(login=login)
        values = {"id": uuid.uuid4().hex, "login": login, "name": name, "roles": _roles(roles), "origin": origin.value}
        self._connection.execute(insert(people).values(**values, subject=subject, active=True, created_at=self._clock.now()))
        return self.one(str(values["id"]))

    def one(self, person: str) -> Person:
        """The person with this id or login. Raises PersonNotFound."""
        found = self.find(person)
        if found is None:
            raise PersonNotFound(person=person)
        return found

    def find(self, person: str) -> Person | None:
        """The person with this id or login, if there is one."""
        row = self._connection.execute(select(people).where(or_(people.c.id == person, people.c.login == person.strip().lower()))).first()
        return None if row is None else _person(row, self._group_names().get(row.id, []))

    def by_subject(self, subject: str) -> Person | None:
        """The person whom a directory knows by ``subject``."""
        row = self._connection.execute(select(people).where(people.c.subject == subject)).first()
        return None if row is None else _person(row, self._group_names().get(row.id, []))

    def all(self) -> list[Person]:
        """Everybody, by login."""
        named = self._group_names()
        return [_person(row, named.get(row.id, [])) for row in self._connection.execute(select(people).order_by(people.c.login))]

    def password_hash(self, person_id: str) -> str | None:
        """What a password is compared with."""
        found = self._connection.execute(select(people.c.password_hash).where(people.c.id == person_id)).scalar()
        return None if found is None else str(found)

    def set_password_hash(self, person_id: str, password_hash: str | None) -> None:
        """Keep another password."""
        self._set(person_id, password_hash=password_hash)

    def set_roles(self, person_id: str, roles: Iterable[Role]) -> None:
        """Give exactly these roles."""
        self._set(person_id, roles=_roles(roles))

    def describe(self, person_id: str, *, name: str) -> None:
        """The person is called otherwise now."""
        self._set(person_id, name=name)

    def set_active(self, person_id: str, active: bool) -> None:
        """Let in, or no longer."""
        self._set(person_id, active=active)

    def remove(self, person_id: str) -> None:
        """Take the account out, with its sessions, tokens and memberships."""
        self._connection.execute(delete(people).where(people.c.id == person_id))

    def _set(self, person_id: str, **values: Any) -> None:
        self._connection.execute(update(people).where(people.c.id == person_id).values(**values))

    def _group_names(self) -> dict[str, list[str]]:
        query = (
            select(group_members.c.person_id, groups.c.name).join(groups, groups.c.id == group_members.c.group_id).order_by(groups.c.name)
        )
        named: dict[str, list[str]] = {}
        for row in self._connection.execute(query):
            named.setdefault(row.person_id, []).append(row.name)
        return named


def _roles(roles: Iterable[Role]) -> list[str]:
    return sorted({role.value for role in roles} | {Role.EMPLOYEE.value})


def _person(row: Row[Any], group_names: Iterable[str]) -> Person:
    return Person(
        id=row.id,
        login=row.login,
        name=row.name,
        roles=tuple(Role(role) for role in row.roles),
        groups=tuple(group_names),
        origin=Origin(row.origin),
        active=row.active,
        has_password=row.password_hash is not None,
        created_at=row.created_at,
    )
