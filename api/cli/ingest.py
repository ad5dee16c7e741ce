"""`kb ingest`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.invocation import Invocation

if TYPE_CHECKING:
    from api.cli.selection import Selection
    from kb.types import FileResult, IngestReport, Upload

DONE_IN_PART = 3


def ingest(
    invocation: Invocation,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, and folders with everything below them.", show_default=False)
    ],
    space: Annotated[str | None, typer.Option("--space", help="Where they go. (default: algemeen)", show_default=False)] = None,
) -> int:
    """Read documents in. A file that changed becomes a new version; the same bytes change nothing."""
    from api.cli.selection import select
    from api.operations import DEFAULT_SPACE

    selection = select(paths)
    reader = _Reader(selection, invocation)
    with invocation.operations() as operations, _progress(invocation, len(selection.files)) as advance:
        report = reader.completed(operations.ingest(reader.uploads(), space or DEFAULT_SPACE, advance))
    if invocation.as_json:
        invocation.print_json(report)
    else:
        _show(invocation, report)
        if selection.passed_over:
            invocation.note(invocation.text("skipped", count=selection.passed_over), style="dim")
    return DONE_IN_PART if report.failed or report.quarantined else 0


class _Reader:
    """Reads the selected files one at a time, and keeps account of those that it cannot."""

    def __init__(self, selection: Selection, invocation: Invocation) -> None:
        self._selection = selection
        self._limit = invocation.settings.limits.file_bytes
        self._language = invocation.language
        self._failed: list[FileResult] = [self._failure(path, "unreadable") for path in selection.unlisted]

    def uploads(self) -> Iterator[Upload]:
        from kb.types import Upload

        for file in self._selection.files:
            try:
                size = file.place.stat().st_size
                if size > self._limit:
                    self._failed.append(self._failure(file.path, "too_large", size=size, limit=self._limit))
                    continue
                data = file.place.read_bytes()
            except OSError:
                self._failed.append(self._failure(file.path, "unreadable"))
                continue
            yield Upload(file.path, data)

    def completed(self, report: IngestReport) -> IngestReport:
        """``report`` with the files that never left this machine."""
        from kb.types import IngestReport

        files = tuple(sorted((*report.files, *self._failed), key=lambda result: result.path))
        return IngestReport(files, report.ready, report.unchanged, report.failed + len(self._failed), report.quarantined, report.seconds)

    def _failure(self, path: str, code: str, **values: object) -> FileResult:
        from ingest.messages import sentence
        from kb.types import FileResult

        return FileResult(path, "failed", code=code, detail=sentence(code, self._language, **values))


@contextmanager
def _progress(invocation: Invocation, total: int) -> Iterator[Callable[[FileResult], None] | None]:
    if not invocation.err.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=invocation.err, transient=True) as bar:
        task = bar.add_task(invocation.text("reading"), total=total)
        yield lambda result: bar.advance(task)


def _show(invocation: Invocation, report: IngestReport) -> None:
    for result in report.files:
        if result.status in ("failed", "quarantined"):
            invocation.say(f"{result.path}: {result.detail} ({result.code})", style="red")
    counts = {"ready": report.ready, "unchanged": report.unchanged, "failed": report.failed, "quarantined": report.quarantined}
    invocation.say(invocation.text("ingested", **counts, seconds=f"{report.seconds:.1f}"))
