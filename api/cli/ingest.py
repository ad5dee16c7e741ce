"""`kb ingest`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
        list[Path] | None, typer.Argument(metavar="PATH", help="Files, and folders with everything below them.", show_default=False)
    ] = None,
    space: Annotated[str | None, typer.Option("--space", help="Where they go. (default: algemeen)", show_default=False)] = None,
    sync: Annotated[
        bool, typer.Option("--sync", help="Keep in step with one folder: also what moved and what is gone.", show_default=False)
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Sync, and go on with every change until Ctrl-C.", show_default=False)] = False,
    accept_deletions: Annotated[
        bool, typer.Option("--accept-deletions", help="Remove also when many or all files are gone.", show_default=False)
    ] = False,
    known_as: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="What a synced folder is known by. (default: its name)", show_default=False)
    ] = None,
    folder_moved: Annotated[bool, typer.Option("--folder-moved", help="The synced folder is in a new place.", show_default=False)] = False,
    plan: Annotated[
        bool,
        typer.Option("--plan", help="Only look: what is there, what is double, who may read it, how long it takes.", show_default=False),
    ] = False,
    plan_file: Annotated[
        Path | None, typer.Option("--plan-file", metavar="FILE", help="Write the proposal folder to space here.", show_default=False)
    ] = None,
    using: Annotated[
        Path | None, typer.Option("--using", metavar="FILE", help="Follow a plan file: each folder into its space.", show_default=False)
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help="A page of a site that web.allow names.", show_default=False)
    ] = None,
    sitemap: Annotated[
        str | None, typer.Option("--sitemap", metavar="URL", help="Every page that a sitemap lists.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Make the spaces of a plan without asking.", show_default=False)] = False,
) -> int:
    """Read documents in. A file that changed becomes a new version; the same bytes change nothing."""
    from api.operations import DEFAULT_SPACE

    asked_for = {
        "--sync": sync or watch,
        "--plan": plan or plan_file is not None,
        "--using": using is not None,
        "--url": url is not None,
        "--sitemap": sitemap is not None,
    }
    modes = [name for name, wanted in asked_for.items() if wanted]
    _require_sense(invocation, modes, paths or [], of_sync=bool(accept_deletions or known_as or folder_moved), yes=yes)
    target = space or DEFAULT_SPACE
    match modes:
        case ["--sync"]:
            from api.cli.sync import sync_folder

            return sync_folder(
                invocation,
                _one(paths),
                target,
                name=known_as,
                accept_deletions=accept_deletions,
                moved=folder_moved,
                watching=watch,
            )
        case ["--plan"]:
            from api.cli.plan import show_plan

            return show_plan(invocation, _one(paths), target, plan_file)
        case ["--using"]:
            from api.cli.plan import follow_plan

            return follow_plan(invocation, _one(paths), using or Path(), yes=yes)
        case ["--url" | "--sitemap"]:
            return _from_web(invocation, url or sitemap or "", target, sitemap=sitemap is not None)
    return _files(invocation, paths or [], target)


def _require_sense(invocation: Invocation, modes: Sequence[str], paths: Sequence[Path], *, of_sync: bool, yes: bool) -> None:
    """Raises InvalidRequest for options that do not go together."""
    from kb.errors import InvalidRequest

    if len(modes) > 1:
        raise InvalidRequest(reason=f"{' and '.join(modes)} do not go together")
    if modes and modes[0] in ("--url", "--sitemap"):
        if paths:
            raise InvalidRequest(reason=f"{modes[0]} takes no PATH beside it")
    elif not paths:
        raise InvalidRequest(reason=invocation.text("ingest.no_path"))
    elif modes and len(paths) > 1:
        raise InvalidRequest(reason=f"{modes[0]} takes one folder at a time")
    if of_sync and modes != ["--sync"]:
        raise InvalidRequest(reason="--accept-deletions, --as and --folder-moved go with --sync or --watch")
    if yes and modes != ["--using"]:
        raise InvalidRequest(reason="--yes goes with --using")


def _one(paths: Sequence[Path] | None) -> Path:
    return (paths or [Path()])[0]


def _files(invocation: Invocation, paths: Sequence[Path], space: str) -> int:
    from api.cli.selection import select

    selection = select(paths)
    reader = Reader(selection, invocation)
    with invocation.operations() as operations, progress_bar(invocation, len(selection.files)) as advance:
        report = reader.completed(operations.ingest(reader.uploads(), space, advance))
    return show_report(invocation, report, selection.passed_over)


def _from_web(invocation: Invocation, url: str, space: str, *, sitemap: bool) -> int:
    with invocation.operations() as operations:
        return show_report(invocation, operations.ingest_web(url, space, sitemap=sitemap))


def show_report(invocation: Invocation, report: IngestReport, passed_over: int = 0) -> int:
    """Show how an ingest ended. Returns the exit code."""
    if invocation.as_json:
        invocation.print_json(report)
    else:
        _show(invocation, report)
        if passed_over:
            invocation.note(invocation.text("skipped", count=passed_over), style="dim")
    return DONE_IN_PART if report.failed or report.quarantined else 0


class Reader:
    """Reads the selected files one at a time, and keeps account of those that it cannot."""

    def __init__(self, selection: Selection, invocation: Invocation) -> None:
        self._selection = selection
        self._limit = invocation.settings.limits.file_bytes
        self._language = invocation.language
        self._failed: list[FileResult] = [self._failure(one.path, one.reason) for one in selection.unread]

    def uploads(self) -> Iterator[Upload]:
        """The files that can be read, those with text first, the newest first."""
        from ingest.folder import FileRefused
        from ingest.order import newest_text_first
        from kb.types import Upload

        for file in newest_text_first(self._selection.files):
            try:
                data = file.folder.read(file.entry, largest_bytes=self._limit)
            except FileRefused as error:
                self._failed.append(self._failure(file.path, error.reason, size=file.entry.size, limit=self._limit))
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
def progress_bar(invocation: Invocation, total: int) -> Iterator[Callable[[FileResult], None] | None]:
    """A bar on a terminal; what is yielded hears of every file that has ended."""
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
    note_sensitive(invocation, report.files)


def note_sensitive(invocation: Invocation, files: Sequence[FileResult]) -> None:
    """Say how many of the files that were read hold sensitive content, and of which kinds."""
    labelled = [file for file in files if file.status == "ready" and file.labels]
    if labelled:
        labels = sorted({label for file in labelled for label in file.labels})
        invocation.note(invocation.text("ingested.sensitive", count=len(labelled), labels=", ".join(labels)), style="yellow")
