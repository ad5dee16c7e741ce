"""Figures as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE = 180
"""Columns where no terminal says how wide it is."""


def contract_table(contract: Mapping[str, object]) -> Table:
    """The figures of a contract ``{"all": …, "languages": {…}}``: a row per figure, a column for all and one per language."""
    languages = contract["languages"]
    columns: dict[str, object] = {"all": contract["all"], **(languages if isinstance(languages, dict) else {})}
    figures = [column for column in columns.values() if isinstance(column, dict)]
    rows = [[name, *(shown(column.get(name)) for column in figures)] for name in figures[0]]
    return figure_table(("", *columns), rows)


def figure_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A plain table, every column but the first aligned to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def shown(value: object) -> str:
    """A figure for people: shares and milliseconds with three decimals, counts as they are, nothing as a dash."""
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


class Screen:
    """Where a benchmark that is run by hand says what it does and finds."""

    def __init__(self) -> None:
        console = Console()
        self._console = console if console.is_terminal else Console(width=_WIDE)

    def say(self, line: str) -> None:
        """A line, word for word."""
        self._console.print(line, markup=False, highlight=False, emoji=False, soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table."""
        self._console.print(figure_table(columns, rows))
