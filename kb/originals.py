"""The files as they came in, under names that the server makes: the id of the version."""

from __future__ import annotations

import os
from pathlib import Path

from kb.data_directory import explain


class Originals:
    """The folder of originals. A file is there whole and on disk, or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, version_id: str, data: bytes) -> None:
        """Store the bytes of a version; durable on return. Raises DiskFull, DirectoryReadOnly."""
        draft = self._folder / f"{version_id}.new"
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / version_id)
            self._sync_folder()
        except OSError as error:
            draft.unlink(missing_ok=True)
            meaning = explain(error, self._folder)
            if meaning is None:
                raise
            raise meaning from error

    def get(self, version_id: str) -> bytes | None:
        """The bytes of a version; None when they are not there."""
        try:
            return (self._folder / version_id).read_bytes()
        except FileNotFoundError:
            return None

    def sweep(self, known: set[str]) -> int:
        """Remove files that belong to no version (a crash came between file and ledger). Returns how many."""
        strangers = [path for path in self._folder.iterdir() if path.name not in known]
        for path in strangers:
            path.unlink()
        return len(strangers)

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
