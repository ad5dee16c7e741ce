"""The two indexes of one generation of one space, in one folder, and the note that says whose they are."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kb.ports import VectorIndex, WordIndex
from kb.search.tantivy_words import SCHEMA_VERSION

OpenIndexes = Callable[[Path, Path], tuple[VectorIndex, WordIndex]]
"""Opens, or makes, the vector index in the first folder and the word index in the second."""

_NOTE = "generation.json"


@dataclass(frozen=True, slots=True)
class PairFolder:
    """Where a generation lies: ``<indexes>/<space-id>/<generation-id>/``."""

    path: Path

    @property
    def vectors(self) -> Path:
        """Folder of the vector index."""
        return self.path / "vectors"

    @property
    def words(self) -> Path:
        """Folder of the word index."""
        return self.path / "words"

    def belongs_to(self, generation_id: str, fingerprint: str) -> bool:
        """Whether the folder is there and was made for this generation, with the entries of now: a copied or an old one was not."""
        try:
            note = json.loads((self.path / _NOTE).read_text())
        except (OSError, ValueError):
            return False
        return bool(note == _note(generation_id, fingerprint))

    def sign(self, generation_id: str, fingerprint: str) -> None:
        """Make the folder and write down whose it is."""
        for folder in (self.path, self.vectors, self.words):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.path / _NOTE).write_text(json.dumps(_note(generation_id, fingerprint)))


def _note(generation_id: str, fingerprint: str) -> dict[str, str]:
    return {"generation": generation_id, "fingerprint": fingerprint, "words": SCHEMA_VERSION}


class IndexPair:
    """An open pair. Searches lease it; retired, it is closed when the last lease ends."""

    def __init__(self, folder: PairFolder, vectors: VectorIndex, words: WordIndex) -> None:
        self.folder = folder
        self.vectors = vectors
        self.words = words
        self._users = 0
        self._on_idle: Callable[[], None] | None = None
        self._guard = threading.Lock()

    def lease(self) -> bool:
        """Use it until ``give_back``. False when it is retired already: ask for the new one."""
        with self._guard:
            if self._on_idle is not None:
                return False
            self._users += 1
            return True

    def give_back(self) -> None:
        """End a lease."""
        with self._guard:
            self._users -= 1
            last = self._users == 0 and self._on_idle is not None
        if last:
            self._finish()

    def retire(self, on_idle: Callable[[], None]) -> None:
        """Close it once nobody uses it, then call ``on_idle``."""
        with self._guard:
            self._on_idle = on_idle
            idle = self._users == 0
        if idle:
            self._finish()

    def _finish(self) -> None:
        self.vectors.close()
        self.words.close()
        if self._on_idle is not None:
            self._on_idle()
