"""The office: what outlives a case. Suppressions, tasks, the journal, retention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from kb.authorise import Actor
from kb.errors import InvalidRequest
from kb.ledger.ledger import Transaction
from kb.ledger.tasks import Task, TaskKind
from kb.privacy.case import Case
from kb.privacy.desk import Desk
from kb.privacy.dossier import Dossiers
from kb.privacy.journal import Journal
from kb.privacy.purposes import purpose
from kb.privacy.shown import JournalShown, RetentionShown, SuppressionShown, TaskShown
from kb.privacy.types import Field
from kb.settings import Settings

_DAYS_PER_YEAR = 365


class Retains(Protocol):
    """Terms of every category (``kb.privacy.retention``)."""

    def overview(self) -> list[RetentionShown]:
        """Every category with its term and what is due."""
        ...

    def run(self, agreed: Sequence[str] = ()) -> list[RetentionShown]:
        """Remove what is due. ``agreed``: categories of which much may go at once."""
        ...


class Decides(Protocol):
    """What becomes of files that were held back (``kb.privacy.gate``). Each raises TaskNotFound."""

    def release(self, task_id: str, actor: Actor) -> None:
        """Let it in after all."""
        ...

    def redact(self, task_id: str, actor: Actor) -> None:
        """Let it in without what it was held back for. Raises CannotRedact."""
        ...

    def reject(self, task_id: str, actor: Actor) -> None:
        """Throw it away."""
        ...


class UpkeepOffice:
    """Lists and ends what keeps people away, what waits for a person, what is kept too long."""

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        journal: Journal,
        dossiers: Dossiers,
        retention: Callable[[], Retains],
        held_back: Callable[[], Decides],
    ) -> None:
        self._desk = desk
        self._settings = settings
        self._journal = journal
        self._dossiers = dossiers
        self._retention = retention
        self._held_back = held_back

    def suppressions(self) -> list[SuppressionShown]:
        """What may not come back."""
        with self._desk.ledger.reading() as tx:
            rows = tx.suppressions.all()
        return [
            SuppressionShown(one.suppression_id, one.request_id, one.kind, one.basis, one.created_at, one.expires_on, one.lifted_at)
            for one in rows
        ]

    def lift_suppression(self, suppression_id: str, by: str) -> None:
        """Let it come back."""
        with self._desk.ledger.writing() as tx:
            tx.suppressions.lift(suppression_id, by)
            tx.audit.append(by, "privacy.suppression.lift", suppression_id)

    def tasks(self) -> list[TaskShown]:
        """What waits for a person."""
        with self._desk.ledger.reading() as tx:
            rows = tx.tasks.open()
            cases = {case.request_id: case for case in tx.requests.all()}
            wheres = {one.task_id: _where(tx, one) for one in rows}
        found = {one: self._found_in(cases[one]) for one in {row.request_id for row in rows} & cases.keys() if one is not None}

        def shown(one: Task) -> TaskShown:
            where = wheres[one.task_id] or found.get(one.request_id or "", {}).get(one.object_id or "")
            number = cases[one.request_id].number if one.request_id in cases else None
            return TaskShown(one.task_id, one.kind.value, one.request_id, one.object_kind, one.object_id, one.created_at, where, number)

        return [shown(one) for one in rows]

    def _found_in(self, case: Case) -> dict[str, str]:
        """Where the documents of an open case were: of one that was erased the ledger does not know it any more."""
        return {hit.document_id: hit.where for hit in self._desk.files(case).hits if hit.document_id} if case.open else {}

    def finish_task(self, task_id: str, outcome: str, actor: Actor) -> None:
        """It was looked at. A file that was held back is released, redacted or rejected: no other outcome ends its task."""
        with self._desk.ledger.reading() as tx:
            held = tx.tasks.one(task_id).kind is TaskKind.SUPPRESSED
        if held:
            self._decide(task_id, outcome, actor)
            return
        by = actor.id
        with self._desk.ledger.writing() as tx:
            tx.tasks.done(task_id, outcome[:32])
            tx.audit.append(by, "privacy.task.done", task_id)

    def _decide(self, task_id: str, outcome: str, actor: Actor) -> None:
        held_back = self._held_back()
        match outcome:
            case "release":
                held_back.release(task_id, actor)
            case "redact":
                held_back.redact(task_id, actor)
            case "reject":
                held_back.reject(task_id, actor)
            case _:
                raise InvalidRequest(reason=f"{outcome}: release, redact, reject")

    def journal(self, by: str) -> list[JournalShown]:
        """The erasure journal."""
        entries = self._journal.entries()
        with self._desk.ledger.writing() as tx:
            tx.audit.append(by, "privacy.journal", "journal", {"entries": len(entries)})
        return [
            JournalShown(one.request_id, one.begun_at, one.completed_at, len(one.documents), len(one.redactions), len(one.answers))
            for one in entries
        ]

    def retention(self, *, run: bool, agreed: Sequence[str], by: str) -> list[RetentionShown]:
        """Terms, and with ``run`` what is due goes; dossiers whose term is over with it."""
        due = len(self._dossiers.expired(self._desk.today))
        if not run:
            return [*self._retention().overview(), self._of_dossiers(due, 0)]
        dossiers = self._dossiers.destroy_expired(self._desk.today)
        done = [*self._retention().run(agreed), self._of_dossiers(due, dossiers)]
        with self._desk.ledger.writing() as tx:
            tx.audit.append(by, "privacy.retention", "retention", {"removed": sum(one.removed for one in done)})
        return done

    def _of_dossiers(self, due: int, removed: int) -> RetentionShown:
        days = _DAYS_PER_YEAR * self._settings.privacy.dossier_years
        return RetentionShown("dossiers", days, purpose("dossiers", self._settings.language), due, removed, waits=False)


def _where(tx: Transaction, task: Task) -> str | None:
    """The path of the document that a task is about, if it is there."""
    if task.object_id is None:
        return None
    document_id = task.object_id if task.object_kind == "document" else next(iter(tx.erasing.documents_of([task.object_id])), None)
    return None if document_id is None else tx.erasing.value(Field("documents", (document_id,), "source"))
