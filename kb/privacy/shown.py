"""What an officer says and is shown, whichever way in: the values of ``kb privacy`` and ``/v1/privacy``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kb.privacy.deadlines import Clock
from kb.privacy.types import Decision, How, Identifier, IdentifierKind, RequestKind, RequestState, Residue, Unsearched


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request as it comes in. ``ground`` belongs to erasure; ``received_on`` None: today."""

    kind: RequestKind
    identifiers: tuple[Identifier, ...]
    ground: str | None = None
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReviewOrder:
    """A decision on some or all hits. ``everything``: every hit, related ones included. ``sure``: every exact and normalised one.

    ``documents``: every hit in them, by id or by the path that the hits show. ``unread``: versions that could not be read.
    """

    decision: Decision
    everything: bool = False
    sure: bool = False
    hits: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    ground: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class RequestShown:
    """A request without the person. ``possible``: what can be done now. ``deadline``: the last day, inclusive."""

    request_id: str
    kind: RequestKind
    state: RequestState
    deadline: date
    number: str
    clock: Clock
    received_on: date
    ground: str | None
    extended: bool
    identity_method: str | None
    paused_on: date | None
    hold_ground: str | None
    refusal_ground: str | None
    approvals: tuple[str, ...]
    closed_at: datetime | None
    possible: tuple[str, ...]
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HitShown:
    """A place that may be the person, and what was decided about it."""

    hit_id: str
    store: str
    document_id: str | None
    chunk_id: str | None
    matched: str
    how: How
    excerpt: str
    group: str
    where: str
    kind: IdentifierKind
    answer_id: str | None
    space_id: str | None
    decision: Decision | None = None
    ground: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """An identifier that stood beside the known ones: how often, and in which hits first."""

    kind: IdentifierKind
    value: str
    times: int
    hits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchShown:
    """What a search gave besides its hits. ``common``: given identifiers that are everyday words too.

    ``bare_unlisted``: places where a bare surname stands, beyond those that are listed.
    """

    proposals: tuple[ProposalShown, ...] = ()
    common: tuple[str, ...] = ()
    bare_unlisted: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class FoundShown:
    """What a search found. ``by_store``: hits per store. ``unsearched``: originals that could not be read."""

    hits: tuple[HitShown, ...]
    unsearched: tuple[Unsearched, ...]
    by_store: Mapping[str, int]
    proposals: tuple[ProposalShown, ...]
    common: tuple[str, ...]
    bare_unlisted: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """How far a review is. ``undecided`` counts hits, ``unread`` originals that could not be read, both without a decision."""

    request_id: str
    state: RequestState
    decided: int
    undecided: int
    unread: int
    decisions: Mapping[str, int]
    taken: Mapping[str, int] = field(default_factory=dict)
    """Hits that this order decided, by how they were found: of fuzzy and related ones many are somebody else's."""


@dataclass(frozen=True, slots=True)
class DocumentPlanned:
    """A document that will be touched."""

    document_id: str
    where: str
    space: str


@dataclass(frozen=True, slots=True)
class PlanShown:
    """Exactly what an execution will change. ``redactions``: places per store. ``kept``: places per decision.

    ``outside``: copies that a person has to see to. ``approvals_needed``: how many different people must agree.
    """

    request_id: str
    documents: tuple[DocumentPlanned, ...]
    redactions: Mapping[str, int]
    redacted_documents: tuple[DocumentPlanned, ...]
    answers: int
    kept: Mapping[str, int]
    spaces: tuple[str, ...]
    outside: tuple[str, ...]
    approvals_needed: int
    four_eyes: bool
    kind: RequestKind = RequestKind.ERASURE
    """Of the request: in a rectification nothing is blackened, the documents are those that must have been corrected."""


@dataclass(frozen=True, slots=True)
class ExecutionShown:
    """How an execution ended. ``counts``: numbers by step."""

    request_id: str
    state: RequestState
    counts: Mapping[str, Mapping[str, object]]
    seconds: float


@dataclass(frozen=True, slots=True)
class VerifyShown:
    """What a scan found. ``clean``: nothing unexpected is left. ``expected``: residue of places that were kept or of another person.

    ``report_valid``: whether the signed report is unchanged; None when there is none. ``same_person``: whether the identifiers that were
    looked for are those of the request.
    """

    request_id: str
    clean: bool
    residue: tuple[Residue, ...]
    expected: int
    files: int
    bytes_read: int
    containers: int
    vectors_compared: int
    seconds: float
    unread: tuple[str, ...]
    report_valid: bool | None
    same_person: bool
    state: RequestState


@dataclass(frozen=True, slots=True)
class ClosedShown:
    """A closed request. ``dossier``: the name of its sealed file in the secrets directory, destroyed after ``keep_until``."""

    request_id: str
    state: RequestState
    dossier: str | None
    keep_until: date | None


@dataclass(frozen=True, slots=True)
class OriginalCopy:
    """An original, as the officer may keep it before it is destroyed."""

    file_name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SuppressionShown:
    """Something that may not come back, and why."""

    suppression_id: str
    request_id: str
    kind: str
    basis: str
    created_at: datetime
    expires_on: date | None
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskShown:
    """What a person has to look at."""

    task_id: str
    kind: str
    request_id: str | None
    object_kind: str | None
    object_id: str | None
    created_at: datetime
    where: str | None = None
    """The path of its document, while something here still knows it: the ledger, or the vault of a case that is open."""
    request_number: str | None = None


@dataclass(frozen=True, slots=True)
class JournalShown:
    """An entry of the erasure journal: ids and numbers alone."""

    request_id: str
    begun_at: datetime
    completed_at: datetime | None
    documents: int
    redactions: int
    answers: int


@dataclass(frozen=True, slots=True)
class RetentionShown:
    """A category of data and its term. ``days`` 0: kept until it is erased. ``due``: rows whose term is over; ``removed``: by this run."""

    category: str
    days: int
    purpose: str
    due: int
    removed: int
    waits: bool
