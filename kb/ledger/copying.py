"""A copy of a SQLite ledger that is in use, as it was at one moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from kb.errors import DirectoryDamaged, DiskFull


def copy_ledger(source: Path, target: Path) -> tuple[str, list[str]]:
    """Copy with SQLite's online backup; writers go on. Gives the schema of the copy and the versions that it knows.

    Raises DiskFull, DirectoryDamaged.
    """
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            schema = str(copy.execute("SELECT version_num FROM alembic_version").fetchone()[0])
            return schema, [str(row[0]) for row in copy.execute("SELECT id FROM versions ORDER BY id")]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname == "SQLITE_FULL":
            raise DiskFull(path=target.parent) from error
        raise DirectoryDamaged(path=source.parent) from error


def is_whole(path: Path) -> bool:
    """Whether every page and index of the database at ``path`` is as it should be."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False
