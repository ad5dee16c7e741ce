"""What an ingest knows of the files that come in: which are there already, which came a moment ago, which are new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.ledger.documents import KnownFile
from kb.types import Upload, VersionStatus

MOST_FILES = 32
MOST_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """An upload with its number in this ingest, from 0, and the hash of its bytes."""

    number: int
    upload: Upload
    sha256: str


class Arrivals:
    """The files of a space by source and by content, with those of this ingest."""

    def __init__(self, files: Iterable[KnownFile]) -> None:
        self._by_source: dict[str, KnownFile] = {}
        self._by_hash: dict[str, list[KnownFile]] = {}
        self._taken: dict[str, str] = {}
        self._first: dict[str, Arrival] = {}
        for file in files:
            self._by_source[file.source] = file
            if file.status is VersionStatus.READY:
                self._by_hash.setdefault(file.sha256, []).append(file)

    def place(self, arrival: Arrival) -> KnownFile | Arrival | None:
        """The ready document that these bytes are already, the earlier arrival that they repeat, or None: they are taken in.

        A source whose document says something else now gets a new version, whoever else has the same bytes.
        """
        source, sha256 = arrival.upload.path, arrival.sha256
        here = self._by_source.get(source)
        if source in self._taken:
            if self._taken[source] == sha256:
                return self._first[sha256]
        elif here is None or here.status is not VersionStatus.READY or here.sha256 == sha256:
            holders = (file for file in self._by_hash.get(sha256, ()) if file.source not in self._taken)
            if (same := next(holders, None)) is not None:
                return same
            first = self._first.get(sha256)
            if here is None and first is not None and self._taken[first.upload.path] == sha256:
                return first
        self._taken[source] = sha256
        self._first[sha256] = arrival
        return None


def in_batches(uploads: Iterable[Upload]) -> Iterator[list[Arrival]]:
    """The uploads, numbered and hashed: one at first, so that reading begins, then more and more at a time."""
    batch: list[Arrival] = []
    size, most_files = 0, 1
    for number, upload in enumerate(uploads):
        batch.append(Arrival(number, upload, hashlib.sha256(upload.data).hexdigest()))
        size += len(upload.data)
        if len(batch) >= most_files or size >= MOST_BYTES:
            yield batch
            batch, size, most_files = [], 0, min(2 * most_files, MOST_FILES)
    if batch:
        yield batch
