"""The files as they came in, under names that the server makes: the id of the version."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from kb.data_directory import explain


class Originals:
    """The folder of originals. A file is there whole and on disk, or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, version_id: str, data: bytes) -> None:
        """Store the bytes of a version; durable on return. Raises DiskFull, DirectoryReadOnly."""
        self.put_all({version_id: data})

    def put_all(self, files: Mapping[str, bytes]) -> None:
        """Store the bytes of each version; all durable on return, none half there on an error. Raises DiskFull, DirectoryReadOnly."""
        try:
            for version_id, data in files.items():
                self._put(version_id, data)
            self._sync_folder()
        except OSError as error:
            meaning = explain(error, self._folder)
            if meaning is None:
                raise
            raise meaning from error

    def _put(self, version_id: str, data: bytes) -> None:
        draft = self._folder / f"{version_id}.new"
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / version_id)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def get(self, version_id: str) -> bytes | None:
        """The bytes of a version; None when they are not there."""
        try:
            return (self._folder / version_id).read_bytes()
        except FileNotFoundError:
            return None

    def destroy(self, version_id: str) -> bool:
        """Remove the bytes of a version, a half-written draft too; gone from the folder on return. False when nothing was there."""
        there = False
        for path in (self._folder / version_id, self._folder / f"{version_id}.new"):
            if path.exists():
                path.unlink()
                there = True
        self._sync_folder()
        return there

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
