"""The values that travel between the parts: frozen, plain, without behaviour of their own.

Offsets are Unicode code points into a version's text, end exclusive. Times are UTC. Ids are opaque strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Language = Literal["nl", "en"]
DetectedLanguage = Literal["nl", "en", "de", "fr"]
"""The languages that screens and answers speak."""


# --- what a file holds -------------------------------------------------------------------------------------------------


class ElementKind(StrEnum):
    """What a piece of a document is."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_HEADER = "table_header"
    TABLE_ROW = "table_row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in PDF points (1/72 inch), origin at the top left."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Element:
    """One piece of a parsed file in reading order. Table cells are joined by `` | ``; ``level`` is 1 to 6 for headings.

    ``boilerplate``: it repeats what stands elsewhere or says nothing of the subject; it is kept as text but not searched.
    """

    kind: ElementKind
    text: str
    level: int | None = None
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    boilerplate: bool = False


@dataclass(frozen=True, slots=True)
class FileString:
    """A string of a file outside its running text: author, comment, tracked change, speaker note, mail header, attachment name …

    ``kind`` is a short stable word such as ``author``, ``comment``, ``mail.from``, ``attachment.name``, ``hidden_sheet``.
    """

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a parser read. ``pages`` is None for formats without pages; ``media_type`` is that of the content, not of the name.

    ``language``: what the file says that it is in; people rarely set it, so the text itself goes before.
    """

    elements: tuple[Element, ...]
    strings: tuple[FileString, ...] = ()
    title: str | None = None
    pages: int | None = None
    pages_with_text: int | None = None
    warnings: tuple[str, ...] = ()
    media_type: str = "application/octet-stream"
    language: DetectedLanguage | None = None


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """A file that could not be read: a code of ``ingest.messages`` and, for the code's sentence, its parameters."""

    code: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Where an element lies in the version's text. ``boilerplate``: no chunk holds it."""

    kind: ElementKind
    start: int
    end: int
    level: int | None = None
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    boilerplate: bool = False


@dataclass(frozen=True, slots=True)
class VersionText:
    """A version's normalised text, immutable, and the table of its spans in order of ``start``."""

    text: str
    spans: tuple[TextSpan, ...]


@dataclass(frozen=True, slots=True)
class ChunkDraft:
    """A chunk before it has an id: a range of the version's text with what it stands under.

    ``headings`` are the ranges of the headings above it, outermost first; ``table_header`` that of its table's header row.
    """

    start: int
    end: int
    page_first: int | None
    page_last: int | None
    headings: tuple[tuple[int, int], ...] = ()
    table_header: tuple[int, int] | None = None
    language: str = "nl"
    labels: tuple[str, ...] = ()


# --- what the ledger holds ---------------------------------------------------------------------------------------------


