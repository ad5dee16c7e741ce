"""Keeps a folder and a space in step: lists the folder, asks what the space holds, plans, and does what was planned.

It works through the operations interface, so the folder may lie on the machine of the command and the space in the server.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from api.operations import Operations, Progress
from ingest.folder import STILL_THERE, FileRefused, Folder, FolderGone, Hashes, Listing, Located, Refused
from ingest.messages import sentence
from ingest.order import newest_text_first
from ingest.sync import FileOnDisk, Held, SyncPlan, plan_sync
from kb.errors import DocumentNotFound, SourceTaken, SyncFolderGone
from kb.types import FileResult, Language, Upload

PASSES = 3
"""Looks at the folder in one sync: what swapped places, or changed while it was read, is in step after the second."""

Accept = Callable[[Sequence[str], Held], bool]
"""May these documents, by source, be removed, although so many or all would go?"""


def hold(sources: Sequence[str], why: Held) -> bool:
    """No."""
    return False


def accept(sources: Sequence[str], why: Held) -> bool:
    """Yes."""
    return True


@dataclass(frozen=True, slots=True)
class SyncReport:
    """How a sync ended. ``files`` are those that were sent or could not be; ``passed_over`` are hidden ones, links and the like."""

    folder: str
    space: str
    files: tuple[FileResult, ...]
    added: int
    changed: int
    moved: int
    deleted: int
    unchanged: int
    duplicates: int
    failed: int
    quarantined: int
    held: tuple[str, ...]
    held_reason: Held | None
    passed_over: tuple[Refused, ...]
    seconds: float

    @property
    def did_something(self) -> bool:
        """Whether the space is another one now, or a person is needed."""
        return bool(self.added or self.changed or self.moved or self.deleted or self.failed or self.quarantined or self.held)


class FolderSync:
    """One folder and one space. Hashes are kept between runs, so a run costs a look at each file and the bytes of what changed."""

    def __init__(self, folder: Folder, name: str, space: str, *, largest_bytes: int, language: Language) -> None:
        self._folder = folder
        self._name = name
        self._space = space
        self._largest_bytes = largest_bytes
        self._language = language
        self._hashes = Hashes()

    def run(
        self,
        operations: Operations,
        *,
        may_remove: Accept = hold,
        progress: Progress | None = None,
        moved_here: bool = False,
        stopping: Callable[[], bool] = lambda: False,
    ) -> SyncReport:
        """Bring the space to the folder. Raises SyncFolderGone, SpaceNotFound, FolderElsewhere and what an ingest raises."""
        started = time.perf_counter()
        done = _Done(self._folder_listed)
        operations.claim_folder(self._name, self._space, self._folder.place(), moved=moved_here)
        for _ in range(PASSES):
            listing, plan = self._planned(operations)
            done.planned(plan)
            if plan.nothing or stopping():
                break
            moved = self._move(operations, plan)
            sent = self._send(operations, plan, listing, done, progress, stopping)
            deleted = 0
            if not stopping():
                why = plan.why_held()
                if plan.deleted and (why is None or may_remove([file.source for file in plan.deleted], why)):
                    deleted = self._remove(operations, plan)
                    done.held, done.held_reason = (), None
            done.count(plan, moved, deleted)
            if not (moved or sent or deleted):
                break
        return done.report(self._name, self._space, time.perf_counter() - started, self._language)

    def _folder_listed(self, path: str) -> str:
        return f"{self._name}/{path}"

    def _planned(self, operations: Operations) -> tuple[Listing, SyncPlan]:
        try:
            listing = self._folder.listing(largest_bytes=self._largest_bytes)
        except FolderGone as error:
            raise SyncFolderGone(name=self._name) from error
        on_disk, refused = [], list(listing.refused)
        for entry in listing.files:
            try:
                on_disk.append(FileOnDisk(f"{self._name}/{entry.path}", self._hashes.of(self._folder, entry)))
            except FileRefused as error:
                refused.append(Refused(entry.path, error.reason))
        return listing, plan_sync(self._name, on_disk, operations.known_files(self._space), refused)

    def _move(self, operations: Operations, plan: SyncPlan) -> int:
        moved = 0
        for move in plan.moved:
            try:
                operations.move_document(move.document_id, move.new)
                moved += 1
            except (SourceTaken, DocumentNotFound):
                continue  # Somebody was here between the plan and now; the next look sees what is left to do.
        return moved

    def _send(
        self,
        operations: Operations,
        plan: SyncPlan,
        listing: Listing,
        done: _Done,
        progress: Progress | None,
        stopping: Callable[[], bool],
    ) -> int:
        wanted = {source for source in (*plan.added, *plan.changed) if source not in done.settled}
        located = [Located(self._folder, entry, f"{self._name}/{entry.path}") for entry in listing.files]
        files = [file for file in located if file.path in wanted]
        if not files:
            return 0

        def uploads() -> Iterator[Upload]:
            for file in newest_text_first(files):
                if stopping():
                    return
                try:
                    yield Upload(file.path, self._folder.read(file.entry, largest_bytes=self._largest_bytes))
                except FileRefused as error:
                    done.unread[file.path] = error.reason

        def heard(result: FileResult) -> None:
            done.ended(result)
            if progress is not None:
                progress(result)

        return len(operations.ingest(uploads(), self._space, heard).files)

    def _remove(self, operations: Operations, plan: SyncPlan) -> int:
        removed = 0
        for file in plan.deleted:
            try:
                operations.remove_document(file.document_id)
                removed += 1
            except DocumentNotFound:
                continue  # Gone already, which is what was wanted.
        return removed


class _Done:
    """What a run has done so far, over its passes."""

    def __init__(self, source_of: Callable[[str], str]) -> None:
        self._source_of = source_of
        self._results: dict[str, FileResult] = {}
        self._counted = {"added": 0, "changed": 0, "moved": 0, "deleted": 0}
        self._plan: SyncPlan | None = None
        self._unchanged: int | None = None
        self.settled: set[str] = set()
        self.unread: dict[str, str] = {}
        self.held: tuple[str, ...] = ()
        self.held_reason: Held | None = None

    def planned(self, plan: SyncPlan) -> None:
        self._plan = plan
        if self._unchanged is None:
            self._unchanged = len(plan.unchanged)
        self.held_reason = plan.why_held()
        self.held = tuple(file.source for file in plan.deleted) if self.held_reason else ()

    def ended(self, result: FileResult) -> None:
        self._results[result.path] = result
        if result.status != "unchanged":
            # Once per run: what failed fails again.
            self.settled.add(result.path)

    def count(self, plan: SyncPlan, moved: int, deleted: int) -> None:
        ready = {path for path, result in self._results.items() if result.status == "ready"}
        self._counted["added"] += len(ready & set(plan.added))
        self._counted["changed"] += len(ready & set(plan.changed))
        self._counted["moved"] += moved
        self._counted["deleted"] += deleted

    def report(self, name: str, space: str, seconds: float, language: Language) -> SyncReport:
        plan = cast(SyncPlan, self._plan)
        for one in plan.refused:
            if one.reason in STILL_THERE:
                self.unread.setdefault(self._source_of(one.path), one.reason)
        for source, reason in self.unread.items():
            if source not in self._results:
                self._results[source] = FileResult(source, "failed", code=reason, detail=sentence(reason, language))
        files = tuple(self._results[path] for path in sorted(self._results) if self._results[path].status != "unchanged")
        status = [file.status for file in files]
        passed_over = tuple(one for one in plan.refused if one.reason not in STILL_THERE)
        return SyncReport(
            name,
            space,
            files,
            **self._counted,
            unchanged=self._unchanged or 0,
            duplicates=len(plan.duplicates),
            failed=status.count("failed"),
            quarantined=status.count("quarantined"),
            held=self.held,
            held_reason=self.held_reason,
            passed_over=passed_over,
            seconds=seconds,
        )
