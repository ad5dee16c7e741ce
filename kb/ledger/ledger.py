"""The ledger: opens the database, brings its schema up to date, and hands out transactions.

All SQL of Kennisbank stands in this folder. A transaction is one unit of truth: it is there whole, or not at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from kb.errors import DirectoryDamaged, DirectoryNewer, DirectoryReadOnly, DiskFull, KennisbankError
from kb.ledger.api_tokens import ApiTokenRows
from kb.ledger.attempts import AttemptRows
from kb.ledger.audiences import AudienceRows
from kb.ledger.audit import AuditRows
from kb.ledger.backups import BackupRows
from kb.ledger.chunks import ChunkRows
from kb.ledger.compacting import compact, empty_log
from kb.ledger.conversations import ConversationRows
from kb.ledger.disclosures import DisclosureRows
from kb.ledger.documents import DocumentRows
from kb.ledger.engine import create_ledger_engine
from kb.ledger.erasing import ErasingRows
from kb.ledger.groups import GroupRows
from kb.ledger.held_back import HeldBackRows
from kb.ledger.hidden import HiddenRows
from kb.ledger.indexing import IndexRows
from kb.ledger.kept import KeptRows
from kb.ledger.one_time import OneTimeRows
from kb.ledger.people import PersonRows
from kb.ledger.personal_rows import PersonalRows
from kb.ledger.requests import RequestRows
from kb.ledger.retaining import RetainingRows
from kb.ledger.sessions import SessionRows
from kb.ledger.spaces import SpaceRows
from kb.ledger.suppressions import SuppressionRows
from kb.ledger.tasks import TaskRows
from kb.ports import Clock

KNOWN_SCHEMAS = ("0001", "0002", "0003", "0004")
"""The schemas that this version can bring up to date, oldest first; the last is the newest migration (a test compares)."""


class Transaction:
    """One transaction; its rows are grouped by what they speak of."""

    def __init__(self, connection: Connection, clock: Clock, audit_key: bytes) -> None:
        self.spaces = SpaceRows(connection, clock)
        self.documents = DocumentRows(connection, clock)
        self.chunks = ChunkRows(connection, clock)
        self.indexing = IndexRows(connection, clock)
        self.conversations = ConversationRows(connection, clock)
        self.audit = AuditRows(connection, clock, audit_key)
        self.suppressions = SuppressionRows(connection, clock)
        self.tasks = TaskRows(connection, clock)
        self.held_back = HeldBackRows(connection, clock)
        self.retaining = RetainingRows(connection, clock)
        self.backups = BackupRows(connection, clock)
        self.requests = RequestRows(connection, clock)
        self.hidden = HiddenRows(connection, clock)
        self.erasing = ErasingRows(connection, clock, self.audit)
        self.kept = KeptRows(connection)
        self.personal = PersonalRows(connection)
        self.people = PersonRows(connection, clock)
        self.groups = GroupRows(connection, clock)
        self.audiences = AudienceRows(connection, self.spaces)
        self.sessions = SessionRows(connection, clock)
        self.api_tokens = ApiTokenRows(connection, clock)
        self.one_time = OneTimeRows(connection, clock)
        self.attempts = AttemptRows(connection, clock)
        self.disclosures = DisclosureRows(connection)


class Ledger:
    """The truth. Safe to use from several threads; writers take turns."""

    def __init__(self, url: str, clock: Clock, audit_key: bytes, home: Path) -> None:
        """``home`` is named in errors. Nothing connects before ``prepare``."""
        self._engine: Engine = create_ledger_engine(url)
        self._clock = clock
        self._audit_key = audit_key
        self._home = home

    def prepare(self) -> None:
        """Check the schema and bring it up to date. Raises DirectoryNewer, DirectoryDamaged, DirectoryReadOnly, DiskFull."""
        with self._translating():
            with self._engine.connect() as connection:
                schema = self._schema(connection)
            if schema is not None and schema not in KNOWN_SCHEMAS:
                raise DirectoryNewer(path=self._home, schema=schema)
            if schema != KNOWN_SCHEMAS[-1]:
                # Alembic is imported when there is something to migrate: most starts have nothing.
                from kb.ledger.migrate import upgrade

                upgrade(self._engine)

    def _schema(self, connection: Connection) -> str | None:
        tables = inspect(connection).get_table_names()
        if "alembic_version" not in tables:
            if tables:
                raise DirectoryDamaged(path=self._home)
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that may write; committed at the end of the block, rolled back by an exception."""
        with self._translating(), self._engine.connect().execution_options(kb_writing=True) as connection, connection.begin():
            yield Transaction(connection, self._clock, self._audit_key)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that sees one moment and must not write."""
        with self._translating(), self._engine.connect() as connection, connection.begin():
            yield Transaction(connection, self._clock, self._audit_key)

    def compact(self) -> float:
        """Take out of the files what the rows no longer hold. Returns seconds. Raises LedgerKeptBusy, DiskFull."""
        with self._translating():
            return compact(self._engine)

    def empty_log(self) -> None:
        """Take a few rows that were deleted out of the log as well. Raises LedgerKeptBusy, DiskFull."""
        with self._translating():
            empty_log(self._engine)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            meaning = self._meaning(error.orig)
            if meaning is None:
                raise
            raise meaning from error

    def _meaning(self, cause: BaseException | None) -> KennisbankError | None:
        """What an SQLite error means to a person; None: a bug of ours, to be seen as it is."""
        name = getattr(cause, "sqlite_errorname", "") if isinstance(cause, sqlite3.Error) else ""
        if name == "SQLITE_FULL":
            return DiskFull(path=self._home)
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
            return DirectoryReadOnly(path=self._home)
        if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_IOERR_SHORT_READ")):
            return DirectoryDamaged(path=self._home)
        return None
