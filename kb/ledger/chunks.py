"""Chunks and embeddings in the ledger: what may be found, and what the indexes are built from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, func, insert, not_, or_, select

from kb.ledger.hidden import chunk_is_hidden
from kb.ledger.tables import chunks, documents, embeddings, spaces, spans, version_texts, versions
from kb.ports import Clock, Vectors
from kb.types import DocumentState, Passage

_BATCH = 500
"""Ids per query: below every database's limit on parameters."""


@dataclass(frozen=True, slots=True)
class ChunkText:
    """A chunk with everything that its indexes are made of."""

    chunk_id: str
    title: str
    headings: tuple[str, ...]
    table_header: str | None
    text: str
    language: str


class ChunkRows:
    """Reads chunks, reads and writes embeddings, within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def findable(self, chunk_ids: Sequence[str], space_ids: Sequence[str]) -> set[str]:
        """Those of ``chunk_ids`` that are current, not hidden, of a live document that has not expired, and in one of ``space_ids``."""
        # The space is compared here: as a condition of the query it tempts SQLite to walk through the whole space.
        found: set[str] = set()
        allowed = set(space_ids)
        today = self._clock.now().date()
        for batch in in_batches(chunk_ids):
            rows = self._connection.execute(_FINDABLE, {"ids": batch, "today": today})
            found.update(row[0] for row in rows if row[1] in allowed)
        return found

    def passages(self, chunk_ids: Sequence[str]) -> dict[str, Passage]:
        """The chunks as passages without scores, by id."""
        passages: dict[str, Passage] = {}
        for batch in in_batches(chunk_ids):
            rows = self._connection.execute(_PASSAGES, {"ids": batch}).all()
            texts = self._texts({row.version_id for row in rows})
            for row in rows:
                text = texts[row.version_id]
                breaks = self._page_breaks(row) if row.page_first != row.page_last else ()
                passages[row.id] = Passage(
                    chunk_id=row.id,
                    document_id=row.document_id,
                    version_id=row.version_id,
                    document_title=row.title,
                    version=row.number,
                    space=row.space,
                    source=row.source,
                    page=row.page_first,
                    headings=_headings(row, text),
                    table_header=_table_header(row, text),
                    language=row.language,
                    start=row.start,
                    end=row.end,
                    text=text[row.start : row.end],
                    score=0.0,
                    page_breaks=breaks,
                    state=DocumentState(row.state),
                    added_at=row.created_at,
                )
        return passages

    def text_between(self, version_id: str, start: int, end: int) -> str:
        """The characters of a version's text from ``start`` to ``end``; nothing of a version that is gone."""
        query = select(func.substr(version_texts.c.text, start + 1, end - start)).where(version_texts.c.version_id == version_id)
        return str(self._connection.execute(query).scalar() or "")

    def _page_breaks(self, row: Row[Any]) -> tuple[tuple[int, int], ...]:
        within = and_(spans.c.version_id == row.version_id, spans.c.end > row.start, spans.c.start < row.end, spans.c.page.is_not(None))
        found: list[tuple[int, int]] = []
        for span in self._connection.execute(select(spans.c.start, spans.c.page).where(within).order_by(spans.c.ordinal)):
            if span.page != (found[-1][1] if found else row.page_first):
                found.append((span.start, span.page))
        return tuple(found)

    def texts(self, chunk_ids: Sequence[str]) -> list[ChunkText]:
        """Those of ``chunk_ids`` that are there still, with their texts."""
        found: list[ChunkText] = []
        for batch in in_batches(chunk_ids):
            rows = self._connection.execute(_WITH_TITLE, {"ids": batch}).all()
            texts = self._texts({row.version_id for row in rows})
            found += [_chunk_text(row, texts[row.version_id]) for row in rows]
        return found

    def ids_of_space(self, space_id: str) -> list[str]:
        """Every chunk of a space, those of one version together."""
        query = select(chunks.c.id).where(chunks.c.space_id == space_id).order_by(chunks.c.version_id, chunks.c.ordinal)
        return list(self._connection.execute(query).scalars())

    def ids_of_document(self, document_id: str) -> list[str]:
        """Every chunk of a document's current version, in order."""
        of_document = select(versions.c.id).where(versions.c.document_id == document_id, versions.c.current.is_(True))
        query = select(chunks.c.id).where(chunks.c.version_id.in_(of_document)).order_by(chunks.c.ordinal)
        return list(self._connection.execute(query).scalars())

    def _texts(self, version_ids: set[str]) -> dict[str, str]:
        return {row[0]: row[1] for row in self._connection.execute(_TEXTS, {"ids": list(version_ids)})}

    # --- embeddings --------------------------------------------------------------------------------------------------

    def without_embedding(self, space_id: str, fingerprint: str, limit: int) -> list[str]:
        """The next chunks of a space that this model has not embedded."""
        query = select(chunks.c.id).where(_not_embedded(space_id, fingerprint)).order_by(chunks.c.version_id, chunks.c.ordinal)
        return list(self._connection.execute(query.limit(limit)).scalars())

    def count_without_embedding(self, space_id: str, fingerprint: str) -> int:
        """How many chunks of a space this model has not embedded."""
        query = select(func.count()).select_from(chunks).where(_not_embedded(space_id, fingerprint))
        return int(self._connection.execute(query).scalar_one())

    def add_embeddings(self, fingerprint: str, vectors: dict[str, Vectors]) -> None:
        """Store (windows, dimensions) vectors per chunk; chunks that went away meanwhile are passed over."""
        there: set[str] = set()
        for batch in in_batches(list(vectors)):
            there.update(self._connection.execute(select(chunks.c.id).where(chunks.c.id.in_(batch))).scalars())
        rows = [row for chunk_id, windows in vectors.items() if chunk_id in there for row in embedding_rows(chunk_id, fingerprint, windows)]
        if rows:
            self._connection.execute(insert(embeddings), rows)

    def vectors(self, chunk_ids: Sequence[str], fingerprint: str) -> tuple[list[str], list[int], Vectors]:
        """Chunk ids, window numbers and (n, dimensions) float32 of what this model embedded of ``chunk_ids``."""
        ids: list[str] = []
        windows: list[int] = []
        raw: list[bytes] = []
        for batch in in_batches(chunk_ids):
            query = (
                select(embeddings.c.chunk_id, embeddings.c.window, embeddings.c.vector)
                .where(embeddings.c.chunk_id.in_(batch), embeddings.c.fingerprint == fingerprint)
                .order_by(embeddings.c.chunk_id, embeddings.c.window)
            )
            for row in self._connection.execute(query):
                ids.append(row.chunk_id)
                windows.append(row.window)
                raw.append(row.vector)
        matrix = np.frombuffer(b"".join(raw), dtype="<f4").reshape(len(raw), -1) if raw else np.empty((0, 0), dtype=np.float32)
        return ids, windows, matrix.astype(np.float32, copy=False)

    def drop_other_embeddings(self, space_id: str, keep: str) -> None:
        """Delete the embeddings of a space that another model made."""
        of_space = select(chunks.c.id).where(chunks.c.space_id == space_id)
        self._connection.execute(delete(embeddings).where(embeddings.c.fingerprint != keep, embeddings.c.chunk_id.in_(of_space)))

    def counts(self, space_id: str, fingerprint: str) -> tuple[int, int]:
        """Chunks of a space, and vectors of them that this model made: what a complete index holds."""
        chunk_count = self._connection.execute(select(func.count()).where(chunks.c.space_id == bindparam("space")), {"space": space_id})
        vector_count = self._connection.execute(
            select(func.count())
            .select_from(embeddings.join(chunks))
            .where(chunks.c.space_id == space_id, embeddings.c.fingerprint == fingerprint)
        )
        return int(chunk_count.scalar_one()), int(vector_count.scalar_one())

    def total(self) -> int:
        """Every chunk there is."""
        return int(self._connection.execute(select(func.count()).select_from(chunks)).scalar_one())


