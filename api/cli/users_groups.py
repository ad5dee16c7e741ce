"""`kb users groups`: groups of people, and which spaces they see."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.invocation import Invocation, command
from api.cli.tables import table
from kb.accounts.types import Group

WhichGroup = Annotated[str, typer.Argument(help="The group.")]
Who = Annotated[str, typer.Argument(help="The name that somebody signs in with.")]


def group() -> typer.Typer:
    """The commands of `kb users groups`."""
    app = typer.Typer(help="Groups of people, and which spaces they see.", no_args_is_help=True)
    command(app, "list")(list_groups)
    command(app, "add")(add)
    command(app, "remove")(remove)
    command(app, "join")(join)
    command(app, "leave")(leave)
    command(app, "audience")(audience)
    return app


def list_groups(invocation: Invocation) -> None:
    """List the groups with their members and spaces."""
    from api.people_wire import GroupList

    with invocation.operations() as operations:
        groups = operations.people.groups()
    if invocation.as_json:
        invocation.print_json(GroupList(tuple(groups)))
        return
    rows = [(one.name, ", ".join(one.members), ", ".join(one.spaces)) for one in groups]
    invocation.out.print(table(invocation, ("name", "members", "spaces"), rows))


def add(invocation: Invocation, name: WhichGroup) -> None:
    """Make a group."""
    with invocation.operations() as operations:
        _show(invocation, operations.people.add_group(name))


def remove(invocation: Invocation, name: WhichGroup) -> None:
    """Take a group out, and with it what it saw."""
    with invocation.operations() as operations:
        operations.people.remove_group(name)
    if invocation.as_json:
        invocation.print_json({"removed": name})
        return
    invocation.say(invocation.text("groups.removed", group=name))


def join(invocation: Invocation, name: WhichGroup, login: Who) -> None:
    """Put somebody into a group."""
    with invocation.operations() as operations:
        _show(invocation, operations.people.join(name, login))


def leave(invocation: Invocation, name: WhichGroup, login: Who) -> None:
    """Take somebody out of a group."""
    with invocation.operations() as operations:
        _show(invocation, operations.people.leave(name, login))


def audience(
    invocation: Invocation,
    space: Annotated[str, typer.Argument(help="The space.")],
    seen_by: Annotated[
        list[str] | None,
        typer.Option("--group", help="A group that sees it (“everyone”: all accounts); more than once.", show_default=False),
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Let no group see it.", show_default=False)] = False,
) -> None:
    """Show who sees a space, or let exactly the groups that are named see it."""
    from kb.errors import InvalidRequest, SpaceNotFound

    if nobody and seen_by:
        raise InvalidRequest(reason="--group, --nobody")
    with invocation.operations() as operations:
        if seen_by or nobody:
            chosen = operations.people.set_audience(space, seen_by or ())
        else:
            shown = [one for one in operations.people.audiences() if one.space.lower() == space.lower()]
            if not shown:
                raise SpaceNotFound(space=space)
            chosen = shown[0]
    if invocation.as_json:
        invocation.print_json(chosen)
        return
    groups = ", ".join(chosen.groups) or invocation.text("audience.nobody")
    invocation.say(invocation.text("audience", space=chosen.space, groups=groups))


def _show(invocation: Invocation, group: Group) -> None:
    if invocation.as_json:
        invocation.print_json(group)
        return
    invocation.say(invocation.text("groups.changed", group=group.name, members=", ".join(group.members) or "–"))
