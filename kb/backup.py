"""Backups: one sealed file each, outside the data directory, with a day on which it ends.

In it: the ledger as it was at one moment, the originals, the settings without secrets, and a list of hashes. Not in it: keys, the journal
of erasures (a sealed copy lies beside it), open cases, and indexes, which are made anew.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from kb.age_files import SealingKey, seal_with_passphrase
from kb.backup_format import Malformed, Manifest, TarReader, TarWriter
from kb.data_directory import DataDirectory, explain
from kb.durable import sync_folder, write_durably
from kb.errors import (
    BackupDamaged,
    BackupInside,
    BackupKeyMissing,
    BackupKeyWrong,
    BackupNotFound,
    BackupNotSupported,
    BackupUnreadable,
    SealBroken,
    SealedForAnother,
)
from kb.ledger.backups import BackupRow
from kb.ledger.copying import copy_ledger
from kb.ledger.ledger import Ledger
from kb.ports import Clock
from kb.settings import Settings

SUFFIX = ".kb-backup.age"
RECOVERY = "recovery-key.age"
"""Beside the backups, where a passphrase was given: the key, sealed with it."""

_NAME = re.compile(r"kennisbank-(\d{8}T\d{12})Z-until-(\d{8})" + re.escape(SUFFIX))
_SECRET_LINE = re.compile(r"^\s*[\"']?\w*(?:api_key|password|passphrase|secret|token|ledger_url)\w*[\"']?\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made. ``recovery_key`` is set the first time alone: without it nobody restores on another machine."""

    name: str
    path: Path
    created_at: datetime
    expires_on: date
    size_bytes: int
    files: int
    recovery_key: str | None


@dataclass(frozen=True, slots=True)
class Verified:
    """A backup that was read whole."""

    name: str
    manifest: Manifest
    size_bytes: int


