"""Bodies of `/v1/people`, `/v1/groups` and `/v1/me` that are not values of ``kb.accounts.types`` already."""

from __future__ import annotations

from dataclasses import dataclass

from kb.accounts.types import ApiToken, Audience, Group, Person
from kb.authorise import Action, Role


@dataclass(frozen=True, slots=True)
class PersonList:
    """People, by login."""

    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account to make."""

    login: str
    name: str = ""
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonChanges:
    """What changes about somebody; null stays as it is."""

    roles: tuple[Role, ...] | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class GroupList:
    """Groups, by name."""

    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group to make."""

    name: str


@dataclass(frozen=True, slots=True)
class AudienceList:
    """Spaces, by name, each with the groups that see it."""

    audiences: tuple[Audience, ...]


@dataclass(frozen=True, slots=True)
class AudienceOrder:
    """The groups that see a space from now on."""

    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenList:
    """Tokens, oldest first, without their secrets."""

    tokens: tuple[ApiToken, ...]


@dataclass(frozen=True, slots=True)
class TokenOrder:
    """A token to make. ``actions`` and ``spaces`` narrow it; null: whatever its person may."""

    name: str
    days: int | None = None
    actions: tuple[Action, ...] | None = None
    spaces: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Me:
    """Whoever sends the request."""

    login: str
    name: str
    roles: tuple[Role, ...]
    actions: tuple[Action, ...]
