"""Erasing and redacting rows. Everything here may be done twice: what is gone already is passed over.

Documents and versions stay as blank rows, so that the citations of old answers can say that their source was removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, select, update

from kb.ledger.audit import AuditRows
from kb.ledger.indexing import IndexRows
from kb.ledger.redacting import FieldValues
from kb.ledger.tables import (
    answer_sentences,
    answers,
    audit_details,
    chunks,
    citations,
    conversations,
    documents,
    embeddings,
    file_strings,
    spans,
    version_texts,
    versions,
)
from kb.ports import Clock
from kb.privacy.types import REDACTED, Field, Place
from kb.types import VersionStatus

ERASED = "erased"
"""The code of a version whose content was erased. The id, the number and the dates stay."""

_BATCH = 500


@dataclass(frozen=True, slots=True)
class OriginalRow:
    """What the ledger knows of an original."""

    version_id: str
    document_id: str
    space_id: str
    file_name: str
    media_type: str
    sha256: str


class ErasingRows:
    """Erases within one transaction."""

    def __init__(self, connection: Connection, clock: Clock, audit: AuditRows) -> None:
        self._connection = connection
        self._clock = clock
        self._audit = audit
        self._indexing = IndexRows(connection, clock)
        self._values = FieldValues(connection)

    # --- what there is -----------------------------------------------------------------------------------------------

    def versions_of(self, document_ids: Iterable[str]) -> list[str]:
        """Every version of these documents, pending and failed ones too."""
        return [str(row.id) for row in self._rows(select(versions.c.id), versions.c.document_id, document_ids)]

    def documents_of(self, version_ids: Iterable[str]) -> list[str]:
        """The documents that these versions are of."""
        return sorted({str(row.document_id) for row in self._rows(select(versions.c.document_id), versions.c.id, version_ids)})

    def spaces_of(self, document_ids: Iterable[str]) -> list[str]:
        """The spaces that these documents are in."""
        return sorted({str(row.space_id) for row in self._rows(select(documents.c.space_id), documents.c.id, document_ids)})

    def originals(self, version_ids: Iterable[str]) -> list[OriginalRow]:
        """The originals of these versions."""
        columns = (versions.c.id, versions.c.document_id, documents.c.space_id, versions.c.file_name, versions.c.media_type)
        query = select(*columns, versions.c.sha256).join_from(versions, documents)
        return [OriginalRow(*row) for row in self._rows(query, versions.c.id, version_ids)]

    def text(self, version_id: str) -> str | None:
        """The text of a version; None: nothing was read, or it was erased."""
        found = self._connection.execute(select(version_texts.c.text).where(version_texts.c.version_id == version_id)).scalar()
        return None if found is None else str(found)

    def value(self, field: Field) -> str | None:
        """What stands in a field now; None when it is not there any more."""
        return self._values.read(field)

    # --- documents ---------------------------------------------------------------------------------------------------

    def withdraw(self, document_ids: Iterable[str]) -> None:
        """Take documents out of every list from this moment; a version that is being read will not be completed."""
        for batch in _batches(document_ids):
            which = documents.c.id.in_(batch), documents.c.removed_at.is_(None)
            self._connection.execute(update(documents).where(*which).values(removed_at=self._clock.now()))

    def erase_documents(self, document_ids: Iterable[str]) -> dict[str, int]:
        """Erase all that was read of these documents, their names too. Returns rows by table."""
        ids = sorted(set(document_ids))
        version_ids = self.versions_of(ids)
        counts = {"documents": len(ids), "versions": len(version_ids)}
        counts["answer_sentences"] = self._blank_sentences(self._sentences_citing(version_ids))
        self._forget_chunks(version_ids)
        for table in (version_texts, spans, file_strings, chunks):
            counts[table.name] = self._delete(table, table.c.version_id, version_ids)
        for batch in _batches(version_ids):
            self._connection.execute(
                update(versions)
                .where(versions.c.id.in_(batch))
                .values(
                    file_name="",
                    title="",
                    sha256="",
                    size_bytes=0,
                    media_type="",
                    status=VersionStatus.FAILED.value,
                    code=ERASED,
                    current=False,
                    params={},
                    warnings=[],
                    labels=[],
                    pages=None,
                    pages_with_text=None,
                    characters=None,
                    language=None,
                )
            )
        for batch in _batches(ids):
            blank: dict[str, Any] = {"source": "", "owner": None, "review_on": None, "valid_until": None}
            removed = {
                "removed_at": func.coalesce(documents.c.removed_at, bindparam("now", self._clock.now(), documents.c.removed_at.type))
            }
            self._connection.execute(update(documents).where(documents.c.id.in_(batch)).values(**blank, **removed))
        return counts

    def forget_reading(self, version_id: str) -> None:
        """Delete what was read of one version: it can be read again from its original."""
        self._forget_chunks([version_id])
        for table in (version_texts, spans, file_strings, chunks):
            self._delete(table, table.c.version_id, [version_id])

    # --- answers -----------------------------------------------------------------------------------------------------

    def erase_answers(self, answer_ids: Iterable[str]) -> dict[str, int]:
        """Erase questions with their sentences, citations and feedback, and conversations that are empty then."""
        ids = sorted(set(answer_ids))
        gone = self._delete(answers, answers.c.id, ids)
        said = select(answers.c.id).where(answers.c.conversation_id == conversations.c.id).exists()
        empty = self._connection.execute(delete(conversations).where(~said)).rowcount if ids else 0
        return {"answers": gone, "conversations": int(empty)}

    def erase_quotes(self, passages: Iterable[Place]) -> int:
        """Blank the sentences of answers that rest on a passage of which every character is redacted. Returns how many."""
        found: set[tuple[str, int]] = set()
        for place in passages:
            within = (
                citations.c.version_id == place.field.key[0],
                citations.c.start >= place.start,
                citations.c.end <= place.end,
            )
            found |= self._citing(select(citations.c.answer_id, citations.c.n).where(*within))
        return self._blank_sentences(found)

    def _sentences_citing(self, version_ids: Sequence[str]) -> set[tuple[str, int]]:
        found: set[tuple[str, int]] = set()
        for batch in _batches(version_ids):
            found |= self._citing(select(citations.c.answer_id, citations.c.n).where(citations.c.version_id.in_(batch)))
        return found

    def _citing(self, cited: Any) -> set[tuple[str, int]]:
        numbers: dict[str, set[int]] = {}
        for row in self._connection.execute(cited):
            numbers.setdefault(row.answer_id, set()).add(row.n)
        rows = self._rows(select(answer_sentences), answer_sentences.c.answer_id, numbers)
        return {(row.answer_id, row.ordinal) for row in rows if numbers[row.answer_id] & set(row.citations)}

    def _blank_sentences(self, sentences: Collection[tuple[str, int]]) -> int:
        blanked = 0
        for answer_id, ordinal in sorted(sentences):
            this = answer_sentences.c.answer_id == answer_id, answer_sentences.c.ordinal == ordinal
            text = str(self._connection.execute(select(answer_sentences.c.text).where(*this)).scalar_one())
            blank = "".join(character if character.isspace() else REDACTED for character in text)
            if blank != text:
                self._connection.execute(update(answer_sentences).where(*this).values(text=blank))
                blanked += 1
        return blanked

    # --- redaction ---------------------------------------------------------------------------------------------------

    def redact(self, places: Iterable[Place]) -> dict[str, int]:
        """Write REDACTED over each character of ``places``. Returns fields that changed by store; rows that are gone are passed over."""
        by_field: dict[Field, list[Place]] = {}
        for place in places:
            by_field.setdefault(place.field, []).append(place)
        counts: dict[str, int] = {}
        for field, of_field in sorted(by_field.items()):
            text = self._values.read(field)
            if text is None:
                continue
            redacted = blackened(text, [(place.start, place.end) for place in of_field])
            if redacted != text:
                self._values.write(field, redacted)
                if field.store == audit_details.name:
                    self._audit.seal_redacted(int(field.key[0]))
                counts[field.store] = counts.get(field.store, 0) + 1
        return counts

    def touched_chunks(self, places: Iterable[Place]) -> list[str]:
        """The chunks whose embedded text changes with these places: own text, headings, table header, or the title."""
        ranges: dict[str, list[tuple[int, int]]] = {}
        whole: set[str] = set()
        for place in places:
            if place.field.store == version_texts.name:
                ranges.setdefault(place.field.key[0], []).append((place.start, place.end))
            elif place.field.store == versions.name and place.field.name == "title":
                whole.add(place.field.key[0])
        found = []
        for row in self._rows(select(chunks), chunks.c.version_id, whole | set(ranges)):
            own = [(row.start, row.end), *map(tuple, row.headings), *([tuple(row.table_header)] if row.table_header else [])]
            reached = any(a < end and start < b for start, end in ranges.get(row.version_id, ()) for a, b in own)
            if row.version_id in whole or reached:
                found.append(str(row.id))
        return sorted(found)

    # --- chunks and vectors ------------------------------------------------------------------------------------------

    def vectors(self, chunk_ids: Iterable[str]) -> dict[int, bytes]:
        """The vectors of these chunks, of every model, by their number of dimensions: float32, little-endian, row after row."""
        parts: dict[int, list[bytes]] = {}
        for row in self._rows(select(embeddings.c.vector), embeddings.c.chunk_id, chunk_ids):
            parts.setdefault(len(row.vector) // 4, []).append(row.vector)
        return {dimensions: b"".join(sorted(set(rows))) for dimensions, rows in parts.items()}

    def chunks_of(self, version_ids: Iterable[str]) -> list[str]:
        """Every chunk of these versions."""
        return [str(row.id) for row in self._rows(select(chunks.c.id), chunks.c.version_id, version_ids)]

    def embed_again(self, chunk_ids: Iterable[str]) -> int:
        """Delete the vectors of these chunks and have the indexes take the chunks in anew. Returns how many vectors went."""
        ids = sorted(set(chunk_ids))
        of_space: dict[str, list[str]] = {}
        for row in self._rows(select(chunks.c.id, chunks.c.space_id), chunks.c.id, ids):
            of_space.setdefault(row.space_id, []).append(row.id)
        gone = self._delete(embeddings, embeddings.c.chunk_id, ids)
        for space_id, of_one in sorted(of_space.items()):
            self._indexing.record(space_id, of_one, "add")
        return gone

    def every_vector(self, dimensions: int) -> Iterator[bytes]:
        """The vectors of this length that are in the ledger now, one by one."""
        sized = func.length(embeddings.c.vector) == dimensions * 4
        for row in self._connection.execution_options(stream_results=True, yield_per=_BATCH).execute(
            select(embeddings.c.vector).where(sized)
        ):
            yield row.vector

    def _forget_chunks(self, version_ids: Sequence[str]) -> None:
        of_space: dict[str, list[str]] = {}
        for row in self._rows(select(chunks.c.id, chunks.c.space_id), chunks.c.version_id, version_ids):
            of_space.setdefault(row.space_id, []).append(row.id)
        for space_id, ids in sorted(of_space.items()):
            self._indexing.record(space_id, ids, "remove")
        self._delete(embeddings, embeddings.c.chunk_id, [id_ for ids in of_space.values() for id_ in ids])

    # --- originals ---------------------------------------------------------------------------------------------------

    def original_replaced(self, version_id: str, sha256: str, size_bytes: int, media_type: str) -> None:
        """Record what the original of a version is now."""
        what = {"sha256": sha256, "size_bytes": size_bytes, "media_type": media_type}
        self._connection.execute(update(versions).where(versions.c.id == version_id).values(**what))

    # --- batches -----------------------------------------------------------------------------------------------------

    def _rows(self, query: Any, column: Any, values: Iterable[str]) -> Iterator[Any]:
        for batch in _batches(values):
            yield from self._connection.execute(query.where(column.in_(batch))).all()

    def _delete(self, table: Table, column: Any, values: Iterable[str]) -> int:
        return sum(int(self._connection.execute(delete(table).where(column.in_(batch))).rowcount) for batch in _batches(values))


def blackened(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """``text`` with REDACTED for each character within ``ranges``; line ends and spaces within stay, so that no span changes its shape."""
    characters = list(text)
    for start, end in ranges:
        for i in range(max(start, 0), min(end, len(characters))):
            if characters[i] != "\n":
                characters[i] = REDACTED
    return "".join(characters)


def _batches(values: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(set(values))
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
