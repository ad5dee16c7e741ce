"""The operations interface in this process: authorise, do, audit, answer in plain values."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from api.operations import DEFAULT_SPACE, Progress
from api.relative_path import relative_path
from ingest.labels import LABELS
from ingest.messages import sentence
from kb import __version__
from kb.answering.asking import Asking
from kb.authorise import Action, Actor, authorise
from kb.errors import InvalidName, UnknownLabel
from kb.ledger.documents import ListedDocument
from kb.ledger.ledger import Ledger
from kb.ports import Cancellation, Generator
from kb.types import (
    AskEvent,
    DocumentChanges,
    DocumentSummary,
    DocumentText,
    FileInSpace,
    FileResult,
    IngestReport,
    LabelAction,
    Space,
    Status,
    SyncedFolder,
    Turn,
    Upload,
)

if TYPE_CHECKING:
    # Imported for their names alone: they load models and indexes' libraries, which not every command needs.
    from api.backup_in_process import InProcessBackups
    from api.folders import FolderClaims
    from api.privacy_in_process import InProcessPrivacy
    from ingest.pipeline import Pipeline
    from ingest.web import WebFetcher
    from kb.accounts.people import People
    from kb.answering.ask import Asker
    from kb.privacy.office import PrivacyOffice
    from kb.search.indexes import Indexes

_NAME = re.compile(r"[^\W_][\w .\-]{0,63}")


class InProcessOperations:
    """What one actor can do with the parts of this process. Making one is cheap: one per request."""

    def __init__(
        self,
        actor: Actor,
        language: str,
        *,
        ledger: Ledger,
        asker: Callable[[], Asker],
        pipeline: Callable[[], Pipeline],
        indexes: Callable[[], Indexes],
        generator: Callable[[], Generator],
        embedder_name: str,
        claims: Callable[[], FolderClaims],
        synced: Callable[[], list[SyncedFolder]],
        web: Callable[[], WebFetcher],
        office: Callable[[], PrivacyOffice],
        people: Callable[[Actor], People],
        backups: Callable[[Actor], InProcessBackups],
    ) -> None:
        """``language`` is that of the sentences about files; the parts that load much are made when they are called for."""
        self._actor = actor
        self._language = language
        self._ledger = ledger
        self._asker = asker
        self._pipeline = pipeline
        self._indexes = indexes
        self._generator = generator
        self._embedder_name = embedder_name
        self._claims = claims
        self._synced = synced
        self._web = web
        self._office = office
        self._people = people
        self._backups = backups

    @property
    def privacy(self) -> InProcessPrivacy:
        """See Operations.privacy."""
        from api.privacy_in_process import InProcessPrivacy

        return InProcessPrivacy(self._actor, self._office)

    @property
    def people(self) -> People:
        """See Operations.people."""
        return self._people(self._actor)

    @property
    def backups(self) -> InProcessBackups:
        """See Operations.backups."""
        return self._backups(self._actor)

    def ask(
        self,
        question: str,
        *,
        space: str | None = None,
        history: Sequence[Turn] = (),
        conversation_id: str | None = None,
        cancellation: Cancellation | None = None,
    ) -> Iterator[AskEvent]:
        """See Operations.ask."""
        authorise(self._actor, Action.ASK, space)
        with self._ledger.reading() as tx:
            spaces = tx.audiences.seen_by(self._actor) if space is None else [tx.audiences.named(self._actor, space)]
        asking = Asking(question, tuple(spaces), tuple(history), conversation_id, self._actor.id)
        return self._asker().ask(asking, cancellation or Cancellation())

    def give_feedback(self, answer_id: str, vote: Literal["up", "down"], reason: str | None = None) -> None:
        """See Operations.give_feedback."""
        authorise(self._actor, Action.GIVE_FEEDBACK)
        asked_by = None if self._actor.sees_every_space else self._actor.id
        with self._ledger.writing() as tx:
            tx.conversations.set_feedback(answer_id, vote, reason, asked_by)

    def ingest(self, uploads: Iterable[Upload], space: str = DEFAULT_SPACE, progress: Progress | None = None) -> IngestReport:
        """See Operations.ingest."""
        authorise(self._actor, Action.ADD_DOCUMENT, space)
        with self._ledger.reading() as tx:
            target = tx.audiences.named(self._actor, space)
        started = time.perf_counter()
        files = self._pipeline().ingest(uploads, target, self._actor.id, self._language, progress or (lambda result: None))
        self._indexes().maintain()
        return report_of(files, time.perf_counter() - started)

    def documents(self, space: str | None = None) -> list[DocumentSummary]:
        """See Operations.documents."""
        authorise(self._actor, Action.LIST_DOCUMENTS, space)
        with self._ledger.reading() as tx:
            spaces = tx.audiences.seen_by(self._actor) if space is None else [tx.audiences.named(self._actor, space)]
            seen = {one.name for one in spaces}
            listed = tx.documents.listed(spaces[0].id if space is not None else None)
            return [self._shown(one) for one in listed if one.summary.space in seen]

    def document(self, document_id: str) -> DocumentSummary:
        """See Operations.document."""
        authorise(self._actor, Action.LIST_DOCUMENTS)
        with self._ledger.reading() as tx:
            tx.audiences.require_document(self._actor, document_id)
            return self._shown(tx.documents.one(document_id))

    def document_text(self, document_id: str, version: int | None = None) -> DocumentText:
        """See Operations.document_text."""
        authorise(self._actor, Action.READ_SOURCE)
        with self._ledger.reading() as tx:
            tx.audiences.require_document(self._actor, document_id)
            return tx.documents.text(document_id, version)

    def describe_document(self, document_id: str, changes: DocumentChanges) -> DocumentSummary:
        """See Operations.describe_document."""
        authorise(self._actor, Action.DESCRIBE_DOCUMENT)
        said = {name: getattr(changes, name) for name in ("state", "owner", "review_on", "valid_until")}
        values = {name: value for name, value in said.items() if value is not None} | dict.fromkeys(changes.clear)
        with self._ledger.writing() as tx:
            tx.audiences.require_document(self._actor, document_id)
            if values:
                tx.documents.describe(document_id, **values)
                tx.audit.append(self._actor.id, "document.describe", document_id)
            return self._shown(tx.documents.one(document_id))

    def release_document(self, document_id: str) -> DocumentSummary:
        """See Operations.release_document."""
        authorise(self._actor, Action.RELEASE_DOCUMENT)
        with self._ledger.writing() as tx:
            tx.audiences.require_document(self._actor, document_id)
            version = tx.documents.release(document_id)
            tx.audit.append(self._actor.id, "document.release", version.version_id)
        self._pipeline().resume()
        return self.document(document_id)

    def remove_document(self, document_id: str) -> None:
        """See Operations.remove_document."""
        authorise(self._actor, Action.REMOVE_DOCUMENT)
        with self._ledger.writing() as tx:
            tx.audiences.require_document(self._actor, document_id)
            space = tx.spaces.named(tx.documents.one(document_id).summary.space)
            tx.documents.remove(document_id)
            tx.audit.append(self._actor.id, "document.remove", document_id)
        self._indexes().catch_up(space.id)

    def spaces(self) -> list[Space]:
        """See Operations.spaces."""
        authorise(self._actor, Action.LIST_SPACES)
        with self._ledger.reading() as tx:
            return tx.audiences.counted(self._actor)

    def add_space(self, name: str) -> Space:
        """See Operations.add_space."""
        authorise(self._actor, Action.ADD_SPACE)
        if not _NAME.fullmatch(name):
            raise InvalidName(name=name)
        with self._ledger.writing() as tx:
            space = tx.spaces.add(name)
            tx.audit.append(self._actor.id, "space.add", space.id)
        return space

    def set_label_policy(self, space: str, label: str, action: LabelAction) -> Space:
        """See Operations.set_label_policy."""
        authorise(self._actor, Action.SET_LABEL_POLICY, space)
        if label not in LABELS:
            raise UnknownLabel(label=label, labels=", ".join(sorted(LABELS)))
        with self._ledger.writing() as tx:
            target = tx.audiences.named(self._actor, space)
            tx.spaces.set_label_policy(target.id, label, action)
            tx.audit.append(self._actor.id, "space.label_policy", target.id)
            return next(one for one in tx.spaces.all() if one.id == target.id)

    def status(self) -> Status:
        """See Operations.status."""
        authorise(self._actor, Action.READ_STATUS)
        with self._ledger.reading() as tx:
            documents, pending, failed = tx.documents.totals()
            spaces, chunks = len(tx.spaces.all()), tx.chunks.total()
        return Status(
            version=__version__,
            spaces=spaces,
            documents=documents,
            chunks=chunks,
            pending=pending,
            failed=failed,
            generator=self._generator().info(),
            embedder=self._embedder_name,
            indexes=self._indexes().states(),
        )

    def known_files(self, space: str) -> list[FileInSpace]:
        """See Operations.known_files."""
        authorise(self._actor, Action.LIST_DOCUMENTS, space)
        with self._ledger.reading() as tx:
            known = tx.documents.known(tx.audiences.named(self._actor, space).id)
        files = (FileInSpace(file.document_id, file.source, file.sha256, file.status) for file in known)
        return sorted(files, key=lambda file: file.source)

    def move_document(self, document_id: str, source: str) -> None:
        """See Operations.move_document."""
        authorise(self._actor, Action.ADD_DOCUMENT)
        with self._ledger.writing() as tx:
            tx.audiences.require_document(self._actor, document_id)
            tx.documents.move(document_id, relative_path(source))
            tx.audit.append(self._actor.id, "document.move", document_id)

    def claim_folder(self, name: str, space: str, place: str, *, moved: bool = False) -> None:
        """See Operations.claim_folder."""
        authorise(self._actor, Action.ADD_DOCUMENT, space)
        with self._ledger.reading() as tx:
            target = tx.audiences.named(self._actor, space)
        self._claims().claim(target, name, place, moved=moved)

    def synced_folders(self) -> list[SyncedFolder]:
        """See Operations.synced_folders."""
        authorise(self._actor, Action.LIST_DOCUMENTS)
        with self._ledger.reading() as tx:
            seen = {space.name.lower() for space in tx.audiences.seen_by(self._actor)}
        return [folder for folder in self._synced() if self._actor.sees_every_space or folder.space.lower() in seen]

    def ingest_web(self, url: str, space: str = DEFAULT_SPACE, *, sitemap: bool = False, progress: Progress | None = None) -> IngestReport:
        """See Operations.ingest_web."""
        authorise(self._actor, Action.ADD_DOCUMENT, space)
        with self._ledger.reading() as tx:
            tx.audiences.named(self._actor, space)
        heard = progress or (lambda result: None)
        started = time.perf_counter()
        files: list[FileResult] = []
        if not sitemap:
            files += self.ingest([self._web().page(url)], space, heard).files
        else:
            for fetched in self._web().sitemap(url, self._language):
                if isinstance(fetched, FileResult):
                    files.append(fetched)
                    heard(fetched)
                else:
                    files += self.ingest(fetched, space, heard).files
        return report_of(files, time.perf_counter() - started)

    def _shown(self, listed: ListedDocument) -> DocumentSummary:
        code = listed.summary.code
        return replace(listed.summary, detail=sentence(code, self._language, **listed.params)) if code else listed.summary


def report_of(files: Sequence[FileResult], seconds: float) -> IngestReport:
    """The report of an ingest from its files."""
    counts = {status: sum(file.status == status for file in files) for status in ("ready", "unchanged", "failed", "quarantined")}
    return IngestReport(tuple(files), counts["ready"], counts["unchanged"], counts["failed"], counts["quarantined"], seconds)
