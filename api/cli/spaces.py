"""`kb spaces`."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.invocation import Invocation, command
from api.cli.tables import table


def group() -> typer.Typer:
    """The commands of `kb spaces`."""
    app = typer.Typer(help="List and make spaces: sets of documents with one audience.", no_args_is_help=True)
    command(app, "list")(list_spaces)
    command(app, "add")(add_space)
    return app


def list_spaces(invocation: Invocation) -> None:
    """List the spaces."""
    from api.wire import SpaceList

    with invocation.operations() as operations:
        spaces = operations.spaces()
    if invocation.as_json:
        invocation.print_json(SpaceList(tuple(spaces)))
        return
    invocation.out.print(table(invocation, ("name", "documents"), [(space.name, space.documents) for space in spaces]))


def add_space(invocation: Invocation, name: Annotated[str, typer.Argument(help="Its name.")]) -> None:
    """Make a space."""
    with invocation.operations() as operations:
        space = operations.add_space(name)
    if invocation.as_json:
        invocation.print_json(space)
        return
    invocation.say(invocation.text("space_added", name=space.name))
