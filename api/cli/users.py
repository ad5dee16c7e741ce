"""`kb users`: people. Tokens and groups stand in the files beside this one."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from api.cli import users_groups, users_tokens
from api.cli.invocation import Invocation, command
from api.cli.tables import table
from kb.accounts.types import OneTimeCode, Person
from kb.authorise import Role

Who = Annotated[str, typer.Argument(help="The name that somebody signs in with.")]
Roles = Annotated[list[Role] | None, typer.Option("--role", help="A role; may be said more than once.", show_default=False)]


def group() -> typer.Typer:
    """The commands of `kb users`."""
    app = typer.Typer(help="People, their roles and groups, and who sees which space.", no_args_is_help=True)
    command(app, "add")(add)
    command(app, "list")(list_people)
    command(app, "set")(set_person)
    command(app, "link")(link)
    command(app, "remove")(remove)
    app.add_typer(users_tokens.group(), name="token")
    app.add_typer(users_groups.group(), name="groups")
    return app


def add(
    invocation: Invocation,
    login: Who,
    name: Annotated[str, typer.Option("--name", help="What somebody is called.", show_default=False)] = "",
    role: Roles = None,
    member: Annotated[list[str] | None, typer.Option("--group", help="A group; may be said more than once.", show_default=False)] = None,
) -> None:
    """Make an account, and a link with which its person chooses a password."""
    with invocation.operations() as operations:
        person = operations.people.add_person(login, name, role or ())
        for one in member or ():
            operations.people.join(one, person.id)
        person = operations.people.person(person.id)
        code = operations.people.link(person.id)
    if invocation.as_json:
        invocation.print_json({"person": _plain(person), "link": _link(invocation, code)})
        return
    invocation.say(invocation.text("users.added", login=person.login))
    _say_link(invocation, code)


def list_people(invocation: Invocation) -> None:
    """List the people."""
    from api.people_wire import PersonList

    with invocation.operations() as operations:
        people = operations.people.people()
    if invocation.as_json:
        invocation.print_json(PersonList(tuple(people)))
        return
    rows = [
        (
            person.login,
            person.name,
            _roles(invocation, person),
            ", ".join(person.groups),
            person.origin.value,
            invocation.text("yes" if person.active else "no"),
        )
        for person in people
    ]
    invocation.out.print(table(invocation, ("login", "person", "roles", "groups", "origin", "active"), rows))


def set_person(
    invocation: Invocation,
    login: Who,
    role: Roles = None,
    access: Annotated[
        bool | None, typer.Option("--let-in/--shut-out", help="Whether somebody may come in at all.", show_default=False)
    ] = None,
) -> None:
    """Give somebody exactly these roles (and employee), or shut somebody out. Sessions end."""
    from kb.errors import InvalidRequest

    if role is None and access is None:
        raise InvalidRequest(reason="--role, --let-in, --shut-out")
    with invocation.operations() as operations:
        if role is not None:
            person = operations.people.set_roles(login, role)
        if access is not None:
            person = operations.people.set_active(login, access)
    if invocation.as_json:
        invocation.print_json(person)
        return
    if role is not None:
        invocation.say(invocation.text("users.changed", login=person.login, roles=_roles(invocation, person)))
    if access is not None:
        invocation.say(invocation.text("users.in" if access else "users.out", login=person.login))


def link(invocation: Invocation, login: Who) -> None:
    """Make a link with which somebody chooses a new password."""
    with invocation.operations() as operations:
        code = operations.people.link(login)
    if invocation.as_json:
        invocation.print_json(_link(invocation, code))
        return
    _say_link(invocation, code)


def remove(
    invocation: Invocation,
    login: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", show_default=False)] = False,
) -> None:
    """Take an account out, with its sessions and tokens."""
    from kb.errors import InvalidRequest

    with invocation.operations() as operations:
        person = operations.people.person(login)
        if not yes:
            if invocation.as_json or not sys.stdin.isatty():
                raise InvalidRequest(reason=invocation.text("users.needs_yes"))
            typer.confirm(invocation.text("users.question", login=person.login), abort=True)
        operations.people.remove_person(person.id)
    if invocation.as_json:
        invocation.print_json({"removed": person.id})
        return
    invocation.say(invocation.text("users.removed", login=person.login))


def _roles(invocation: Invocation, person: Person) -> str:
    return ", ".join(invocation.text(f"role.{role.value}") for role in person.roles)


def _plain(person: Person) -> dict[str, object]:
    return {"id": person.id, "login": person.login, "name": person.name, "roles": list(person.roles), "groups": list(person.groups)}


def _link(invocation: Invocation, code: OneTimeCode) -> dict[str, str]:
    from api.cli.addresses import door_address

    return {"url": f"{door_address(invocation.settings)}/password#{code.secret}", "expires_at": code.expires_at.isoformat()}


def _say_link(invocation: Invocation, code: OneTimeCode) -> None:
    said = _link(invocation, code)
    invocation.say(invocation.text("users.link", until=f"{code.expires_at.astimezone():%Y-%m-%d %H:%M}", url=said["url"]))
