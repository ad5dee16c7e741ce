"""A backup put back: into an empty directory, whole or not at all, and without the people who were erased since.

The journal of erasures is replayed and every text is held against the suppressions that it brings, before anything is served. Without the
journal, or without the key of the suppressions, the directory opens for the data protection officer alone.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from kb.age_files import SealingKey
from kb.backup import backups_in, read_backup
from kb.backup_format import TarReader
from kb.data_directory import DataDirectory, explain
from kb.durable import sync_folder, write_durably
from kb.errors import BackupUnreadable, DiskFull, RestoreNotEmpty, SealBroken
from kb.ledger.copying import is_whole
from kb.ledger.ledger import Ledger
from kb.ledger.tasks import TaskKind
from kb.originals import Originals
from kb.privacy import journal
from kb.privacy.erase_rows import erase_rows
from kb.privacy.journal import Journal, JournalEntry
from kb.privacy.suppression import Suppression
from kb.privacy.types import Plan

_ROOM = 1.1


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. ``replayed``: erasures done again; ``held_back``: files that name an erased person, set aside for the officer;
    ``for_officer_only``: erasures could not be known."""

    path: Path
    created_at: datetime
    documents_files: int
    replayed: int
    held_back: int
    for_officer_only: bool


class Restore:
    """Restores. ``open_ledger`` opens the ledger of a directory that is not in use, and brings its schema up to date."""

    def __init__(
        self,
        open_ledger: Callable[[DataDirectory], Ledger],
        replace_by_text: Callable[[Ledger, Originals, Sequence[str]], object],
    ) -> None:
        """``replace_by_text`` puts the redacted text in the place of originals (``kb.privacy.originals``)."""
        self._open_ledger = open_ledger
        self._replace_by_text = replace_by_text

    def restore(self, backup: Path, target: DataDirectory, key: SealingKey, actor: str) -> Restored:
        """Put ``backup`` into ``target``, which must be new or empty; its secrets directory may be there.

        Raises RestoreNotEmpty, BackupKeyMissing, BackupKeyWrong, BackupUnreadable, BackupDamaged, DirectoryNewer, DiskFull,
        DirectoryReadOnly. After an error nothing is left behind.
        """
        if target.path.exists() and any(target.path.iterdir()):
            raise RestoreNotEmpty(path=target.path)
        draft = DataDirectory(target.path.with_name(f".{target.path.name}.restoring-{secrets.token_hex(4)}"), target.secrets)
        same_keys = (target.secrets / "audit.key").is_file()
        try:
            target.path.parent.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(target.path.parent).free < backup.stat().st_size * _ROOM:
                raise DiskFull(path=target.path.parent)
            draft.create()
            restored = self._fill(backup, draft, key, actor, same_keys=same_keys)
            if target.path.exists():
                target.path.rmdir()
            draft.path.replace(target.path)
            sync_folder(target.path.parent)
        except OSError as error:
            meaning = explain(error, target.path)
            if meaning is None:
                raise
            raise meaning from error
        finally:
            shutil.rmtree(draft.path, ignore_errors=True)
        return Restored(target.path, *restored)

    def accept(self, directory: DataDirectory, key: SealingKey, folder: Path | None, actor: str) -> int:
        """Open a restored directory for everybody: after the journal in ``folder``, or (None) on the officer's responsibility.

        Returns how many erasures were done again. Raises SealBroken.
        """
        kept = Journal(directory.journal, key)
        replayed = 0
        ledger = self._open_ledger(directory)
        try:
            if folder is not None:
                kept.take_over(folder)
                created_at = datetime.fromisoformat(json.loads(directory.restored_marker.read_text())["created_at"])
                replayed, _ = self._replay(ledger, directory, kept.entries(), created_at)
            with ledger.writing() as tx:
                tx.audit.append(actor, "backup.accept", "journal" if folder is not None else "without journal")
        finally:
            ledger.close()
        directory.restored_marker.unlink(missing_ok=True)
        return replayed

    def _fill(
        self, backup: Path, draft: DataDirectory, key: SealingKey, actor: str, *, same_keys: bool
    ) -> tuple[datetime, int, int, int, bool]:
        manifest = read_backup(backup, key, TarReader(_Folder(draft)))
        if not is_whole(draft.ledger):
            raise BackupUnreadable(name=backup.name)
        entries = _entries(draft, key, backup.parent / journal.FOLDER)
        ledger = self._open_ledger(draft)
        try:
            replayed, held = self._replay(ledger, draft, entries or [], manifest.created_at)
            with ledger.writing() as tx:
                # Suppressions that nobody has the key of hold nothing back, neither now nor later.
                unknown = tx.suppressions.stamp()[0] > 0 and not _can_check(draft)
                if not same_keys:
                    # They were committed to with another key, and nobody could tell any more whether they are true.
                    tx.audit.forget_details()
                # A ledger never knows the backup that it came from, nor later ones: who is erased next is in them too.
                for one in backups_in(backup.parent):
                    if tx.backups.named(one.name) is None:
                        tx.backups.add(one.name, one.destination, one.created_at, one.expires_on, one.size_bytes, one.sha256)
                tx.audit.append(actor, "backup.restore", backup.name[:64])
            ledger.compact()
        finally:
            ledger.close()
        closed = entries is None or unknown
        if closed:
            write_durably(draft.restored_marker, json.dumps({"created_at": manifest.created_at.isoformat()}).encode())
        files = sum(name.startswith("originals/") for name in manifest.files)
        return manifest.created_at, files, replayed, held, closed

    def _replay(self, ledger: Ledger, directory: DataDirectory, every: Sequence[JournalEntry], created_at: datetime) -> tuple[int, int]:
        """Erase again what the backup does not know of, then set aside whatever is suppressed. Twice does no harm."""
        originals = Originals(directory.originals)
        entries = _later(every, created_at)
        for entry in entries:
            with ledger.writing() as tx:
                erase_rows(tx, Plan(documents=entry.documents, redactions=entry.redactions, answers=entry.answers))
                tx.suppressions.take_over(entry.suppressions)
            erased = set(_versions(ledger, entry.documents))
            for version_id in entry.originals:
                originals.destroy(version_id)
            self._replace_by_text(ledger, originals, [one for one in entry.originals if one not in erased])
        held = self._hold_back(ledger, directory, every) if entries and _can_check(directory) else 0
        return len(entries), held

    def _hold_back(self, ledger: Ledger, directory: DataDirectory, every: Sequence[JournalEntry]) -> int:
        """Set aside what is suppressed, but for what an officer looked at and kept or let in; answers that say it are erased."""
        suppression = Suppression(ledger, directory.secret_key("suppression"))
        held = 0
        with ledger.writing() as tx:
            for version in tx.held_back.texts():
                if tx.tasks.ended_with(TaskKind.SUPPRESSED, version.version_id, "released"):
                    continue
                kept = {entry.request_id for entry in every if version.version_id in entry.kept}
                found = suppression.check(version.sha256, version.text, version.strings, tx=tx, but_for=kept)
                if found is not None and found.holds_back:
                    tx.erasing.forget_reading(version.version_id)
                    tx.held_back.hold(version.version_id, found.request_id)
                    held += 1
            for answer_id, said in tx.held_back.answers():
                kept = {entry.request_id for entry in every if answer_id in entry.kept}
                found = suppression.check("", said, (), tx=tx, but_for=kept)
                if found is not None and found.holds_back:
                    tx.erasing.erase_answers([answer_id])
        return held


class _Folder:
    """Writes the files of a backup into a data directory."""

    def __init__(self, directory: DataDirectory) -> None:
        self._directory = directory

    def open(self, name: str) -> BinaryIO:
        """The file of that name."""
        path = self._directory.path / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        return path.open("wb")


def _entries(directory: DataDirectory, key: SealingKey, beside: Path) -> list[JournalEntry] | None:
    """The journal: of the secrets directory with what the copy beside the backup knows besides. None where there is neither."""
    there = directory.journal.is_dir() or beside.is_dir()
    kept = Journal(directory.journal, key)
    try:
        kept.take_over(beside)
        return kept.entries() if there else None
    except SealBroken:
        return None


def _can_check(directory: DataDirectory) -> bool:
    return (directory.secrets / "suppression.key").is_file()


def _later(entries: Sequence[JournalEntry], created_at: datetime) -> list[JournalEntry]:
    """Erasures that the backup does not know: not completed when it was made."""
    return [one for one in entries if one.completed_at is None or one.completed_at >= created_at]


def _versions(ledger: Ledger, documents: Sequence[str]) -> list[str]:
    with ledger.reading() as tx:
        return tx.erasing.versions_of(documents)
