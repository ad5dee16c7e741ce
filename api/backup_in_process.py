"""The operations on backups in this process: authorise, then do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.backup_operations import BackupMade, BackupShown, BackupVerified
from kb.authorise import Action, Actor, authorise
from kb.errors import InvalidRequest

if TYPE_CHECKING:
    from kb.backup import Backups


class InProcessBackups:
    """What one actor can do with backups."""

    def __init__(self, actor: Actor, backups: Callable[[], Backups], destinations: Sequence[Path]) -> None:
        """``destinations``: the folders of the settings."""
        self._actor = actor
        self._backups = backups
        self._destinations = destinations

    def create(self, folders: Sequence[Path] = (), passphrase: str | None = None) -> list[BackupMade]:
        """See BackupOperations.create."""
        backups = self._may()
        targets = tuple(folders) or tuple(self._destinations)
        if not targets:
            raise InvalidRequest(reason="--to, backup.destinations")
        if not all(folder.is_absolute() for folder in folders):
            raise InvalidRequest(reason="--to")
        made = [backups.create(folder, self._actor.id, passphrase) for folder in targets]
        return [
            BackupMade(one.name, str(one.path), one.created_at, one.expires_on, one.size_bytes, one.files, one.recovery_key) for one in made
        ]

    def all(self) -> list[BackupShown]:
        """See BackupOperations.all."""
        return [
            BackupShown(one.name, one.destination, one.created_at, one.expires_on, one.size_bytes, one.sha256, one.verified_at)
            for one in self._may().all()
        ]

    def verify(self, name: str) -> BackupVerified:
        """See BackupOperations.verify."""
        whole = self._may().verify(name, self._actor.id)
        manifest = whole.manifest
        return BackupVerified(whole.name, len(manifest.files), manifest.created_at, manifest.expires_on, whole.size_bytes)

    def _may(self) -> Backups:
        authorise(self._actor, Action.MANAGE_BACKUPS)
        return self._backups()
