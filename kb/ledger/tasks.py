"""What a person has to look at, in the ledger: ids and kinds, no text."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from kb.errors import TaskNotFound
from kb.ledger.tables import privacy_tasks
from kb.ports import Clock


class TaskKind(StrEnum):
    """Why somebody has to look."""

    BARE_NAME = "bare_name"  # a document that came in holds one thing that an erased person is known by
    SUPPRESSED = "suppressed"  # a document was held back: release, redact on entry, or reject
    KEEP_ENDED = "keep_ended"  # the end date of a place that was kept
    OUTSIDE_COPY = "outside_copy"  # a copy outside Kennisbank
    UNSEARCHED = "unsearched"  # an original that could not be read
    RETENTION_WAITS = "retention_waits"  # more of a category would go at once than may without a person


@dataclass(frozen=True, slots=True)
class Task:
    """One task. ``object_kind`` and ``object_id`` say what it is about; ``outcome`` is set when it is done."""

    task_id: str
    kind: TaskKind
    request_id: str | None
    object_kind: str | None
    object_id: str | None
    created_at: datetime
    done_at: datetime | None
    outcome: str | None


class TaskRows:
    """Reads and writes tasks within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, kind: TaskKind, request_id: str | None, object_kind: str | None, object_id: str | None) -> str:
        """Open a task and give its id; one that is open already, about the same, is given instead of a second."""
        columns = privacy_tasks.c
        same = (columns.kind == kind.value, columns.done_at.is_(None), columns.object_kind == object_kind, columns.object_id == object_id)
        there = self._connection.execute(select(columns.id).where(*same, columns.request_id == request_id)).scalar()
        if there is not None:
            return str(there)
        task_id = uuid.uuid4().hex
        values = {"kind": kind.value, "request_id": request_id, "object_kind": object_kind, "object_id": object_id}
        self._connection.execute(insert(privacy_tasks).values(id=task_id, created_at=self._clock.now(), **values))
        return task_id

    def open(self, kind: TaskKind | None = None, request_id: str | None = None) -> list[Task]:
        """Tasks that are not done, oldest first; of one kind, of one request."""
        query = _tasks().where(privacy_tasks.c.done_at.is_(None)).order_by(privacy_tasks.c.created_at, privacy_tasks.c.id)
        if kind is not None:
            query = query.where(privacy_tasks.c.kind == kind.value)
        if request_id is not None:
            query = query.where(privacy_tasks.c.request_id == request_id)
        return [_task(row) for row in self._connection.execute(query)]

    def one(self, task_id: str) -> Task:
        """A task, done or not. Raises TaskNotFound."""
        row = self._connection.execute(_tasks().where(privacy_tasks.c.id == task_id)).first()
        if row is None:
            raise TaskNotFound(task_id=task_id)
        return _task(row)

    def done(self, task_id: str, outcome: str) -> None:
        """Close an open task. Raises TaskNotFound, also where it is done already."""
        here = (privacy_tasks.c.id == task_id, privacy_tasks.c.done_at.is_(None))
        ended = self._connection.execute(update(privacy_tasks).where(*here).values(done_at=self._clock.now(), outcome=outcome))
        if ended.rowcount == 0:
            raise TaskNotFound(task_id=task_id)

    def ended_with(self, kind: TaskKind, object_id: str, outcome: str) -> bool:
        """Whether a task of this kind about this object was ended so."""
        columns = privacy_tasks.c
        query = select(columns.id).where(columns.kind == kind.value, columns.object_id == object_id, columns.outcome == outcome)
        return self._connection.execute(query).first() is not None


def _tasks() -> Select[Any]:
    columns = privacy_tasks.c
    return select(
        columns.id,
        columns.kind,
        columns.request_id,
        columns.object_kind,
        columns.object_id,
        columns.created_at,
        columns.done_at,
        columns.outcome,
    )


def _task(row: Any) -> Task:
    return Task(row.id, TaskKind(row.kind), row.request_id, row.object_kind, row.object_id, row.created_at, row.done_at, row.outcome)
