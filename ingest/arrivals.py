"""What an ingest knows of the files that come in: which are there already, which came a moment ago, which are new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

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

    def without_bytes(self) -> Arrival:
        """The same arrival, to be remembered for as long as the ingest lasts."""
        return replace(self, upload=replace(self.upload, data=b""))


class Arrivals:
    """The files of a space by source and by content, with those of this ingest."""

    def __init__(self, files: Iterable[KnownFile]) -> None:
        self._by_source: dict[str, KnownFile] = {}
        self._by_hash: dict[str, list[KnownFile]] = {}
        self._taken: dict[str, Arrival] = {}
        self._brought: dict[str, list[Arrival]] = {}
        self._said: dict[str, str] = {}
        self._leaning: dict[str, list[Arrival]] = {}
        self._given_up: set[str] = set()
        for file in files:
            self._by_source[file.source] = file
            if file.status is VersionStatus.READY:
                self._by_hash.setdefault(file.sha256, []).append(file)

    def place(self, arrival: Arrival) -> KnownFile | Arrival | None:
        """The ready document that these bytes are already, the earlier arrival that they repeat, or None: they are taken in.

        A source whose document says something else now gets a new version, whoever else has the same bytes.
        """
        source, sha256 = arrival.upload.path, arrival.sha256
        self._said[source] = sha256
        here = self._by_source.get(source)
        if source in self._taken:
            if self._taken[source].sha256 == sha256:
                return self._taken[source]
        elif here is None or here.status is not VersionStatus.READY:
            if (holder := self._holder(sha256, here)) is not None:
                self._leaning.setdefault(sha256, []).append(arrival.without_bytes())
                return holder
        elif here.sha256 == sha256:
            return here
        self._take(arrival, here)
        return None

    def forsaken(self) -> list[Arrival]:
        """The arrivals that were told of a holder of their bytes which holds others now, without their bytes: to be placed again.

        One whose source has brought other bytes since is not among them.
        """
        left = [
            arrival
            for sha256 in sorted(self._given_up)
            for arrival in self._leaning.pop(sha256, ())
            if self._said[arrival.upload.path] == sha256
        ]
        self._given_up.clear()
        return left

    def _holder(self, sha256: str, here: KnownFile | None) -> KnownFile | Arrival | None:
        """Who of the others has these bytes: a document, or for a source without one also an arrival."""
        for file in self._by_hash.get(sha256, ()):
            if file.source not in self._taken:
                return file
        if here is not None:
            return None
        return next((one for one in self._brought.get(sha256, ()) if self._taken[one.upload.path] is one), None)

    def _take(self, arrival: Arrival, here: KnownFile | None) -> None:
        before = self._taken.get(arrival.upload.path, here)
        if before is not None:
            self._given_up.add(before.sha256)
        taken = arrival.without_bytes()
        self._taken[arrival.upload.path] = taken
        self._brought.setdefault(arrival.sha256, []).append(taken)


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
