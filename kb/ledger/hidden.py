"""What is hidden: restricted (article 18) or tombstoned (its erasure has begun). Asked before anything is found, cited or opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, or_, select, update

from kb.ledger.tables import answers, chunks, documents, hidden, versions
from kb.ports import Clock
from kb.privacy.types import Hidden

ObjectKind = Literal["document", "version", "chunk", "answer"]


@dataclass(frozen=True, slots=True, order=True)
class HiddenObject:
    """Something that can be hidden. A hidden document hides its versions, a hidden version its chunks."""

    kind: ObjectKind
    id: str


class HiddenRows:
    """Hides and shows within one transaction. From its commit on the objects are gone, or back, for every reader."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def hide(self, request_id: str, why: Hidden, objects: Iterable[HiddenObject]) -> int:
        """Hide ``objects`` for this request; those that it hides already get the new reason. Returns how many were new."""
        of_request = hidden.c.request_id == request_id
        rows = self._connection.execute(select(hidden.c.object_kind, hidden.c.object_id).where(of_request))
        there = {(row.object_kind, row.object_id) for row in rows}
        wanted = {(one.kind, one.id) for one in objects}
        for kind, object_id in sorted(wanted & there):
            this = and_(of_request, hidden.c.object_kind == kind, hidden.c.object_id == object_id)
            self._connection.execute(update(hidden).where(this).values(why=why.value))
        now = self._clock.now()
        new = [
            {"request_id": request_id, "object_kind": kind, "object_id": object_id, "why": why.value, "at": now}
            for kind, object_id in sorted(wanted - there)
        ]
        if new:
            self._connection.execute(insert(hidden), new)
        return len(new)

    def release(self, request_id: str, *, kinds: Iterable[ObjectKind] | None = None) -> int:
        """Show again what this request hid, all of it or of these kinds alone; another request may hide it still. Returns how many."""
        what = hidden.c.request_id == request_id
        if kinds is not None:
            what = and_(what, hidden.c.object_kind.in_(list(kinds)))
        return int(self._connection.execute(delete(hidden).where(what)).rowcount)

    def of(self, request_id: str) -> list[HiddenObject]:
        """What this request hides."""
        query = select(hidden.c.object_kind, hidden.c.object_id).where(hidden.c.request_id == request_id)
        return [HiddenObject(*row) for row in self._connection.execute(query.order_by(hidden.c.object_kind, hidden.c.object_id))]

    def is_hidden(self, kind: ObjectKind, object_id: str, why: Hidden | None = None) -> bool:
        """Whether this object, or what it is a part of, is hidden (for this reason; None: for any)."""
        match kind:
            case "document":
                query = select(documents.c.id).where(documents.c.id == object_id, document_is_hidden(why))
            case "version":
                query = select(versions.c.id).where(versions.c.id == object_id, version_is_hidden(why))
            case "chunk":
                query = select(chunks.c.id).join_from(chunks, versions).where(chunks.c.id == object_id, chunk_is_hidden(why))
            case "answer":
                query = select(answers.c.id).where(answers.c.id == object_id, answer_is_hidden(why))
        return self._connection.execute(query).first() is not None


def document_is_hidden(why: Hidden | None = None) -> ColumnElement[bool]:
    """Holds of a row of ``documents`` that is hidden."""
    return _names("document", documents.c.id, why)


def version_is_hidden(why: Hidden | None = None) -> ColumnElement[bool]:
    """Holds of a row of ``versions`` that is hidden, or whose document is."""
    return or_(_names("version", versions.c.id, why), _names("document", versions.c.document_id, why))


def chunk_is_hidden(why: Hidden | None = None) -> ColumnElement[bool]:
    """Holds of a row of ``chunks`` joined to ``versions`` that is hidden, or whose version or document is."""
    return or_(_names("chunk", chunks.c.id, why), version_is_hidden(why))


def answer_is_hidden(why: Hidden | None = None) -> ColumnElement[bool]:
    """Holds of a row of ``answers`` that is hidden."""
    return _names("answer", answers.c.id, why)


def _names(kind: ObjectKind, id_: ColumnElement[str], why: Hidden | None) -> ColumnElement[bool]:
    named = select(1).select_from(hidden).where(hidden.c.object_kind == kind, hidden.c.object_id == id_)
    return exists(named if why is None else named.where(hidden.c.why == why.value))
