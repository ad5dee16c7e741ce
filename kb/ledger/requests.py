"""Subject requests in the ledger: ids, dates, codes and counts. The person is in the case's vault alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, exists, func, insert, select, update

from kb.errors import RequestNotFound
from kb.ledger.tables import citations, documents, request_steps, requests, versions
from kb.ports import Clock
from kb.privacy.case import Approval, Case
from kb.privacy.types import RequestKind, RequestState
from kb.types import VersionStatus

FIRST_TOUCH = "tombstone"
"""The first step of an execution that changes anything (``kb.privacy.execution_steps``)."""


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step of an execution that is behind it. ``counts``: numbers by name."""

    step: str
    at: datetime
    counts: Mapping[str, Any]


class RequestRows:
    """Reads and writes cases within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def next_number(self, year: int) -> str:
        """The next number of ``year`` for people: 2026-0001. Only within a writing transaction is it the caller's alone."""
        taken = select(func.max(requests.c.number)).where(requests.c.number.like(f"{year:04d}-%"))
        last = self._connection.execute(taken).scalar()
        return f"{year:04d}-{int(last.partition('-')[2]) + 1 if last else 1:04d}"

    def add(self, case: Case, commitment: str) -> None:
        """Keep a new case; ``commitment``: keyed hash of the person's identifiers."""
        self._connection.execute(insert(requests).values(id=case.request_id, commitment=commitment, **_values(case)))

    def recommit(self, request_id: str, commitment: str) -> None:
        """Other identifiers were given to an open case."""
        self._connection.execute(update(requests).where(requests.c.id == request_id).values(commitment=commitment))

    def one(self, request: str) -> Case:
        """The case with this id or number. Raises RequestNotFound."""
        return _case(self._row(request))

    def all(self) -> list[Case]:
        """Every case, newest first."""
        rows = self._connection.execute(_cases().order_by(requests.c.created_at.desc(), requests.c.number.desc()))
        return [_case(row) for row in rows]

    def save(self, case: Case) -> None:
        """Write the case as it is now. Raises RequestNotFound."""
        done = self._connection.execute(update(requests).where(requests.c.id == case.request_id).values(**_values(case)))
        if done.rowcount != 1:
            raise RequestNotFound(request=case.request_id)

    def commitment(self, request_id: str) -> str:
        """The keyed hash of the identifiers. Raises RequestNotFound."""
        return str(self._row(request_id).commitment)

    def set_report(self, request_id: str, report: Mapping[str, Any]) -> None:
        """Keep the signed report of execution, instead of an earlier one."""
        self._connection.execute(update(requests).where(requests.c.id == request_id).values(report=dict(report)))

    def report(self, request_id: str) -> dict[str, Any] | None:
        """The signed report, or None. Raises RequestNotFound."""
        kept = self._row(request_id).report
        return None if kept is None else dict(kept)

    def steps(self, request_id: str) -> dict[str, StepDone]:
        """The steps of the execution that are done, by name."""
        query = select(request_steps).where(request_steps.c.request_id == request_id).order_by(request_steps.c.at)
        return {row.step: StepDone(row.step, row.at, dict(row.counts)) for row in self._connection.execute(query)}

    def step_done(self, request_id: str, step: str, counts: Mapping[str, Any] | None = None) -> None:
        """A step is behind it; a second time replaces the first."""
        self._connection.execute(delete(request_steps).where(request_steps.c.request_id == request_id, request_steps.c.step == step))
        self._connection.execute(
            insert(request_steps).values(request_id=request_id, step=step, at=self._clock.now(), counts=dict(counts or {}))
        )

    def forget_step(self, request_id: str, step: str) -> None:
        """A step has to be done again."""
        self._connection.execute(delete(request_steps).where(request_steps.c.request_id == request_id, request_steps.c.step == step))

    def still_current(self, version_ids: Collection[str]) -> set[str]:
        """Those versions that are still what their document says: nothing newer of it is ready."""
        newer = versions.alias("newer")
        is_ready = newer.c.status == VersionStatus.READY.value
        replaced = exists().where(newer.c.document_id == versions.c.document_id, newer.c.number > versions.c.number, is_ready)
        there = select(versions.c.id).join(documents, documents.c.id == versions.c.document_id).where(documents.c.removed_at.is_(None))
        return set(self._connection.execute(there.where(versions.c.id.in_(list(version_ids)), ~replaced)).scalars())

    def answers_citing(self, version_ids: Collection[str]) -> set[str]:
        """Answers with a citation of one of these versions."""
        citing = select(citations.c.answer_id).where(citations.c.version_id.in_(list(version_ids))).distinct()
        return set(self._connection.execute(citing).scalars())

    def _row(self, request: str) -> Row[Any]:
        row = self._connection.execute(_cases().where((requests.c.id == request) | (requests.c.number == request))).first()
        if row is None:
            raise RequestNotFound(request=request)
        return row


def _cases() -> Select[Any]:
    touched = exists().where(request_steps.c.request_id == requests.c.id, request_steps.c.step == FIRST_TOUCH)
    return select(requests, touched.label("begun"))


def _values(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "kind": case.kind.value,
        "state": case.state.value,
        "ground": case.ground,
        "received_on": case.received_on,
        "deadline": case.deadline,
        "extended": case.extended,
        "identity_method": case.identity_method,
        "paused_on": case.paused_on,
        "paused_days": case.paused_days,
        "hold_ground": case.hold_ground,
        "refusal_ground": case.refusal_ground,
        "approvals": [[one.actor, one.at.isoformat()] for one in case.approvals],
        "created_by": case.created_by,
        "created_at": case.created_at,
        "closed_at": case.closed_at,
    }


def _case(row: Row[Any]) -> Case:
    return Case(
        request_id=row.id,
        number=row.number,
        kind=RequestKind(row.kind),
        state=RequestState(row.state),
        received_on=row.received_on,
        deadline=row.deadline,
        created_by=row.created_by,
        created_at=row.created_at,
        ground=row.ground,
        extended=row.extended,
        identity_method=row.identity_method,
        paused_on=row.paused_on,
        paused_days=row.paused_days,
        hold_ground=row.hold_ground,
        refusal_ground=row.refusal_ground,
        approvals=tuple(Approval(actor, datetime.fromisoformat(at)) for actor, at in row.approvals),
        closed_at=row.closed_at,
        begun=bool(row.begun),
    )
