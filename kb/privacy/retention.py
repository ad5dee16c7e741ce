"""Retention: what was kept long enough goes by itself, every day, down to the bytes: rows, originals, indexes, freed pages.

What is held, restricted or still cited stays. A clock that jumped, or a term that was made short by mistake, deletes nothing: more than a
set share of a category at once waits for a person, unless it came due in the ordinary course of the days since the last run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, get_args

from kb.clock import SystemClock
from kb.errors import DiskFull, EmbedderError, LedgerKeptBusy, SearchIndexError
from kb.ledger.ledger import Ledger, Transaction
from kb.ledger.retaining import RUN, Category, Due
from kb.ledger.tasks import TaskKind
from kb.logs import get_logger
from kb.originals import Originals
from kb.ports import Clock
from kb.privacy.purposes import purpose
from kb.privacy.shown import RetentionShown
from kb.settings import Settings

CATEGORIES: tuple[Category, ...] = get_args(Category)
"""In the order in which they go: answers first, for they keep versions."""

ORDINARY_PAUSE = timedelta(days=2)
"""Between two runs, by the clock. After a longer one the clock may have jumped."""

_OF_FILES: tuple[Category, ...] = ("superseded_versions", "failed_uploads")

log = get_logger(__name__)


class Freshens(Protocol):
    """Indexes that forget."""

    def rebuild_fresh(self, space_id: str) -> None:
        """A new generation, and no other folder of the space left."""
        ...


class Expiring(Protocol):
    """Backups past their day."""

    def expired(self) -> list[str]:
        """Names of those that still exist."""
        ...

    def remove_expired(self) -> int:
        """Delete their files. Returns how many."""
        ...


class Retention:
    """Keeps the terms of the settings. One run at a time."""

    def __init__(
        self,
        ledger: Ledger,
        originals: Originals,
        indexes: Callable[[], Freshens],
        settings: Settings,
        backups: Expiring,
        clock: Clock | None = None,
    ) -> None:
        self._ledger = ledger
        self._originals = originals
        self._indexes = indexes
        self._settings = settings
        self._backups = backups
        self._clock = clock or SystemClock()

    def overview(self) -> list[RetentionShown]:
        """Every category with its term, its purpose, what is due and whether that waits for a person."""
        with self._ledger.reading() as tx:
            shown = [self._shown(tx, category, self._due(tx, category)) for category in CATEGORIES]
        expired = len(self._backups.expired())
        return [*shown, self._backups_shown(expired, 0)]

    def run(self, agreed: Sequence[str] = ()) -> list[RetentionShown]:
        """Remove what is due. ``agreed``: categories of which any share may go at once, because a person said so.

        A run that is killed is taken up by the next. Raises EmbedderError and SearchIndexError when an index cannot be built anew, then
        the files stay until it can; LedgerKeptBusy, DiskFull when the database could not be made small.
        """
        done = [self._run_one(category, agreed) for category in CATEGORIES]
        expired = len(self._backups.expired())
        removed = self._backups.remove_expired() if expired else 0
        with self._ledger.writing() as tx:
            for request_id, ordinal in tx.retaining.kept_until(self._clock.now().date()):
                tx.tasks.add(TaskKind.KEEP_ENDED, request_id, "kept_place", str(ordinal))
            tx.audit.append("retention", RUN, "retention", {one.category: one.removed for one in done if one.removed})
        if any(one.removed for one in done):
            self._ledger.compact()
        return [*done, self._backups_shown(expired, removed)]

    def run_daily(self) -> None:
        """``run`` for the schedule: what goes wrong is logged and comes again tomorrow."""
        try:
            done = self.run()
        except (DiskFull, EmbedderError, SearchIndexError, LedgerKeptBusy) as error:
            log.warning("retention_failed", code=error.code)
            return
        log.info("retention_ended", removed_count=sum(one.removed for one in done), waiting_count=sum(one.waits for one in done))

    # --- one category ------------------------------------------------------------------------------------------------

    def _run_one(self, category: Category, agreed: Sequence[str]) -> RetentionShown:
        with self._ledger.writing() as tx:
            due = self._due(tx, category)
            shown = self._shown(tx, category, due)
            if shown.waits and category not in agreed:
                tx.tasks.add(TaskKind.RETENTION_WAITS, None, "category", category)
                return shown
            for task in tx.tasks.open(TaskKind.RETENTION_WAITS):
                if task.object_id == category:
                    tx.tasks.done(task.task_id, "removed" if due else "nothing_due")
        if not due:
            return shown
        if category in _OF_FILES:
            self._remove_files(category, [one.id for one in due])
        else:
            with self._ledger.writing() as tx:
                ids = [one.id for one in self._due(tx, category)]
                if category == "answers":
                    tx.erasing.erase_answers(ids)
                else:
                    tx.retaining.remove(category, ids)
        return RetentionShown(category, shown.days, shown.purpose, shown.due, len(due), False)

    def _remove_files(self, category: Category, ids: Sequence[str]) -> None:
        """Indexes first: their chunks are withdrawn already, and killed in between the rows still say what is to be done."""
        with self._ledger.reading() as tx:
            spaces = sorted({home.space_id for home in tx.retaining.homes(ids)})
        if category == "superseded_versions":
            for space_id in spaces:
                self._indexes().rebuild_fresh(space_id)
        with self._ledger.writing() as tx:
            still = {one.id for one in self._due(tx, category)} & set(ids)
            tx.retaining.remove(category, still)
        for version_id in sorted(still):
            self._originals.destroy(version_id)

    def _due(self, tx: Transaction, category: Category) -> list[Due]:
        days = self._days(category)
        return tx.retaining.due(category, self._clock.now() - timedelta(days=days)) if days else []

    def _days(self, category: str) -> int:
        return int(getattr(self._settings.retention, category))

    def _shown(self, tx: Transaction, category: Category, due: Sequence[Due]) -> RetentionShown:
        days = self._days(category)
        much = len(due) > self._settings.retention.most_at_once * tx.retaining.total(category)
        waits = much and not self._came_due_by_itself(due, days, tx.retaining.last_run())
        return RetentionShown(category, days, purpose(category, self._settings.language), len(due), 0, waits)

    def _came_due_by_itself(self, due: Sequence[Due], days: int, last: datetime | None) -> bool:
        """Whether the clock went on as it should since the last run, and nothing here was due at that run already."""
        if last is None or not timedelta(0) <= self._clock.now() - last <= ORDINARY_PAUSE:
            return False
        return all(one.since + timedelta(days=days) >= last for one in due)

    def _backups_shown(self, expired: int, removed: int) -> RetentionShown:
        days, why = self._settings.backup.keep_days, purpose("backups", self._settings.language)
        return RetentionShown("backups", days, why, expired, removed, False)
