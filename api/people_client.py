"""People and groups over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from api.people_wire import (
    AudienceList,
    AudienceOrder,
    GroupList,
    NewGroup,
    NewPerson,
    PersonChanges,
    PersonList,
    TokenList,
    TokenOrder,
)
from api.wire import from_json, to_json
from kb.accounts.types import ApiToken, Audience, Group, NewToken, OneTimeCode, Person
from kb.authorise import Action, Role
from kb.errors import GroupNotFound, PersonNotFound, SpaceNotFound, TokenNotFound

Send = Callable[..., httpx.Response]
"""Method, path and options to a response that is a success; raises the errors that the server names."""

T = TypeVar("T")

_JSON = {"Content-Type": "application/json"}


class HttpPeople:
    """`api.people_operations.PeopleOperations` at a server."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def people(self) -> list[Person]:
        """See PeopleOperations.people."""
        return list(self._do(PersonList, "GET", "/v1/people").people)

    def person(self, person: str) -> Person:
        """See PeopleOperations.person."""
        return self._do(Person, "GET", _person(person))

    def add_person(self, login: str, name: str = "", roles: Collection[Role] = ()) -> Person:
        """See PeopleOperations.add_person."""
        return self._do(Person, "POST", "/v1/people", NewPerson(login, name, tuple(roles)))

    def set_roles(self, person: str, roles: Collection[Role]) -> Person:
        """See PeopleOperations.set_roles."""
        return self._do(Person, "PATCH", _person(person), PersonChanges(roles=tuple(roles)))

    def set_active(self, person: str, active: bool) -> Person:
        """See PeopleOperations.set_active."""
        return self._do(Person, "PATCH", _person(person), PersonChanges(active=active))

    def remove_person(self, person: str) -> None:
        """See PeopleOperations.remove_person."""
        self._send("DELETE", _person(person))

    def link(self, person: str) -> OneTimeCode:
        """See PeopleOperations.link."""
        return self._do(OneTimeCode, "POST", f"{_person(person)}/link")

    def groups(self) -> list[Group]:
        """See PeopleOperations.groups."""
        return list(self._do(GroupList, "GET", "/v1/groups").groups)

    def add_group(self, name: str) -> Group:
        """See PeopleOperations.add_group."""
        return self._do(Group, "POST", "/v1/groups", NewGroup(name))

    def remove_group(self, name: str) -> None:
        """See PeopleOperations.remove_group."""
        self._send("DELETE", _group(name))

    def join(self, group: str, person: str) -> Group:
        """See PeopleOperations.join."""
        return self._do(Group, "PUT", _member(group, person))

    def leave(self, group: str, person: str) -> Group:
        """See PeopleOperations.leave."""
        return self._do(Group, "DELETE", _member(group, person))

    def audiences(self) -> list[Audience]:
        """See PeopleOperations.audiences."""
        return list(self._do(AudienceList, "GET", "/v1/audiences").audiences)

    def set_audience(self, space: str, groups: Collection[str]) -> Audience:
        """See PeopleOperations.set_audience."""
        return self._do(Audience, "PUT", f"/v1/audiences/{_part(space, SpaceNotFound(space=space))}", AudienceOrder(tuple(groups)))

    def tokens(self, person: str | None = None) -> list[ApiToken]:
        """See PeopleOperations.tokens."""
        return list(self._do(TokenList, "GET", f"{_whose(person)}/tokens").tokens)

    def add_token(
        self,
        name: str,
        person: str | None = None,
        *,
        days: int | None = None,
        actions: Collection[Action] | None = None,
        spaces: Collection[str] | None = None,
    ) -> NewToken:
        """See PeopleOperations.add_token."""
        order = TokenOrder(name, days, None if actions is None else tuple(actions), None if spaces is None else tuple(spaces))
        return self._do(NewToken, "POST", f"{_whose(person)}/tokens", order)

    def remove_token(self, token_id: str, person: str | None = None) -> None:
        """See PeopleOperations.remove_token."""
        self._send("DELETE", f"{_whose(person)}/tokens/{_part(token_id, TokenNotFound(token=token_id))}")

    def _do(self, kind: type[T], method: str, path: str, body: object | None = None) -> T:
        options: dict[str, Any] = {} if body is None else {"content": to_json(body), "headers": _JSON}
        return from_json(kind, self._send(method, path, **options).content)


def _whose(person: str | None) -> str:
    return "/v1/me" if person is None else _person(person)


def _person(person: str) -> str:
    return f"/v1/people/{_part(person, PersonNotFound(person=person))}"


def _group(name: str) -> str:
    return f"/v1/groups/{_part(name, GroupNotFound(group=name))}"


def _member(group: str, person: str) -> str:
    return f"{_group(group)}/members/{_part(person, PersonNotFound(person=person))}"


def _part(identifier: str, missing: Exception) -> str:
    """``identifier`` as a part of a path. What cannot be one is the id of nothing: ``missing`` is raised."""
    if not identifier or "/" in identifier or identifier in (".", ".."):
        raise missing
    return quote(identifier, safe="")
