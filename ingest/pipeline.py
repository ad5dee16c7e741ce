"""The first flow: bytes to ledger. Original stored and version pending, parsed, chunked, embedded, committed, indexed.

Files are read, embedded and committed at the same time (``ingest.flow``), and end in the order in which they are done. A crash
anywhere leaves pending versions with their originals, which ``resume`` picks up. A chunk whose embedded texts are those of a
chunk of the version before keeps its vectors.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Literal

import numpy as np

from ingest.arrivals import Arrival, Arrivals, in_batches
from ingest.flow import Flow, Stages, StageSeconds
from ingest.labels import DEFAULT_ACTION, find_labels
from ingest.messages import sentence
from ingest.normalise import normalise
from ingest.together import parse_many, shares
from kb.errors import KennisbankError
from kb.incoming import SUPPRESSED, Gate, Incoming
from kb.ledger.documents import KnownFile, NewChunk, NewFile, ReadVersion, VersionRow
from kb.ledger.ledger import Ledger
from kb.logs import get_logger
from kb.originals import Originals
from kb.ports import Chunker, Parser, Vectors
from kb.search.indexes import Embedders, Indexes
from kb.search.recipe import passage_windows
from kb.types import ChunkDraft, FileResult, LabelAction, ParsedFile, ParseFailure, Space, Upload, VersionStatus, VersionText

INSIDE_BYTES = 8_000_000
"""Of files and of their texts: what is between arrival and commit, per reader."""

TOGETHER_BYTES = 300_000
"""Of texts that are embedded together and committed together: some seconds of work."""

EMBEDDED_AT_ONCE = 256
"""Texts per call, after which an ingest can be interrupted."""

_BYTES_PER_CHARACTER = 3
"""Of a text with its chunks and vectors, roughly."""

log = get_logger(__name__)

Progress = Callable[[FileResult], None]


@dataclass(frozen=True, slots=True)
class IngestStatistics:
    """How an ingest spent its time. ``reading`` of ``seconds`` adds up over the readers."""

    seconds: StageSeconds
    files: int
    chunks: int
    chunks_kept: int
    texts_embedded: int

    @property
    def embedder_share(self) -> float:
        """Part of the wall time in which the embedder worked."""
        return self.seconds.embedding / self.seconds.wall if self.seconds.wall else 0.0


@dataclass(slots=True)
class _Counts:
    files: int = 0
    chunks: int = 0
    chunks_kept: int = 0
    texts_embedded: int = 0


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A file whose version is pending in the ledger. ``data`` is None when the original is gone, ``number`` for one of before."""

    version: VersionRow
    data: bytes | None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was parsed and chunked. Per chunk either the texts that it is embedded as, or the vectors that it keeps."""

    version: VersionRow
    number: int | None
    parsed: ParsedFile
    text: VersionText
    title: str
    language: str
    drafts: Sequence[ChunkDraft]
    windows: Sequence[Sequence[str]]
    kept: Sequence[Vectors | None]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Failed:
    """A file that could not be read, or may not be shown."""

    version: VersionRow
    number: int | None
    failure: ParseFailure
    status: VersionStatus = VersionStatus.FAILED
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Embedded:
    """Files that were embedded together, each read one with the vectors of its chunks."""

    files: Sequence[tuple[_Read | _Failed, Sequence[Vectors]]]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Ended:
    number: int | None
    result: FileResult


_Said = tuple[str, tuple[str, ...], str | None, str]
"""Title, headings, table header and text of a chunk: with the embedder they decide what is embedded."""

_Flow = Flow[_Arrived, _Read | _Failed, _Embedded, _Ended]


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
        readers: int = 1,
        gate: Gate | None = None,
    ) -> None:
        """``readers``: how many files may be with the parser at the same time; it must be safe to call from as many threads.

        ``gate``: asked before a file becomes searchable.
        """
        self._ledger = ledger
        self._originals = originals
        self._parser = parser
        self._chunker = chunker
        self._embedders = embedders
        self._indexes = indexes
        self._largest_file_bytes = largest_file_bytes
        self._readers = readers
        self._gate = gate
        self._turn = threading.Lock()
        self.last_statistics: IngestStatistics | None = None
        """Of the ingest that ended last."""

    def ingest(self, uploads: Iterable[Upload], space: Space, actor: str, language: str, progress: Progress) -> list[FileResult]:
        """Take ``uploads`` into ``space``. ``progress`` hears of each as it ends; the results are in the order of the uploads.

        ``language`` is that of the sentences. Raises DiskFull, EmbedderError.
        """
        with self._turn:
            self._resume()
            with self._ledger.reading() as tx:
                results = _Results(Arrivals(tx.documents.known(space.id)), progress)
            arriving = self._arriving(uploads, space, actor, language, results)
            self._run(arriving, lambda ended: results.ended(ended.number, ended.result), language)
        return results.in_order()

    def resume(self) -> int:
        """Finish what an earlier process began. Returns how many versions."""
        with self._turn:
            return self._resume()

    def _resume(self) -> int:
        with self._ledger.reading() as tx:
            pending, known = tx.documents.pending(), tx.documents.version_ids()
        self._originals.sweep(known)
        if pending:
            arriving = (_Arrived(version, self._originals.get(version.version_id)) for version in pending)
            self._run(arriving, lambda ended: None, "en")
        return len(pending)

    def _run(self, arriving: Iterable[_Arrived], heard: Callable[[_Ended], None], language: str) -> None:
        counts = _Counts()
        flow: _Flow
        stages = Stages(
            key=lambda arrived: arrived.version.document_id,
            weight=lambda arrived: len(arrived.data or b""),
            shared=lambda arrived: arrived.data is not None and shares(self._parser, arrived.data, arrived.version.file_name),
            read=self._read,
            read_weight=lambda read: len(read.text.text) * _BYTES_PER_CHARACTER if isinstance(read, _Read) else 0,
            embed=lambda files: self._embed(files, flow, counts),
            commit=lambda groups: self._commit(groups, language, counts),
        )
        flow = Flow(stages, self._readers, INSIDE_BYTES * self._readers, TOGETHER_BYTES)
        try:
            flow.run(arriving, heard)
        finally:
            seconds = flow.seconds
            self.last_statistics = IngestStatistics(seconds, counts.files, counts.chunks, counts.chunks_kept, counts.texts_embedded)
            log.info(
                "ingest_ended",
                files=counts.files,
                chunks=counts.chunks,
                kept_count=counts.chunks_kept,
                windows=counts.texts_embedded,
                wall_seconds=round(seconds.wall, 3),
                read_seconds=round(seconds.reading, 3),
                embed_seconds=round(seconds.embedding, 3),
                starved_seconds=round(seconds.starved, 3),
                commit_seconds=round(seconds.committing, 3),
            )

    # --- arriving ----------------------------------------------------------------------------------------------------

    def _arriving(self, uploads: Iterable[Upload], space: Space, actor: str, language: str, results: _Results) -> Iterator[_Arrived]:
        """What is new, stored and pending; of the rest ``results`` hears at once."""
        for batch in in_batches(uploads):
            fresh: list[Arrival] = []
            for arrival in batch:
                if results.is_new(arrival):
                    fresh += [arrival, *self._forsaken(batch, space, language, results)]
            if fresh:
                yield from self._register(fresh, space, actor)

    def _forsaken(self, batch: Sequence[Arrival], space: Space, language: str, results: _Results) -> list[Arrival]:
        """Uploads that were a document which says something else now, and are no other: with their bytes, to be taken in after all."""
        alone = [arrival for arrival in results.forsaken() if results.is_new(arrival)]
        whole: list[Arrival] = []
        for arrival in alone:
            data = next((one.upload.data for one in batch if one.sha256 == arrival.sha256), None)
            if data is None:
                data = self._bytes_of(space, arrival.sha256)
            if data is None:
                results.ended(arrival.number, _gone(arrival.upload, language))
            else:
                whole.append(replace(arrival, upload=replace(arrival.upload, data=data)))
        return whole

    def _bytes_of(self, space: Space, sha256: str) -> bytes | None:
        """The bytes with this hash, from the original of a document of the space; None where nobody has them any more."""
        with self._ledger.reading() as tx:
            version_id = tx.documents.version_with(space.id, sha256)
        data = self._originals.get(version_id) if version_id is not None else None
        return data if data is not None and hashlib.sha256(data).hexdigest() == sha256 else None

    def _register(self, fresh: Sequence[Arrival], space: Space, actor: str) -> list[_Arrived]:
        files = [_new_file(arrival) for arrival in fresh]
        with self._ledger.writing() as tx:
            versions = tx.documents.register_all(space.id, files)
            tx.audit.append_all(actor, "document.add", [version.version_id for version in versions])
            # The files are on disk before the rows that speak of them are committed; a file without a row is swept.
            self._originals.put_all({version.version_id: one.upload.data for version, one in zip(versions, fresh, strict=True)})
        return [_Arrived(version, one.upload.data, one.number) for version, one in zip(versions, fresh, strict=True)]

    # --- reading -----------------------------------------------------------------------------------------------------

    def _read(self, together: Sequence[_Arrived]) -> Iterator[tuple[int, _Read | _Failed]]:
        """The place and the outcome of each of ``together``, as they come."""
        started = time.perf_counter()
        places: list[int] = []
        files: list[tuple[bytes, str]] = []
        for place, arrived in enumerate(together):
            refused = self._refused(arrived.data)
            if refused is not None:
                yield place, self._gated(arrived, _Failed(arrived.version, arrived.number, refused))
            elif arrived.data is not None:
                places.append(place)
                files.append((arrived.data, arrived.version.file_name))
        for index, parsed in parse_many(self._parser, files):
            arrived = together[places[index]]
            if isinstance(parsed, ParseFailure):
                yield places[index], self._gated(arrived, _Failed(arrived.version, arrived.number, parsed))
            else:
                yield places[index], self._gated(arrived, self._cut(arrived, parsed, started))
            started = time.perf_counter()

    def _gated(self, arrived: _Arrived, outcome: _Read | _Failed) -> _Read | _Failed:
        """``outcome``, unless an erasure keeps the file out."""
        held = self._gate.check(_incoming(outcome)) if self._gate else None
        return outcome if held is None else _Failed(arrived.version, arrived.number, held, VersionStatus.QUARANTINED)

    def _refused(self, data: bytes | None) -> ParseFailure | None:
        """Why a file is not even given to the parser."""
        if data is None:
            return ParseFailure("unreadable")
        if len(data) > self._largest_file_bytes:
            return ParseFailure("too_large", (("size", str(len(data))), ("limit", str(self._largest_file_bytes))))
        return None

    def _cut(self, arrived: _Arrived, parsed: ParsedFile, started: float) -> _Read | _Failed:
        version = arrived.version
        title = parsed.title or version.file_name
        embedder = self._embedders.current()
        try:
            text = normalise(parsed.elements)
            drafts = self._chunker.chunk(text, title, embedder, parsed.language or "nl")
            drafts = [replace(draft, labels=find_labels(text.text[draft.start : draft.end])) for draft in drafts]
        except KennisbankError:
            raise
        except Exception as error:  # noqa: BLE001 - the end of one file: raised, it would end this ingest and every one after it
            log.error("cutting_failed", error_type=type(error).__name__, size_bytes=len(arrived.data or b""))
            return _Failed(version, arrived.number, ParseFailure("parser_crashed"))
        if not drafts:
            return _Failed(version, arrived.number, ParseFailure("no_text"))
        labels = tuple(sorted({label for draft in drafts for label in draft.labels}))
        if self._held_back(version, labels):
            named = ParseFailure("sensitive", (("labels", ", ".join(labels)),))
            return _Failed(version, arrived.number, named, VersionStatus.QUARANTINED, labels)
        before = self._embedded_before(version.document_id) if version.number > 1 else {}
        languages = Counter[str]()
        windows: list[Sequence[str]] = []
        kept: list[Vectors | None] = []
        for draft in drafts:
            languages[draft.language] += draft.end - draft.start
            headings = tuple(text.text[start:end] for start, end in draft.headings)
            header = text.text[slice(*draft.table_header)] if draft.table_header else None
            said = title, headings, header, text.text[draft.start : draft.end]
            vectors = before.get(said)
            kept.append(vectors)
            windows.append(() if vectors is not None else passage_windows(embedder, *said))
        language = languages.most_common(1)[0][0]
        seconds = time.perf_counter() - started
        return _Read(version, arrived.number, parsed, text, title, language, drafts, windows, kept, seconds)

    def _embedded_before(self, document_id: str) -> dict[_Said, Vectors]:
        """The vectors of the document's current version, by all that the embedded texts are made of."""
        with self._ledger.reading() as tx:
            ids = tx.chunks.ids_of_document(document_id)
            if not ids:
                return {}
            texts = tx.chunks.texts(ids)
            owners, _, matrix = tx.chunks.vectors(ids, self._embedders.fingerprint())
        rows = defaultdict[str, list[int]](list)
        for row, chunk_id in enumerate(owners):
            rows[chunk_id].append(row)
        return {(t.title, t.headings, t.table_header, t.text): matrix[rows[t.chunk_id]] for t in texts if t.chunk_id in rows}

    def _held_back(self, version: VersionRow, labels: Sequence[str]) -> bool:
        """Whether the space quarantines one of these labels and nobody has released the version."""
        if not labels:
            return False
        with self._ledger.reading() as tx:
            policy = tx.spaces.label_policy(version.space_id)
            released = tx.documents.released(version.version_id)
        return not released and any(policy.get(label, DEFAULT_ACTION) is LabelAction.QUARANTINE for label in labels)

    # --- embedding and committing ------------------------------------------------------------------------------------

    def _embed(self, files: Sequence[_Read | _Failed], flow: _Flow, counts: _Counts) -> _Embedded:
        """All new texts of ``files`` in as few calls as may be."""
        read = [one for one in files if isinstance(one, _Read)]
        texts = [text for one in read for windows in one.windows for text in windows]
        parts: list[Vectors] = []
        for start in range(0, len(texts), EMBEDDED_AT_ONCE):
            flow.go_on()
            parts.append(self._embedders.current().embed_passages(texts[start : start + EMBEDDED_AT_ONCE]))
        counts.texts_embedded += len(texts)
        vectors = (vector for part in parts for vector in part)
        embedded: list[tuple[_Read | _Failed, Sequence[Vectors]]] = []
        for one in files:
            of_file: list[Vectors] = []
            if isinstance(one, _Read):
                for windows, kept in zip(one.windows, one.kept, strict=True):
                    of_file.append(kept if kept is not None else np.stack([next(vectors) for _ in windows]))
            embedded.append((one, of_file))
        return _Embedded(embedded, self._embedders.fingerprint() if read else "")

    def _commit(self, groups: Sequence[_Embedded], language: str, counts: _Counts) -> list[_Ended]:
        """Everything in one transaction; then the indexes catch up."""
        ended: list[_Ended] = []
        done: list[tuple[VersionRow, ReadVersion]] = []
        with self._ledger.writing() as tx:
            live = tx.documents.live([one.version.document_id for group in groups for one, _ in group.files])
            for group in groups:
                for one, vectors in group.files:
                    counts.files += 1
                    if isinstance(one, _Read) and one.version.document_id not in live:
                        one = _Failed(one.version, one.number, ParseFailure("removed_meanwhile"))
                    if self._gate and isinstance(one, _Read) and (held := self._gate.settle(tx, _incoming(one))):
                        one = _Failed(one.version, one.number, held, VersionStatus.QUARANTINED)
                    if isinstance(one, _Failed):
                        if self._gate and one.failure.code == SUPPRESSED:
                            self._gate.held(tx, one.version.version_id, one.failure)
                        tx.documents.fail(one.version, one.failure, one.status)
                        ended.append(_Ended(one.number, _failed(one, language)))
                        continue
                    done.append((one.version, _completed(one, vectors, group.fingerprint)))
                    ended.append(_Ended(one.number, _ready(one)))
                    counts.chunks += len(one.drafts)
                    counts.chunks_kept += sum(kept is not None for kept in one.kept)
            tx.documents.complete_all(done)
        for space_id in {version.space_id for version, _ in done}:
            self._indexes.catch_up(space_id)
        return ended


