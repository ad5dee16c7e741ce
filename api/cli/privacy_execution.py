"""`kb privacy execute|verify|report|export|close`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.invocation import Invocation
from api.cli.privacy_cases import Id
from api.cli.privacy_identifiers import Aliases, Bsns, Emails, Ibans, Listed, Names, Numbers, Phones, identifiers_of
from api.cli.privacy_search import show_plan
from api.cli.private_file import write_private
from api.cli.terminal import confirmed, on_terminal
from kb.privacy.types import RequestState

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.", show_default=False)]
_SHOWN_RESIDUE = 50


def execute(invocation: Invocation, request: Id, yes: Yes = False) -> None:
    """Carry the approved plan out, read every byte again, and sign the report. What broke off goes on where it was."""
    if not yes and on_terminal():
        with invocation.operations() as operations:
            show_plan(invocation, operations.privacy.plan(request))
    if not confirmed(invocation, "privacy.execute.question", yes=yes):
        return

    def heard(step: str) -> None:
        if invocation.err.is_terminal:
            invocation.note(invocation.text(f"privacy.step.{step}"))

    with invocation.operations() as operations:
        done = operations.privacy.execute(request, heard)
    if invocation.as_json:
        invocation.print_json(done)
        return
    key = "privacy.rectified" if "rectified" in done.counts else "privacy.executed"
    invocation.say(invocation.text(key, seconds=done.seconds, number=request))


def verify(
    invocation: Invocation,
    request: Id,
    name: Names = None,
    email: Emails = None,
    phone: Phones = None,
    bsn: Bsns = None,
    number: Numbers = None,
    iban: Ibans = None,
    alias: Aliases = None,
    identifiers: Listed = None,
) -> int:
    """Read every byte of the data directory again. Exit code 0 only when nothing unexpected is left.

    Once the case is closed nothing here knows the person: give the identifiers again.
    """
    person = identifiers_of(name, email, phone, bsn, number, iban, alias, identifiers)
    with invocation.operations() as operations:
        seen = operations.privacy.verify(request, person)
    failed = not seen.clean or seen.report_valid is False
    if invocation.as_json:
        invocation.print_json(seen)
        return int(failed)
    if seen.clean:
        counts = {"files": seen.files, "bytes": seen.bytes_read, "containers": seen.containers, "vectors": seen.vectors_compared}
        invocation.say(invocation.text("privacy.clean", **counts, seconds=seen.seconds))
    else:
        key = "privacy.residue_closed" if seen.state is RequestState.CLOSED else "privacy.residue"
        invocation.say(invocation.text(key, count=len(seen.residue), number=request), style="red")
        for one in seen.residue[:_SHOWN_RESIDUE]:
            invocation.say("  " + " › ".join((one.path, *one.inside)) + f" @ {one.offset} ({one.form})")
    if seen.expected:
        invocation.say(invocation.text("privacy.expected", count=seen.expected))
    if seen.unread:
        invocation.say(invocation.text("privacy.unread_parts", count=len(seen.unread)))
        for part in seen.unread[:_SHOWN_RESIDUE]:
            invocation.say(f"  {part}")
    if not seen.same_person:
        invocation.note(invocation.text("privacy.other_person"))
    if seen.report_valid is not None:
        invocation.say(invocation.text("privacy.report_valid" if seen.report_valid else "privacy.report_changed"))
    return int(failed)


def report(
    invocation: Invocation,
    request: Id,
    html: Annotated[Path | None, typer.Option("--html", help="Write it as a page to this file.", show_default=False)] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Write the signed JSON to this file.", show_default=False)] = None,
) -> None:
    """The signed report of execution. It names nobody."""
    with invocation.operations() as operations:
        signed = operations.privacy.report(request)
        page = operations.privacy.report_page(request, invocation.language) if html is not None else ""
    written = []
    if html is not None:
        written.append(write_private(html, page.encode()))
    if output is not None:
        written.append(write_private(output, json.dumps(signed, ensure_ascii=False, indent=1).encode()))
    if invocation.as_json:
        invocation.print_json(signed)
    elif written:
        for file in written:
            invocation.say(invocation.text("privacy.written", file=file))
    else:
        invocation.say(json.dumps(signed, ensure_ascii=False, indent=1))


def export(
    invocation: Invocation,
    request: Id,
    output: Annotated[
        Path | None, typer.Option("--output", help="The zip to write. (default: <number>-export.zip here)", show_default=False)
    ] = None,
    release_others: Annotated[
        bool, typer.Option("--release-others", help="Do not mask other people: you looked, and may.", show_default=False)
    ] = False,
) -> None:
    """Make the copy that the person asked for (art. 15, 20). Look it over: other people are masked, as far as they are recognised."""
    with invocation.operations() as operations:
        number = operations.privacy.show(request).number
        target = output or Path(f"{number}-export.zip")
        copy = operations.privacy.export(request, release_others=release_others)
        shown = operations.privacy.show(request)
    file = write_private(target, copy)
    if invocation.as_json:
        invocation.print_json({"request_id": shown.request_id, "state": shown.state.value, "file": str(file), "bytes": len(copy)})
        return
    invocation.say(invocation.text("privacy.written", file=file))


def close(
    invocation: Invocation,
    request: Id,
    yes: Yes = False,
    no_dossier: Annotated[bool, typer.Option("--no-dossier", help="Keep nothing that names the person.", show_default=False)] = False,
    recipient: Annotated[
        str | None,
        typer.Option("--recipient", help="Seal the dossier for this age key. (default: the key of the backups)", show_default=False),
    ] = None,
) -> None:
    """Close: the dossier goes sealed into the secrets directory, and what names the person here is destroyed."""
    if not confirmed(invocation, "privacy.close.question", yes=yes):
        return
    with invocation.operations() as operations:
        closed = operations.privacy.close(request, dossier=not no_dossier, recipient=recipient)
    if invocation.as_json:
        invocation.print_json(closed)
    elif closed.dossier is None:
        invocation.say(invocation.text("privacy.closed_bare"))
    else:
        place = invocation.settings.secrets_dir / "dossiers" / closed.dossier
        invocation.say(invocation.text("privacy.closed", file=place, day=closed.keep_until))
