"""Reads any SQLite file row by row, as it lies on disk: for the scan, which trusts no table to be the only one.

The file is opened so that nothing is written and nobody has to wait: one with a write-ahead log by SQLite's own rules, any other as if
it could not change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kb.errors import ScanFailed

_WAL = b"\x02\x02"


@dataclass(frozen=True, slots=True)
class SqliteValue:
    """A text or blob of a row. ``key`` is the row's primary key as strings, its row number where it has none."""

    table: str
    key: tuple[str, ...]
    column: str
    value: str | bytes


@dataclass(frozen=True, slots=True)
class SqliteTable:
    """A table, with how many copies of each column lie in the file: one, and one per index on it."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    copies: dict[str, int]


class SqliteFile:
    """One file, opened for reading."""

    def __init__(self, path: Path) -> None:
        """Raises ScanFailed where it cannot be read as SQLite."""
        try:
            with path.open("rb") as file:
                version = file.read(20)[18:20]
            how = "mode=ro" if version == _WAL else "mode=ro&immutable=1"
            self._connection = sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, isolation_level=None, timeout=10)
            self._connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            self._connection.execute("BEGIN")
            self.tables = [self._table(name) for name in self._names()]
        except (sqlite3.Error, OSError) as error:
            raise ScanFailed(reason="sqlite") from error

    def _names(self) -> list[str]:
        rows = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
        return [str(row[0]) for row in rows]

    def _table(self, name: str) -> SqliteTable:
        info = list(self._connection.execute(f"PRAGMA table_info({_quoted(name)})"))
        key = tuple(row[1] for row in sorted(info, key=lambda row: row[5]) if row[5])
        copies = {row[1]: 1 for row in info}
        for index in list(self._connection.execute(f"PRAGMA index_list({_quoted(name)})")):
            for column in self._connection.execute(f"PRAGMA index_info({_quoted(index[1])})"):
                if column[2] is not None:
                    copies[column[2]] += 1
        return SqliteTable(name, key, tuple(copies), copies)

    def schema(self) -> Iterator[str]:
        """The statements that made it: a name can stand in one."""
        for row in self._connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"):
            yield str(row[0])

    def values(self, table: SqliteTable) -> Iterator[SqliteValue]:
        """Every text and blob of a table. Raises ScanFailed where a page of it cannot be read."""
        columns = ", ".join(_quoted(column) for column in table.columns)
        keys = ", ".join(_quoted(column) for column in table.key) or "rowid"
        try:
            with closing(self._connection.execute(f"SELECT {keys}, {columns} FROM {_quoted(table.name)}")) as rows:
                width = len(table.key) or 1
                for row in rows:
                    key = tuple(str(part) for part in row[:width])
                    for column, value in zip(table.columns, row[width:], strict=True):
                        if isinstance(value, str | bytes) and value:
                            yield SqliteValue(table.name, key, column, value)
        except sqlite3.Error as error:
            raise ScanFailed(reason="sqlite") from error

    def texts_of_space(self, space_id: str) -> Iterator[str]:
        """In a Kennisbank's ledger: the texts and titles of what may be found in a space."""
        query = (
            "SELECT v.title, t.text FROM versions v JOIN version_texts t ON t.version_id = v.id "
            "WHERE v.id IN (SELECT version_id FROM chunks WHERE space_id = ?)"
        )
        for title, text in self._connection.execute(query, (space_id,)):
            yield title
            yield text

    def versions_of(self, document_ids: Iterable[str]) -> set[str]:
        """In a Kennisbank's ledger: the versions of these documents."""
        found: set[str] = set()
        for document_id in document_ids:
            found.update(row[0] for row in self._connection.execute("SELECT id FROM versions WHERE document_id = ?", (document_id,)))
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
