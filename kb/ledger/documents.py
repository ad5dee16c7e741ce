"""Documents and their versions in the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, bindparam, delete, func, insert, select, update

from kb.errors import DocumentNotFound, NotSetAside, SourceHidden, SourceRemoved, SourceTaken
from kb.incoming import SUPPRESSED
from kb.ledger.chunks import embedding_rows, in_batches
from kb.ledger.hidden import document_is_hidden, version_is_hidden
from kb.ledger.indexing import IndexRows
from kb.ledger.tables import chunks, documents, embeddings, file_strings, spaces, spans, version_texts, versions
from kb.ports import Clock, Vectors
from kb.types import (
    Box,
    ChunkDraft,
    DocumentState,
    DocumentSummary,
    DocumentText,
    ElementKind,
    FileString,
    ParseFailure,
    Section,
    TextSpan,
    VersionStatus,
    VersionText,
)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version that is being read."""

    version_id: str
    document_id: str
    space_id: str
    source: str
    file_name: str
    sha256: str
    number: int
    """Of the document's versions, from 1."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file on its way into the ledger."""

    source: str
    file_name: str
    sha256: str
    size_bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class _Newest:
    document_id: str
    version_id: str
    number: int
    sha256: str
    status: VersionStatus


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk on its way into the ledger, with one vector per window: (windows, dimensions) float32."""

    draft: ChunkDraft
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class ReadVersion:
    """Everything that was read of a version."""

    media_type: str
    title: str
    text: VersionText
    strings: tuple[FileString, ...]
    language: str
    pages: int | None
    pages_with_text: int | None
    warnings: tuple[str, ...]
    chunks: Sequence[NewChunk]
    fingerprint: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document as lists show it, with the parameters of its code's sentence."""

    summary: DocumentSummary
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that is in the space already: the newest version of a live document."""

    document_id: str
    source: str
    sha256: str
    status: VersionStatus
    pages: int | None
    pages_with_text: int | None
    chunks: int
    language: str | None


class DocumentRows:
    """Reads and writes documents within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._indexing = IndexRows(connection, clock)

    # --- arriving ----------------------------------------------------------------------------------------------------

    def known(self, space_id: str) -> list[KnownFile]:
        """Every live document of the space by its newest version."""
        rows = self._connection.execute(_newest_versions().where(documents.c.space_id == space_id))
        return [
            KnownFile(
                row.document_id,
                row.source,
                row.sha256,
                VersionStatus(row.status),
                row.pages,
                row.pages_with_text,
                row.chunks,
                row.language,
            )
            for row in rows
        ]

    def register(self, space_id: str, source: str, file_name: str, sha256: str, size_bytes: int, media_type: str) -> VersionRow:
        """Make a pending version: of the live document with this source, or of a new one.

        The same bytes again after a failure or a crash take the version that they had.
        """
        return self.register_all(space_id, [NewFile(source, file_name, sha256, size_bytes, media_type)])[0]

    def register_all(self, space_id: str, files: Sequence[NewFile]) -> list[VersionRow]:
        """What ``register`` does for each of ``files``, in their order."""
        newest = self._newest_by_source(space_id, {file.source for file in files})
        now = self._clock.now()
        new_documents: list[dict[str, Any]] = []
        new_versions: list[dict[str, Any]] = []
        again: list[dict[str, Any]] = []
        rows: list[VersionRow] = []
        for file in files:
            before = newest.get(file.source)
            if before is None:
                document_id, number = uuid.uuid4().hex, 1
                new_documents.append({"id": document_id, "space_id": space_id, "source": file.source, "created_at": now})
            else:
                document_id, number = before.document_id, before.number + 1
            if before is not None and before.sha256 == file.sha256 and before.status != VersionStatus.READY:
                again.append({"version": before.version_id})
                rows.append(VersionRow(before.version_id, document_id, space_id, file.source, file.file_name, file.sha256, before.number))
                continue
            version_id = uuid.uuid4().hex
            new_versions.append(_pending_row(version_id, document_id, number, file, now))
            newest[file.source] = _Newest(document_id, version_id, number, file.sha256, VersionStatus.PENDING)
            rows.append(VersionRow(version_id, document_id, space_id, file.source, file.file_name, file.sha256, number))
        self._insert_many(documents, new_documents)
        self._insert_many(versions, new_versions)
        if again:
            self._connection.execute(_PENDING_AGAIN, again)
        return rows

    def _newest_by_source(self, space_id: str, sources: set[str]) -> dict[str, _Newest]:
        """The newest version of each live document of the space with one of these sources."""
        found: dict[str, _Newest] = {}
        for batch in in_batches(sorted(sources)):
            for row in self._connection.execute(_NEWEST_BY_SOURCE, {"space": space_id, "sources": batch}):
                found[row.source] = _Newest(row.document_id, row.id, row.number, row.sha256, VersionStatus(row.status))
        return found

    def pending(self) -> list[VersionRow]:
        """Versions whose reading was begun and not ended, oldest first."""
        query = (
            select(
                versions.c.id,
                documents.c.id,
                documents.c.space_id,
                documents.c.source,
                versions.c.file_name,
                versions.c.sha256,
                versions.c.number,
            )
            .join_from(versions, documents)
            .where(versions.c.status == VersionStatus.PENDING.value, documents.c.removed_at.is_(None))
            .order_by(versions.c.created_at, versions.c.number, versions.c.id)
        )
        return [VersionRow(*row) for row in self._connection.execute(query)]

    def live(self, document_ids: Sequence[str]) -> set[str]:
        """Those of ``document_ids`` that nobody has removed."""
        found: set[str] = set()
        for batch in in_batches(document_ids):
            found.update(self._connection.execute(_LIVE, {"ids": batch}).scalars())
        return found

    def version_with(self, space_id: str, sha256: str) -> str | None:
        """A version whose bytes have this hash, of a live document of the space."""
        query = (
            select(versions.c.id)
            .join_from(versions, documents)
            .where(documents.c.space_id == space_id, documents.c.removed_at.is_(None), versions.c.sha256 == sha256)
            .order_by(versions.c.created_at.desc(), versions.c.id)
            .limit(1)
        )
        return self._connection.execute(query).scalar()

    def version_ids(self) -> set[str]:
        """Every version that the ledger knows: the names of the originals that may exist."""
        return set(self._connection.execute(select(versions.c.id)).scalars())

    def move(self, document_id: str, source: str) -> None:
        """Know a live document by another source in its space; its file's name follows, its id, versions and chunks stay.

        Raises DocumentNotFound, and SourceTaken where another live document has that source.
        """
        live = documents.c.removed_at.is_(None)
        found = select(documents.c.space_id, documents.c.source).where(documents.c.id == document_id, live)
        document = self._connection.execute(found).first()
        if document is None:
            raise DocumentNotFound(document_id=document_id)
        if document.source == source:
            return
        taken = select(documents.c.id).where(documents.c.space_id == document.space_id, documents.c.source == source, live)
        if self._connection.execute(taken).first() is not None:
            raise SourceTaken(source=source)
        self._connection.execute(update(documents).where(documents.c.id == document_id).values(source=source))
        old, new = (one.rpartition("/")[2] for one in (document.source, source))
        of_document = versions.c.document_id == document_id
        self._connection.execute(update(versions).where(of_document, versions.c.file_name == old).values(file_name=new))
        for named, renamed in ((old, new), (PurePosixPath(old).stem, PurePosixPath(new).stem)):
            # A title that was only the file's name.
            self._connection.execute(update(versions).where(of_document, versions.c.title == named).values(title=renamed))

    # --- ending ------------------------------------------------------------------------------------------------------

    def complete(self, version: VersionRow, read: ReadVersion) -> None:
        """Make the version ready and current: from the commit on it may be found, and the one before it no longer."""
        self.complete_all([(version, read)])

    def complete_all(self, done: Sequence[tuple[VersionRow, ReadVersion]]) -> None:
        """What ``complete`` does for each of ``done``, versions of different documents, in their order."""
        self._withdraw([version.document_id for version, _ in done if version.number > 1])
        now = self._clock.now()
        of_spaces: dict[str, list[str]] = {}
        of_table: dict[Table, list[dict[str, Any]]] = {table: [] for table in (version_texts, spans, file_strings, chunks, embeddings)}
        for version, read in done:
            id_ = version.version_id
            of_table[version_texts].append({"version_id": id_, "text": read.text.text})
            of_table[spans] += (_span_row(id_, i, span) for i, span in enumerate(read.text.spans))
            of_table[file_strings] += (
                {"version_id": id_, "ordinal": i, "kind": string.kind, "value": string.value} for i, string in enumerate(read.strings)
            )
            for ordinal, new in enumerate(read.chunks):
                chunk_id = uuid.uuid4().hex
                of_spaces.setdefault(version.space_id, []).append(chunk_id)
                of_table[chunks].append(_chunk_row(chunk_id, version, ordinal, new.draft))
                of_table[embeddings] += embedding_rows(chunk_id, read.fingerprint, new.vectors)
        if done:
            self._connection.execute(_READY, [_ready_row(version, read, now) for version, read in done])
        for table, rows in of_table.items():
            self._insert_many(table, rows)
        for space_id, ids in of_spaces.items():
            self._indexing.record(space_id, ids, "add")

    def fail(self, version: VersionRow, failure: ParseFailure, status: VersionStatus = VersionStatus.FAILED) -> None:
        """End the version without text. A ready version before it stays current."""
        self._connection.execute(
            update(versions)
            .where(versions.c.id == version.version_id)
            .values(status=status.value, code=failure.code, params=dict(failure.params), finished_at=self._clock.now())
        )

    def remove(self, document_id: str) -> None:
        """Take a document out of search. Its text stays while answers cite it. Raises DocumentNotFound."""
        done = self._connection.execute(
            update(documents).where(documents.c.id == document_id, documents.c.removed_at.is_(None)).values(removed_at=self._clock.now())
        )
        if done.rowcount == 0:
            raise DocumentNotFound(document_id=document_id)
        self._withdraw([document_id])

    def _withdraw(self, document_ids: Sequence[str]) -> None:
        """Take the chunks of the current versions, and with them their embeddings, out of what may be found."""
        for batch in in_batches(document_ids):
            of_documents = select(versions.c.id).where(versions.c.document_id.in_(batch))
            rows = self._connection.execute(select(chunks.c.id, chunks.c.space_id).where(chunks.c.version_id.in_(of_documents))).all()
            if rows:
                self._connection.execute(delete(chunks).where(chunks.c.version_id.in_(of_documents)))
            of_spaces: dict[str, list[str]] = {}
            for row in rows:
                of_spaces.setdefault(row.space_id, []).append(row.id)
            for space_id, ids in of_spaces.items():
                self._indexing.record(space_id, ids, "remove")
            current = versions.c.document_id.in_(batch), versions.c.current.is_(True)
            self._connection.execute(update(versions).where(*current).values(current=False))

    def _insert_many(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(insert(table), rows)

    # --- showing -----------------------------------------------------------------------------------------------------

    def listed(self, space_id: str | None = None) -> list[ListedDocument]:
        """Live documents by space and source, of one space or of all."""
        query = _newest_versions().order_by(func.lower(spaces.c.name), documents.c.source)
        if space_id is not None:
            query = query.where(documents.c.space_id == space_id)
        return [_listed(row) for row in self._connection.execute(query)]

    def one(self, document_id: str) -> ListedDocument:
        """A live document. Raises DocumentNotFound."""
        row = self._connection.execute(_newest_versions().where(documents.c.id == document_id)).first()
        if row is None:
            raise DocumentNotFound(document_id=document_id)
        return _listed(row)

    def text(self, document_id: str, number: int | None = None) -> DocumentText:
        """What was read of a version; None: of the current one.

        Raises DocumentNotFound, also where nothing was read; SourceRemoved, SourceHidden.
        """
        self._may_be_opened(document_id)
        listed = self.one(document_id)
        which = versions.c.current.is_(True) if number is None else versions.c.number == number
        version = self._connection.execute(
            select(versions.c.id, versions.c.number, version_texts.c.text, version_is_hidden().label("hidden"))
            .join_from(versions, version_texts)
            .where(versions.c.document_id == document_id, which)
        ).first()
        if version is None:
            raise DocumentNotFound(document_id=document_id)
        if version.hidden:
            raise SourceHidden(document_id=document_id)
        rows = self._connection.execute(select(spans).where(spans.c.version_id == version.id).order_by(spans.c.ordinal))
        sections = tuple(
            Section(ElementKind(row.kind), row.start, row.end, row.level, row.page, version.text[row.start : row.end]) for row in rows
        )
        return DocumentText(listed.summary, version.number, sections)

    def _may_be_opened(self, document_id: str) -> None:
        """An old answer may cite what was removed, and what is hidden: its reader is told which."""
        query = select(documents.c.removed_at, document_is_hidden().label("hidden")).where(documents.c.id == document_id)
        row = self._connection.execute(query).first()
        if row is not None and row.removed_at is not None:
            raise SourceRemoved(document_id=document_id)
        if row is not None and row.hidden:
            raise SourceHidden(document_id=document_id)

    def describe(self, document_id: str, **changes: Any) -> None:
        """Set ``state``, ``owner``, ``review_on`` or ``valid_until`` of a live document. Raises DocumentNotFound."""
        done = self._connection.execute(
            update(documents).where(documents.c.id == document_id, documents.c.removed_at.is_(None)).values(**changes)
        )
        if done.rowcount == 0:
            raise DocumentNotFound(document_id=document_id)

    def release(self, document_id: str) -> VersionRow:
        """Let the newest version out of quarantine: it is pending again and its labels no longer hold it.

        Raises DocumentNotFound, NotSetAside.
        """
        row = self._connection.execute(
            select(versions.c.id, documents.c.space_id, documents.c.source, versions.c.file_name, versions.c.sha256, versions.c.number)
            .join_from(versions, documents)
            .where(
                documents.c.id == document_id,
                documents.c.removed_at.is_(None),
                versions.c.status == VersionStatus.QUARANTINED.value,
                # What an erasure holds back, the officer alone lets in (kb.privacy.gate).
                versions.c.code != SUPPRESSED,
            )
            .order_by(versions.c.number.desc())
        ).first()
        if row is None:
            self.one(document_id)
            raise NotSetAside(document_id=document_id)
        self._connection.execute(update(versions).where(versions.c.id == row.id).values(status=VersionStatus.PENDING.value, released=True))
        return VersionRow(row.id, document_id, row.space_id, row.source, row.file_name, row.sha256, row.number)

    def released(self, version_id: str) -> bool:
        """Whether a person let this version out of quarantine."""
        return bool(self._connection.execute(select(versions.c.released).where(versions.c.id == version_id)).scalar())

    def totals(self) -> tuple[int, int, int]:
        """Live documents, pending versions, live documents whose newest version failed."""
        newest = _newest_versions().subquery()
        rows = self._connection.execute(select(newest.c.status, func.count()).group_by(newest.c.status))
        by_status: dict[str, int] = {row[0]: row[1] for row in rows}
        return sum(by_status.values()), by_status.get("pending", 0), by_status.get("failed", 0) + by_status.get("quarantined", 0)


_MAX_NUMBER = select(func.max(versions.c.number)).where(versions.c.document_id == documents.c.id).correlate(documents).scalar_subquery()
_NEWEST_BY_SOURCE = (
    select(documents.c.source, versions.c.document_id, versions.c.id, versions.c.number, versions.c.sha256, versions.c.status)
    .join_from(documents, versions)
    .where(
        documents.c.space_id == bindparam("space"),
        documents.c.source.in_(bindparam("sources", expanding=True)),
        documents.c.removed_at.is_(None),
        versions.c.number == _MAX_NUMBER,
    )
)
_LIVE = select(documents.c.id).where(documents.c.id.in_(bindparam("ids", expanding=True)), documents.c.removed_at.is_(None))
_PENDING_AGAIN = update(versions).where(versions.c.id == bindparam("version")).values(status=VersionStatus.PENDING.value)
_READY = (
    update(versions)
    .where(versions.c.id == bindparam("version"))
    .values(
        {
            "status": VersionStatus.READY.value,
            "current": True,
            "code": None,
            **{
                name: bindparam(f"new_{name}")
                for name in (
                    "params",
                    "media_type",
                    "title",
                    "language",
                    "pages",
                    "pages_with_text",
                    "characters",
                    "warnings",
                    "finished_at",
                    "seconds",
                    "labels",
                )
            },
        }
    )
)
"""Statements are made once: making one costs more than running it."""


def _pending_row(version_id: str, document_id: str, number: int, file: NewFile, now: datetime) -> dict[str, Any]:
    return {
        "id": version_id,
        "document_id": document_id,
        "number": number,
        "file_name": file.file_name,
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "media_type": file.media_type,
        "title": file.file_name,
        "status": VersionStatus.PENDING.value,
        "current": False,
        "params": {},
        "warnings": [],
        "created_at": now,
    }


def _ready_row(version: VersionRow, read: ReadVersion, now: datetime) -> dict[str, Any]:
    return {
        "version": version.version_id,
        "new_params": {},
        "new_media_type": read.media_type,
        "new_title": read.title,
        "new_language": read.language,
        "new_pages": read.pages,
        "new_pages_with_text": read.pages_with_text,
        "new_characters": len(read.text.text),
        "new_warnings": list(read.warnings),
        "new_finished_at": now,
        "new_seconds": read.seconds,
        "new_labels": sorted({label for new in read.chunks for label in new.draft.labels}),
    }


def _newest_versions() -> Select[Any]:
    counted = select(func.count()).where(chunks.c.version_id == versions.c.id).correlate(versions).scalar_subquery()
    return (
        select(
            documents.c.id.label("document_id"),
            spaces.c.name.label("space"),
            documents.c.source,
            versions.c.title,
            versions.c.number,
            versions.c.status,
            versions.c.code,
            versions.c.params,
            versions.c.media_type,
            versions.c.size_bytes,
            versions.c.pages,
            versions.c.pages_with_text,
            counted.label("chunks"),
            versions.c.language,
            versions.c.created_at,
            versions.c.sha256,
            versions.c.labels,
            versions.c.warnings,
            versions.c.characters,
            versions.c.seconds,
            documents.c.state,
            documents.c.owner,
            documents.c.review_on,
            documents.c.valid_until,
        )
        .select_from(documents.join(spaces).join(versions, versions.c.document_id == documents.c.id))
        .where(documents.c.removed_at.is_(None), versions.c.number == _MAX_NUMBER)
    )


def _listed(row: Row[Any]) -> ListedDocument:
    created: datetime = row.created_at
    summary = DocumentSummary(
        id=row.document_id,
        space=row.space,
        source=row.source,
        title=row.title,
        version=row.number,
        status=VersionStatus(row.status),
        code=row.code,
        detail=None,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        pages=row.pages,
        pages_with_text=row.pages_with_text,
        chunks=row.chunks,
        language=row.language,
        added_at=created,
        state=DocumentState(row.state),
        owner=row.owner,
        review_on=row.review_on,
        valid_until=row.valid_until,
        labels=tuple(row.labels),
        warnings=tuple(row.warnings),
        characters=row.characters,
        seconds=row.seconds,
    )
    return ListedDocument(summary, dict(row.params))


def _span_row(version_id: str, ordinal: int, span: TextSpan) -> dict[str, Any]:
    boxes = [[box.page, box.left, box.top, box.right, box.bottom] for box in span.boxes]
    return {
        "version_id": version_id,
        "ordinal": ordinal,
        "kind": span.kind.value,
        "start": span.start,
        "end": span.end,
        "level": span.level,
        "page": span.page,
        "boxes": boxes,
        "boilerplate": span.boilerplate,
    }


def boxes_of(stored: Sequence[Sequence[float]]) -> tuple[Box, ...]:
    """Boxes as a span's row keeps them."""
    return tuple(Box(int(page), left, top, right, bottom) for page, left, top, right, bottom in stored)


def _chunk_row(id_: str, version: VersionRow, ordinal: int, draft: ChunkDraft) -> dict[str, Any]:
    return {
        "id": id_,
        "space_id": version.space_id,
        "version_id": version.version_id,
        "ordinal": ordinal,
        "start": draft.start,
        "end": draft.end,
        "page_first": draft.page_first,
        "page_last": draft.page_last,
        "headings": [list(heading) for heading in draft.headings],
        "table_header": list(draft.table_header) if draft.table_header else None,
        "language": draft.language,
        "labels": list(draft.labels),
    }
