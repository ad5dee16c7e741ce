"""What can be done with people, groups, audiences and tokens, as one actor may do it. Everything that changes is audited."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta

from kb.accounts.directories import is_last_administrator
from kb.accounts.secret_values import TOKEN_PREFIX, hashed, new_secret
from kb.accounts.types import ApiToken, Audience, Group, NewToken, OneTimeCode, Origin, Person
from kb.authorise import Action, Actor, ActorKind, Role, authorise
from kb.errors import (
    AdministratorFirst,
    InvalidLogin,
    InvalidName,
    InvalidRequest,
    LastAdministrator,
    ManagedElsewhere,
    NotPermitted,
)
from kb.ledger.ledger import Ledger, Transaction
from kb.ports import Clock
from kb.settings import SignInSettings

_LOGIN = re.compile(r"[\w.@+\-]{1,120}")
_NAME = re.compile(r"[^\W_][\w .\-]{0,63}")
_LONGEST_NAME = 200


class People:
    """People and groups. Making one is cheap: one per request."""

    def __init__(self, actor: Actor, ledger: Ledger, clock: Clock, settings: SignInSettings) -> None:
        self._actor = actor
        self._ledger = ledger
        self._clock = clock
        self._settings = settings

    # --- people ------------------------------------------------------------------------------------------------------

    def people(self) -> list[Person]:
        """Everybody, by login."""
        authorise(self._actor, Action.LIST_PEOPLE)
        with self._ledger.reading() as tx:
            return tx.people.all()

    def person(self, person: str) -> Person:
        """One person, by id or login. Raises PersonNotFound."""
        authorise(self._actor, Action.LIST_PEOPLE)
        with self._ledger.reading() as tx:
            return tx.people.one(person)

    def add_person(self, login: str, name: str = "", roles: Collection[Role] = ()) -> Person:
        """Make an account; ``link`` lets its person choose a password. Raises InvalidLogin, LoginTaken, AdministratorFirst."""
        authorise(self._actor, Action.MANAGE_PEOPLE)
        login = login.strip()
        if not _LOGIN.fullmatch(login):
            raise InvalidLogin(login=login[:120])
        with self._ledger.writing() as tx:
            first = not tx.people.any()
            if first and Role.ADMINISTRATOR not in roles:
                raise AdministratorFirst
            person = tx.people.add(login, name.strip()[:_LONGEST_NAME] or login, roles)
            if first:
                tx.audiences.open_to_everyone()
            self._audit(tx, "person.add", person.id, roles=[role.value for role in person.roles])
        return person

    def set_roles(self, person: str, roles: Collection[Role]) -> Person:
        """Give exactly these roles (and employee); his sessions end. Raises PersonNotFound, LastAdministrator, ManagedElsewhere."""
        authorise(self._actor, Action.MANAGE_PEOPLE)
        with self._ledger.writing() as tx:
            found = tx.people.one(person)
            if found.origin is not Origin.LOCAL:
                raise ManagedElsewhere(login=found.login)
            if Role.ADMINISTRATOR not in roles:
                _keep_an_administrator(tx, found)
            tx.people.set_roles(found.id, roles)
            if set(tx.people.one(found.id).roles) != set(found.roles):
                tx.sessions.end_all(found.id)
            self._audit(tx, "person.roles", found.id, roles=sorted(role.value for role in roles))
            return tx.people.one(found.id)

    def set_active(self, person: str, active: bool) -> Person:
        """Shut somebody out at once, or let him in again. Raises PersonNotFound, LastAdministrator."""
        authorise(self._actor, Action.MANAGE_PEOPLE)
        with self._ledger.writing() as tx:
            found = tx.people.one(person)
            if not active:
                _keep_an_administrator(tx, found)
                tx.sessions.end_all(found.id)
            tx.people.set_active(found.id, active)
            self._audit(tx, "person.active" if active else "person.inactive", found.id)
            return tx.people.one(found.id)

    def remove_person(self, person: str) -> None:
        """Take an account out, with its sessions and tokens. Raises PersonNotFound, LastAdministrator."""
        authorise(self._actor, Action.MANAGE_PEOPLE)
        with self._ledger.writing() as tx:
            found = tx.people.one(person)
            _keep_an_administrator(tx, found)
            tx.people.remove(found.id)
            self._audit(tx, "person.remove", found.id)

    def link(self, person: str) -> OneTimeCode:
        """A code with which somebody chooses a password, once; an earlier one opens nothing any more.

        Raises PersonNotFound, ManagedElsewhere for somebody whose password a directory keeps.
        """
        authorise(self._actor, Action.MANAGE_PEOPLE)
        secret = new_secret()
        expires_at = self._clock.now() + timedelta(hours=self._settings.code_hours)
        with self._ledger.writing() as tx:
            found = tx.people.one(person)
            if found.origin is not Origin.LOCAL:
                raise ManagedElsewhere(login=found.login)
            tx.one_time.add(hashed(secret), "set_password", found.id, expires_at)
            self._audit(tx, "person.link", found.id)
        return OneTimeCode(secret, expires_at)

    # --- groups and audiences ----------------------------------------------------------------------------------------

    def groups(self) -> list[Group]:
        """Every group by name, with its members and the spaces that it sees."""
        authorise(self._actor, Action.LIST_PEOPLE)
        with self._ledger.reading() as tx:
            return tx.groups.all()

    def add_group(self, name: str) -> Group:
        """Make a group. Raises InvalidName, GroupExists."""
        authorise(self._actor, Action.MANAGE_GROUPS)
        if not _NAME.fullmatch(name):
            raise InvalidName(name=name[:64])
        with self._ledger.writing() as tx:
            self._audit(tx, "group.add", tx.groups.add(name))
            return tx.groups.named(name)

    def remove_group(self, name: str) -> None:
        """Take a group out, and with it what it saw. Raises GroupNotFound, BuiltInGroup."""
        authorise(self._actor, Action.MANAGE_GROUPS)
        with self._ledger.writing() as tx:
            self._audit(tx, "group.remove", tx.groups.remove(name))

    def join(self, group: str, person: str) -> Group:
        """Put somebody into a group. Raises GroupNotFound, PersonNotFound, BuiltInGroup."""
        authorise(self._actor, Action.MANAGE_GROUPS)
        with self._ledger.writing() as tx:
            found = tx.people.one(person)
            self._audit(tx, "group.join", tx.groups.join(group, found.id), person=found.id)
            return tx.groups.named(group)

    def leave(self, group: str, person: str) -> Group:
        """Take somebody out of a group. Raises GroupNotFound, PersonNotFound, BuiltInGroup."""
        authorise(self._actor, Action.MANAGE_GROUPS)
        with self._ledger.writing() as tx:
            found = tx.people.one(person)
            self._audit(tx, "group.leave", tx.groups.leave(group, found.id), person=found.id)
            return tx.groups.named(group)

    def audiences(self) -> list[Audience]:
        """Every space with the groups that see it."""
        authorise(self._actor, Action.MANAGE_GROUPS)
        with self._ledger.reading() as tx:
            return tx.audiences.all()

    def set_audience(self, space: str, groups: Collection[str]) -> Audience:
        """Let exactly these groups see a space, from this moment. Raises SpaceNotFound, GroupNotFound."""
        authorise(self._actor, Action.MANAGE_GROUPS)
        with self._ledger.writing() as tx:
            # By name among all spaces: whoever decides who sees a space need not see it himself.
            target = tx.spaces.named(space)
            ids = [tx.groups.id_of(group) for group in groups]
            tx.audiences.set(target.id, ids)
            self._audit(tx, "space.audience", target.id, groups=sorted(ids))
            return next(one for one in tx.audiences.all() if one.space == target.name)

    # --- tokens ------------------------------------------------------------------------------------------------------

    def tokens(self, person: str | None = None) -> list[ApiToken]:
        """Somebody's tokens (None: one's own). Raises PersonNotFound."""
        with self._ledger.reading() as tx:
            return tx.api_tokens.of(self._whose(tx, person, Action.LIST_PEOPLE).id)

    def add_token(
        self,
        name: str,
        person: str | None = None,
        *,
        days: int | None = None,
        actions: Collection[Action] | None = None,
        spaces: Collection[str] | None = None,
    ) -> NewToken:
        """A token for oneself; the owner makes one for anybody. ``days``: at most what the settings say, which None means.

        Raises PersonNotFound, SpaceNotFound, InvalidRequest.
        """
        most = self._settings.token_days
        if days is not None and not 1 <= days <= most:
            raise InvalidRequest(reason=f"days: 1 – {most}")
        secret = new_secret(TOKEN_PREFIX)
        with self._ledger.writing() as tx:
            found = self._whose(tx, person, None)
            theirs = Actor(ActorKind.PERSON, found.id, frozenset(found.roles), space_ids=self._actor.space_ids)
            ids = None if spaces is None else {tx.audiences.named(theirs, space).id for space in spaces}
            if self._actor.space_ids is not None:
                ids = set(self._actor.space_ids) if ids is None else ids
            narrowed = actions if self._actor.actions is None else (self._actor.actions if actions is None else set(actions))
            if narrowed is not None and self._actor.actions is not None:
                narrowed = set(narrowed) & self._actor.actions
            expires_at = self._clock.now() + timedelta(days=days or most)
            token = tx.api_tokens.add(found.id, hashed(secret), name.strip()[:_LONGEST_NAME], expires_at, narrowed, ids)
            self._audit(tx, "token.add", token.id, person=found.id)
        return NewToken(token, secret)

    def remove_token(self, token_id: str, person: str | None = None) -> None:
        """Revoke a token. Raises PersonNotFound, TokenNotFound."""
        with self._ledger.writing() as tx:
            found = self._whose(tx, person, Action.MANAGE_PEOPLE)
            tx.api_tokens.remove(token_id, found.id)
            self._audit(tx, "token.remove", token_id, person=found.id)

    def _whose(self, tx: Transaction, person: str | None, for_others: Action | None) -> Person:
        """The person meant. Others' tokens ask for ``for_others``; None: the owner alone, for a token speaks as its person."""
        mine = self._actor.person_id
        found = tx.people.find(person) if person is not None else None
        if mine is not None and (person is None or (found is not None and found.id == mine)):
            authorise(self._actor, Action.MANAGE_OWN_ACCOUNT)
            return tx.people.one(mine)
        if for_others is not None:
            authorise(self._actor, for_others)
        elif self._actor.kind is not ActorKind.OWNER:
            authorise(self._actor, Action.MANAGE_OWN_ACCOUNT)
            raise NotPermitted(action=Action.MANAGE_OWN_ACCOUNT.value)
        return tx.people.one(person or "")

    def _audit(self, tx: Transaction, action: str, object_id: str, **details: object) -> None:
        tx.audit.append(self._actor.id, action, object_id, details or None)


def _keep_an_administrator(tx: Transaction, person: Person) -> None:
    if Role.ADMINISTRATOR in person.roles and person.active and is_last_administrator(tx, person):
        raise LastAdministrator