class Backups:
    """Makes, lists, verifies and ends backups of one data directory."""

    def __init__(
        self,
        directory: DataDirectory,
        ledger: Ledger,
        settings: Settings,
        clock: Clock,
        copy_journal: Callable[[Path], int],
        turn: threading.Lock | None = None,
    ) -> None:
        """``copy_journal`` puts the sealed journal beside the backups of a folder. ``turn``: shared with whatever erases.

        A backup that is made while somebody is erased could hold him, in a folder that his journal entry did not go to.
        """
        self._directory = directory
        self._ledger = ledger
        self._settings = settings
        self._clock = clock
        self._copy_journal = copy_journal
        self._turn = turn or threading.Lock()
        self._key = SealingKey(directory.sealing_key)

    def create(self, folder: Path, actor: str, passphrase: str | None = None) -> Made:
        """Write a backup into ``folder``; whole, or not at all, after an erasure that is going on. ``passphrase`` seals the key beside it.

        Raises BackupNotSupported, BackupInside, DiskFull, DirectoryReadOnly, JournalCopyFailed.
        """
        if self._settings.ledger_url is not None:
            raise BackupNotSupported
        folder = folder.absolute()
        if self._directory.path.resolve() in (folder.resolve(), *folder.resolve().parents):
            raise BackupInside(path=folder)
        with self._turn:
            return self._create(folder, actor, passphrase)

    def _create(self, folder: Path, actor: str, passphrase: str | None) -> Made:
        recovery = None if self._key.exists else self._key.recovery
        now = self._clock.now()
        expires_on = now.date() + timedelta(days=self._settings.backup.keep_days)
        name = f"kennisbank-{now:%Y%m%dT%H%M%S}{now.microsecond:06d}Z-until-{expires_on:%Y%m%d}{SUFFIX}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The journal first: there is no moment at which a backup lies there without it.
            self._copy_journal(folder)
            sha256, size, files = self._write(folder / name, now, expires_on)
            if passphrase is not None:
                write_durably(folder / RECOVERY, seal_with_passphrase(self._key.recovery.encode(), passphrase))
        except OSError as error:
            meaning = explain(error, folder)
            if meaning is None:
                raise
            raise meaning from error
        with self._ledger.writing() as tx:
            tx.backups.add(name, str(folder), now, expires_on, size, sha256)
            tx.audit.append(actor, "backup.create", name[:64])
        return Made(name, folder / name, now, expires_on, size, files, recovery)

    def all(self) -> list[BackupRow]:
        """Those that exist, the oldest first."""
        with self._ledger.reading() as tx:
            return tx.backups.existing()

    def verify(self, name: str, actor: str) -> Verified:
        """Read a backup whole, named or by its path. Raises BackupNotFound, BackupUnreadable, BackupKeyWrong, BackupDamaged."""
        with self._ledger.reading() as tx:
            row = tx.backups.named(name)
        path = Path(row.destination) / row.name if row is not None else Path(name)
        if not path.is_file():
            raise BackupNotFound(name=name)
        manifest = read_backup(path, self._key, TarReader())
        with self._ledger.writing() as tx:
            if row is not None:
                tx.backups.verified(row.backup_id)
            tx.audit.append(actor, "backup.verify", path.name[:64])
        return Verified(path.name, manifest, path.stat().st_size)

    def expired(self) -> list[str]:
        """Those whose last day is over."""
        today = self._clock.now().date()
        return [one.name for one in self.all() if one.expires_on < today]

    def remove_expired(self) -> int:
        """Delete them. One whose folder is not there (a disk that is not connected) stays in the list. Returns how many."""
        today, removed = self._clock.now().date(), 0
        for one in self.all():
            folder = Path(one.destination)
            if one.expires_on < today and folder.is_dir():
                (folder / one.name).unlink(missing_ok=True)
                with self._ledger.writing() as tx:
                    tx.backups.removed(one.backup_id)
                removed += 1
        return removed

    def _write(self, path: Path, now: datetime, expires_on: date) -> tuple[str, int, int]:
        draft = path.with_name(f".{path.name}.part")
        with tempfile.TemporaryDirectory(dir=self._directory.temporary, prefix="backup-") as apart:
            copy = Path(apart) / "ledger.sqlite3"
            schema, versions = copy_ledger(self._directory.ledger, copy)
            source = TarWriter(self._parts(copy, versions), now, expires_on, schema)
            try:
                with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    target = _Hashing(file)
                    self._key.seal_stream(source, target)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)
                sync_folder(path.parent)
            finally:
                draft.unlink(missing_ok=True)
        return target.sha256, target.size, len(source.files)

    def _parts(self, ledger: Path, versions: list[str]) -> Iterator[tuple[str, Path | bytes]]:
        yield "ledger.sqlite3", ledger
        settings = self._directory.path / "kb.toml"
        if settings.is_file():
            lines = settings.read_text().splitlines(keepends=True)
            yield "kb.toml", "".join(line for line in lines if not _SECRET_LINE.match(line)).encode()
        folders = self._directory.path / "folders.json"
        if folders.is_file():
            yield "folders.json", folders
        for version_id in versions:
            yield f"originals/{version_id}", self._directory.originals / version_id


def backups_in(folder: Path) -> list[BackupRow]:
    """The backups that lie in ``folder``, by their names; their ids are empty."""
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        named = _NAME.fullmatch(path.name)
        if named is not None and path.is_file():
            created_at = datetime.strptime(named[1], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
            expires_on = datetime.strptime(named[2], "%Y%m%d").replace(tzinfo=UTC).date()
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            folder_now, size = str(path.parent.absolute()), path.stat().st_size
            found.append(BackupRow("", path.name, folder_now, created_at, expires_on, size, sha256, None, None))
    return found


class _Hashing:
    """Writes, and reckons hash and size of what is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Pass on."""
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Pass on."""
        self._file.flush()

    @property
    def sha256(self) -> str:
        """Of everything that was written."""
        return self._digest.hexdigest()


def read_backup(path: Path, key: SealingKey, reader: TarReader) -> Manifest:
    """Unseal ``path`` into ``reader`` and compare with its list.

    Raises BackupKeyMissing, BackupKeyWrong, BackupUnreadable, BackupDamaged, and OSError of the reader's sink.
    """
    if not key.exists:
        raise BackupKeyMissing(path=path.parent)
    try:
        with path.open("rb") as sealed:
            key.open_stream(sealed, reader)
        manifest, problems = reader.finish()
    except SealedForAnother as error:
        raise BackupKeyWrong(name=path.name) from error
    except (SealBroken, Malformed) as error:
        raise BackupUnreadable(name=path.name) from error
    finally:
        reader.close()
    if problems:
        raise BackupDamaged(name=path.name, problems=len(problems))
    return manifest
