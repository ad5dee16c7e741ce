"""`kb ingest --plan` and `--using`: look at a messy share first, decide which folder goes where, then read it in."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from api.cli.documents import on_terminal
from api.cli.ingest import Reader, progress_bar, show_report
from api.cli.invocation import Invocation
from api.cli.tables import table

if TYPE_CHECKING:
    from api.operations import Operations
    from ingest.plan.families import Family
    from ingest.plan.inventory import Inventory
    from ingest.plan.proposal import Assignment
    from kb.types import FileResult, IngestReport

SHOWN_OF_MANY = 10
FOLDERS_SHOWN = 40


def show_plan(invocation: Invocation, path: Path, space: str, plan_file: Path | None) -> int:
    """Look at the folder at ``path`` without reading any content, and show what reading it would mean."""
    from ingest.plan.proposal import propose, written

    inventory = _inventory(invocation, path)
    proposal = propose(inventory, space)
    if plan_file is not None:
        _write(plan_file, written(proposal))
    if invocation.as_json:
        invocation.print_json(as_plain(path, inventory, proposal))
        return 0
    _show(invocation, inventory, proposal)
    if plan_file is not None:
        invocation.say(invocation.text("plan.written", file=plan_file, path=path))
    else:
        invocation.note(invocation.text("plan.write_it"), style="dim")
    return 0


def follow_plan(invocation: Invocation, path: Path, plan_file: Path, *, yes: bool) -> int:
    """Read the folder at ``path`` in, each folder into the space that the edited plan gives it."""
    from api.cli.selection import Selection, select
    from ingest.folder import Located, shown
    from ingest.plan.proposal import PlanInvalid, follow, read_plan
    from kb.errors import InvalidRequest, PathMissing

    try:
        assignments = read_plan(plan_file.read_text())
    except FileNotFoundError as error:
        raise PathMissing(path=plan_file) from error
    except (PlanInvalid, OSError, UnicodeDecodeError) as error:
        raise InvalidRequest(reason=invocation.text("plan.invalid", file=plan_file, reason=error)) from error
    followed = follow(assignments, _inventory(invocation, path))
    selection = select([path])
    root = shown(Path(os.path.abspath(path)).name)  # noqa: PTH100 - as `select` names it
    by_space: dict[str, list[Located]] = defaultdict(list)
    for file in selection.files:
        space = followed.spaces.get(file.path.removeprefix(f"{root}/"))
        if space is not None:
            by_space[space].append(file)
    reports = []
    with invocation.operations() as operations, progress_bar(invocation, len(followed.spaces)) as advance:
        _require_spaces(invocation, operations, sorted(by_space), yes=yes)
        for space in sorted(by_space):
            reader = Reader(Selection(tuple(by_space[space]), (), 0), invocation)
            reports.append(reader.completed(operations.ingest(reader.uploads(), space, advance)))
    for folder, count in sorted(followed.skipped.items()):
        if folder not in followed.changed:
            invocation.note(invocation.text("plan.skipped", folder=folder or path, count=count), style="dim")
    for why, folders in (("changed", followed.changed), ("unplanned", followed.unplanned)):
        for folder in folders:
            invocation.note(invocation.text(f"plan.{why}", folder=folder or path), style="yellow")
    return show_report(invocation, _joined(reports), selection.passed_over)


def as_plain(path: Path, inventory: Inventory, proposal: Sequence[Assignment]) -> dict[str, object]:
    """A plan as `--json` prints it: see docs/adding-documents.md."""
    from ingest.folder import STILL_THERE
    from ingest.plan.estimate import seconds_of
    from ingest.plan.kinds import Kind

    kinds = {
        kind.value: {
            "files": len(items),
            "bytes": sum(item.size for item in items),
            "pages": sum(item.guess.pages for item in items),
            "seconds": round(sum(seconds_of(item.guess, item.size) for item in items), 1),
        }
        for kind in Kind
        if (items := [item for item in inventory.items if item.guess.kind is kind])
    }
    return {
        "folder": path.absolute().name,
        "files": len(inventory.items),
        "bytes": sum(item.size for item in inventory.items),
        "seconds": round(_seconds(inventory), 1),
        "kinds": kinds,
        "duplicates": [
            {"sha256": same[0].sha256, "bytes": same[0].size, "paths": [item.path for item in same]} for same in inventory.duplicates()
        ],
        "families": [{"name": family.name, "paths": list(family.paths)} for family in _families(inventory)],
        "scans": [item.path for item in inventory.items if item.guess.kind is Kind.SCAN],
        "folders": [
            {
                "path": one.path or ".",
                "space": one.space,
                "readable_by": one.readable_by,
                "everyone": one.everyone,
                "files": one.files,
                "bytes": one.size,
            }
            for one in proposal
        ],
        "not_readable": [{"path": one.path, "code": one.reason} for one in inventory.refused if one.reason in STILL_THERE],
        "passed_over": dict(Counter(one.reason for one in inventory.refused if one.reason not in STILL_THERE)),
    }


def _inventory(invocation: Invocation, path: Path) -> Inventory:
    from ingest.folder import Folder, FolderGone
    from ingest.plan.inventory import take_inventory
    from kb.errors import InvalidRequest, PathMissing

    if path.exists() and not path.is_dir():
        raise InvalidRequest(reason=f"{path}: a plan is made of a folder")
    try:
        with _looking(invocation) as heard:
            return take_inventory(Folder(path.absolute()), heard)
    except FolderGone as error:
        raise PathMissing(path=path) from error


@contextmanager
def _looking(invocation: Invocation) -> Iterator[Callable[[str, int, int], object]]:
    if not invocation.err.is_terminal:
        yield lambda what, done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=invocation.err, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def heard(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(invocation.text(f"plan.looking.{what}"), total=total)
            progress.update(tasks[what], completed=done)

        yield heard


def _show(invocation: Invocation, inventory: Inventory, proposal: Sequence[Assignment]) -> None:
    from ingest.folder import STILL_THERE
    from ingest.plan.estimate import seconds_of
    from ingest.plan.kinds import Kind

    total = sum(item.size for item in inventory.items)
    time = _time(invocation, _seconds(inventory))
    invocation.say(invocation.text("plan.total", files=len(inventory.items), size=_size(total), time=time), style="bold")
    rows = []
    for kind in Kind:
        items = [item for item in inventory.items if item.guess.kind is kind]
        if items:
            seconds = sum(seconds_of(item.guess, item.size) for item in items)
            size = f"{sum(item.size for item in items) / 1e6:.1f}"
            rows.append((invocation.text(f"kind.{kind.value}"), len(items), size, _time(invocation, seconds)))
    invocation.out.print(table(invocation, ("kind", "files", "megabytes", "time"), rows))

    duplicates = inventory.duplicates()
    if duplicates:
        spare = sum(len(same) - 1 for same in duplicates)
        wasted = sum(same[0].size * (len(same) - 1) for same in duplicates)
        invocation.say(invocation.text("plan.duplicates", count=spare, size=_size(wasted)), style="bold")
        _list(invocation, [" = ".join(item.path for item in same[:4]) + (" = …" if len(same) > 4 else "") for same in duplicates])
    found = _families(inventory)
    if found:
        invocation.say(invocation.text("plan.families", count=len(found)), style="bold")
        _list(invocation, [_family(family) for family in found])
    scans = [item.path for item in inventory.items if item.guess.kind is Kind.SCAN]
    if scans:
        invocation.say(invocation.text("plan.scans", count=len(scans)), style="bold")
        _list(invocation, scans)
    unreadable = [one for one in inventory.refused if one.reason in STILL_THERE]
    if unreadable:
        invocation.say(invocation.text("plan.unreadable", count=len(unreadable)), style="red")
        _list(invocation, [f"{one.path} ({one.reason})" for one in unreadable])

    invocation.say(invocation.text("plan.folders"), style="bold")
    shown = [
        (
            one.path or ".",
            one.space or invocation.text("plan.skip"),
            _readers(invocation, one.readable_by),
            one.files,
            f"{one.size / 1e6:.1f}",
        )
        for one in proposal[:FOLDERS_SHOWN]
    ]
    invocation.out.print(table(invocation, ("folder", "space", "readable_by", "files", "megabytes"), shown))
    if len(proposal) > FOLDERS_SHOWN:
        invocation.say(invocation.text("plan.more", count=len(proposal) - FOLDERS_SHOWN))
    passed_over = len(inventory.refused) - len(unreadable)
    if passed_over:
        invocation.note(invocation.text("plan.passed_over", count=passed_over), style="dim")


def _readers(invocation: Invocation, told: str) -> str:
    """What a plan file says in English, in this run's language."""
    words = ("everyone", "nobody else", "some files only", "user", "group")
    return re.sub(rf"\b(?:{'|'.join(words)})\b", lambda found: invocation.text(f"plan.{found.group()}"), told)


