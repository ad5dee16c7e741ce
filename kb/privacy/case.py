"""A subject request as a state machine: which step may follow which, for every kind. Pure; what a step does stands elsewhere.

Each function takes a case and gives the next one, or raises what stands in the way and says what is possible instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from kb.errors import ExtensionTooLate, GroundUnknown, IdentityMethodUnknown, OnLegalHold, SecondApproverNeeded, StepNotPossible
from kb.privacy import deadlines
from kb.privacy.grounds import ERASURE_GROUNDS, HOLD_GROUNDS, IDENTITY_METHODS, REFUSAL_GROUNDS, identity_method
from kb.privacy.types import RequestKind, RequestState

S = RequestState


class Step(StrEnum):
    """What can be done with a case, as the command line calls it."""

    AWAIT_IDENTITY = "await-identity"
    CONFIRM = "confirm"
    FIND = "find"
    REVIEW = "review"
    APPROVE = "approve"
    EXECUTE = "execute"
    VERIFY = "verify"
    REPORT = "report"
    EXPORT = "export"
    RESTRICT = "restrict"
    UPHOLD = "uphold"
    LIFT = "lift"
    REFUSE = "refuse"
    EXTEND = "extend"
    HOLD = "hold"
    RELEASE = "release"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Approval:
    """That ``actor`` agreed with the plan as it was."""

    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A subject request without the person. ``deadline`` is the last day, inclusive; ``number`` is for people."""

    request_id: str
    number: str
    kind: RequestKind
    state: RequestState
    received_on: date
    deadline: date
    created_by: str
    created_at: datetime
    ground: str | None = None
    extended: bool = False
    identity_method: str | None = None
    paused_on: date | None = None
    paused_days: int = 0
    hold_ground: str | None = None
    refusal_ground: str | None = None
    approvals: tuple[Approval, ...] = ()
    closed_at: datetime | None = None
    begun: bool = False
    """Whether an execution has touched anything: from then on it cannot be refused or held any more, only finished."""

    @property
    def open(self) -> bool:
        """Whether the person may still be looked at."""
        return self.state is not S.CLOSED

    @property
    def answered(self) -> bool:
        """Whether the deadline no longer runs."""
        return self.state in (S.REPORTED, S.REFUSED, S.CLOSED)


Take = Callable[[Case], Case]
"""A step, ready to be taken."""

_LOOKING = (S.IDENTIFIED, S.SEARCHED, S.REVIEWED, S.APPROVED)
_BEFORE_CHANGE = (S.RECEIVED, *_LOOKING)
_DONE = (S.EXECUTED, S.VERIFIED, S.REPORTED)

_FROM: dict[Step, tuple[RequestState, ...]] = {
    Step.AWAIT_IDENTITY: (S.RECEIVED,),
    Step.CONFIRM: (S.RECEIVED,),
    Step.FIND: (*_LOOKING, S.EXECUTED),
    Step.REVIEW: (S.SEARCHED, S.REVIEWED, S.APPROVED, S.EXECUTED),
    Step.APPROVE: (S.REVIEWED,),
    Step.EXECUTE: (S.APPROVED, S.EXECUTING, S.EXECUTED),
    Step.VERIFY: _DONE,
    Step.REPORT: (S.VERIFIED, S.REPORTED),
    Step.EXPORT: (S.REVIEWED, S.REPORTED),
    Step.RESTRICT: (*_LOOKING[1:], S.EXECUTED),
    Step.UPHOLD: (S.EXECUTED,),
    Step.LIFT: (S.REPORTED, S.CLOSED),
    Step.REFUSE: (*_BEFORE_CHANGE, S.EXECUTED),
    Step.EXTEND: (*_BEFORE_CHANGE, S.EXECUTED),
    Step.HOLD: _BEFORE_CHANGE,
    Step.RELEASE: (*_BEFORE_CHANGE, S.EXECUTED, S.REPORTED, S.REFUSED),
    Step.CLOSE: (S.REPORTED, S.REFUSED),
}

