"""The first flow: bytes to ledger. Original stored and version pending, parsed, chunked, embedded, committed, indexed.

Files go in small batches. A batch is parsed while the one before it is embedded and committed, so that the embedder, which
is the limit, does not wait. A crash anywhere leaves pending versions with their originals, which ``resume`` picks up.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Literal

import numpy as np

from ingest.labels import DEFAULT_ACTION, find_labels
from ingest.messages import sentence
from ingest.normalise import normalise
from kb.ledger.documents import KnownFile, NewChunk, ReadVersion, VersionRow
from kb.ledger.ledger import Ledger
from kb.logs import get_logger
from kb.originals import Originals
from kb.ports import Chunker, Parser
from kb.search.indexes import Embedders, Indexes
from kb.search.recipe import passage_windows
from kb.types import ChunkDraft, FileResult, LabelAction, ParsedFile, ParseFailure, Space, Upload, VersionStatus, VersionText

BATCH_FILES = 32
BATCH_BYTES = 4_000_000

log = get_logger(__name__)

Progress = Callable[[FileResult], None]


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A file whose version is pending in the ledger."""

    version: VersionRow
    data: bytes


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was parsed and chunked, with the texts that its chunks are embedded as."""

    version: VersionRow
    parsed: ParsedFile
    text: VersionText
    title: str
    language: str
    drafts: Sequence[ChunkDraft]
    windows: Sequence[Sequence[str]]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Failed:
    """A file that could not be read."""

    version: VersionRow
    failure: ParseFailure
    status: VersionStatus = VersionStatus.FAILED
    labels: tuple[str, ...] = ()


class Pipeline:
    """Takes files in. One ingest at a time; questions go on meanwhile."""

    def __init__(
        self,
        ledger: Ledger,
        originals: Originals,
        parser: Parser,
        chunker: Chunker,
        embedders: Embedders,
        indexes: Indexes,
        *,
        largest_file_bytes: int,
    ) -> None:
        self._ledger = ledger
        self._originals = originals
        self._parser = parser
        self._chunker = chunker
        self._embedders = embedders
        self._indexes = indexes
        self._largest_file_bytes = largest_file_bytes
        self._turn = threading.Lock()

    def ingest(self, uploads: Iterable[Upload], space: Space, actor: str, language: str, progress: Progress) -> list[FileResult]:
        """Take ``uploads`` into ``space``; every one ends as a result, in order. ``language`` is that of the sentences."""
        results: list[FileResult] = []

        def ended(result: FileResult) -> None:
            results.append(result)
            progress(result)

        with self._turn, ThreadPoolExecutor(1, thread_name_prefix="embed") as embedding:
            self._resume()
            with self._ledger.reading() as tx:
                known = _Known(tx.documents.known(space.id))
            before: Future[list[FileResult]] | None = None
            for batch in _batches(uploads):
                arrived = self._register(batch, space, actor, known, ended, language)
                if not arrived:
                    continue
                read = [self._read(one) for one in arrived]
                if before is not None:
                    _report(before, ended)
                before = embedding.submit(self._finish, read, space.id, language)
            if before is not None:
                _report(before, ended)
        return results

    def resume(self) -> int:
        """Finish what an earlier process began. Returns how many versions."""
        with self._turn:
            return self._resume()

    def _resume(self) -> int:
        with self._ledger.reading() as tx:
            pending, known = tx.documents.pending(), tx.documents.version_ids()
        self._originals.sweep(known)
        for version in pending:
            data = self._originals.get(version.version_id)
            one = self._read(_Arrived(version, data)) if data is not None else _Failed(version, ParseFailure("unreadable"))
            self._finish([one], version.space_id, "en")
        return len(pending)

    def _register(self, batch: Sequence[Upload], space: Space, actor: str, known: _Known, ended: Progress, language: str) -> list[_Arrived]:
        """Store what is new; report at once what is not."""
        hashed = [(upload, hashlib.sha256(upload.data).hexdigest()) for upload in batch]
        arrived: list[_Arrived] = []
        fresh = []
        for upload, sha256 in hashed:
            same = known.unchanged(upload.path, sha256)
            if same is not None:
                ended(_unchanged(upload, same))
            elif known.claim(upload.path, sha256):
                fresh.append((upload, sha256))
            else:
                ended(FileResult(upload.path, "unchanged"))
        if not fresh:
            return []
        with self._ledger.writing() as tx:
            for upload, sha256 in fresh:
                name = PurePosixPath(upload.path).name
                version = tx.documents.register(space.id, upload.path, name, sha256, len(upload.data), "application/octet-stream")
                tx.audit.append(actor, "document.add", version.version_id)
                # The file is on disk before the row that speaks of it is committed; a file without a row is swept.
                self._originals.put(version.version_id, upload.data)
                arrived.append(_Arrived(version, upload.data))
        return arrived

    def _read(self, arrived: _Arrived) -> _Read | _Failed:
        started = time.perf_counter()
        version = arrived.version
        if len(arrived.data) > self._largest_file_bytes:
            size, limit = str(len(arrived.data)), str(self._largest_file_bytes)
            return _Failed(version, ParseFailure("too_large", (("size", size), ("limit", limit))))
        parsed = self._parser.parse(arrived.data, version.file_name)
        if isinstance(parsed, ParseFailure):
            return _Failed(version, parsed)
        text = normalise(parsed.elements)
        title = parsed.title or version.file_name
        embedder = self._embedders.current()
        drafts = self._chunker.chunk(text, title, embedder)
        if not drafts:
            return _Failed(version, ParseFailure("no_text"))
        drafts = [replace(draft, labels=find_labels(text.text[draft.start : draft.end])) for draft in drafts]
        labels = tuple(sorted({label for draft in drafts for label in draft.labels}))
        if self._held_back(version, labels):
            named = ParseFailure("sensitive", (("labels", ", ".join(labels)),))
            return _Failed(version, named, VersionStatus.QUARANTINED, labels)
        languages = Counter[str]()
        windows = []
        for draft in drafts:
            languages[draft.language] += draft.end - draft.start
            headings = tuple(text.text[start:end] for start, end in draft.headings)
            header = text.text[slice(*draft.table_header)] if draft.table_header else None
            windows.append(passage_windows(embedder, title, headings, header, text.text[draft.start : draft.end]))
        language = languages.most_common(1)[0][0]
        return _Read(version, parsed, text, title, language, drafts, windows, time.perf_counter() - started)

    def _held_back(self, version: VersionRow, labels: Sequence[str]) -> bool:
        """Whether the space quarantines one of these labels and nobody has released the version."""
        if not labels:
            return False
        with self._ledger.reading() as tx:
            policy = tx.spaces.label_policy(version.space_id)
            released = tx.documents.released(version.version_id)
        return not released and any(policy.get(label, DEFAULT_ACTION) is LabelAction.QUARANTINE for label in labels)

    def _finish(self, batch: Sequence[_Read | _Failed], space_id: str, language: str) -> list[FileResult]:
        """Embed a batch in one call, commit it in one transaction, let the indexes catch up."""
        read = [one for one in batch if isinstance(one, _Read)]
        fingerprint = self._embedders.fingerprint() if read else ""
        texts = [window for one in read for windows in one.windows for window in windows]
        vectors = iter(self._embedders.current().embed_passages(texts)) if texts else iter(())
        results: list[FileResult] = []
        with self._ledger.writing() as tx:
            for one in batch:
                if isinstance(one, _Failed):
                    tx.documents.fail(one.version, one.failure, one.status)
                    results.append(_failed(one, language))
                    continue
                chunks = [
                    NewChunk(draft, np.stack([next(vectors) for _ in windows]))
                    for draft, windows in zip(one.drafts, one.windows, strict=True)
                ]
                tx.documents.complete(one.version, _completed(one, chunks, fingerprint))
                results.append(_ready(one))
        if read:
            self._indexes.catch_up(space_id)
        log.info("ingest_batch", ready=len(read), failed=len(batch) - len(read), chunks=sum(len(one.drafts) for one in read))
        return results


class _Known:
    """What the space holds, and what this ingest has seen: the same bytes twice are one document."""

    def __init__(self, files: Iterable[KnownFile]) -> None:
        self._by_source: dict[str, KnownFile] = {}
        self._by_hash: dict[str, KnownFile] = {}
        self._claimed: set[str] = set()
        for file in files:
            self._by_source[file.source] = file
            if file.status is VersionStatus.READY:
                self._by_hash[file.sha256] = file

    def unchanged(self, source: str, sha256: str) -> KnownFile | None:
        """The ready document that these bytes are already, if a new version of another one is not what they make."""
        here = self._by_source.get(source)
        if here is not None and here.status is VersionStatus.READY and here.sha256 != sha256:
            return None
        return self._by_hash.get(sha256)

    def claim(self, source: str, sha256: str) -> bool:
        """False when this ingest has taken in the same bytes under another new source."""
        if source in self._by_source:
            return True
        new = sha256 not in self._claimed
        self._claimed.add(sha256)
        return new


def _report(finished: Future[list[FileResult]], ended: Progress) -> None:
    for result in finished.result():
        ended(result)


def _batches(uploads: Iterable[Upload]) -> Iterator[list[Upload]]:
    batch: list[Upload] = []
    size = 0
    for upload in uploads:
        batch.append(upload)
        size += len(upload.data)
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _completed(read: _Read, chunks: Sequence[NewChunk], fingerprint: str) -> ReadVersion:
    return ReadVersion(
        media_type=read.parsed.media_type,
        title=read.title,
        text=read.text,
        strings=read.parsed.strings,
        language=read.language,
        pages=read.parsed.pages,
        pages_with_text=read.parsed.pages_with_text,
        warnings=read.parsed.warnings,
        chunks=chunks,
        fingerprint=fingerprint,
        seconds=read.seconds,
    )


def _ready(read: _Read) -> FileResult:
    return FileResult(
        path=read.version.source,
        status="ready",
        document_id=read.version.document_id,
        pages=read.parsed.pages,
        pages_with_text=read.parsed.pages_with_text,
        chunks=len(read.drafts),
        language=read.language,
        warnings=read.parsed.warnings,
        labels=tuple(sorted({label for draft in read.drafts for label in draft.labels})),
    )


def _unchanged(upload: Upload, known: KnownFile) -> FileResult:
    return FileResult(
        upload.path,
        "unchanged",
        known.document_id,
        pages=known.pages,
        pages_with_text=known.pages_with_text,
        chunks=known.chunks,
        language=known.language,
    )


def _failed(failed: _Failed, language: str) -> FileResult:
    code = failed.failure.code
    detail = sentence(code, language, **dict(failed.failure.params))
    status: Literal["failed", "quarantined"] = "quarantined" if failed.status is VersionStatus.QUARANTINED else "failed"
    return FileResult(failed.version.source, status, failed.version.document_id, code, detail, labels=failed.labels)
