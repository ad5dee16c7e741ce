"""What the server does by itself, on a schedule: finish what was cut off, keep the indexes up, keep folders in step, keep
terms of retention, check the audit chain.

Jobs take no arguments and are kept in memory: what they work on stands in the ledger, so a job that was missed or killed
is done by the next one.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from kb.authorise import OWNER
from kb.errors import KennisbankError
from kb.logs import get_logger
from kb.types import SyncedFolder

if TYPE_CHECKING:
    from api.bootstrap import Kennisbank
    from api.folder_sync import FolderSync
    from kb.settings import SyncEntry

log = get_logger(__name__)

KEEP_UP_SECONDS = 60


class Jobs:
    """The schedule of one server. One job at a time."""

    def __init__(self, kennisbank: Kennisbank) -> None:
        self._kennisbank = kennisbank
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        self._stopping = threading.Event()
        self._syncs: dict[tuple[str, str], FolderSync] = {}
        now = datetime.now(self._scheduler.timezone)
        self._scheduler.add_job(self.keep_up, "interval", seconds=KEEP_UP_SECONDS, next_run_time=now)
        self._scheduler.add_job(self.check_audit, "interval", days=1, next_run_time=now)
        self._scheduler.add_job(self.keep_terms, "interval", days=1, next_run_time=now)

        for entry in kennisbank.settings.sync:
            self._scheduler.add_job(partial(self.keep_in_step, entry), "interval", minutes=entry.every_minutes, next_run_time=now)

    def start(self) -> None:
        """Begin; the first run of each job comes at once."""
        self._scheduler.start()

    def stop(self) -> None:
        """End, after the job that is running."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)

    def keep_up(self) -> None:
        """Load what answering needs, finish pending files, bring the indexes to the ledger and to the model of the settings."""
        try:
            self._kennisbank.embedders.current().embed_query("kennisbank")
            finished = self._kennisbank.pipeline.resume()
            if finished:
                log.info("ingest_resumed", files=finished)
            self._kennisbank.indexes.maintain()
        except KennisbankError as error:
            log.warning("keep_up_failed", code=error.code)

    def keep_in_step(self, entry: SyncEntry) -> None:
        """Sync one folder of the settings. Deletions of many wait for a person; `kb status` and `/v1/folders` show it."""
        from api.folder_sync import FolderSync
        from ingest.folder import Folder

        kennisbank = self._kennisbank
        state = SyncedFolder(entry.known_as, entry.space, entry.every_minutes, last_run_at=kennisbank.clock.now())
        language, largest = kennisbank.settings.language, kennisbank.settings.limits.file_bytes
        sync = self._syncs.setdefault(
            entry.key, FolderSync(Folder(entry.folder), entry.known_as, entry.space, largest_bytes=largest, language=language)
        )
        try:
            report = sync.run(kennisbank.operations(OWNER), stopping=self._stopping.is_set)
        except KennisbankError as error:
            log.warning("folder_sync_failed", code=error.code)
            kennisbank.synced_folders.ended(replace(state, code=error.code, detail=error.sentence(language)))
            return
        state = replace(
            state,
            added=report.added,
            changed=report.changed,
            moved=report.moved,
            deleted=report.deleted,
            failed=report.failed,
            held=len(report.held),
            held_reason=report.held_reason,
        )
        kennisbank.synced_folders.ended(state)
        log.info("folder_synced", added=state.added, changed=state.changed, moved=state.moved, deleted=state.deleted, held=state.held)

    def keep_terms(self) -> None:
        """Remove what was kept long enough; what is much at once waits for a person."""
        self._kennisbank.keeping.retention.run_daily()
        self._kennisbank.privacy.dossiers.destroy_expired(self._kennisbank.clock.now().date())

    def check_audit(self) -> None:
        """Walk the audit chain; a broken one is an alarm in the log."""
        with self._kennisbank.ledger.reading() as tx:
            broken = tx.audit.first_broken()
        if broken is not None:
            log.error("audit_chain_broken", seq=broken)
