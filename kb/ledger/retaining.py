"""What is kept too long, by category: which rows, since when, and taking them out. Whoever decides is ``kb.privacy.retention``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, and_, delete, exists, func, or_, select

from kb.ledger.hidden import answer_is_hidden, document_is_hidden, version_is_hidden
from kb.ledger.tables import (
    answers,
    audit,
    audit_details,
    citations,
    documents,
    feedback,
    kept_places,
    privacy_tasks,
    requests,
    suppressions,
    versions,
)
from kb.ports import Clock
from kb.types import VersionStatus

Category = Literal["answers", "feedback", "superseded_versions", "failed_uploads", "audit_details", "requests", "suppression_lifted"]

RUN = "retention.run"
"""The action under which the audit chain knows a run."""

_BATCH = 500
_ENDED = (VersionStatus.FAILED.value, VersionStatus.QUARANTINED.value)


@dataclass(frozen=True, slots=True)
class Due:
    """A row whose term is over. ``since``: when its term began."""

    id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class VersionHome:
    """Where a version lies."""

    version_id: str
    document_id: str
    space_id: str


class RetainingRows:
    """Reads and removes within one transaction. What is hidden, for a restriction or an erasure under way, is never due."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    # --- what is due -------------------------------------------------------------------------------------------------

    def due(self, category: Category, before: datetime) -> list[Due]:
        """Rows whose term began before ``before``, the oldest first."""
        rows = self._connection.execute(_QUERIES[category](before))
        return sorted((Due(str(row[0]), row[1]) for row in rows), key=lambda one: (one.since, one.id))

    def total(self, category: Category) -> int:
        """How many rows the category has in all."""
        return int(self._connection.execute(_TOTALS[category]).scalar_one())

    def last_run(self) -> datetime | None:
        """When terms were kept last, by the audit chain."""
        moment: datetime | None = self._connection.execute(select(func.max(audit.c.at)).where(audit.c.action == RUN)).scalar()
        return moment

    def kept_until(self, today: date) -> list[tuple[str, int]]:
        """Request and number of each kept place whose end date has come and that no task speaks of yet."""
        spoken = and_(
            privacy_tasks.c.kind == "keep_ended",
            privacy_tasks.c.request_id == kept_places.c.request_id,
            privacy_tasks.c.object_id == kept_places.c.ordinal.cast(privacy_tasks.c.object_id.type),
        )
        query = select(kept_places.c.request_id, kept_places.c.ordinal).where(
            kept_places.c.until <= today, ~exists(select(1).select_from(privacy_tasks).where(spoken))
        )
        return [(row.request_id, row.ordinal) for row in self._connection.execute(query)]

    def homes(self, version_ids: Iterable[str]) -> list[VersionHome]:
        """Where these versions lie."""
        query = select(versions.c.id, documents.c.id, documents.c.space_id).join_from(versions, documents)
        return [
            VersionHome(*row) for batch in _batches(version_ids) for row in self._connection.execute(query.where(versions.c.id.in_(batch)))
        ]

    # --- removing ----------------------------------------------------------------------------------------------------

    def remove(self, category: Category, ids: Iterable[str]) -> None:
        """Delete these rows with what hangs on them. Answers are erased by ``tx.erasing``, not here."""
        column = _KEYS[category]
        for batch in _batches(ids):
            keys: Sequence[Any] = [int(one) for one in batch] if category == "audit_details" else batch
            if column.table is versions:
                of_versions = and_(privacy_tasks.c.object_kind == "version", privacy_tasks.c.object_id.in_(keys))
                self._connection.execute(delete(privacy_tasks).where(of_versions))
            if column.table is requests:
                self._connection.execute(delete(privacy_tasks).where(privacy_tasks.c.request_id.in_(keys)))
            self._connection.execute(delete(column.table).where(column.in_(keys)))
        if column.table is versions:
            left = select(1).select_from(versions).where(versions.c.document_id == documents.c.id)
            self._connection.execute(delete(documents).where(~exists(left)))


def _answers_due(before: datetime) -> Select[Any]:
    return select(answers.c.id, answers.c.asked_at).where(answers.c.asked_at < before, ~answer_is_hidden())


def _feedback_due(before: datetime) -> Select[Any]:
    joined = select(feedback.c.answer_id, feedback.c.created_at).join_from(feedback, answers)
    return joined.where(feedback.c.created_at < before, ~answer_is_hidden())


def _superseded_due(before: datetime) -> Select[Any]:
    """Versions that nothing shows any more: of a removed document, or with a newer one that is ready. Cited ones wait for their answers."""
    newer = versions.alias("newer")
    replaced = (
        select(func.min(newer.c.finished_at))
        .where(
            newer.c.document_id == versions.c.document_id,
            newer.c.number > versions.c.number,
            newer.c.status == VersionStatus.READY.value,
        )
        .correlate(versions)
        .scalar_subquery()
    )
    since = func.coalesce(documents.c.removed_at, replaced, type_=versions.c.finished_at.type)
    cited = exists(select(1).select_from(citations).where(citations.c.version_id == versions.c.id))
    return (
        select(versions.c.id, since.label("since"))
        .join_from(versions, documents)
        .where(
            versions.c.status != VersionStatus.PENDING.value,
            or_(documents.c.removed_at.is_not(None), versions.c.current.is_(False)),
            since < before,
            ~cited,
            ~version_is_hidden(),
            ~document_is_hidden(),
        )
    )


def _failed_due(before: datetime) -> Select[Any]:
    return (
        select(versions.c.id, versions.c.finished_at)
        .join_from(versions, documents)
        .where(
            versions.c.status.in_(_ENDED),
            versions.c.code != "erased",
            documents.c.removed_at.is_(None),
            versions.c.finished_at < before,
            ~version_is_hidden(),
        )
    )


def _audit_due(before: datetime) -> Select[Any]:
    return select(audit_details.c.seq, audit.c.at).join_from(audit_details, audit).where(audit.c.at < before)


def _requests_due(before: datetime) -> Select[Any]:
    return select(requests.c.id, requests.c.closed_at).where(requests.c.closed_at < before, requests.c.hold_ground.is_(None))


def _suppressions_due(before: datetime) -> Select[Any]:
    ended = and_(suppressions.c.lifted_at.is_(None), suppressions.c.expires_on < before.date())
    since = func.coalesce(suppressions.c.lifted_at, suppressions.c.created_at, type_=suppressions.c.created_at.type)
    return select(suppressions.c.id, since).where(or_(suppressions.c.lifted_at < before, ended))


_QUERIES: Mapping[Category, Callable[[datetime], Select[Any]]] = {
    "answers": _answers_due,
    "feedback": _feedback_due,
    "superseded_versions": _superseded_due,
    "failed_uploads": _failed_due,
    "audit_details": _audit_due,
    "requests": _requests_due,
    "suppression_lifted": _suppressions_due,
}

_KEYS: Mapping[Category, Any] = {
    "answers": answers.c.id,
    "feedback": feedback.c.answer_id,
    "superseded_versions": versions.c.id,
    "failed_uploads": versions.c.id,
    "audit_details": audit_details.c.seq,
    "requests": requests.c.id,
    "suppression_lifted": suppressions.c.id,
}

_TOTALS: Mapping[Category, Select[Any]] = {category: select(func.count()).select_from(key.table) for category, key in _KEYS.items()}


def _batches(values: Iterable[str]) -> list[list[str]]:
    ordered = sorted(set(values))
    return [ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH)]