_K = RequestKind
_EVERY = frozenset(_K)
_KINDS: dict[Step, frozenset[RequestKind]] = {
    Step.APPROVE: frozenset({_K.ERASURE, _K.RECTIFICATION}),
    Step.EXECUTE: frozenset({_K.ERASURE, _K.RECTIFICATION}),
    Step.VERIFY: frozenset({_K.ERASURE}),
    Step.REPORT: frozenset({_K.ERASURE}),
    Step.UPHOLD: frozenset({_K.OBJECTION}),
    Step.LIFT: frozenset({_K.RESTRICTION, _K.OBJECTION}),
    Step.EXPORT: _EVERY - {_K.OBJECTION},
}
"""Kinds that know a step; every kind knows those that are not named."""


def open_case(
    request_id: str,
    number: str,
    kind: RequestKind,
    *,
    received_on: date,
    ground: str | None,
    by: str,
    now: datetime,
) -> Case:
    """A new request. An erasure has a ground of 17(1); no other kind has one. Raises GroundUnknown."""
    if kind is RequestKind.ERASURE:
        _among(ground or "", ERASURE_GROUNDS)
    elif ground is not None:
        raise GroundUnknown(ground=ground, grounds="–")
    return Case(request_id, number, kind, S.RECEIVED, received_on, deadlines.deadline(received_on), by, now, ground)


def possible(case: Case) -> tuple[Step, ...]:
    """What can be done with ``case`` now."""
    return tuple(step for step in Step if _can(case, step))


def check(case: Case, step: Step) -> None:
    """Return when ``step`` is possible. Raises OnLegalHold, StepNotPossible."""
    if _can(case, step):
        return
    if case.hold_ground is not None and step not in (Step.HOLD, Step.RELEASE) and _can(replace(case, hold_ground=None), step):
        raise OnLegalHold(ground=case.hold_ground)
    raise StepNotPossible(step=step.value, state=case.state.value, possible=", ".join(possible(case)) or "–")


def await_identity(case: Case, today: date) -> Case:
    """Stop the clock: information about the identity was asked for."""
    check(case, Step.AWAIT_IDENTITY)
    return replace(case, paused_on=today)


def confirm(case: Case, method: str, today: date) -> Case:
    """The identity is confirmed; a clock that stood still runs on, so many days later. Raises IdentityMethodUnknown."""
    check(case, Step.CONFIRM)
    known = identity_method(method)
    if known is None:
        raise IdentityMethodUnknown(method=method, methods=", ".join(IDENTITY_METHODS))
    waited = max((today - case.paused_on).days, 0) if case.paused_on is not None else 0
    return _timed(replace(case, state=S.IDENTIFIED, identity_method=known, paused_on=None, paused_days=case.paused_days + waited))


def found(case: Case) -> Case:
    """It was searched; an earlier approval was of another plan."""
    check(case, Step.FIND)
    return replace(case, state=S.SEARCHED, approvals=())


def reviewed(case: Case, *, complete: bool) -> Case:
    """Judgements were given; ``complete``: every hit has one. An earlier approval was of another plan."""
    check(case, Step.REVIEW)
    return replace(case, state=S.REVIEWED if complete else S.SEARCHED, approvals=())


def approve(case: Case, by: str, now: datetime, *, needed: int) -> Case:
    """``by`` agrees with the plan; approved once ``needed`` different people did. Raises SecondApproverNeeded for one who did before."""
    check(case, Step.APPROVE)
    if any(one.actor == by for one in case.approvals):
        raise SecondApproverNeeded
    approvals = (*case.approvals, Approval(by, now))
    return replace(case, approvals=approvals, state=S.APPROVED if len(approvals) >= needed else S.REVIEWED)


def executing(case: Case) -> Case:
    """Its execution begins, or goes on after it broke off or left something."""
    check(case, Step.EXECUTE)
    return replace(case, state=S.EXECUTING, begun=True)


def executed(case: Case) -> Case:
    """Everything of the plan was done. An erasure is then verified; a rectification is answered."""
    if case.state is not S.EXECUTING:
        raise StepNotPossible(step=Step.EXECUTE.value, state=case.state.value, possible=", ".join(possible(case)) or "–")
    return replace(case, state=S.EXECUTED if case.kind is RequestKind.ERASURE else S.REPORTED)


