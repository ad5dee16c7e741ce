"""`kb status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.cli.invocation import Invocation

if TYPE_CHECKING:
    from kb.types import SyncedFolder


def status(invocation: Invocation) -> None:
    """Show what is running and how much it holds."""
    with invocation.operations() as operations:
        found = operations.status()
        folders = operations.synced_folders()
    if invocation.as_json:
        invocation.print_json(found)
        return
    rows: dict[str, object] = {
        invocation.text("column.version"): found.version,
        invocation.text("column.spaces"): found.spaces,
        invocation.text("column.documents"): found.documents,
        invocation.text("column.chunks"): found.chunks,
        invocation.text("column.pending"): found.pending,
        invocation.text("column.failed"): found.failed,
        invocation.text("column.generator"): f"{found.generator.model} ({found.generator.backend}, {found.generator.location})",
        invocation.text("column.embedder"): found.embedder,
    }
    for index in found.indexes:
        state = "index.building" if index.building else "index.behind" if index.behind else "index.current"
        rows[invocation.text("column.index", space=index.space)] = invocation.text(state, count=index.behind)
    width = max(len(name) for name in rows)
    for name, value in rows.items():
        invocation.say(f"{name:<{width}}  {value}")
    for folder in folders:
        _show_folder(invocation, folder)


def _show_folder(invocation: Invocation, folder: SyncedFolder) -> None:
    said = {"folder": folder.name, "space": folder.space, "minutes": folder.every_minutes}
    if folder.last_run_at is None:
        invocation.say(invocation.text("sync.never", **said))
        return
    counts = {name: getattr(folder, name) for name in ("added", "changed", "moved", "deleted")}
    at = folder.last_run_at.astimezone().strftime("%Y-%m-%d %H:%M")
    invocation.say(invocation.text("sync.state", **said, **counts, at=at))
    if folder.detail:
        invocation.say(f"  {folder.detail} ({folder.code})", style="red")
    if folder.held:
        invocation.say("  " + invocation.text("sync.accept", count=folder.held, **said), style="yellow")
