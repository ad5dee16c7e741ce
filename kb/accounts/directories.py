"""Somebody whom a directory vouches for: his account here, his roles and his groups, anew at each sign-in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from kb.accounts.types import DirectoryPerson, Person
from kb.authorise import Role
from kb.errors import AdministratorFirst, NotLetIn
from kb.ledger.ledger import Transaction
from kb.settings import DirectoryGroup

EVERYBODY = "*"


def admit(tx: Transaction, found: DirectoryPerson, meanings: Sequence[DirectoryGroup]) -> Person:
    """The account of ``found``, made where there is none, with what his groups mean here.

    Raises AdministratorFirst while there are no accounts, NotLetIn where no group of his means anything or he was shut out here,
    LoginTaken where an account that was made here, or by another directory, has his name.
    """
    if not tx.people.any():
        raise AdministratorFirst
    meant = meanings_of(found.groups, meanings)
    if not meant:
        raise NotLetIn
    roles = {Role(role) for meaning in meant for role in meaning.roles} | {Role.EMPLOYEE}
    subject = hashlib.sha256(f"{found.origin.value}\n{found.subject}".encode()).hexdigest()
    person = tx.people.by_subject(subject)
    if person is None:
        person = tx.people.add(found.login, found.name, roles, origin=found.origin, subject=subject)
        tx.audit.append(f"person:{person.id}", "person.add", person.id, {"origin": found.origin.value, "roles": list(person.roles)})
    elif not person.active:
        raise NotLetIn
    else:
        _follow(tx, person, found.name, roles)
    tx.groups.follow_directory(person.id, _groups(tx, meant))
    return tx.people.one(person.id)


def meanings_of(group_names: Iterable[str], meanings: Sequence[DirectoryGroup]) -> list[DirectoryGroup]:
    """What these groups mean here. An LDAP group goes by its DN and by the first part of it, whatever the capitals."""
    known = {EVERYBODY}
    for name in group_names:
        known |= {name.casefold(), name.split(",")[0].partition("=")[2].casefold()}
    return [meaning for meaning in meanings if meaning.name.casefold() in known]


def _follow(tx: Transaction, person: Person, name: str, roles: set[Role]) -> None:
    if name != person.name:
        tx.people.describe(person.id, name=name)
    if Role.ADMINISTRATOR in person.roles and Role.ADMINISTRATOR not in roles and is_last_administrator(tx, person):
        roles = roles | {Role.ADMINISTRATOR}
    if roles != set(person.roles):
        tx.people.set_roles(person.id, roles)
        tx.sessions.end_all(person.id)
        tx.audit.append(f"person:{person.id}", "person.roles", person.id, {"roles": sorted(roles)})


def _groups(tx: Transaction, meant: Iterable[DirectoryGroup]) -> list[str]:
    there = {group.name.casefold(): group.id for group in tx.groups.all()}
    spaces = {space.name.casefold(): space.id for space in tx.spaces.uncounted()}
    ids = []
    for meaning in meant:
        name = meaning.group or (meaning.name if meaning.spaces and meaning.name != EVERYBODY else None)
        if name is None and not meaning.spaces:
            continue
        name = name or "everyone"
        if name.casefold() not in there:
            there[name.casefold()] = tx.groups.add(name)
            tx.audit.append("owner", "group.add", there[name.casefold()])
        ids.append(there[name.casefold()])
        for space in meaning.spaces:
            if space.casefold() in spaces:
                tx.audiences.widen(spaces[space.casefold()], [ids[-1]])
    return ids


def is_last_administrator(tx: Transaction, person: Person) -> bool:
    """Whether nobody else could let people in after this one."""
    others = (one for one in tx.people.all() if one.id != person.id and one.active)
    return not any(Role.ADMINISTRATOR in one.roles for one in others)
