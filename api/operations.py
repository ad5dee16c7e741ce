"""What can be asked of a Kennisbank, whoever asks: in this process (``api.in_process``) or over loopback (``api.client``).

Both pass one contract suite. Every call authorises its actor first and raises only KennisbankError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, Protocol

from api.backup_operations import BackupOperations
from api.people_operations import PeopleOperations
from api.privacy_operations import PrivacyOperations
from kb.ports import Cancellation
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

DEFAULT_SPACE = "algemeen"
"""The space that `kb init` makes and that every command means unless told otherwise."""

Progress = Callable[[FileResult], None]


class Operations(Protocol):
    """The operations interface."""

    @property
    def privacy(self) -> PrivacyOperations:
        """What concerns subject requests. Each of its calls asks for the right."""
        ...

    @property
    def people(self) -> PeopleOperations:
        """What concerns people, groups and tokens. Each of its calls asks for the right."""
        ...

    @property
    def backups(self) -> BackupOperations:
        """What concerns backups. Each of its calls asks for the right."""
        ...

    def ask(
        self,
        question: str,
        *,
        space: str | None = None,
        history: Sequence[Turn] = (),
        conversation_id: str | None = None,
        cancellation: Cancellation | None = None,
    ) -> Iterator[AskEvent]:
        """Answer ``question`` from ``space`` (None: from every space the actor may see): Retrieved, SentenceProven …, Done.

        Raises EmptyQuestion, QuestionTooLong, SpaceNotFound before the first event; GeneratorError may come later.
        """
        ...

    def give_feedback(self, answer_id: str, vote: Literal["up", "down"], reason: str | None = None) -> None:
        """Record a thumb; a second one replaces the first. Raises AnswerNotFound."""
        ...

    def ingest(self, uploads: Iterable[Upload], space: str = DEFAULT_SPACE, progress: Progress | None = None) -> IngestReport:
        """Take files in. ``progress`` hears of every file as it ends. Raises SpaceNotFound, DiskFull; a bad file is a result."""
        ...

    def documents(self, space: str | None = None) -> list[DocumentSummary]:
        """The documents, by space and source. Raises SpaceNotFound."""
        ...

    def document(self, document_id: str) -> DocumentSummary:
        """One document. Raises DocumentNotFound."""
        ...

    def document_text(self, document_id: str, version: int | None = None) -> DocumentText:
        """What was read of a version (None: the newest ready one). Raises DocumentNotFound."""
        ...

    def describe_document(self, document_id: str, changes: DocumentChanges) -> DocumentSummary:
        """Say how much a document counts, who keeps it, when it is reviewed, until when it is valid. Raises DocumentNotFound."""
        ...

    def release_document(self, document_id: str) -> DocumentSummary:
        """Let the newest version out of quarantine and read it. Raises DocumentNotFound, also where nothing is quarantined."""
        ...

    def remove_document(self, document_id: str) -> None:
        """Take a document out: from this moment it is neither found nor cited anew. Raises DocumentNotFound."""
        ...

    def spaces(self) -> list[Space]:
        """The spaces, by name."""
        ...

    def add_space(self, name: str) -> Space:
        """Make a space. Raises InvalidName, SpaceExists."""
        ...

    def set_label_policy(self, space: str, label: str, action: LabelAction) -> Space:
        """What a space does with new files that hold a kind of sensitive content. Raises SpaceNotFound, InvalidRequest."""
        ...

    def status(self) -> Status:
        """What is running and how much it holds."""
        ...

    def known_files(self, space: str) -> list[FileInSpace]:
        """Every file that a space holds, by source. Raises SpaceNotFound."""
        ...

    def move_document(self, document_id: str, source: str) -> None:
        """Know a document by another source, after its file was moved: nothing is read again.

        Raises DocumentNotFound, SourceTaken, InvalidUpload for a source that is no relative path.
        """
        ...

    def claim_folder(self, name: str, space: str, place: str, *, moved: bool = False) -> None:
        """Let ``name`` stand, in ``space``, for the folder at ``place`` (a fingerprint) and for no other.

        ``moved``: the same folder is in a new place. Raises SpaceNotFound, FolderElsewhere.
        """
        ...

    def synced_folders(self) -> list[SyncedFolder]:
        """The folders that the server keeps in step on a schedule, and how each last ended."""
        ...

    def ingest_web(self, url: str, space: str = DEFAULT_SPACE, *, sitemap: bool = False, progress: Progress | None = None) -> IngestReport:
        """Fetch a page, or with ``sitemap`` the pages that it lists, and take them in; their source is their address.

        Raises SpaceNotFound, WebNotAllowed, WebAddressRefused, WebPageUnavailable; of a sitemap's pages these are results.
        """
        ...
