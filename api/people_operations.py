"""What can be done with people and groups, whoever asks: in this process (``kb.accounts.people.People``) or over HTTP
(``api.people_client``). Both pass one contract suite. Every call authorises its actor first and raises only KennisbankError.

``person`` is an id or a login; groups and spaces go by name.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from kb.accounts.types import ApiToken, Audience, Group, NewToken, OneTimeCode, Person
from kb.authorise import Action, Role


class PeopleOperations(Protocol):
    """People, groups, audiences and tokens."""

    def people(self) -> list[Person]:
        """Everybody, by login."""
        ...

    def person(self, person: str) -> Person:
        """One person. Raises PersonNotFound, as every call below that takes one does."""
        ...

    def add_person(self, login: str, name: str = "", roles: Collection[Role] = ()) -> Person:
        """Make an account, without a password. Raises InvalidLogin, LoginTaken, AdministratorFirst."""
        ...

    def set_roles(self, person: str, roles: Collection[Role]) -> Person:
        """Give exactly these roles; the sessions end. Raises LastAdministrator, ManagedElsewhere."""
        ...

    def set_active(self, person: str, active: bool) -> Person:
        """Shut out at once, or let in again. Raises LastAdministrator."""
        ...

    def remove_person(self, person: str) -> None:
        """Take an account out, with its sessions and tokens. Raises LastAdministrator."""
        ...

    def link(self, person: str) -> OneTimeCode:
        """A code with which somebody chooses a password, once. Raises ManagedElsewhere."""
        ...

    def groups(self) -> list[Group]:
        """Every group by name."""
        ...

    def add_group(self, name: str) -> Group:
        """Make a group. Raises InvalidName, GroupExists."""
        ...

    def remove_group(self, name: str) -> None:
        """Take a group out, and with it what it saw. Raises GroupNotFound, BuiltInGroup."""
        ...

    def join(self, group: str, person: str) -> Group:
        """Put somebody into a group. Raises GroupNotFound, BuiltInGroup."""
        ...

    def leave(self, group: str, person: str) -> Group:
        """Take somebody out of a group. Raises GroupNotFound, BuiltInGroup."""
        ...

    def audiences(self) -> list[Audience]:
        """Every space with the groups that see it."""
        ...

    def set_audience(self, space: str, groups: Collection[str]) -> Audience:
        """Let exactly these groups see a space, from this moment. Raises SpaceNotFound, GroupNotFound."""
        ...

    def tokens(self, person: str | None = None) -> list[ApiToken]:
        """Somebody's tokens; None: one's own."""
        ...

    def add_token(
        self,
        name: str,
        person: str | None = None,
        *,
        days: int | None = None,
        actions: Collection[Action] | None = None,
        spaces: Collection[str] | None = None,
    ) -> NewToken:
        """A token for oneself; the owner makes one for anybody. Raises SpaceNotFound, InvalidRequest."""
        ...

    def remove_token(self, token_id: str, person: str | None = None) -> None:
        """Revoke a token. Raises TokenNotFound."""
        ...
