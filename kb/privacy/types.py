"""The words of subject requests, shared by everything in this folder. Plain values; nothing here does anything.

Whatever names a person (identifiers, excerpts, reasons, erased vectors) lives in the case's vault alone
(``kb.privacy.vault``); what lies in the ledger are ids, dates, codes, counts and keyed hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

REDACTED = "█"
"""What stands for every character that was redacted, so that no offset moves."""


class RequestKind(StrEnum):
    """What is asked, by its article of the GDPR."""

    ACCESS = "access"  # 15
    RECTIFICATION = "rectification"  # 16
    ERASURE = "erasure"  # 17
    RESTRICTION = "restriction"  # 18
    PORTABILITY = "portability"  # 20
    OBJECTION = "objection"  # 21


class RequestState(StrEnum):
    """How far a request is. ``kb.privacy.case`` says which may follow which."""

    RECEIVED = "received"
    IDENTIFIED = "identified"
    SEARCHED = "searched"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    EXECUTING = "executing"
    EXECUTED = "executed"
    VERIFIED = "verified"
    REPORTED = "reported"
    CLOSED = "closed"
    REFUSED = "refused"


class IdentifierKind(StrEnum):
    """What a person can be known by."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    BSN = "bsn"
    NUMBER = "number"  # of an employee, a pupil, a customer
    IBAN = "iban"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One thing that the subject is known by, as the officer typed it, stripped and composed (NFC)."""

    kind: IdentifierKind
    value: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The person whom a request is about."""

    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True, order=True)
class Field:
    """A string that a store keeps. ``key``: the primary key of its row as strings, or a file's path below the data directory.

    ``name``: the column; within JSON followed by the way to the string, ``details/reason`` or ``warnings/0``.
    """

    store: str
    key: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a field something stands: code points, end exclusive."""

    field: Field
    start: int
    end: int


class How(StrEnum):
    """How a hit was found. EXACT and NORMALISED are complete by construction; FUZZY and RELATED are proposals."""

    EXACT = "exact"
    NORMALISED = "normalised"
    FUZZY = "fuzzy"
    RELATED = "related"


SURE = (How.EXACT, How.NORMALISED)
"""Complete, and of the person or of somebody with the same name, number or address."""


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of a text that may be the subject. ``identifier`` counts in the subject's identifiers."""

    start: int
    end: int
    how: How
    identifier: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A match in its place, with what an officer needs to judge it.

    ``group``: hits that are usually judged alike: same document (or answer) and same words. ``document_id`` and ``chunk_id`` are set
    where the place belongs to one; ``where`` is the path, title or question that a person knows it by.
    """

    hit_id: str
    place: Place
    how: How
    kind: IdentifierKind
    matched: str
    excerpt: str
    group: str
    document_id: str | None = None
    version_id: str | None = None
    chunk_id: str | None = None
    answer_id: str | None = None
    space_id: str | None = None
    where: str = ""


class Decision(StrEnum):
    """What becomes of a hit."""

    ERASE = "erase"  # the whole document, or the whole answer
    ERASE_PASSAGE = "erase-passage"  # the chunk's stretch of text
    REDACT = "redact"  # the identifier goes, the sentence stays
    OTHER_PERSON = "other-person"  # a namesake
    KEEP = "keep"  # with a ground and an end date


@dataclass(frozen=True, slots=True)
class Judgement:
    """An officer's decision on one hit. ``ground`` and ``until`` belong to KEEP."""

    decision: Decision
    by: str
    at: datetime
    ground: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Unsearched:
    """An original that could not be read, to be decided one by one before the case is closed."""

    document_id: str
    version_id: str
    where: str
    code: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what execution will change. Made of judgements by ``kb.privacy.plan``; shown as the dry run; kept in the vault.

    ``redactions`` are merged and sorted; those in ``version_texts`` include erased passages. ``answers`` are erased whole: question,
    sentences, citations, feedback. ``kept``: places left as they are, with decision KEEP or OTHER_PERSON.
    """

    documents: tuple[str, ...] = ()
    redactions: tuple[Place, ...] = ()
    answers: tuple[str, ...] = ()
    kept: tuple[tuple[Place, Judgement], ...] = ()
    spaces: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to change."""
        return not (self.documents or self.redactions or self.answers)


class Hidden(StrEnum):
    """Why something is not found, cited, exported or evaluated."""

    RESTRICTED = "restricted"  # art. 18, or 21 while it is weighed
    TOMBSTONED = "tombstoned"  # its erasure has begun


@dataclass(frozen=True, slots=True)
class Residue:
    """Bytes that may be the subject, where none should be. ``path`` is relative to the scanned folder; ``inside`` leads through
    containers: ``("word/document.xml",)``, ``("table versions", "row 3", "title")``. ``form``: how it was written."""

    path: str
    inside: tuple[str, ...]
    offset: int
    form: str
    identifier: int
    expected: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan read and found. ``unread`` are files or parts that could not be opened."""

    files: int
    bytes_read: int
    containers: int
    vectors_compared: int
    seconds: float
    residue: tuple[Residue, ...]
    unread: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing unexpected is left."""
        return all(one.expected for one in self.residue)
