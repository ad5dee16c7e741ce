"""`kb privacy tasks|suppressions|journal|retention`."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.invocation import Invocation
from api.cli.tables import table
from api.cli.terminal import confirmed


def tasks(
    invocation: Invocation,
    done: Annotated[
        list[str] | None, typer.Option("--done", help="The task that was looked at. May be given again.", show_default=False)
    ] = None,
    outside: Annotated[
        str | None,
        typer.Option("--outside", metavar="REQUEST", help="Every copy outside of this request was seen to.", show_default=False),
    ] = None,
    outcome: Annotated[
        str,
        typer.Option(
            "--outcome", help="What came of it, in a word; of a file that was held back: release, redact or reject.", show_default=False
        ),
    ] = "done",
) -> None:
    """What a person has to look at: copies outside, bare names, what was held back, ends of keeping."""
    with invocation.operations() as operations:
        finished = list(done or ())
        if outside is not None:
            request_id = operations.privacy.show(outside).request_id
            there = operations.privacy.tasks()
            finished += [one.task_id for one in there if one.kind == "outside_copy" and one.request_id == request_id]
        for task_id in finished:
            operations.privacy.finish_task(task_id, outcome)
        waiting = operations.privacy.tasks()
    if invocation.as_json:
        from api.privacy_wire import TaskList

        invocation.print_json(TaskList(tuple(waiting)))
        return
    for task_id in finished:
        invocation.say(invocation.text("privacy.task_done", id=task_id))
    if not waiting:
        invocation.say(invocation.text("privacy.nothing_waits"))
        return
    rows = [
        (
            one.task_id,
            invocation.text(f"task.{one.kind}"),
            one.request_number or one.request_id,
            one.where or f"{one.object_kind or ''} {one.object_id or ''}",
            one.created_at.date(),
        )
        for one in waiting
    ]
    invocation.out.print(table(invocation, ("id", "kind", "request", "object", "begun"), rows))


def suppressions(
    invocation: Invocation,
    lift: Annotated[str | None, typer.Option("--lift", help="End this one: the person may come back.", show_default=False)] = None,
) -> None:
    """What may not come back, by keyed hashes alone."""
    with invocation.operations() as operations:
        if lift is not None:
            operations.privacy.lift_suppression(lift)
        kept = operations.privacy.suppressions()
    if invocation.as_json:
        from api.privacy_wire import SuppressionList

        invocation.print_json(SuppressionList(tuple(kept)))
        return
    if lift is not None:
        invocation.say(invocation.text("privacy.lifted", id=lift))
    rows = [
        (one.suppression_id, one.kind, one.request_id, one.basis, one.lifted_at.date() if one.lifted_at else one.expires_on) for one in kept
    ]
    invocation.out.print(table(invocation, ("id", "kind", "request", "basis", "until"), rows))


def journal(invocation: Invocation) -> None:
    """The erasure journal: what every restore of a backup erases again."""
    with invocation.operations() as operations:
        entries = operations.privacy.journal()
    if invocation.as_json:
        from api.privacy_wire import JournalList

        invocation.print_json(JournalList(tuple(entries)))
        return
    rows = [
        (
            one.request_id,
            one.begun_at.date(),
            one.completed_at.date() if one.completed_at else None,
            one.documents,
            one.redactions,
            one.answers,
        )
        for one in entries
    ]
    invocation.out.print(table(invocation, ("request", "begun", "completed", "documents", "redactions", "answers"), rows))


def retention(
    invocation: Invocation,
    run: Annotated[bool, typer.Option("--run", help="Remove what is past its term, now.", show_default=False)] = False,
    agree: Annotated[list[str] | None, typer.Option("--agree", help="A category of which much may go at once.", show_default=False)] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", show_default=False)] = False,
) -> None:
    """Terms of every category of data, and what is due. The server removes it daily; --run does it now."""
    if run and not confirmed(invocation, "privacy.retention.question", yes=yes):
        return
    with invocation.operations() as operations:
        categories = operations.privacy.retention(run=run, agreed=tuple(agree or ()))
    if invocation.as_json:
        from api.privacy_wire import RetentionList

        invocation.print_json(RetentionList(tuple(categories)))
        return
    rows = [(one.category, one.days, one.due, one.removed, one.purpose) for one in categories]
    invocation.out.print(table(invocation, ("category", "days", "due", "removed", "purpose"), rows))
