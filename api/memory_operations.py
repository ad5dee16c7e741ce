"""A deterministic double of the operations interface: it holds text files in memory and answers by shared words.

It keeps the promises of `api.operations.Operations`, so that the ways in can be built and tested without a model or a disk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from threading import RLock
from typing import Any, Literal

from api.accounts import Accounts
from api.backup_operations import BackupOperations
from api.operations import DEFAULT_SPACE, Progress
from api.people_operations import PeopleOperations
from api.privacy_operations import PrivacyOperations
from api.relative_path import relative_path
from ingest.labels import DEFAULT_ACTION, LABELS, find_labels
from kb import __version__
from kb.authorise import OWNER, Action, Actor, authorise
from kb.errors import (
    AnswerNotFound,
    DocumentNotFound,
    EmptyQuestion,
    FolderElsewhere,
    InvalidName,
    NotFound,
    NotSetAside,
    QuestionTooLong,
    SourceTaken,
    SpaceExists,
    SpaceNotFound,
    UnknownLabel,
    WebNotAllowed,
)
from kb.ports import Cancellation
from kb.settings import Settings
from kb.types import (
    Answer,
    AnswerSentence,
    AskEvent,
    Citation,
    DocumentChanges,
    DocumentSummary,
    DocumentText,
    Done,
    ElementKind,
    FileInSpace,
    FileResult,
    GeneratorInfo,
    IngestReport,
    LabelAction,
    Language,
    Outcome,
    PassageRef,
    Retrieved,
    Section,
    SentenceProven,
    Space,
    Status,
    SyncedFolder,
    Timings,
    Turn,
    Upload,
    VersionStatus,
)

_MOMENT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_GENERATOR = GeneratorInfo(backend="memory", model="shared-words")
_NAME = re.compile(r"[^\W_][\w .\-]{0,63}")
_WORD = re.compile(r"\w{4,}")
_SENTENCE = re.compile(r"[^.!?]+[.!?]?")
_ENGLISH = {"the", "is", "how", "what", "when", "who", "does", "many", "can", "are"}
_NOT_TOLD: dict[Language, str] = {
    "nl": "Dit staat niet in de documenten.",
    "en": "The documents do not tell.",
}
_NO_TEXT = "In this file there is no text."


@dataclass
class MemoryStore:
    """What all operations of one `MemoryKennisbank` share. ``before_sentence`` is called before each
    sentence of an answer; what it raises breaks the answer off."""

    before_sentence: Callable[[int, Cancellation], object] = lambda number, cancellation: None
    lock: RLock = field(default_factory=RLock)
    spaces: dict[str, Space] = field(default_factory=dict)
    versions: dict[str, list[DocumentText]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    feedback: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    asked: list[tuple[str, tuple[Turn, ...], str | None]] = field(default_factory=list)
    finished: list[Literal["done", "cancelled"]] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    claims: dict[tuple[str, str], str] = field(default_factory=dict)
    synced: list[SyncedFolder] = field(default_factory=list)
    web: dict[str, bytes] = field(default_factory=dict)
    privacy: Callable[[Actor], PrivacyOperations] | None = None
    people: Callable[[Actor], PeopleOperations] | None = None
    backups: Callable[[Actor], BackupOperations] | None = None

    def __post_init__(self) -> None:
        self.spaces[DEFAULT_SPACE] = Space("space-1", DEFAULT_SPACE, _MOMENT)


@dataclass
class MemoryKennisbank:
    """A Kennisbank of doubles, in the shape that `api.app.create_app` takes."""

    settings: Settings = field(default_factory=Settings)
    owner_token: str = "owner-token-of-the-double"  # noqa: S105 - opens nothing but this double
    store: MemoryStore = field(default_factory=MemoryStore)
    accounts: Accounts | None = None

    def operations(self, actor: Actor, language: str | None = None) -> MemoryOperations:
        """The operations as ``actor`` may use them; the double has no sentences about files to translate."""
        self.store.actors.append(actor)
        return MemoryOperations(self.store, actor, question_characters=self.settings.limits.question_characters)


@dataclass
class MemoryOperations:
    """The double itself."""

    store: MemoryStore = field(default_factory=MemoryStore)
    actor: Actor = OWNER
    question_characters: int = 4_000

    @property
    def privacy(self) -> PrivacyOperations:
        """The double that the store was given. Raises NotFound where a test gave none."""
        if self.store.privacy is None:
            raise NotFound
        return self.store.privacy(self.actor)

    @property
    def people(self) -> PeopleOperations:
        """What the store was given. Raises NotFound where a test gave none."""
        if self.store.people is None:
            raise NotFound
        return self.store.people(self.actor)

    @property
    def backups(self) -> BackupOperations:
        """What the store was given. Raises NotFound where a test gave none."""
        if self.store.backups is None:
            raise NotFound
        return self.store.backups(self.actor)

    def ask(
        self,
        question: str,
        *,
        space: str | None = None,
        history: Sequence[Turn] = (),
        conversation_id: str | None = None,
        cancellation: Cancellation | None = None,
    ) -> Iterator[AskEvent]:
        """Quote the sentences that share the most words (of four letters or more) with the question."""
        authorise(self.actor, Action.ASK, space)
        if not question.strip():
            raise EmptyQuestion
        if len(question) > self.question_characters:
            raise QuestionTooLong(characters=len(question), limit=self.question_characters)
        self._require_space(space)
        self.store.asked.append((question, tuple(history), space))
        return self._answer(question, space, conversation_id, cancellation or Cancellation())

    def _answer(self, question: str, space: str | None, conversation_id: str | None, cancellation: Cancellation) -> Iterator[AskEvent]:
        language: Language = "en" if _ENGLISH & set(re.findall(r"\w+", question.lower())) else "nl"
        found = self._search(question, space)
        passages = tuple(
            PassageRef(
                document.document.id,
                f"{document.document.id}-{section.start}",
                float(score),
                document.document.title,
                _heading_above(document, section),
                section.page,
            )
            for score, document, section, _, _ in found
        )
        yield Retrieved(passages, language)
        sentences: list[AnswerSentence] = []
        citations: list[Citation] = []
        hits = [hit for hit in found if hit[0] >= 2][:3]
        for number, (score, document, section, start, quote) in enumerate(hits, start=1):
            self.store.before_sentence(number, cancellation)
            if cancellation.cancelled:
                break
            summary = document.document
            citation = Citation(
                number,
                summary.id,
                summary.title,
                document.version,
                summary.space,
                section.page,
                _heading_above(document, section),
                quote,
                start,
                start + len(quote),
                min(1.0, score / 4),
            )
            sentence = AnswerSentence(quote, (number,))
            citations.append(citation)
            sentences.append(sentence)
            yield SentenceProven(sentence, (citation,))
        with self.store.lock:
            answer_id = f"answer-{len(self.store.answers) + 1}"
            answer = Answer(
                answer_id=answer_id,
                question=question,
                language=language,
                outcome=Outcome.ANSWERED if sentences else Outcome.NOT_IN_DOCUMENTS,
                text=" ".join(sentence.text for sentence in sentences) or _NOT_TOLD[language],
                sentences=tuple(sentences),
                dropped_sentences=0,
                citations=tuple(citations),
                passages=passages,
                generator=_GENERATOR,
                timings_ms=Timings(1.0, 2.0 if sentences else None, 3.0),
                conversation_id=conversation_id or f"conversation-{len(self.store.answers) + 1}",
                notices=("extractive",) if sentences else (),
            )
            self.store.answers[answer_id] = answer
            self.store.finished.append("cancelled" if cancellation.cancelled else "done")
        yield Done(answer)

    def _search(self, question: str, space: str | None) -> list[tuple[int, DocumentText, Section, int, str]]:
        asked = set(_WORD.findall(question.lower()))
        found = []
        for versions in self.store.versions.values():
            document = versions[-1]
            if space is not None and document.document.space != space:
                continue
            for section in document.sections:
                if section.kind is ElementKind.HEADING:
                    continue
                for match in _SENTENCE.finditer(section.text):
                    quote = match.group().strip()
                    score = len(asked & set(_WORD.findall(quote.lower())))
                    if score:
                        start = section.start + match.start() + len(match.group()) - len(match.group().lstrip())
                        found.append((score, document, section, start, quote))
        return sorted(found, key=lambda hit: (-hit[0], hit[1].document.id, hit[3]))[:8]

    def give_feedback(self, answer_id: str, vote: Literal["up", "down"], reason: str | None = None) -> None:
        """Remember the last thumb of an answer."""
        authorise(self.actor, Action.GIVE_FEEDBACK)
        if answer_id not in self.store.answers:
            raise AnswerNotFound(answer_id=answer_id)
        self.store.feedback[answer_id] = (vote, reason)

    def ingest(self, uploads: Iterable[Upload], space: str = DEFAULT_SPACE, progress: Progress | None = None) -> IngestReport:
        """Read UTF-8 text: ``# `` begins a heading, a form feed a page. Other bytes fail as ``no_text``."""
        authorise(self.actor, Action.ADD_DOCUMENT, space)
        self._require_space(space)
        files = []
        for upload in uploads:
            with self.store.lock:
                result = self._take_in(upload, space)
            files.append(result)
            if progress is not None:
                progress(result)
        count = [result.status for result in files].count
        return IngestReport(tuple(files), count("ready"), count("unchanged"), count("failed"), count("quarantined"), 0.0)

    def _take_in(self, upload: Upload, space: str) -> FileResult:
        text = upload.data.decode("utf-8", errors="replace")
        sections = _sections(text)
        if not sections or "\N{REPLACEMENT CHARACTER}" in text:
            return FileResult(upload.path, "failed", code="no_text", detail=_NO_TEXT)
        document_id = self._id_at(space, upload.path)
        digest = sha256(upload.data).hexdigest()
        versions = self.store.versions.setdefault(document_id, [])
        unchanged = self.store.digests.get(document_id) == digest
        if not unchanged:
            version = len(versions) + 1
            pages = max((section.page or 0 for section in sections), default=0) or None
            title = next((section.text for section in sections if section.kind is ElementKind.HEADING), upload.path.rpartition("/")[2])
            summary = DocumentSummary(
                id=document_id,
                space=space,
                source=upload.path,
                title=title,
                version=version,
                status=VersionStatus.READY,
                code=None,
                detail=None,
                media_type="text/plain",
                size_bytes=len(upload.data),
                pages=pages,
                pages_with_text=pages,
                chunks=len(sections),
                language="nl",
                added_at=_MOMENT,
            )
            labels = find_labels(text)
            actions = {self.store.spaces[space].label_policy.get(label, DEFAULT_ACTION) for label in labels}
            if LabelAction.QUARANTINE in actions:
                summary = replace(summary, status=VersionStatus.QUARANTINED, code="sensitive")
            versions.append(DocumentText(replace(summary, labels=labels), version, sections))
            self.store.digests[document_id] = digest
        summary = versions[-1].document
        quarantined = summary.status is VersionStatus.QUARANTINED
        return FileResult(
            upload.path,
            "quarantined" if quarantined else "unchanged" if unchanged else "ready",
            document_id,
            code=summary.code,
            pages=summary.pages,
            pages_with_text=summary.pages_with_text,
            chunks=summary.chunks,
            language=summary.language,
            labels=summary.labels,
        )

    def _id_at(self, space: str, source: str) -> str:
        """The id of the document with this source, or one that no document has yet."""
        newest = [versions[-1].document for versions in self.store.versions.values()]
        there = next((one.id for one in newest if (one.space, one.source) == (space, source)), None)
        fresh = "doc-" + sha256(f"{space}\0{source}".encode()).hexdigest()[:8]
        return there or (fresh if fresh not in self.store.versions else f"{fresh}-{len(self.store.versions)}")

    def documents(self, space: str | None = None) -> list[DocumentSummary]:
        """The newest versions."""
        authorise(self.actor, Action.LIST_DOCUMENTS, space)
        self._require_space(space)
        newest = [versions[-1].document for versions in self.store.versions.values()]
        return sorted(
            (document for document in newest if space in (None, document.space)), key=lambda document: (document.space, document.source)
        )

    def document(self, document_id: str) -> DocumentSummary:
        """One document."""
        authorise(self.actor, Action.LIST_DOCUMENTS)
        return self._versions(document_id)[-1].document

    def document_text(self, document_id: str, version: int | None = None) -> DocumentText:
        """One version."""
        authorise(self.actor, Action.READ_SOURCE)
        for text in reversed(self._versions(document_id)):
            if version in (None, text.version):
                return text
        raise DocumentNotFound(document_id=document_id)

    def describe_document(self, document_id: str, changes: DocumentChanges) -> DocumentSummary:
        """Change what is said of it."""
        authorise(self.actor, Action.DESCRIBE_DOCUMENT)
        said = {name: getattr(changes, name) for name in ("state", "owner", "review_on", "valid_until")}
        values = {name: value for name, value in said.items() if value is not None} | dict.fromkeys(changes.clear)
        return self._replaced(document_id, **values)

    def release_document(self, document_id: str) -> DocumentSummary:
        """Make it ready whatever its labels."""
        authorise(self.actor, Action.RELEASE_DOCUMENT)
        if self._versions(document_id)[-1].document.status is not VersionStatus.QUARANTINED:
            raise NotSetAside(document_id=document_id)
        return self._replaced(document_id, status=VersionStatus.READY, code=None, detail=None)

    def _replaced(self, document_id: str, **values: Any) -> DocumentSummary:
        versions = self._versions(document_id)
        summary = replace(versions[-1].document, **values)
        versions[-1] = replace(versions[-1], document=summary)
        return summary

    def remove_document(self, document_id: str) -> None:
        """Forget it."""
        authorise(self.actor, Action.REMOVE_DOCUMENT)
        self._versions(document_id)
        del self.store.versions[document_id]
        self.store.digests.pop(document_id, None)

    def spaces(self) -> list[Space]:
        """The spaces with how many documents they hold."""
        authorise(self.actor, Action.LIST_SPACES)
        held = [versions[-1].document.space for versions in self.store.versions.values()]
        ordered = sorted(self.store.spaces.values(), key=lambda one: one.name.casefold())
        return [replace(space, documents=held.count(space.name)) for space in ordered]

    def add_space(self, name: str) -> Space:
        """Make a space."""
        authorise(self.actor, Action.ADD_SPACE)
        if not _NAME.fullmatch(name):
            raise InvalidName(name=name)
        if name in self.store.spaces:
            raise SpaceExists(space=name)
        self.store.spaces[name] = Space(f"space-{len(self.store.spaces) + 1}", name, _MOMENT)
        return self.store.spaces[name]

    def set_label_policy(self, space: str, label: str, action: LabelAction) -> Space:
        """Choose what a label does."""
        authorise(self.actor, Action.SET_LABEL_POLICY, space)
        if label not in LABELS:
            raise UnknownLabel(label=label, labels=", ".join(sorted(LABELS)))
        self._require_space(space)
        kept = self.store.spaces[space]
        self.store.spaces[space] = replace(kept, label_policy={**kept.label_policy, label: action})
        return self.store.spaces[space]

    def status(self) -> Status:
        """Counts."""
        authorise(self.actor, Action.READ_STATUS)
        documents = self.store.versions.values()
        return Status(
            version=__version__,
            spaces=len(self.store.spaces),
            documents=len(documents),
            chunks=sum(versions[-1].document.chunks for versions in documents),
            pending=0,
            failed=0,
            generator=_GENERATOR,
            embedder="none",
        )

    def known_files(self, space: str) -> list[FileInSpace]:
        """What the space holds."""
        authorise(self.actor, Action.LIST_DOCUMENTS, space)
        return [FileInSpace(one.id, one.source, self.store.digests[one.id], one.status) for one in self.documents(space)]

    def move_document(self, document_id: str, source: str) -> None:
        """Give it another source."""
        authorise(self.actor, Action.ADD_DOCUMENT)
        source = relative_path(source)
        space = self._versions(document_id)[-1].document.space
        if any(one.source == source and one.id != document_id for one in self.documents(space)):
            raise SourceTaken(source=source)
        self._replaced(document_id, source=source)

    def claim_folder(self, name: str, space: str, place: str, *, moved: bool = False) -> None:
        """Remember the place."""
        authorise(self.actor, Action.ADD_DOCUMENT, space)
        self._require_space(space)
        if self.store.claims.setdefault((space, name), place) != place and not moved:
            raise FolderElsewhere(space=space, name=name)
        self.store.claims[space, name] = place

    def synced_folders(self) -> list[SyncedFolder]:
        """What the test says."""
        authorise(self.actor, Action.LIST_DOCUMENTS)
        return list(self.store.synced)

    def ingest_web(self, url: str, space: str = DEFAULT_SPACE, *, sitemap: bool = False, progress: Progress | None = None) -> IngestReport:
        """Take in what the test put at ``url``: with ``sitemap`` the addresses in it, one per line."""
        authorise(self.actor, Action.ADD_DOCUMENT, space)
        self._require_space(space)
        if url not in self.store.web:
            raise WebNotAllowed(host=url)
        addresses = self.store.web[url].decode().split() if sitemap else [url]
        return self.ingest([Upload(one, self.store.web[one]) for one in addresses], space, progress)

    def _require_space(self, space: str | None) -> None:
        if space is not None and space not in self.store.spaces:
            raise SpaceNotFound(space=space)

    def _versions(self, document_id: str) -> list[DocumentText]:
        versions = self.store.versions.get(document_id)
        if not versions:
            raise DocumentNotFound(document_id=document_id)
        return versions


def _sections(text: str) -> tuple[Section, ...]:
    sections = []
    offset = 0
    page = 1 if "\f" in text else None
    for line in text.splitlines(keepends=True):
        content = line.strip("\r\n\f ")
        start = offset + (line.find(content) if content else 0)
        if content.startswith("# "):
            sections.append(Section(ElementKind.HEADING, start + 2, start + len(content), 1, page, content[2:]))
        elif content:
            sections.append(Section(ElementKind.PARAGRAPH, start, start + len(content), None, page, content))
        if page is not None and line.endswith("\f"):
            page += 1
        offset += len(line)
    return tuple(sections)


def _heading_above(document: DocumentText, section: Section) -> str | None:
    headings = [one.text for one in document.sections if one.kind is ElementKind.HEADING and one.start < section.start]
    return headings[-1] if headings else None
