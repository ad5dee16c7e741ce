"""The composition root's room for what outlives a data directory: backups and restores; and for what ends by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from api.backup_in_process import InProcessBackups
from kb.age_files import SealingKey
from kb.authorise import Actor
from kb.backup import Backups
from kb.data_directory import DataDirectory
from kb.originals import Originals
from kb.privacy.journal import Journal
from kb.privacy.originals import OriginalsErasure
from kb.privacy.retention import Retention
from kb.restore import Restore
from kb.types import ParseFailure

if TYPE_CHECKING:
    from api.bootstrap import Kennisbank
    from kb.ledger.ledger import Ledger


class KeepingParts:
    """Backups and retention of one Kennisbank, each made at its first use."""

    def __init__(self, kennisbank: Kennisbank) -> None:
        self._of = kennisbank
        self.turn = threading.Lock()
        """Held by a backup and by an erasure, so that neither runs beside the other."""

    @cached_property
    def backups(self) -> Backups:
        """Makes, lists, verifies and ends backups."""
        of = self._of
        journal = Journal(of.directory.journal, SealingKey(of.directory.sealing_key))
        return Backups(of.directory, of.ledger, of.settings, of.clock, lambda folder: journal.copy_to([folder]), self.turn)

    @cached_property
    def retention(self) -> Retention:
        """Keeps the terms of the settings."""
        of = self._of
        return Retention(of.ledger, Originals(of.directory.originals), lambda: of.indexes, of.settings, self.backups, of.clock)

    def operations(self, actor: Actor) -> InProcessBackups:
        """What ``actor`` can do with backups."""
        return InProcessBackups(actor, lambda: self.backups, self._of.settings.backup.destinations)

    def destinations(self) -> list[Path]:
        """Every folder that gets a copy of the journal: those of the settings, and those where a backup lies."""
        made = [Path(one.destination) for one in self.backups.all()]
        return list(dict.fromkeys([*self._of.settings.backup.destinations, *(folder for folder in made if folder.is_dir())]))


def restore_with(open_ledger: Callable[[DataDirectory], Ledger]) -> Restore:
    """What restores. ``open_ledger`` is the composition root's."""

    def replace_by_text(ledger: Ledger, originals: Originals, versions: Sequence[str]) -> object:
        return OriginalsErasure(ledger, originals, _NoReader(), _NoReader()).replace_by_text(versions)

    return Restore(open_ledger, replace_by_text)


class _NoReader:
    """A restore reads no original and rewrites none: the redacted text takes its place."""

    def parse(self, data: bytes, file_name: str) -> ParseFailure:
        """Never asked."""
        raise NotImplementedError

    def redact(self, data: bytes, media_type: str, file_name: str, redactions: Sequence[str]) -> None:
        """Never asked."""
        raise NotImplementedError
