"""Plain tables: aligned on a terminal, never cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from api.cli.invocation import Invocation

if TYPE_CHECKING:
    from rich.table import Table


def table(invocation: Invocation, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table with the named columns of `api.cli.texts`; None is an empty cell."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        made.add_column(invocation.text(f"column.{name}"), overflow="fold", no_wrap=name == "id")
    for row in rows:
        made.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    return made