def _not_embedded(space_id: str, fingerprint: str) -> ColumnElement[bool]:
    done = select(embeddings.c.chunk_id).where(embeddings.c.chunk_id == chunks.c.id, embeddings.c.fingerprint == fingerprint)
    return and_(chunks.c.space_id == space_id, not_(done.correlate(chunks).exists()))


_CHUNK_IN_IDS = chunks.c.id.in_(bindparam("ids", expanding=True))
_FINDABLE = (
    select(chunks.c.id, chunks.c.space_id)
    .select_from(chunks.join(versions).join(documents))
    .where(
        _CHUNK_IN_IDS,
        versions.c.current.is_(True),
        documents.c.removed_at.is_(None),
        documents.c.state != DocumentState.EXPIRED.value,
        or_(documents.c.valid_until.is_(None), documents.c.valid_until >= bindparam("today")),
        not_(chunk_is_hidden()),
    )
)
_PASSAGES = (
    select(
        chunks,
        documents.c.id.label("document_id"),
        documents.c.source,
        documents.c.state,
        spaces.c.name.label("space"),
        versions.c.title,
        versions.c.number,
        versions.c.created_at,
    )
    .select_from(chunks.join(versions, versions.c.id == chunks.c.version_id).join(documents).join(spaces))
    .where(_CHUNK_IN_IDS)
)
_WITH_TITLE = select(chunks, versions.c.title).join_from(chunks, versions).where(_CHUNK_IN_IDS)
_TEXTS = select(version_texts.c.version_id, version_texts.c.text).where(version_texts.c.version_id.in_(bindparam("ids", expanding=True)))
"""Statements that every question runs are made once: making one costs more than running it."""


def _chunk_text(row: Row[Any], text: str) -> ChunkText:
    return ChunkText(row.id, row.title, _headings(row, text), _table_header(row, text), text[row.start : row.end], row.language)


def _headings(row: Row[Any], text: str) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in row.headings)


def _table_header(row: Row[Any], text: str) -> str | None:
    return text[row.table_header[0] : row.table_header[1]] if row.table_header else None


def embedding_rows(chunk_id: str, fingerprint: str, vectors: Vectors) -> list[dict[str, Any]]:
    """A row per window of a chunk's (windows, dimensions) vectors."""
    return [
        {"chunk_id": chunk_id, "fingerprint": fingerprint, "window": window, "vector": vector.astype("<f4").tobytes()}
        for window, vector in enumerate(vectors)
    ]


def in_batches(items: Sequence[str]) -> Iterator[Sequence[str]]:
    """``items`` in as many parts as a query's parameters ask for."""
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
