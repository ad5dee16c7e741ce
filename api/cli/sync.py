"""`kb ingest --sync` and `--watch`: a folder kept in step with a space, once or until Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from api.cli.documents import on_terminal
from api.cli.ingest import note_sensitive
from api.cli.invocation import Invocation

if TYPE_CHECKING:
    from types import FrameType

    from api.folder_sync import Accept, FolderSync, SyncReport
    from kb.types import FileResult

DONE_IN_PART = 3
SHOWN_OF_MANY = 10


def sync_folder(
    invocation: Invocation, path: Path, space: str, *, name: str | None, accept_deletions: bool, moved: bool, watching: bool
) -> int:
    """Bring ``space`` to the folder at ``path``, and with ``watching`` go on. Returns the exit code."""
    from api.folder_sync import FolderSync
    from ingest.folder import Folder, shown

    place = Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would lose the name that was given
    known_as = name or shown(place.name)
    _require_folder(place, known_as)
    sync = FolderSync(Folder(place), known_as, space, largest_bytes=invocation.settings.limits.file_bytes, language=invocation.language)
    may_remove = _accepting(invocation, accept_deletions)
    if watching:
        return watch(invocation, sync, place, may_remove, moved)
    report = _run(invocation, sync, may_remove, moved, lambda: False)
    _tell(invocation, report)
    return DONE_IN_PART if report.failed or report.quarantined or report.held else 0


def watch(
    invocation: Invocation,
    sync: FolderSync,
    place: Path,
    may_remove: Accept,
    moved: bool,
) -> int:
    """Sync at once and after every change, until Ctrl-C or SIGTERM. What goes wrong is told, and tried again."""
    from ingest.watch import changes
    from kb.errors import KennisbankError

    stop = threading.Event()
    told: object = None
    with _ending_cleanly(stop):
        for number, _ in enumerate(changes(place, stop)):
            if stop.is_set():
                break
            try:
                report = _run(invocation, sync, may_remove, moved and not number, stop.is_set)
            except KennisbankError as error:
                if number == 0:
                    raise
                if told != error.sentence("en"):
                    invocation.note(f"{error.sentence(invocation.language)} ({error.code})", style="red")
                told = error.sentence("en")
                continue
            # What waits for a person is told when it changes, not at every look.
            waiting = (report.held, tuple((file.path, file.code) for file in report.files if file.status != "ready"))
            if number == 0 or report.added or report.changed or report.moved or report.deleted or waiting != told:
                _tell(invocation, report)
            told = waiting
            if number == 0 and not stop.is_set():
                invocation.note(invocation.text("sync.watching", folder=report.folder), style="dim")
    invocation.note(invocation.text("sync.stopped"), style="dim")
    return 0


def _run(invocation: Invocation, sync: FolderSync, may_remove: Accept, moved: bool, stopping: Callable[[], bool]) -> SyncReport:
    """One sync. The data directory is taken for as long as it lasts, so that other commands can be used in between."""
    with invocation.operations() as operations, _counting(invocation) as heard:
        return sync.run(operations, may_remove=may_remove, progress=heard, moved_here=moved, stopping=stopping)


@contextmanager
def _counting(invocation: Invocation) -> Iterator[Callable[[FileResult], None] | None]:
    if not invocation.err.is_terminal:
        yield None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn

    with Progress(SpinnerColumn(), TextColumn("{task.description} {task.completed}"), console=invocation.err, transient=True) as bar:
        task = bar.add_task(invocation.text("reading"), total=None)
        yield lambda result: bar.advance(task)


def _accepting(invocation: Invocation, accepted: bool) -> Accept:
    from api.folder_sync import accept, hold

    if accepted:
        return accept
    if invocation.as_json or not on_terminal():
        return hold

    def ask(sources: Sequence[str], why: str) -> bool:
        for source in sources[:SHOWN_OF_MANY]:
            invocation.note(f"- {source}")
        if len(sources) > SHOWN_OF_MANY:
            invocation.note(invocation.text("sync.more", count=len(sources) - SHOWN_OF_MANY))
        return typer.confirm(invocation.text(f"sync.ask_{why}", count=len(sources)), err=True)

    return ask


def _tell(invocation: Invocation, report: SyncReport) -> None:
    if invocation.as_json:
        invocation.print_json(as_plain(report))
        return
    for result in report.files:
        if result.status in ("failed", "quarantined"):
            invocation.say(f"{result.path}: {result.detail} ({result.code})", style="red")
    invocation.say(
        invocation.text(
            "sync.done",
            folder=report.folder,
            space=report.space,
            added=report.added,
            changed=report.changed,
            moved=report.moved,
            deleted=report.deleted,
            unchanged=report.unchanged,
            seconds=f"{report.seconds:.1f}",
        )
    )
    note_sensitive(invocation, report.files)
    if report.duplicates:
        invocation.note(invocation.text("sync.duplicates", count=report.duplicates), style="dim")
    if report.passed_over:
        invocation.note(invocation.text("skipped", count=len(report.passed_over)), style="dim")
    if report.held:
        invocation.say(invocation.text(f"sync.held_{report.held_reason}", count=len(report.held)), style="yellow")


def as_plain(report: SyncReport) -> dict[str, object]:
    """A report as `--json` prints it."""
    return asdict(report)


def _require_folder(place: Path, known_as: str) -> None:
    from kb.errors import InvalidRequest, PathMissing

    if not place.exists():
        raise PathMissing(path=place)
    if not place.is_dir():
        raise InvalidRequest(reason=f"{place}: --sync and --watch take one folder")
    if not known_as or "/" in known_as or known_as in (".", ".."):
        raise InvalidRequest(reason="the folder needs a name without slashes; give it one with --as")


@contextmanager
def _ending_cleanly(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM let the files that are being read end first; a second one does not wait."""

    def end(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