def _list(invocation: Invocation, lines: Sequence[str]) -> None:
    for line in lines[:SHOWN_OF_MANY]:
        invocation.say(f"  - {line}")
    if len(lines) > SHOWN_OF_MANY:
        invocation.say("  " + invocation.text("plan.more", count=len(lines) - SHOWN_OF_MANY))
    invocation.say()


def _family(family: Family) -> str:
    newest, *older = family.paths
    names = [path.rpartition("/")[2] for path in older]
    return f"{newest}  ←  {', '.join(names[:4])}{', …' if len(names) > 4 else ''}"


def _families(inventory: Inventory) -> list[Family]:
    from ingest.plan.families import families

    return families((item.path, item.modified_ns) for item in inventory.items)


def _seconds(inventory: Inventory) -> float:
    """Of every file once: the same bytes are read once."""
    from ingest.plan.estimate import seconds_of

    again = {item.path for same in inventory.duplicates() for item in same[1:]}
    return sum(seconds_of(item.guess, item.size) for item in inventory.items if item.path not in again)


def _require_spaces(invocation: Invocation, operations: Operations, wanted: Sequence[str], *, yes: bool) -> None:
    from kb.errors import InvalidRequest

    there = {space.name.lower() for space in operations.spaces()}
    missing = [space for space in wanted if space.lower() not in there]
    if not missing:
        return
    named = ", ".join(missing)
    if not yes and not (on_terminal() and typer.confirm(invocation.text("plan.make_spaces", spaces=named), err=True)):
        raise InvalidRequest(reason=invocation.text("plan.spaces_missing", spaces=named))
    for space in missing:
        operations.add_space(space)


def _joined(reports: Sequence[IngestReport]) -> IngestReport:
    from kb.types import IngestReport

    files: list[FileResult] = sorted((file for report in reports for file in report.files), key=lambda file: file.path)
    return IngestReport(
        tuple(files),
        sum(report.ready for report in reports),
        sum(report.unchanged for report in reports),
        sum(report.failed for report in reports),
        sum(report.quarantined for report in reports),
        sum(report.seconds for report in reports),
    )


def _write(file: Path, text: str) -> None:
    from kb.errors import InvalidRequest

    try:
        file.write_text(text)
    except OSError as error:
        raise InvalidRequest(reason=f"{file}: {error.strerror}") from error


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def _time(invocation: Invocation, seconds: float) -> str:
    if seconds >= 5_400:
        return invocation.text("plan.hours", hours=f"{seconds / 3600:.1f}")
    if seconds < 90:
        return invocation.text("plan.moment")
    return invocation.text("plan.minutes", minutes=round(seconds / 60))