class _Results:
    """The results of an ingest, by the number of their upload. Repeated bytes end as the file that they repeat.

    ``progress`` hears of each once; of a file that is taken in after all it has heard that it was unchanged.
    """

    def __init__(self, arrivals: Arrivals, progress: Progress) -> None:
        self._arrivals = arrivals
        self._progress = progress
        self._results: dict[int, FileResult] = {}
        self._told: set[int] = set()
        self._repeats = defaultdict[int, list[Arrival]](list)
        self._repeated: dict[int, int] = {}

    def is_new(self, arrival: Arrival) -> bool:
        """Whether the upload is to be taken in; if not, it ends now or with the one that it repeats."""
        same = self._arrivals.place(arrival)
        self._results.pop(arrival.number, None)
        self._repeated.pop(arrival.number, None)
        if isinstance(same, KnownFile):
            self.ended(arrival.number, _unchanged(arrival.upload, same))
        elif isinstance(same, Arrival) and same.number in self._results:
            self.ended(arrival.number, _repeated(arrival.upload, self._results[same.number]))
        elif isinstance(same, Arrival):
            self._repeats[same.number].append(arrival.without_bytes())
            self._repeated[arrival.number] = same.number
        return same is None

    def forsaken(self) -> list[Arrival]:
        """Uploads whose bytes were those of a file that has others now: to be asked of again."""
        return self._arrivals.forsaken()

    def ended(self, number: int | None, result: FileResult) -> None:
        """One more."""
        assert number is not None
        self._results[number] = result
        if number not in self._told:
            self._told.add(number)
            self._progress(result)
        for repeat in self._repeats.pop(number, ()):
            if self._repeated.get(repeat.number) == number:
                self.ended(repeat.number, _repeated(repeat.upload, result))

    def in_order(self) -> list[FileResult]:
        """All of them, as they came in."""
        return [self._results[number] for number in sorted(self._results)]


