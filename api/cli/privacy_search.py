"""`kb privacy find|review|plan|original|approve`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.invocation import Invocation
from api.cli.privacy_cases import Id, show
from api.cli.tables import table
from kb.privacy.types import SURE, Decision, How, RequestKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kb.privacy.shown import DocumentPlanned, FoundShown, HitShown, PlanShown

DECISIONS = "erase, erase-passage, redact, other-person or keep"
_SHOWN_UNREAD = 20
_CHANGING = (Decision.ERASE, Decision.ERASE_PASSAGE, Decision.REDACT)


def find(invocation: Invocation, request: Id) -> None:
    """Search every store for the person. Needs a confirmed identity; every search is written into the audit chain."""
    from kb.privacy.views import per_how

    with invocation.operations() as operations:
        found = operations.privacy.find(request)
    if invocation.as_json:
        invocation.print_json(found)
        return
    if found.hits:
        invocation.say(invocation.text("privacy.found", count=len(found.hits), seconds=found.seconds, number=request), style="bold")
        invocation.say("  " + _per_how(invocation, per_how(found.hits)))
        for store, count in found.by_store.items():
            invocation.say("  " + invocation.text("privacy.by_store", store=invocation.text(f"store.{store}"), count=count))
    else:
        invocation.say(invocation.text("privacy.found_nothing", seconds=found.seconds))
    _asides(invocation, request, found)


def review(
    invocation: Invocation,
    request: Id,
    decision: Annotated[str | None, typer.Argument(help=f"{DECISIONS}; none: show the hits.", show_default=False)] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every hit, fuzzy and related ones included: some of those are of others.", show_default=False)
    ] = False,
    sure: Annotated[bool, typer.Option("--sure", help="Every exact and normalised hit, and no proposal.", show_default=False)] = False,
    hit: Annotated[list[str] | None, typer.Option("--hit", help="One hit. May be given again.", show_default=False)] = None,
    group: Annotated[list[str] | None, typer.Option("--group", help="A group: the same words in one document.", show_default=False)] = None,
    document: Annotated[
        list[str] | None, typer.Option("--document", help="Every hit in a document, by its id or path.", show_default=False)
    ] = None,
    unread: Annotated[
        list[str] | None, typer.Option("--unread", help="A version that could not be read: erase or keep.", show_default=False)
    ] = None,
    ground: Annotated[str | None, typer.Option("--ground", help="Of keep: 17(3)(a) to (e).", show_default=False)] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="Of keep: the day it comes back before you.", show_default=False),
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="Show every hit in its context, not by group.", show_default=False)] = False,
) -> None:
    """Judge what was found: by hit, by group, or all at once. Without a decision: show it, what is undecided first."""
    from kb.errors import InvalidRequest
    from kb.privacy.shown import ReviewOrder

    if decision is not None and decision not in list(Decision):
        raise InvalidRequest(reason=f"{decision}: {DECISIONS}")
    if decision is None:
        with invocation.operations() as operations:
            found = operations.privacy.hits(request)
        _show_hits(invocation, request, found, each=each)
        return
    order = ReviewOrder(
        Decision(decision),
        everything=everything,
        sure=sure,
        hits=tuple(hit or ()),
        groups=tuple(group or ()),
        documents=tuple(document or ()),
        unread=tuple(unread or ()),
        ground=ground,
        until=until.date() if until else None,
    )
    with invocation.operations() as operations:
        done = operations.privacy.review(request, order)
    if invocation.as_json:
        invocation.print_json(done)
        return
    if done.taken:
        invocation.say(invocation.text("privacy.taken", counts=_per_how(invocation, done.taken), decision=order.decision.value))
    invocation.say(invocation.text("privacy.reviewed", decided=done.decided, undecided=done.undecided, unread=done.unread))
    proposals = sum(done.taken.get(how.value, 0) for how in How if how not in SURE)
    if proposals and not order.hits and order.decision in _CHANGING:
        invocation.note(invocation.text("privacy.proposals_taken", count=proposals, number=request), style="bold red")


def plan(invocation: Invocation, request: Id) -> None:
    """The dry run: exactly what an execution would change, and what is left to a person."""
    with invocation.operations() as operations:
        planned = operations.privacy.plan(request)
    if invocation.as_json:
        invocation.print_json(planned)
        return
    show_plan(invocation, planned)


def original(
    invocation: Invocation,
    request: Id,
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="The document's id.")],
    output: Annotated[Path | None, typer.Option("--output", help="Where to. (default: its own name here)", show_default=False)] = None,
) -> None:
    """Save an original of the case before it is destroyed. It names the person: keep it where that is right."""
    from api.cli.private_file import write_private

    with invocation.operations() as operations:
        copy = operations.privacy.original(request, document)
    file = write_private(output or Path(Path(copy.file_name).name), copy.data)
    if invocation.as_json:
        invocation.print_json({"file": str(file), "bytes": len(copy.data)})
        return
    invocation.say(invocation.text("privacy.written", file=file))


def approve(invocation: Invocation, request: Id) -> None:
    """Agree with the plan. Just that plan is carried out: who reviews again needs a new approval."""
    with invocation.operations() as operations:
        planned = operations.privacy.plan(request)
        shown = operations.privacy.approve(request)
    if not invocation.as_json:
        show_plan(invocation, planned)
    show(invocation, shown)


def show_plan(invocation: Invocation, planned: PlanShown) -> None:
    """A plan, for a person."""
    if not (planned.documents or planned.redactions or planned.answers):
        invocation.say(invocation.text("privacy.plan.nothing"))
    if planned.kind is RequestKind.RECTIFICATION:
        _documents(invocation, "privacy.plan.wrong", (*planned.documents, *planned.redacted_documents))
        return
    _documents(invocation, "privacy.plan.documents", planned.documents)
    _documents(invocation, "privacy.plan.redacted", planned.redacted_documents)
    redactions = {invocation.text(f"store.{store}"): count for store, count in planned.redactions.items()}
    for key, counts in (("privacy.plan.redactions", redactions), ("privacy.plan.kept", planned.kept)):
        if counts:
            invocation.say(invocation.text(key, counts=", ".join(f"{name}: {count}" for name, count in counts.items())))
    if planned.answers:
        invocation.say(invocation.text("privacy.plan.answers", count=planned.answers))
    if planned.spaces:
        invocation.say(invocation.text("privacy.plan.spaces", spaces=", ".join(planned.spaces)))
    if planned.outside:
        invocation.say(invocation.text("privacy.plan.outside"))
        for place in planned.outside:
            invocation.say(f"  {place}")
    if planned.documents and not planned.four_eyes:
        invocation.note(invocation.text("privacy.plan.one_officer"))
    elif planned.approvals_needed > 1:
        invocation.say(invocation.text("privacy.plan.approvals", count=planned.approvals_needed))


def _documents(invocation: Invocation, key: str, documents: Sequence[DocumentPlanned]) -> None:
    if documents:
        invocation.say(invocation.text(key))
    for one in documents:
        invocation.say(f"  {one.where} · {one.space} · {one.document_id}")


def _show_hits(invocation: Invocation, request: str, found: FoundShown, *, each: bool) -> None:
    if invocation.as_json:
        invocation.print_json(found)
        return
    ordered = sorted(found.hits, key=lambda one: one.decision is not None)
    if each:
        rows = [(one.hit_id, one.where, one.matched, invocation.text(f"how.{one.how.value}"), one.excerpt, one.decision) for one in ordered]
        invocation.out.print(table(invocation, ("id", "where", "matched", "how", "excerpt", "decision"), rows))
    else:
        invocation.out.print(
            table(invocation, ("group", "where", "matched", "how", "hits", "excerpt", "decision"), _groups(invocation, ordered))
        )
    _asides(invocation, request, found)


def _per_how(invocation: Invocation, counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {invocation.text(f'how.{how}')}" for how, count in counts.items())


def _groups(invocation: Invocation, hits: Sequence[HitShown]) -> list[tuple[object, ...]]:
    groups: dict[str, list[HitShown]] = {}
    for one in hits:
        groups.setdefault(one.group, []).append(one)
    rows: list[tuple[object, ...]] = []
    for group, members in groups.items():
        first = members[0]
        decisions = sorted({one.decision.value if one.decision else "?" for one in members})
        rows.append(
            (
                group,
                first.where,
                first.matched,
                invocation.text(f"how.{first.how.value}"),
                len(members),
                first.excerpt,
                ", ".join(decisions),
            )
        )
    return rows


def _asides(invocation: Invocation, request: str, found: FoundShown) -> None:
    if found.common:
        invocation.note(invocation.text("privacy.common", words="”, “".join(found.common)))
    if found.bare_unlisted:
        invocation.note(invocation.text("privacy.bare_unlisted", count=found.bare_unlisted))
    if found.proposals:
        invocation.say(invocation.text("privacy.proposals", number=request))
        for one in found.proposals:
            invocation.say(f"  {one.kind.value}: {one.value} ({one.times}×)")
    if found.unsearched:
        invocation.say(invocation.text("privacy.unsearched", count=len(found.unsearched)))
        for unread in found.unsearched[:_SHOWN_UNREAD]:
            invocation.say(f"  {unread.version_id}  {unread.where} ({unread.code})")
        if len(found.unsearched) > _SHOWN_UNREAD:
            invocation.say("  …")
