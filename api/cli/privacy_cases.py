"""`kb privacy`: a case from its receipt to its answer, all but searching and erasing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.invocation import Invocation
from api.cli.privacy_identifiers import Aliases, Bsns, Emails, Ibans, Listed, Names, Numbers, Phones, identifiers_of
from api.cli.tables import table
from api.cli.terminal import confirmed
from kb.privacy.types import RequestKind

if TYPE_CHECKING:
    from kb.privacy.shown import RequestShown

USUAL_GROUND = "17(1)(a)"
"""Of an erasure where none is named: no longer necessary for what it was collected for."""

Id = Annotated[str, typer.Argument(metavar="ID", help="The request's id or number, as `kb privacy list` shows it.")]
Because = Annotated[str, typer.Option("--reason", help="A sentence for the letter.", show_default=False)]


def open_request(
    invocation: Invocation,
    kind: Annotated[RequestKind, typer.Option("--kind", help="What is asked.")],
    name: Names = None,
    email: Emails = None,
    phone: Phones = None,
    bsn: Bsns = None,
    number: Numbers = None,
    iban: Ibans = None,
    alias: Aliases = None,
    identifiers: Listed = None,
    ground: Annotated[
        str | None,
        typer.Option(
            "--ground", help=f"Of an erasure: 17(1)(a) to (f). (default: {USUAL_GROUND}, no longer necessary)", show_default=False
        ),
    ] = None,
    received: Annotated[
        datetime | None, typer.Option("--received", formats=["%Y-%m-%d"], help="The day it came in. (default: today)", show_default=False)
    ] = None,
) -> None:
    """Open a case. The clock runs from the day it came in."""
    from kb.privacy.shown import NewRequest

    person = identifiers_of(name, email, phone, bsn, number, iban, alias, identifiers)
    assumed = kind is RequestKind.ERASURE and ground is None
    chosen = USUAL_GROUND if assumed else ground
    with invocation.operations() as operations:
        made = operations.privacy.request(NewRequest(kind, person, chosen, received.date() if received else None))
    if assumed:
        invocation.note(invocation.text("privacy.ground_assumed", ground=USUAL_GROUND))
    show(invocation, made)


def list_requests(invocation: Invocation) -> None:
    """List the requests with their clocks."""
    with invocation.operations() as operations:
        requests = operations.privacy.requests()
    if invocation.as_json:
        from api.privacy_wire import RequestList

        invocation.print_json(RequestList(tuple(requests)))
        return
    if not requests:
        invocation.say(invocation.text("privacy.none"))
        return
    rows = [
        (
            one.number,
            invocation.text(f"kind.{one.kind.value}"),
            _state(invocation, one),
            one.deadline,
            _clock(invocation, one),
            one.request_id,
        )
        for one in requests
    ]
    invocation.out.print(table(invocation, ("number", "kind", "status", "deadline", "clock", "id"), rows))


def show_request(
    invocation: Invocation,
    request: Id,
    person: Annotated[bool, typer.Option("--person", help="Show whom it is about; that is written down.", show_default=False)] = False,
) -> None:
    """Look at one request, and at what can be done now."""
    with invocation.operations() as operations:
        shown = operations.privacy.show(request)
        known = operations.privacy.subject(request) if person else ()
    show(invocation, shown)
    if not invocation.as_json:
        for one in known:
            invocation.say(f"{one.kind.value}: {one.value}")


def add_identifiers(
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
) -> None:
    """The person is also known by these. Search again afterwards."""
    person = identifiers_of(name, email, phone, bsn, number, iban, alias, identifiers)
    with invocation.operations() as operations:
        shown = operations.privacy.add_identifiers(request, person)
    show(invocation, shown)


def await_identity(invocation: Invocation, request: Id, reason: Because = "") -> None:
    """Stop the clock while you wait for information about the identity. Write the letter: kb privacy letters ID identity."""
    with invocation.operations() as operations:
        shown = operations.privacy.await_identity(request, reason)
    show(invocation, shown)


def confirm(
    invocation: Invocation,
    request: Id,
    method: Annotated[
        str,
        typer.Option("--method", help="in-person, known-person, known-address, callback, account or representative. Never a copy."),
    ],
) -> None:
    """Confirm the identity: by what was seen, never by a copy of a document."""
    with invocation.operations() as operations:
        shown = operations.privacy.confirm(request, method)
    show(invocation, shown)


def extend(invocation: Invocation, request: Id, reason: Because = "") -> None:
    """Take two months more, once, within the first month, with the reason. Then send: kb privacy letters ID extension."""
    with invocation.operations() as operations:
        shown = operations.privacy.extend(request, reason)
    show(invocation, shown)


def refuse(
    invocation: Invocation,
    request: Id,
    ground: Annotated[str, typer.Option("--ground", help="Such as 17(3)(a) to (e), 12(5)(a), 12(6), 15(4), 21(1).")],
    reason: Because = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", show_default=False)] = False,
) -> None:
    """Refuse, on a ground of the law and with a reason. Then send: kb privacy letters ID refusal."""
    if not confirmed(invocation, "privacy.refuse.question", yes=yes):
        return
    with invocation.operations() as operations:
        shown = operations.privacy.refuse(request, ground, reason)
    show(invocation, shown)


def hold(
    invocation: Invocation,
    request: Id,
    ground: Annotated[
        str, typer.Option("--ground", help="legal-claim, court-order, investigation, archives-act or tax-retention.", show_default=False)
    ] = "",
    reason: Because = "",
    release: Annotated[bool, typer.Option("--release", help="End the hold.", show_default=False)] = False,
) -> None:
    """Legal hold: nothing is touched until it is released."""
    with invocation.operations() as operations:
        privacy = operations.privacy
        shown = privacy.release_hold(request) if release else privacy.hold(request, ground, reason)
    show(invocation, shown)
    if not (release or invocation.as_json):
        invocation.note(invocation.text("privacy.hold_receipt", number=shown.number))


def restrict(invocation: Invocation, request: Id) -> None:
    """Hide the hits from search at once (art. 18, or 21 while it is weighed). A hit of another person is left alone."""
    with invocation.operations() as operations:
        shown = operations.privacy.restrict(request)
    show(invocation, shown)


def lift(
    invocation: Invocation, request: Id, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", show_default=False)] = False
) -> None:
    """End a restriction, or what an objection hid, also of a closed request. The person is told beforehand (art. 18(3))."""
    if not confirmed(invocation, "privacy.lift.question", yes=yes):
        return
    with invocation.operations() as operations:
        shown = operations.privacy.lift(request)
    show(invocation, shown)


def uphold(invocation: Invocation, request: Id) -> None:
    """An objection (art. 21) is right: its hits stay hidden. An erasure can follow, on ground 17(1)(c)."""
    with invocation.operations() as operations:
        shown = operations.privacy.uphold(request)
    show(invocation, shown)


def letters(
    invocation: Invocation,
    request: Id,
    letter: Annotated[
        str | None, typer.Argument(help="receipt, identity, extension, refusal, completion, recipients or hold; none: which there are.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Into a new file that you alone can read. (default: the screen)", show_default=False)
    ] = None,
) -> None:
    """Write a letter, in the language of --lang, to read over and send. Nothing is sent by itself."""
    from api.cli.private_file import write_private
    from api.privacy_wire import LetterText
    from kb.errors import InvalidRequest
    from kb.privacy.letters import Letter

    if letter is not None and letter not in list(Letter):
        raise InvalidRequest(reason=f"{letter}: {', '.join(Letter)}")
    with invocation.operations() as operations:
        if letter is None:
            there = operations.privacy.show(request).letters
        else:
            text = operations.privacy.letter(request, Letter(letter), invocation.language)
    if letter is None:
        if invocation.as_json:
            invocation.print_json({"letters": there})
        else:
            invocation.say("\n".join(there) or invocation.text("privacy.no_letters"))
    elif output is not None:
        file = write_private(output, text.encode())
        if invocation.as_json:
            invocation.print_json({"file": str(file)})
        else:
            invocation.say(invocation.text("privacy.written", file=file))
    elif invocation.as_json:
        invocation.print_json(LetterText(letter, invocation.language, text))
    else:
        invocation.say(text.rstrip("\n"))


def show(invocation: Invocation, one: RequestShown) -> None:
    """A request as the commands show it."""
    if invocation.as_json:
        invocation.print_json(one)
        return
    invocation.say(
        invocation.text(
            "privacy.case",
            number=one.number,
            kind=invocation.text(f"kind.{one.kind.value}"),
            state=_state(invocation, one),
            deadline=one.deadline,
            clock=_clock(invocation, one),
        ),
        style="bold",
    )
    invocation.say(invocation.text("privacy.id", request_id=one.request_id))
    lines: dict[str, dict[str, object]] = {
        "privacy.ground": {"ground": one.ground},
        "privacy.identity": {"method": one.identity_method},
        "privacy.paused": {"day": one.paused_on},
        "privacy.held": {"ground": one.hold_ground},
        "privacy.refused": {"ground": one.refusal_ground},
        "privacy.approved_by": {"people": ", ".join(one.approvals)},
        "privacy.next": {"steps": ", ".join(one.possible)},
        "privacy.letters": {"letters": ", ".join(one.letters)},
    }
    for key, values in lines.items():
        if all(values.values()):
            invocation.say(invocation.text(key, **values))


def _state(invocation: Invocation, one: RequestShown) -> str:
    weighed = one.kind is RequestKind.OBJECTION and one.state.value == "executed"
    return invocation.text("request.weighed" if weighed else f"request.{one.state.value}")


def _clock(invocation: Invocation, one: RequestShown) -> str:
    return invocation.text(f"clock.{one.clock.value}")
