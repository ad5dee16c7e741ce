"""Bodies of `/v1/privacy` that are not values of ``kb.privacy.shown`` already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kb.privacy.shown import ExecutionShown, JournalShown, RequestShown, RetentionShown, SuppressionShown, TaskShown
from kb.privacy.types import Identifier


@dataclass(frozen=True, slots=True)
class RequestList:
    """Requests, newest first."""

    requests: tuple[RequestShown, ...]


@dataclass(frozen=True, slots=True)
class IdentifierList:
    """What a person is known by."""

    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityConfirmed:
    """How the identity was confirmed."""

    method: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in a sentence of the officer."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class GroundAndReason:
    """On which ground of the law, and why."""

    ground: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """``release_others``: other people are not masked, because the officer looked and decided so."""

    release_others: bool = False


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """``recipient``: the age key that opens the dossier; absent: that of this Kennisbank's backups."""

    dossier: bool = True
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter, to be read over and sent by a person."""

    letter: str
    language: Literal["nl", "en"]
    text: str


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """What may not come back, oldest first."""

    suppressions: tuple[SuppressionShown, ...]


@dataclass(frozen=True, slots=True)
class TaskList:
    """What waits for a person, oldest first."""

    tasks: tuple[TaskShown, ...]


@dataclass(frozen=True, slots=True)
class TaskDone:
    """What came of a task, in a word."""

    outcome: str


@dataclass(frozen=True, slots=True)
class JournalList:
    """The erasure journal, oldest first."""

    entries: tuple[JournalShown, ...]


@dataclass(frozen=True, slots=True)
class RetentionOrder:
    """``agreed``: categories of which more than the usual share may go at once."""

    agreed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RetentionList:
    """Every category of data with its term."""

    categories: tuple[RetentionShown, ...]


@dataclass(frozen=True, slots=True)
class StepEnded:
    """Event: a step is done, ``seconds`` after the execution began."""

    step: str
    seconds: float
    type: Literal["step"] = "step"


@dataclass(frozen=True, slots=True)
class ExecutionEnded:
    """Event: everything is done. The last one."""

    result: ExecutionShown
    type: Literal["done"] = "done"
