"""Every text that the ledger keeps of people, by the register of ``kb.ledger.personal_data``: streamed, so that memory stays bounded.

What is found here is shown to an officer alone, so removed, expired and hidden things are read like any other.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, func, select

from kb.ledger.erasing import ERASED
from kb.ledger.personal_data import PERSONAL, Belongs, PersonalTable
from kb.ledger.tables import answer_sentences, answers, backups, chunks, citations, documents, spaces, spans, version_texts, versions
from kb.ledger.text_blocks import TextBlock, strings_within
from kb.privacy.plan import CitedSentence
from kb.privacy.types import Field, Unsearched
from kb.types import VersionStatus

NOT_WHOLLY_READ = frozenset(
    (
        "attachments_not_read",
        "embedded_objects",
        "garbled_text",
        "nested_too_deep",
        "page_too_large",
        "pages_need_tesseract",
        "pages_without_text",
        "recognition_stopped",
        "strings_incomplete",
        "too_much_within",
    )
)
"""Warnings of a version that say that something in its original has no text in the ledger."""

_BATCH = 500
_ROWS_AT_ONCE = 200
_EMPTY_JSON = (None, "", "[]", "{}", "null")


@dataclass(frozen=True, slots=True)
class FieldContext:
    """What a field belongs to. ``where`` is how a person knows it: a document's path, a question, a space's name."""

    document_id: str | None = None
    version_id: str | None = None
    answer_id: str | None = None
    space_id: str | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class ChunkStretch:
    """A chunk as a stretch of its version's text: code points, end exclusive."""

    chunk_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Owners:
    """Versions and answers whose texts are asked for."""

    version_ids: frozenset[str]
    answer_ids: frozenset[str]


