"""What can be asked of the privacy office, whoever asks: in this process (``api.privacy_in_process``) or over loopback
(``api.privacy_client``). Both pass one contract suite. Every call authorises its actor first and raises only KennisbankError.

``request`` is a request's id or its number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from kb.privacy.letters import Letter
from kb.privacy.shown import (
    ClosedShown,
    ExecutionShown,
    FoundShown,
    JournalShown,
    NewRequest,
    OriginalCopy,
    PlanShown,
    RequestShown,
    RetentionShown,
    ReviewOrder,
    ReviewShown,
    SuppressionShown,
    TaskShown,
    VerifyShown,
)
from kb.privacy.types import Identifier
from kb.types import Language

Heard = Callable[[str], None]
"""Told the name of every step of an execution as it begins."""


class PrivacyOperations(Protocol):
    """The privacy office."""

    def request(self, new: NewRequest) -> RequestShown:
        """Open a case. Raises GroundUnknown, InvalidIdentifier."""
        ...

    def requests(self) -> list[RequestShown]:
        """Every case, newest first, with its clock."""
        ...

    def show(self, request: str) -> RequestShown:
        """One case. Raises RequestNotFound, as every call below does."""
        ...

    def subject(self, request: str) -> tuple[Identifier, ...]:
        """Whom an open case is about. Raises PersonGone."""
        ...

    def add_identifiers(self, request: str, identifiers: Sequence[Identifier]) -> RequestShown:
        """The person is also known by these; it has to be searched again. Raises InvalidIdentifier, StepNotPossible."""
        ...

    def await_identity(self, request: str, reason: str = "") -> RequestShown:
        """Information about the identity was asked for: the clock stands still."""
        ...

    def confirm(self, request: str, method: str) -> RequestShown:
        """The identity is confirmed. Raises IdentityMethodUnknown, StepNotPossible."""
        ...

    def find(self, request: str) -> FoundShown:
        """Search every store. Judgements of hits that are found again stay. Raises StepNotPossible."""
        ...

    def hits(self, request: str) -> FoundShown:
        """What was found last, with the decisions."""
        ...

    def review(self, request: str, order: ReviewOrder) -> ReviewShown:
        """Decide about hits. Raises HitNotFound, JudgementUnfounded, StepNotPossible."""
        ...

    def plan(self, request: str) -> PlanShown:
        """The dry run: exactly what an execution would change. Raises IncompleteReview."""
        ...

    def original(self, request: str, document_id: str) -> OriginalCopy:
        """An original of the case, before it is destroyed. Raises DocumentNotFound for one that has no hit in it."""
        ...

    def approve(self, request: str) -> RequestShown:
        """Agree with the plan. Raises IncompleteReview, SecondApproverNeeded, OnLegalHold, StepNotPossible."""
        ...

    def execute(self, request: str, heard: Heard | None = None) -> ExecutionShown:
        """Carry the plan out, or go on where it broke off. Raises OnLegalHold, PlanOutdated, ErasureError, StepNotPossible."""
        ...

    def verify(self, request: str, identifiers: Sequence[Identifier] = ()) -> VerifyShown:
        """Scan every byte again. Of a closed case the identifiers must be given. Raises PersonGone, StepNotPossible."""
        ...

    def report(self, request: str) -> Mapping[str, Any]:
        """The signed report of execution. Raises ResidueLeft, StepNotPossible."""
        ...

    def report_page(self, request: str, language: Language) -> str:
        """The same as a page of HTML."""
        ...

    def export(self, request: str, *, release_others: bool = False) -> bytes:
        """A zip for the person; other people are masked unless the officer releases them. Raises IncompleteReview, StepNotPossible."""
        ...

    def extend(self, request: str, reason: str) -> RequestShown:
        """Two months more. Raises ReasonNeeded, ExtensionTooLate, StepNotPossible."""
        ...

    def refuse(self, request: str, ground: str, reason: str) -> RequestShown:
        """Refuse. What was hidden for the case is shown again. Raises GroundUnknown, ReasonNeeded, StepNotPossible."""
        ...

    def hold(self, request: str, ground: str, reason: str = "") -> RequestShown:
        """Touch nothing until it is released. Raises GroundUnknown, StepNotPossible."""
        ...

    def release_hold(self, request: str) -> RequestShown:
        """The hold is over."""
        ...

    def restrict(self, request: str) -> RequestShown:
        """Hide the hits from search at once."""
        ...

    def lift(self, request: str) -> RequestShown:
        """Show again what a restriction or an objection hid, closed or not. Raises StepNotPossible."""
        ...

    def uphold(self, request: str) -> RequestShown:
        """An objection is right; its hits stay hidden."""
        ...

    def letter(self, request: str, letter: Letter, language: Language) -> str:
        """A letter, to be read over and sent by a person. Raises StepNotPossible, PersonGone."""
        ...

    def close(self, request: str, *, dossier: bool = True, recipient: str | None = None) -> ClosedShown:
        """Seal the dossier into the secrets directory, and destroy what names the person in the data directory.

        ``recipient``: the age key (``age1…``) of whoever may open it; None: that of this Kennisbank's backups.
        Raises IncompleteReview while an original that could not be read is undecided, OnLegalHold, SealBroken, StepNotPossible.
        """
        ...

    def suppressions(self) -> list[SuppressionShown]:
        """What may not come back."""
        ...

    def lift_suppression(self, suppression_id: str) -> None:
        """Let it come back after all (rehire). Raises SuppressionNotFound."""
        ...

    def tasks(self) -> list[TaskShown]:
        """What a person has to look at."""
        ...

    def finish_task(self, task_id: str, outcome: str) -> None:
        """It was looked at. ``outcome`` of a file that was held back: release, redact or reject.

        Raises TaskNotFound, CannotRedact, InvalidRequest.
        """
        ...

    def journal(self) -> list[JournalShown]:
        """The erasure journal, oldest first. Raises SealBroken."""
        ...

    def retention(self, *, run: bool = False, agreed: Sequence[str] = ()) -> list[RetentionShown]:
        """Terms and what is due; with ``run`` it is removed now. ``agreed``: categories of which much may go at once."""
        ...
