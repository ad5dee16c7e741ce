"""The office: what outlives a case. Suppressions, tasks, the journal, retention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from kb.privacy.desk import Desk
from kb.privacy.dossier import Dossiers
from kb.privacy.journal import Journal
from kb.privacy.shown import JournalShown, RetentionShown, SuppressionShown, TaskShown


class Retains(Protocol):
    """Terms of every category (``kb.privacy.retention``)."""

    def overview(self) -> list[RetentionShown]:
        """Every category with its term and what is due."""
        ...

    def run(self, agreed: Sequence[str] = ()) -> list[RetentionShown]:
        """Remove what is due. ``agreed``: categories of which much may go at once."""
        ...


class UpkeepOffice:
    """Lists and ends what keeps people away, what waits for a person, what is kept too long."""

    def __init__(self, desk: Desk, journal: Journal, dossiers: Dossiers, retention: Callable[[], Retains]) -> None:
        self._desk = desk
        self._journal = journal
        self._dossiers = dossiers
        self._retention = retention

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
        return [TaskShown(one.task_id, one.kind.value, one.request_id, one.object_kind, one.object_id, one.created_at) for one in rows]

    def finish_task(self, task_id: str, outcome: str, by: str) -> None:
        """It was looked at."""
        with self._desk.ledger.writing() as tx:
            tx.tasks.done(task_id, outcome[:32])
            tx.audit.append(by, "privacy.task.done", task_id)

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
        if not run:
            return self._retention().overview()
        dossiers = self._dossiers.destroy_expired(self._desk.today)
        done = self._retention().run(agreed)
        with self._desk.ledger.writing() as tx:
            tx.audit.append(by, "privacy.retention", "retention", {"removed": sum(one.removed for one in done), "dossiers": dossiers})
        return done