class PersonalRows:
    """Reads texts of people, and what they belong to, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def fields(self) -> Iterator[tuple[Field, str]]:
        """Every text of every registered table, JSON columns string by string."""
        for block in self.blocks():
            for at, text in enumerate(block.texts):
                yield block.field(at), text

    def blocks(self, owners: Owners | None = None) -> Iterator[TextBlock]:
        """The same texts, some at once; with ``owners`` those of these versions, of their documents and of these answers alone."""
        for table in PERSONAL.values():
            yield from self._blocks_of(table, owners)

    def _blocks_of(self, entered: PersonalTable, owners: Owners | None) -> Iterator[TextBlock]:
        table = entered.table
        keys = list(table.primary_key.columns)
        values = [*(table.c[name] for name in entered.texts), *(cast(table.c[name], Text).label(f"{name}_json") for name in entered.json)]
        query = select(*keys, *values)
        wanted = [None] if owners is None else self._owned(entered, owners)
        block = TextBlock(table.name)
        for ids in wanted:
            limited = query if ids is None else query.where(table.c[entered.owner].in_(ids))
            rows = self._connection.execute(limited, execution_options={"yield_per": _ROWS_AT_ONCE})
            for row in rows:
                key = tuple(row[: len(keys)])
                for name, text in zip(entered.texts, row[len(keys) :], strict=False):
                    if text:
                        block.add(key, name, text)
                for name, raw in zip(entered.json, row[len(keys) + len(entered.texts) :], strict=True):
                    if raw not in _EMPTY_JSON:
                        for path, text in strings_within(json.loads(raw), name):
                            block.add(key, path, text)
                if block.full:
                    yield block
                    block = TextBlock(table.name)
        if block.texts:
            yield block

    def _owned(self, entered: PersonalTable, owners: Owners) -> Iterable[Sequence[str] | None]:
        match entered.belongs:
            case Belongs.VERSION:
                return _batches(owners.version_ids)
            case Belongs.ANSWER:
                return _batches(owners.answer_ids)
            case Belongs.DOCUMENT:
                rows = self._among(select(versions.c.document_id), versions.c.id, owners.version_ids)
                return _batches({row.document_id for row in rows})
            case Belongs.SPACE | Belongs.AUDIT | Belongs.BACKUP | Belongs.ACCOUNT:
                return ()

    # --- what a text belongs to --------------------------------------------------------------------------------------

    def context(self, field: Field) -> FieldContext:
        """What one field belongs to."""
        return self.contexts([field])[field]

    def contexts(self, fields: Iterable[Field]) -> dict[Field, FieldContext]:
        """What each field belongs to. A field that is not there any more belongs to nothing."""
        by_owner: dict[Belongs, dict[str, list[Field]]] = defaultdict(lambda: defaultdict(list))
        for field in fields:
            entered = PERSONAL[field.store]
            key_names = [column.name for column in entered.table.primary_key.columns]
            owner = field.key[key_names.index(entered.owner)]
            by_owner[entered.belongs][owner].append(field)
        found: dict[Field, FieldContext] = {}
        for belongs, owned in by_owner.items():
            known = self._known(belongs, owned.keys())
            found.update({field: known.get(owner, FieldContext()) for owner, group in owned.items() for field in group})
        return found

    def _known(self, belongs: Belongs, ids: Collection[str]) -> dict[str, FieldContext]:
        match belongs:
            case Belongs.VERSION:
                query = select(versions.c.id, versions.c.document_id, documents.c.space_id, documents.c.source).join_from(
                    versions, documents
                )
                rows = self._among(query, versions.c.id, ids)
                return {row.id: FieldContext(row.document_id, row.id, None, row.space_id, row.source) for row in rows}
            case Belongs.DOCUMENT:
                rows = self._among(select(documents.c.id, documents.c.space_id, documents.c.source), documents.c.id, ids)
                return {row.id: FieldContext(row.id, None, None, row.space_id, row.source) for row in rows}
            case Belongs.ANSWER:
                rows = self._among(select(answers.c.id, answers.c.question), answers.c.id, ids)
                return {row.id: FieldContext(answer_id=row.id, where=row.question) for row in rows}
            case Belongs.SPACE:
                rows = self._among(select(spaces.c.id, spaces.c.name), spaces.c.id, ids)
                return {row.id: FieldContext(space_id=row.id, where=row.name) for row in rows}
            case Belongs.AUDIT:
                return {seq: FieldContext(where=f"audit {seq}") for seq in ids}
            case Belongs.ACCOUNT:
                return {one: FieldContext(where=f"account {one}") for one in ids}
            case Belongs.BACKUP:
                rows = self._among(select(backups.c.id, backups.c.name), backups.c.id, ids)
                return {row.id: FieldContext(where=row.name) for row in rows}

    def stretches(self, version_ids: Collection[str]) -> dict[str, list[ChunkStretch]]:
        """The chunks of versions, by version, in order of ``start``. Superseded versions have none."""
        found: dict[str, list[ChunkStretch]] = defaultdict(list)
        query = select(chunks.c.version_id, chunks.c.id, chunks.c.start, chunks.c.end).order_by(chunks.c.start)
        for row in self._among(query, chunks.c.version_id, version_ids):
            found[row.version_id].append(ChunkStretch(row.id, row.start, row.end))
        return found

    def versions_of(self, document_ids: Collection[str]) -> set[str]:
        """Every version of these documents."""
        return {row.id for row in self._among(select(versions.c.id), versions.c.document_id, document_ids)}

    def passage(self, version_id: str, chunk_id: str | None, start: int, end: int) -> tuple[int, int]:
        """The stretch of a version's text that a place is erased with: its chunk, else the elements that it touches, else itself."""
        stretch = chunks.c.start, chunks.c.end
        found = self._connection.execute(select(*stretch).where(chunks.c.id == chunk_id, chunks.c.version_id == version_id)).first()
        if found is not None:
            return min(found.start, start), max(found.end, end)
        touched = spans.c.version_id == version_id, spans.c.start < end, spans.c.end > start
        around = self._connection.execute(select(func.min(spans.c.start), func.max(spans.c.end)).where(*touched)).one()
        return (start, end) if around[0] is None else (min(around[0], start), max(around[1], end))

    def added_at(self, version_id: str) -> datetime | None:
        """When a version came in; None where there is no such version."""
        found: datetime | None = self._connection.execute(select(versions.c.created_at).where(versions.c.id == version_id)).scalar()
        return found

    def cited_sentences(self, document_ids: Collection[str]) -> list[CitedSentence]:
        """Sentences of kept answers that cite any version of these documents, once per quote."""
        quoted = select(
            citations.c.answer_id, citations.c.n, versions.c.document_id, citations.c.version_id, citations.c.start, citations.c.end
        )
        quotes = list(self._among(quoted.join_from(citations, versions), versions.c.document_id, document_ids))
        by_answer: dict[str, list[Any]] = defaultdict(list)
        for quote in quotes:
            by_answer[quote.answer_id].append(quote)
        said = select(answer_sentences.c.answer_id, answer_sentences.c.ordinal, answer_sentences.c.text, answer_sentences.c.citations)
        return [
            CitedSentence(row.answer_id, row.ordinal, len(row.text), quote.document_id, quote.version_id, quote.start, quote.end)
            for row in self._among(said, answer_sentences.c.answer_id, by_answer.keys())
            for quote in by_answer[row.answer_id]
            if quote.n in row.citations
        ]

    # --- what could not be read ---------------------------------------------------------------------------------------

    def unsearched(self) -> list[Unsearched]:
        """Originals without text, and those of which a part has none: whatever stands there was not searched.

        ``code`` is the version's own (``encrypted``, ``needs_tesseract`` …), ``pending``, or the first warning that names such a part.
        """
        columns = (versions.c.id, versions.c.document_id, documents.c.source, versions.c.status, versions.c.code)
        counts = (versions.c.pages, versions.c.pages_with_text, versions.c.warnings, version_texts.c.version_id.label("read"))
        query = select(*columns, *counts).select_from(versions.join(documents).outerjoin(version_texts)).order_by(documents.c.source)
        found = []
        for row in self._connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE}):
            code = _unread(row)
            if code is not None:
                found.append(Unsearched(row.document_id, row.id, row.source, code))
        return found

    def _among(self, query: Any, column: Any, ids: Collection[str]) -> Iterator[Any]:
        for batch in _batches(ids):
            yield from self._connection.execute(query.where(column.in_(batch)))


def _unread(row: Any) -> str | None:
    if row.code == ERASED:
        return None
    if row.read is None:
        return row.code or VersionStatus(row.status).value
    if row.pages is not None and row.pages_with_text is not None and row.pages_with_text < row.pages:
        return "pages_without_text"
    return next((warning for warning in row.warnings if warning.partition(":")[0] in NOT_WHOLLY_READ), None)


def _batches(ids: Collection[str]) -> Iterator[Sequence[str]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
