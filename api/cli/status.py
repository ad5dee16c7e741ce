"""`kb status`."""

from __future__ import annotations

from api.cli.invocation import Invocation


def status(invocation: Invocation) -> None:
    """Show what is running and how much it holds."""
    with invocation.operations() as operations:
        found = operations.status()
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