def verified(case: Case, *, clean: bool) -> Case:
    """It was scanned. What is not clean goes back to executed: no report stands for it."""
    check(case, Step.VERIFY)
    if not clean:
        return replace(case, state=S.EXECUTED)
    return case if case.state is S.REPORTED else replace(case, state=S.VERIFIED)


def reported(case: Case) -> Case:
    """The report of execution is there."""
    check(case, Step.REPORT)
    return replace(case, state=S.REPORTED)


def exported(case: Case) -> Case:
    """A copy was made for the person. That answers a request for access or portability; other requests go on as they were."""
    check(case, Step.EXPORT)
    answers = case.kind in (RequestKind.ACCESS, RequestKind.PORTABILITY)
    return replace(case, state=S.REPORTED) if answers else case


def restricted(case: Case) -> Case:
    """Its hits are hidden. That is what a restriction asks, and what an objection brings while it is weighed."""
    check(case, Step.RESTRICT)
    match case.kind:
        case RequestKind.RESTRICTION:
            return replace(case, state=S.REPORTED)
        case RequestKind.OBJECTION:
            return replace(case, state=S.EXECUTED)
        case _:
            return case


def upheld(case: Case) -> Case:
    """The objection is right: its hits stay hidden, and an erasure on 17(1)(c) can follow."""
    check(case, Step.UPHOLD)
    return replace(case, state=S.REPORTED)


def lifted(case: Case) -> Case:
    """What it hid is shown again; the case itself stays as it is, closed or not."""
    check(case, Step.LIFT)
    return case


def refuse(case: Case, ground: str) -> Case:
    """It is refused, with a ground of the law. Raises GroundUnknown."""
    check(case, Step.REFUSE)
    _among(ground, REFUSAL_GROUNDS)
    return replace(case, state=S.REFUSED, refusal_ground=ground, paused_on=None, approvals=())


def extend(case: Case, today: date) -> Case:
    """Two months more, once, and only within the first month. Raises ExtensionTooLate."""
    check(case, Step.EXTEND)
    first = deadlines.deadline(case.received_on, paused_days=case.paused_days)
    if case.extended or (today > first and case.paused_on is None):
        raise ExtensionTooLate(until=first.isoformat())
    return _timed(replace(case, extended=True))


def hold(case: Case, ground: str) -> Case:
    """Nothing may be touched until it is released. Raises GroundUnknown."""
    check(case, Step.HOLD)
    _among(ground, HOLD_GROUNDS)
    return replace(case, hold_ground=ground)


def release(case: Case) -> Case:
    """The hold is over; whoever had approved looks again."""
    check(case, Step.RELEASE)
    return replace(case, hold_ground=None, approvals=(), state=S.REVIEWED if case.state is S.APPROVED else case.state)


def close(case: Case, now: datetime) -> Case:
    """It is over; after this the person is in nothing that Kennisbank keeps of the case."""
    check(case, Step.CLOSE)
    return replace(case, state=S.CLOSED, closed_at=now)


def _can(case: Case, step: Step) -> bool:
    if case.state not in _FROM[step] or case.kind not in _KINDS.get(step, _EVERY):
        return False
    return _can_in_detail(case, step)


def _can_in_detail(case: Case, step: Step) -> bool:
    held = case.hold_ground is not None
    weighing = case.state is S.EXECUTED
    match step:
        case Step.AWAIT_IDENTITY:
            return case.paused_on is None
        case Step.HOLD:
            return not held and not case.begun
        case Step.RELEASE:
            return held
        case Step.APPROVE | Step.EXECUTE | Step.CLOSE:
            return not held
        case Step.REFUSE | Step.RESTRICT:
            # Once anything has been erased there is nothing left to refuse; an objection is weighed after it was hidden.
            return not case.begun and (not weighing or case.kind is RequestKind.OBJECTION)
        case Step.EXTEND:
            return not case.extended
        case Step.EXPORT:
            return case.state is S.REVIEWED or case.kind in (RequestKind.ACCESS, RequestKind.PORTABILITY)
        case _:
            return True


def _timed(case: Case) -> Case:
    return replace(case, deadline=deadlines.deadline(case.received_on, extended=case.extended, paused_days=case.paused_days))


def _among(ground: str, grounds: tuple[str, ...]) -> None:
    if ground not in grounds:
        raise GroundUnknown(ground=ground, grounds=", ".join(grounds))
