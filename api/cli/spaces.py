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
    command(app, "set")(set_space)
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


def set_space(
    invocation: Invocation,
    name: Annotated[str, typer.Argument(help="The space.")],
    label: Annotated[list[str], typer.Option("--label", help="LABEL=allow, LABEL=warn or LABEL=quarantine.", show_default=False)],
) -> None:
    """Choose what a space does with new files that hold sensitive content."""
    from kb.errors import InvalidRequest
    from kb.types import LabelAction

    choices = [choice.partition("=")[::2] for choice in label]
    wrong = [f"{kind}={action}" for kind, action in choices if action not in list(LabelAction)]
    if wrong:
        raise InvalidRequest(reason=f"--label {wrong[0]}: {', '.join(LabelAction)}")
    with invocation.operations() as operations:
        for kind, action in choices:
            space = operations.set_label_policy(name, kind, LabelAction(action))
    if invocation.as_json:
        invocation.print_json(space)
        return
    for kind, action in choices:
        invocation.say(invocation.text("label_set", space=space.name, label=kind, action=action))
