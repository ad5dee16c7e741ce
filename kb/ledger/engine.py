"""The database engine, and everything that differs between SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

BUSY_TIMEOUT_MILLISECONDS = 30_000


def sqlite_url(path: Path) -> str:
    """The address of the SQLite ledger at ``path``."""
    return f"sqlite:///{path}"


def create_ledger_engine(url: str) -> Engine:
    """An engine for ``url``. Nothing connects yet."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, isolation_level="REPEATABLE READ")
    engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_MILLISECONDS / 1000, "check_same_thread": False}, pool_size=16)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling begins late and never IMMEDIATE; _begin_sqlite does it instead.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",
        "cache_size = -16000",
        "mmap_size = 0",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: upgrading a read lock later can fail however long one waits.
    options = connection.get_execution_options()
    if options.get("kb_outside", False):
        return  # whoever compacts the database needs no transaction around it
    writing = options.get("kb_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