def _repeated(upload: Upload, first: FileResult) -> FileResult:
    return replace(first, path=upload.path, status="unchanged" if first.status == "ready" else first.status)


def _new_file(arrival: Arrival) -> NewFile:
    source, size = arrival.upload.path, len(arrival.upload.data)
    return NewFile(source, PurePosixPath(source).name, arrival.sha256, size, "application/octet-stream")


def _incoming(one: _Read | _Failed) -> Incoming:
    version = one.version
    if isinstance(one, _Failed):
        return Incoming(version.version_id, version.sha256, strings=(version.source,))
    strings = (version.source, one.title, *(string.value for string in one.parsed.strings))
    return Incoming(version.version_id, version.sha256, one.text.text, strings)


def _completed(read: _Read, vectors: Sequence[Vectors], fingerprint: str) -> ReadVersion:
    return ReadVersion(
        media_type=read.parsed.media_type,
        title=read.title,
        text=read.text,
        strings=read.parsed.strings,
        language=read.language,
        pages=read.parsed.pages,
        pages_with_text=read.parsed.pages_with_text,
        warnings=read.parsed.warnings,
        chunks=[NewChunk(draft, of_chunk) for draft, of_chunk in zip(read.drafts, vectors, strict=True)],
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


def _gone(upload: Upload, language: str) -> FileResult:
    return FileResult(upload.path, "failed", code="removed_meanwhile", detail=sentence("removed_meanwhile", language))


def _failed(failed: _Failed, language: str) -> FileResult:
    code = failed.failure.code
    detail = sentence(code, language, **dict(failed.failure.params))
    status: Literal["failed", "quarantined"] = "quarantined" if failed.status is VersionStatus.QUARANTINED else "failed"
    return FileResult(failed.version.source, status, failed.version.document_id, code, detail, labels=failed.labels)
