"""Who saw what, and who is in it: answers that were given passages of a document, what the audit chain knows of it, names in headers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from kb.ledger.tables import answer_passages, answers, audit, file_strings, versions

_BATCH = 500
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PassageShown:
    """Passages of a document that went into an answer: to whom, and to which model, where it ran."""

    document_id: str
    at: datetime
    actor: str
    backend: str
    model: str
    location: str


@dataclass(frozen=True, slots=True)
class Access:
    """A row of the audit chain about an object."""

    at: datetime
    actor: str
    action: str
    object_id: str


class DisclosureRows:
    """Reads who saw what, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def shown(self, document_ids: Collection[str]) -> list[PassageShown]:
        """Answers that were written from passages of these documents, oldest first, as far as answers are kept."""
        columns = (versions.c.document_id, answers.c.asked_at, answers.c.actor, answers.c.backend, answers.c.model, answers.c.location)
        joined = answer_passages.join(answers, answer_passages.c.answer_id == answers.c.id).join(
            versions, answer_passages.c.version_id == versions.c.id
        )
        query = select(*columns).select_from(joined).distinct()
        rows = (PassageShown(*row) for row in self._among(query, versions.c.document_id, document_ids))
        return sorted(rows, key=lambda one: (one.at, one.document_id))

    def accesses(self, object_ids: Collection[str]) -> list[Access]:
        """What the audit chain holds of these objects, oldest first."""
        query = select(audit.c.at, audit.c.actor, audit.c.action, audit.c.object_id)
        return sorted((Access(*row) for row in self._among(query, audit.c.object_id, object_ids)), key=lambda one: (one.at, one.object_id))

    def people(self) -> Iterator[str]:
        """Strings of files that name people by what they are: authors, and the senders and receivers of mail. Each once, unsorted."""
        kinds = or_(
            file_strings.c.kind.like("%author%"),
            file_strings.c.kind.like("%last_modified_by%"),
            *(file_strings.c.kind == f"mail.{name}" for name in ("from", "to", "cc", "bcc", "reply-to", "sender")),
        )
        query = select(file_strings.c.value).where(kinds).distinct()
        for row in self._connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE}):
            yield row.value

    def _among(self, query: Any, column: Any, ids: Collection[str]) -> Iterator[Any]:
        ordered: Sequence[str] = sorted(ids)
        for start in range(0, len(ordered), _BATCH):
            yield from self._connection.execute(query.where(column.in_(ordered[start : start + _BATCH])))
