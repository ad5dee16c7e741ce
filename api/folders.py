"""Which folder a name stands for in a space, and how the folders that the server keeps in step are doing."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from kb.data_directory import explain
from kb.errors import FolderElsewhere
from kb.settings import SyncEntry
from kb.types import Space, SyncedFolder


class FolderClaims:
    """Which place a folder's name stands for, per space: two folders of one name would remove each other's documents.

    A small file of keyed hashes; it names no folder and no place. Losing it means that the next sync claims anew.
    """

    def __init__(self, file: Path, key: bytes) -> None:
        self._file = file
        self._key = key
        self._lock = threading.Lock()

    def claim(self, space: Space, name: str, place: str, *, moved: bool = False) -> None:
        """Let ``name`` stand for ``place`` (``moved``: from now on, whatever it stood for). Raises FolderElsewhere."""
        who, where = self._hashed(f"{space.id}\0{name}"), self._hashed(place)
        with self._lock:
            claims = self._read()
            held = claims.get(who)
            if held is not None and held != where and not moved:
                raise FolderElsewhere(space=space.name, name=name)
            if held != where:
                self._write({**claims, who: where})

    def _hashed(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def _read(self) -> dict[str, str]:
        try:
            claims: dict[str, str] = json.loads(self._file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return claims

    def _write(self, claims: dict[str, str]) -> None:
        draft = self._file.with_suffix(".new")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(claims, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._file)
        except OSError as error:
            meaning = explain(error, self._file.parent)
            if meaning is None:
                raise
            raise meaning from error


class SyncedFolders:
    """How the folders of the settings are doing: the last sync of each, as this server saw it."""

    def __init__(self, entries: Sequence[SyncEntry]) -> None:
        self._lock = threading.Lock()
        self._states = {entry.key: SyncedFolder(entry.known_as, entry.space, entry.every_minutes) for entry in entries}

    def all(self) -> list[SyncedFolder]:
        """By space and name."""
        with self._lock:
            return sorted(self._states.values(), key=lambda one: (one.space, one.name))

    def ended(self, state: SyncedFolder) -> None:
        """Remember how a sync ended."""
        with self._lock:
            self._states[(state.space, state.name)] = state
