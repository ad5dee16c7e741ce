"""Taking out of the ledger's files what its rows no longer hold: old pages, the write-ahead log."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection, Engine

from kb.errors import LedgerKeptBusy
from kb.ledger.engine import BUSY_TIMEOUT_MILLISECONDS

PATIENCE_SECONDS = 120.0
"""How long readers of an older moment are waited for."""

_PAUSE_SECONDS = 0.1
_TRY_MILLISECONDS = 200


def compact(engine: Engine, wait: Callable[[float], None] = time.sleep, patience_seconds: float = PATIENCE_SECONDS) -> float:
    """Rewrite the database without its free pages and empty its log. Returns the seconds that it took.

    Readers go on meanwhile, writers wait. Raises LedgerKeptBusy when a reader did not end in ``patience_seconds``.
    """
    started = time.perf_counter()
    # Outside of any transaction: both databases refuse VACUUM within one.
    with engine.connect().execution_options(kb_outside=True, isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            # The copy goes through tmp/, where the scan looks, and not through memory, of which it may need as much as the ledger has.
            connection.exec_driver_sql("PRAGMA temp_store = FILE")
            try:
                _empty_log(connection, wait, patience_seconds)
                connection.exec_driver_sql("VACUUM")
                _empty_log(connection, wait, patience_seconds)
            finally:
                connection.exec_driver_sql("PRAGMA temp_store = MEMORY")
        else:
            connection.exec_driver_sql("VACUUM FULL")
    return time.perf_counter() - started


def empty_log(engine: Engine, wait: Callable[[float], None] = time.sleep, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Take out of the log what rows no longer hold; the database itself zeroes what is deleted. Far less work than ``compact``.

    Raises LedgerKeptBusy.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(kb_outside=True, isolation_level="AUTOCOMMIT") as connection:
            _empty_log(connection, wait, patience_seconds)


def _empty_log(connection: Connection, wait: Callable[[float], None], patience_seconds: float) -> None:
    """Write the log into the database and cut it to nothing. A busy reader is told by the pragma's row, never by an error."""
    waited = 0.0
    # Short tries with pauses between: a long one would hold the writers up for as long as it waits for a reader.
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_TRY_MILLISECONDS}")
    try:
        while True:
            started = time.perf_counter()
            busy, in_log, written = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            if not busy and in_log == written:
                return
            waited += time.perf_counter() - started + _PAUSE_SECONDS
            if waited >= patience_seconds:
                raise LedgerKeptBusy(seconds=round(patience_seconds))
            wait(_PAUSE_SECONDS)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