class VersionStatus(StrEnum):
    """The life of a version."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
    QUARANTINED = "quarantined"


class DocumentState(StrEnum):
    """How much a document counts. An expired one is not found."""

    CONCEPT = "concept"
    VALID = "valid"
    EXPIRED = "expired"


class LabelAction(StrEnum):
    """What a space does with a file that holds a kind of sensitive content."""

    ALLOW = "allow"
    WARN = "warn"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Space:
    """A set of documents with one audience: the access boundary. ``label_policy`` names what differs from the default."""

    id: str
    name: str
    created_at: datetime
    documents: int = 0
    label_policy: Mapping[str, LabelAction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document with its newest version, as lists show it. ``detail`` is a helpful sentence when the status is not ready."""

    id: str
    space: str
    source: str
    title: str
    version: int
    status: VersionStatus
    code: str | None
    detail: str | None
    media_type: str
    size_bytes: int
    pages: int | None
    pages_with_text: int | None
    chunks: int
    language: str | None
    added_at: datetime
    state: DocumentState = DocumentState.VALID
    owner: str | None = None
    review_on: date | None = None
    valid_until: date | None = None
    labels: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    characters: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class DocumentChanges:
    """What a person says of a document; None leaves a thing as it is, ``clear`` names what is to be empty again."""

    state: DocumentState | None = None
    owner: str | None = None
    review_on: date | None = None
    valid_until: date | None = None
    clear: tuple[Literal["owner", "review_on", "valid_until"], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One span of a version's text, as the source view shows it."""

    kind: ElementKind
    start: int
    end: int
    level: int | None
    page: int | None
    text: str
    boilerplate: bool = False


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A version as it was read: what a person sees who opens a citation."""

    document: DocumentSummary
    version: int
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as retrieved for a question. ``score`` orders passages within one question and means nothing across questions.

    ``similarity`` is the cosine between question and chunk, None where only words found it.
    ``start`` and ``end`` are the chunk's range in the version's text; ``text`` is that range. ``page`` is its first page, and
    ``page_breaks`` the offsets within it where another page begins, with that page's number. ``parts``: where the chunks of a
    passage that was joined of several begin, and their ids; ``chunk_id`` is that of the best one. ``copies``: passages that say the
    same in other places.
    """

    chunk_id: str
    document_id: str
    version_id: str
    document_title: str
    version: int
    space: str
    source: str
    page: int | None
    headings: tuple[str, ...]
    table_header: str | None
    language: str
    start: int
    end: int
    text: str
    score: float
    similarity: float | None = None
    word_rank: int | None = None
    vector_rank: int | None = None
    page_breaks: tuple[tuple[int, int], ...] = ()
    state: DocumentState = DocumentState.VALID
    added_at: datetime | None = None
    parts: tuple[tuple[int, str], ...] = ()
    copies: tuple[Passage, ...] = ()

    def chunk_at(self, offset: int) -> str:
        """Id of the chunk in which the version's character at ``offset`` stands."""
        ids = [chunk_id for start, chunk_id in self.parts if start <= offset]
        return ids[-1] if ids else self.chunk_id

    def page_at(self, offset: int) -> int | None:
        """The page on which the version's character at ``offset`` stands."""
        pages = [page for start, page in self.page_breaks if start <= offset]
        return pages[-1] if pages else self.page


# --- questions and answers ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    text: str


class Outcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    NOT_IN_DOCUMENTS = "not_in_documents"


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence that was proven, and the numbers of its citations."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """Ties a sentence to a quote: ``quote`` is the version's text from ``quote_start`` to ``quote_end``.

    ``score`` is the checker's support in [0, 1].
    """

    n: int
    document_id: str
    document_title: str
    version: int
    space: str
    page: int | None
    section: str | None
    quote: str
    quote_start: int
    quote_end: int
    score: float


@dataclass(frozen=True, slots=True)
class PassageRef:
    """A passage that was considered, without its text."""

    document_id: str
    chunk_id: str
    score: float
    document_title: str = ""
    section: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class GeneratorInfo:
    """Which model wrote. ``context_tokens`` is the window that is really used, None for a back end without one."""

    backend: str
    model: str
    location: Literal["local", "cloud"] = "local"
    context_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds since the question came in. ``first_sentence`` is None when none was shown."""

    retrieve: float
    first_sentence: float | None
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as the contract prints it. ``notices`` are stable words on what the reader should know, such as
    ``context_shortened``, ``generator_interrupted`` or ``extractive``."""

    answer_id: str
    question: str
    language: Language
    outcome: Outcome
    text: str
    sentences: tuple[AnswerSentence, ...]
    dropped_sentences: int
    citations: tuple[Citation, ...]
    passages: tuple[PassageRef, ...]
    generator: GeneratorInfo
    timings_ms: Timings
    conversation_id: str | None = None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Event: the passages were found."""

    passages: tuple[PassageRef, ...]
    language: Language
    type: Literal["retrieved"] = "retrieved"


@dataclass(frozen=True, slots=True)
class SentenceProven:
    """Event: a sentence may be shown. ``citations`` are those that the sentence uses for the first time."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]
    type: Literal["sentence"] = "sentence"


@dataclass(frozen=True, slots=True)
class Done:
    """Event: the whole answer; the last one."""

    answer: Answer
    type: Literal["done"] = "done"


AskEvent = Retrieved | SentenceProven | Done


# --- ingestion ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in: its path relative to what was given, and its bytes. Paths of the sender never travel."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class FileResult:
    """How one file ended."""

    path: str
    status: Literal["ready", "unchanged", "failed", "quarantined"]
    document_id: str | None = None
    code: str | None = None
    detail: str | None = None
    pages: int | None = None
    pages_with_text: int | None = None
    chunks: int = 0
    language: str | None = None
    warnings: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestReport:
    """How an ingest ended, file by file."""

    files: tuple[FileResult, ...]
    ready: int
    unchanged: int
    failed: int
    quarantined: int
    seconds: float


@dataclass(frozen=True, slots=True)
class IndexState:
    """A space's live index generation, for status pages."""

    space: str
    generation: str | None
    chunks: int
    behind: int
    building: bool
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """What is running."""

    version: str
    spaces: int
    documents: int
    chunks: int
    pending: int
    failed: int
    generator: GeneratorInfo
    embedder: str
    indexes: tuple[IndexState, ...] = field(default=())


# --- folders that are kept in step -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileInSpace:
    """A file that a space holds already: the newest version of a live document."""

    document_id: str
    source: str
    sha256: str
    status: VersionStatus


@dataclass(frozen=True, slots=True)
class SyncedFolder:
    """A folder that the server keeps in step with a space, and how its last sync ended.

    ``held`` deletions wait for a person, ``held_reason`` says why (``empty``, ``many``). ``code`` and ``detail`` name what
    went wrong, such as a share that is not mounted.
    """

    name: str
    space: str
    every_minutes: int
    last_run_at: datetime | None = None
    added: int = 0
    changed: int = 0
    moved: int = 0
    deleted: int = 0
    failed: int = 0
    held: int = 0
    held_reason: str | None = None
    code: str | None = None
    detail: str | None = None
