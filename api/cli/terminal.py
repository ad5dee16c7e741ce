"""Asking somebody, if somebody is there."""

from __future__ import annotations

import sys

import typer

from api.cli.invocation import Invocation


def on_terminal() -> bool:
    """Whether somebody is there to answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirmed(invocation: Invocation, question: str, *, yes: bool) -> bool:
    """Whether to go on: --yes was said, or the person agrees. Raises InvalidRequest where nobody can be asked."""
    from kb.errors import InvalidRequest

    if yes:
        return True
    if not on_terminal():
        raise InvalidRequest(reason=invocation.text("remove.needs_yes"))
    if typer.confirm(invocation.text(question), err=True):
        return True
    invocation.note(invocation.text("privacy.not_done"))
    return False
