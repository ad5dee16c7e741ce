"""Versions that were held back because of an erasure: back into the queue, or thrown away."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from kb.errors import DocumentNotFound
from kb.incoming import SUPPRESSED
from kb.ledger.documents import VersionRow
from kb.ledger.tables import documents, versions
from kb.ports import Clock
from kb.types import VersionStatus


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

    def again(self, version_id: str, sha256: str | None = None, size_bytes: int | None = None) -> None:
        """Have it read again; with other bytes where they were rewritten. Raises DocumentNotFound."""
        self.version(version_id)
        values: dict[str, object] = {"status": VersionStatus.PENDING.value, "code": None, "params": {}}
        if sha256 is not None:
            values |= {"sha256": sha256, "size_bytes": size_bytes}
        self._connection.execute(update(versions).where(versions.c.id == version_id).values(**values))

    def discard(self, version_id: str) -> None:
        """Delete it, and its document where it has no other. Raises DocumentNotFound."""
        document_id = self.version(version_id).document_id
        self._connection.execute(delete(versions).where(versions.c.id == version_id))
        others = select(versions.c.id).where(versions.c.document_id == document_id)
        if self._connection.execute(others).first() is None:
            self._connection.execute(delete(documents).where(documents.c.id == document_id))
