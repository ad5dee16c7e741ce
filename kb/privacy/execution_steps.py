"""What the steps of an execution share: their names in order, the parts that they work with, what stands in one run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from kb.data_directory import DataDirectory
from kb.ledger.ledger import Ledger, Transaction
from kb.ports import Clock, Vectors
from kb.privacy.journal import Journal
from kb.privacy.originals import OriginalsErasure
from kb.privacy.report import ReportKey
from kb.privacy.stored import CaseFiles, pack
from kb.privacy.types import Place, Plan, Scan, Subject
from kb.privacy.vault import CaseVault


class Step(StrEnum):
    """The steps, in their order."""

    CHECK = "check"
    TOMBSTONE = "tombstone"
    JOURNAL = "journal"
    ROWS = "rows"
    ORIGINALS = "originals"
    INDEXES = "indexes"
    VACUUM = "vacuum"
    SCAN = "scan"
    REPORT = "report"
    COMPLETE = "complete"


Heard = Callable[[Step, Mapping[str, Any]], None]
"""Hears of each step as it is done, with its counts."""

Counts = Mapping[str, Any]


class Remembering(Protocol):
    """Keeps a person from coming back (``kb.privacy.suppression``)."""

    def remember(
        self, tx: Transaction, request_id: str, subject: Subject, originals: Sequence[tuple[str, str]], expires_on: date
    ) -> object:
        """Keep hashes of the person and of the originals (sha256, text). Twice for one request does no harm."""
        ...


class Scanning(Protocol):
    """Reads every byte again (``kb.privacy.residue``)."""

    def scan(self, folders: Sequence[Path], subject: Subject, vectors: Vectors | None, expected: Collection[Place]) -> Scan:
        """Everything that may be the person or one of the vectors. Raises ScanFailed."""
        ...


class FreshIndexes(Protocol):
    """Indexes that can be built anew."""

    def rebuild_fresh(self, space_id: str) -> None:
        """A new generation, and no other folder of the space left."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything that an execution works with. ``indexes`` is made at its first use: a killed run may have no more need of it.

    ``destinations`` are the folders with backups, which each get a copy of the journal; ``free_bytes`` is asked of the data directory.
    """

    ledger: Ledger
    directory: DataDirectory
    clock: Clock
    vault: CaseVault
    originals: OriginalsErasure
    indexes: Callable[[], FreshIndexes]
    suppression: Remembering
    suppression_years: int
    journal: Journal
    destinations: Callable[[], Sequence[Path]]
    scanner: Scanning
    report_key: ReportKey
    free_bytes: Callable[[Path], int]


@dataclass(slots=True)
class Run:
    """One run of the execution of one request."""

    request_id: str
    plan: Plan
    files: CaseFiles
    subject: Subject
    scan: Scan | None = None

    @property
    def plan_fingerprint(self) -> str:
        """Tells whether a run that broke off had this plan."""
        return "sha256:" + hashlib.sha256(pack(Plan, self.plan)).hexdigest()
