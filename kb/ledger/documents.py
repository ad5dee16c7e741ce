"""Documents and their versions in the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, select, update

from kb.errors import DocumentNotFound, SourceTaken
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
        live = and_(documents.c.space_id == space_id, documents.c.source == source, documents.c.removed_at.is_(None))
        document_id = self._connection.execute(select(documents.c.id).where(live)).scalar()
        number = 0
        if document_id is None:
            document_id = uuid.uuid4().hex
            self._connection.execute(
                insert(documents).values(id=document_id, space_id=space_id, source=source, created_at=self._clock.now())
            )
        else:
            newest = self._connection.execute(
                select(versions.c.id, versions.c.number, versions.c.sha256, versions.c.status)
                .where(versions.c.document_id == document_id)
                .order_by(versions.c.number.desc())
                .limit(1)
            ).one()
            if newest.sha256 == sha256 and newest.status != VersionStatus.READY:
                self._connection.execute(update(versions).where(versions.c.id == newest.id).values(status=VersionStatus.PENDING.value))
                return VersionRow(newest.id, document_id, space_id, source, file_name, sha256)
            number = newest.number
        version_id = uuid.uuid4().hex
        self._connection.execute(
            insert(versions).values(
                id=version_id,
                document_id=document_id,
                number=number + 1,
                file_name=file_name,
                sha256=sha256,
                size_bytes=size_bytes,
                media_type=media_type,
                title=file_name,
                status=VersionStatus.PENDING.value,
                current=False,
                params={},
                warnings=[],
                created_at=self._clock.now(),
            )
        )
        return VersionRow(version_id, document_id, space_id, source, file_name, sha256)

    def pending(self) -> list[VersionRow]:
        """Versions whose reading was begun and not ended, oldest first."""
        query = (
            select(versions.c.id, documents.c.id, documents.c.space_id, documents.c.source, versions.c.file_name, versions.c.sha256)
            .join_from(versions, documents)
            .where(versions.c.status == VersionStatus.PENDING.value, documents.c.removed_at.is_(None))
            .order_by(versions.c.created_at, versions.c.id)
        )
        return [VersionRow(*row) for row in self._connection.execute(query)]

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
        self._withdraw(version.document_id)
        self._connection.execute(
            update(versions)
            .where(versions.c.id == version.version_id)
            .values(
                status=VersionStatus.READY.value,
                current=True,
                code=None,
                params={},
                media_type=read.media_type,
                title=read.title,
                language=read.language,
                pages=read.pages,
                pages_with_text=read.pages_with_text,
                characters=len(read.text.text),
                warnings=list(read.warnings),
                finished_at=self._clock.now(),
                seconds=read.seconds,
                labels=sorted({label for new in read.chunks for label in new.draft.labels}),
            )
        )
        self._connection.execute(insert(version_texts).values(version_id=version.version_id, text=read.text.text))
        self._insert_many(spans, [_span_row(version.version_id, i, span) for i, span in enumerate(read.text.spans)])
        self._insert_many(
            file_strings,
            [{"version_id": version.version_id, "ordinal": i, "kind": s.kind, "value": s.value} for i, s in enumerate(read.strings)],
        )
        ids = [uuid.uuid4().hex for _ in read.chunks]
        self._insert_many(
            chunks, [_chunk_row(id_, version, i, new.draft) for i, (id_, new) in enumerate(zip(ids, read.chunks, strict=True))]
        )
        self._insert_many(
            embeddings,
            [
                {"chunk_id": id_, "fingerprint": read.fingerprint, "window": window, "vector": vector.astype("<f4").tobytes()}
                for id_, new in zip(ids, read.chunks, strict=True)
                for window, vector in enumerate(new.vectors)
            ],
        )
        self._indexing.record(version.space_id, ids, "add")

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
        self._withdraw(document_id)

    def _withdraw(self, document_id: str) -> None:
        """Take the current version's chunks, and with them their embeddings, out of what may be found."""
        of_document = select(versions.c.id).where(versions.c.document_id == document_id)
        rows = self._connection.execute(select(chunks.c.id, chunks.c.space_id).where(chunks.c.version_id.in_(of_document))).all()
        if rows:
            self._connection.execute(delete(chunks).where(chunks.c.version_id.in_(of_document)))
            self._indexing.record(rows[0].space_id, [row.id for row in rows], "remove")
        self._connection.execute(
            update(versions).where(versions.c.document_id == document_id, versions.c.current.is_(True)).values(current=False)
        )

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
        """What was read of a version; None: of the current one. Raises DocumentNotFound, also where nothing was read."""
        listed = self.one(document_id)
        which = versions.c.current.is_(True) if number is None else versions.c.number == number
        version = self._connection.execute(
            select(versions.c.id, versions.c.number, version_texts.c.text)
            .join_from(versions, version_texts)
            .where(versions.c.document_id == document_id, which)
        ).first()
        if version is None:
            raise DocumentNotFound(document_id=document_id)
        rows = self._connection.execute(select(spans).where(spans.c.version_id == version.id).order_by(spans.c.ordinal))
        sections = tuple(
            Section(ElementKind(row.kind), row.start, row.end, row.level, row.page, version.text[row.start : row.end]) for row in rows
        )
        return DocumentText(listed.summary, version.number, sections)

    def describe(self, document_id: str, **changes: Any) -> None:
        """Set ``state``, ``owner``, ``review_on`` or ``valid_until`` of a live document. Raises DocumentNotFound."""
        done = self._connection.execute(
            update(documents).where(documents.c.id == document_id, documents.c.removed_at.is_(None)).values(**changes)
        )
        if done.rowcount == 0:
            raise DocumentNotFound(document_id=document_id)

    def release(self, document_id: str) -> VersionRow:
        """Let the newest version out of quarantine: it is pending again and its labels no longer hold it. Raises DocumentNotFound."""
        row = self._connection.execute(
            select(versions.c.id, documents.c.space_id, documents.c.source, versions.c.file_name, versions.c.sha256)
            .join_from(versions, documents)
            .where(
                documents.c.id == document_id,
                documents.c.removed_at.is_(None),
                versions.c.status == VersionStatus.QUARANTINED.value,
            )
            .order_by(versions.c.number.desc())
        ).first()
        if row is None:
            raise DocumentNotFound(document_id=document_id)
        self._connection.execute(update(versions).where(versions.c.id == row.id).values(status=VersionStatus.PENDING.value, released=True))
        return VersionRow(row.id, document_id, row.space_id, row.source, row.file_name, row.sha256)

    def released(self, version_id: str) -> bool:
        """Whether a person let this version out of quarantine."""
        return bool(self._connection.execute(select(versions.c.released).where(versions.c.id == version_id)).scalar())

    def totals(self) -> tuple[int, int, int]:
        """Live documents, pending versions, live documents whose newest version failed."""
        newest = _newest_versions().subquery()
        rows = self._connection.execute(select(newest.c.status, func.count()).group_by(newest.c.status))
        by_status: dict[str, int] = {row[0]: row[1] for row in rows}
        return sum(by_status.values()), by_status.get("pending", 0), by_status.get("failed", 0) + by_status.get("quarantined", 0)


def _newest_versions() -> Select[Any]:
    newest = select(func.max(versions.c.number)).where(versions.c.document_id == documents.c.id).correlate(documents).scalar_subquery()
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
        .where(documents.c.removed_at.is_(None), versions.c.number == newest)
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
