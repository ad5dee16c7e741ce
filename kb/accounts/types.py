"""The words of accounts. What carries a secret is never among them but where it is handed out, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kb.authorise import Action, Role

EVERYONE = "everyone"
"""The group that is built in: everybody with an account."""


class Origin(StrEnum):
    """Who vouches for somebody's name and roles."""

    LOCAL = "local"
    OIDC = "oidc"
    LDAP = "ldap"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. ``groups`` are names, without ``everyone``."""

    id: str
    login: str
    name: str
    roles: tuple[Role, ...]
    groups: tuple[str, ...]
    origin: Origin
    active: bool
    has_password: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """People who see the same spaces. ``members`` are logins; of ``everyone`` none are listed."""

    id: str
    name: str
    members: tuple[str, ...]
    spaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """Which groups see a space, by name."""

    space: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it is listed. ``actions`` and ``spaces`` (ids) narrow it; None: not narrowed."""

    id: str
    person_id: str
    name: str
    actions: tuple[Action, ...] | None
    space_ids: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it is handed out: ``secret`` is shown now and never again."""

    token: ApiToken
    secret: str


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code that opens one door once. It belongs behind the ``#`` of an address or in a form, never in what a server logs."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A session as the ledger has it; ``id`` is the hash of what the cookie holds."""

    id: str
    person_id: str
    method: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DirectoryPerson:
    """Somebody as a directory describes him. ``subject`` is what stays the same there, also when the name changes."""

    origin: Origin
    subject: str
    login: str
    name: str
    groups: tuple[str, ...]
