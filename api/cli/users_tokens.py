"""`kb users token`: tokens for programs that ask in somebody's name."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.invocation import Invocation, command
from api.cli.tables import table
from kb.authorise import Action

Who = Annotated[str, typer.Argument(help="In whose name.")]


def group() -> typer.Typer:
    """The commands of `kb users token`."""
    app = typer.Typer(help="Tokens for programs that ask in somebody's name.", no_args_is_help=True)
    command(app, "add")(add)
    command(app, "list")(list_tokens)
    command(app, "remove")(remove)
    return app


def add(
    invocation: Invocation,
    login: Who,
    name: Annotated[str, typer.Option("--name", help="What it is for.")] = "kb",
    days: Annotated[int | None, typer.Option("--days", min=1, help="How long it holds.", show_default=False)] = None,
    may: Annotated[list[Action] | None, typer.Option("--may", help="What it may at most; more than once.", show_default=False)] = None,
    space: Annotated[list[str] | None, typer.Option("--space", help="Where it may at most; more than once.", show_default=False)] = None,
) -> None:
    """Make a token. It is shown once."""
    with invocation.operations() as operations:
        made = operations.people.add_token(name, login, days=days, actions=may, spaces=space)
    if invocation.as_json:
        invocation.print_json(made)
        return
    invocation.say(invocation.text("token.added", until=f"{made.token.expires_at:%Y-%m-%d}", secret=made.secret))


def list_tokens(invocation: Invocation, login: Who) -> None:
    """List somebody's tokens."""
    from api.people_wire import TokenList

    with invocation.operations() as operations:
        tokens = operations.people.tokens(login)
    if invocation.as_json:
        invocation.print_json(TokenList(tuple(tokens)))
        return
    rows = [
        (one.id, one.name, f"{one.expires_at:%Y-%m-%d}", one.last_used_on, None if one.actions is None else ", ".join(one.actions))
        for one in tokens
    ]
    invocation.out.print(table(invocation, ("id", "name", "expires", "used", "may"), rows))


def remove(invocation: Invocation, login: Who, token: Annotated[str, typer.Argument(help="Its id, as the list shows it.")]) -> None:
    """Revoke a token."""
    with invocation.operations() as operations:
        operations.people.remove_token(token, login)
    if invocation.as_json:
        invocation.print_json({"removed": token})
        return
    invocation.say(invocation.text("token.removed"))
