"""Versions that were held back because of an erasure: back into the queue, or thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from kb.errors import DocumentNotFound
from kb.incoming import SUPPRESSED
from kb.ledger.documents import VersionRow
from kb.ledger.tables import answer_sentences, answers, documents, feedback, file_strings, version_texts, versions
from kb.ledger.tasks import TaskKind, TaskRows
from kb.ports import Clock
from kb.types import VersionStatus


@dataclass(frozen=True, slots=True)
class HeldText:
    """What was read of a version."""

    version_id: str
    sha256: str
    text: str
    strings: tuple[str, ...]


class HeldBackRows:
    """Reads and writes held-back versions within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def version(self, version_id: str) -> VersionRow:
        """A version that is held back. Raises DocumentNotFound."""
        row = self._connection.execute(
            select(
                versions.c.id,
                documents.c.id.label("document_id"),
                documents.c.space_id,
                documents.c.source,
                versions.c.file_name,
                versions.c.sha256,
                versions.c.number,
            )
            .join_from(versions, documents)
            .where(versions.c.id == version_id, versions.c.code == SUPPRESSED)
        ).first()
        if row is None:
            raise DocumentNotFound(document_id=version_id)
        return VersionRow(*row)

    def texts(self) -> Iterator[HeldText]:
        """Every version that was read, with all strings around its text."""
        around: dict[str, list[str]] = {}
        for row in self._connection.execute(select(file_strings.c.version_id, file_strings.c.value)):
            around.setdefault(row.version_id, []).append(row.value)
        query = select(versions.c.id, versions.c.sha256, versions.c.title, documents.c.source, version_texts.c.text).select_from(
            versions.join(documents).join(version_texts)
        )
        for one in self._connection.execute(query).all():
            yield HeldText(one.id, one.sha256, one.text, (one.source, one.title, *around.get(one.id, ())))

    def answers(self) -> list[tuple[str, str]]:
        """Every answer: its id, and what was asked, said and thought of it."""
        said: dict[str, list[str]] = {}
        for query in (
            select(answers.c.id, answers.c.question),
            select(answers.c.id, answers.c.search_question),
            select(answer_sentences.c.answer_id, answer_sentences.c.text).order_by(answer_sentences.c.ordinal),
            select(feedback.c.answer_id, feedback.c.reason).where(feedback.c.reason.is_not(None)),
        ):
            for answer_id, text in self._connection.execute(query):
                said.setdefault(answer_id, []).append(text)
        return [(answer_id, "\n".join(texts)) for answer_id, texts in said.items()]

    def hold(self, version_id: str, request_id: str) -> None:
        """Set a version aside and give the officer a task. What was read of it is for ``tx.erasing.forget_reading``."""
        values = {"status": VersionStatus.QUARANTINED.value, "code": SUPPRESSED, "current": False, "params": {"request": request_id}}
        self._connection.execute(update(versions).where(versions.c.id == version_id).values(**values))
        TaskRows(self._connection, self._clock).add(TaskKind.SUPPRESSED, request_id, "version", version_id)

    def again(self, version_id: str, sha256: str | None = None, size_bytes: int | None = None) -> None:
        """Have it read again; with other bytes where they were rewritten. Raises DocumentNotFound."""
        self.version(version_id)
        values: dict[str, object] = {"status": VersionStatus.PENDING.value, "code": None, "params": {}}
        if sha256 is not None:
            values |= {"sha256": sha256, "size_bytes": size_bytes}
        self._connection.execute(update(versions).where(versions.c.id == version_id).values(**values))

    def rename(self, version_id: str, source: str, file_name: str) -> None:
        """Know it and its document by another name: the one that it had names somebody. Raises DocumentNotFound."""
        document_id = self.version(version_id).document_id
        self._connection.execute(update(versions).where(versions.c.id == version_id).values(file_name=file_name))
        self._connection.execute(update(documents).where(documents.c.id == document_id).values(source=source))

    def discard(self, version_id: str) -> None:
        """Delete it, and its document where it has no other. Raises DocumentNotFound."""
        document_id = self.version(version_id).document_id
        self._connection.execute(delete(versions).where(versions.c.id == version_id))
        others = select(versions.c.id).where(versions.c.document_id == document_id)
        if self._connection.execute(others).first() is None:
            self._connection.execute(delete(documents).where(documents.c.id == document_id))
