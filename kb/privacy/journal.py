"""The erasure journal: what was erased, by ids alone, so that an old backup cannot bring it back.

One sealed file per request, in the secrets directory and beside every backup, both outside the data directory. A restore reads
every entry and does again what it says before anything is served; an entry that was begun and not completed counts as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from kb.age_files import SealingKey
from kb.data_directory import explain
from kb.durable import write_durably
from kb.errors import JournalCopyFailed, SealBroken
from kb.ledger.suppressions import SuppressionRow
from kb.privacy.types import Place

_SUFFIX = ".journal.age"
FOLDER = "journal"
"""Beside the backups of a destination."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What an execution erases, of every run of its request.

    ``suppressions`` are rows of that table: a backup of before does not hold them.
    """

    request_id: str
    begun_at: datetime
    documents: tuple[str, ...] = ()
    redactions: tuple[Place, ...] = ()
    answers: tuple[str, ...] = ()
    originals: tuple[str, ...] = ()
    """Versions whose original was rewritten or destroyed: a restored one of before is not."""
    suppressions: tuple[SuppressionRow, ...] = ()
    completed_at: datetime | None = None
    kept: tuple[str, ...] = ()
    """Rows (versions, documents, answers) with a place that an officer kept or judged another person's: a restore leaves them."""


_ENTRY = TypeAdapter(JournalEntry)


class Journal:
    """The entries in ``folder``. Every entry is a file of its own, so a copy is complete or absent."""

    def __init__(self, folder: Path, key: SealingKey) -> None:
        """``key`` seals; whoever restores elsewhere needs it beside the key of the backup."""
        self._folder = folder
        self._key = key

    def intend(self, entry: JournalEntry) -> None:
        """Write down what is about to be erased; durable on return. Again for the same request: instead of the entry before.

        Raises DiskFull, DirectoryReadOnly.
        """
        self._write(entry)

    def complete(self, request_id: str, at: datetime) -> None:
        """Write down that it was done. A request that was never intended is passed over. Raises DiskFull, DirectoryReadOnly."""
        entry = self.entry(request_id)
        if entry is not None and entry.completed_at is None:
            self._write(replace(entry, completed_at=at))

    def entry(self, request_id: str) -> JournalEntry | None:
        """What was written down for a request. Raises SealBroken."""
        path = self._folder / f"{request_id}{_SUFFIX}"
        return self._read(path) if path.is_file() else None

    def entries(self) -> list[JournalEntry]:
        """Every entry, the oldest first. Raises SealBroken when one was changed or sealed for another key."""
        if not self._folder.is_dir():
            return []
        return sorted((self._read(path) for path in self._folder.glob(f"*{_SUFFIX}")), key=lambda entry: (entry.begun_at, entry.request_id))

    def forget(self, request_id: str, destinations: Iterable[Path] = ()) -> None:
        """Remove an entry, here and beside the backups: its term is over and no backup of before is left."""
        for folder in (self._folder, *(destination / FOLDER for destination in destinations)):
            (folder / f"{request_id}{_SUFFIX}").unlink(missing_ok=True)

    def copy_to(self, destinations: Iterable[Path]) -> int:
        """Have every entry of now in ``journal/`` of every destination. Returns how many files were written.

        Raises JournalCopyFailed, which names the destination: without the copy a backup from there could bring the person back.
        """
        written = 0
        for destination in destinations:
            folder = destination / FOLDER
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                for path in sorted(self._folder.glob(f"*{_SUFFIX}")) if self._folder.is_dir() else ():
                    sealed = path.read_bytes()
                    copy = folder / path.name
                    if not copy.is_file() or copy.read_bytes() != sealed:
                        write_durably(copy, sealed)
                        written += 1
            except OSError as error:
                raise JournalCopyFailed(path=destination) from error
        return written

    def take_over(self, folder: Path) -> int:
        """Take in the copies that lie in ``folder`` (``journal/`` of a destination) and are not here. Returns how many.

        Raises SealBroken: then nothing of them is taken, and a restore opens for the officer alone.
        """
        found = [(path.name, path.read_bytes()) for path in sorted(folder.glob(f"*{_SUFFIX}"))] if folder.is_dir() else []
        entries = [(name, sealed, _ENTRY.validate_json(self._key.open(sealed))) for name, sealed in found]
        taken = 0
        for name, sealed, theirs in entries:
            ours = self.entry(theirs.request_id)
            if ours is None or (ours.completed_at is None and theirs.completed_at is not None):
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_durably(self._folder / name, sealed)
                taken += 1
        return taken

    def _write(self, entry: JournalEntry) -> None:
        path = self._folder / f"{entry.request_id}{_SUFFIX}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_durably(path, self._key.seal(_ENTRY.dump_json(entry)))
        except OSError as error:
            meaning = explain(error, self._folder)
            if meaning is None:
                raise
            raise meaning from error

    def _read(self, path: Path) -> JournalEntry:
        try:
            return _ENTRY.validate_json(self._key.open(path.read_bytes()))
        except ValueError as error:
            raise SealBroken from error
