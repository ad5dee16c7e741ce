"""The privacy operations in this process: authorise, then ask the office."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from api.privacy_operations import Heard
from kb.authorise import Action, Actor, authorise
from kb.privacy.letters import Letter
from kb.privacy.office import PrivacyOffice
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


class InProcessPrivacy:
    """What one actor can do with the office. Making one is cheap: one per request."""

    def __init__(self, actor: Actor, office: Callable[[], PrivacyOffice]) -> None:
        """``office`` is made when it is called for, after the actor was asked for his right."""
        self._actor = actor
        self._office = office

    def request(self, new: NewRequest) -> RequestShown:
        """See PrivacyOperations.request."""
        return self._may(Action.HANDLE_REQUEST).cases.request(new, self._by)

    def requests(self) -> list[RequestShown]:
        """See PrivacyOperations.requests."""
        return self._may(Action.LIST_REQUESTS).cases.requests()

    def show(self, request: str) -> RequestShown:
        """See PrivacyOperations.show."""
        return self._may(Action.LIST_REQUESTS).cases.show(request)

    def subject(self, request: str) -> tuple[Identifier, ...]:
        """See PrivacyOperations.subject."""
        return self._may(Action.HANDLE_REQUEST).cases.subject(request, self._by)

    def add_identifiers(self, request: str, identifiers: Sequence[Identifier]) -> RequestShown:
        """See PrivacyOperations.add_identifiers."""
        return self._may(Action.HANDLE_REQUEST).cases.add_identifiers(request, identifiers, self._by)

    def await_identity(self, request: str, reason: str = "") -> RequestShown:
        """See PrivacyOperations.await_identity."""
        return self._may(Action.HANDLE_REQUEST).cases.await_identity(request, reason, self._by)

    def confirm(self, request: str, method: str) -> RequestShown:
        """See PrivacyOperations.confirm."""
        return self._may(Action.HANDLE_REQUEST).cases.confirm(request, method, self._by)

    def find(self, request: str) -> FoundShown:
        """See PrivacyOperations.find."""
        return self._may(Action.SEARCH_PERSON).search.find(request, self._by)

    def hits(self, request: str) -> FoundShown:
        """See PrivacyOperations.hits."""
        return self._may(Action.SEARCH_PERSON).search.hits(request, self._by)

    def review(self, request: str, order: ReviewOrder) -> ReviewShown:
        """See PrivacyOperations.review."""
        return self._may(Action.HANDLE_REQUEST).search.review(request, order, self._by)

    def plan(self, request: str) -> PlanShown:
        """See PrivacyOperations.plan."""
        return self._may(Action.HANDLE_REQUEST).search.plan(request, self._by)

    def original(self, request: str, document_id: str) -> OriginalCopy:
        """See PrivacyOperations.original."""
        return self._may(Action.EXPORT_PERSON).search.original(request, document_id, self._by)

    def approve(self, request: str) -> RequestShown:
        """See PrivacyOperations.approve."""
        return self._may(Action.APPROVE_ERASURE).search.approve(request, self._by)

    def execute(self, request: str, heard: Heard | None = None) -> ExecutionShown:
        """See PrivacyOperations.execute."""
        return self._may(Action.EXECUTE_ERASURE).execution.execute(request, self._by, heard)

    def verify(self, request: str, identifiers: Sequence[Identifier] = ()) -> VerifyShown:
        """See PrivacyOperations.verify."""
        return self._may(Action.SEARCH_PERSON).execution.verify(request, identifiers, self._by)

    def report(self, request: str) -> Mapping[str, Any]:
        """See PrivacyOperations.report."""
        return self._may(Action.HANDLE_REQUEST).execution.report(request, self._by)

    def report_page(self, request: str, language: Language) -> str:
        """See PrivacyOperations.report_page."""
        return self._may(Action.HANDLE_REQUEST).execution.report_page(request, language, self._by)

    def export(self, request: str, *, release_others: bool = False) -> bytes:
        """See PrivacyOperations.export."""
        return self._may(Action.EXPORT_PERSON).copies.export(request, release_others=release_others, by=self._by)

    def extend(self, request: str, reason: str) -> RequestShown:
        """See PrivacyOperations.extend."""
        return self._may(Action.HANDLE_REQUEST).cases.extend(request, reason, self._by)

    def refuse(self, request: str, ground: str, reason: str) -> RequestShown:
        """See PrivacyOperations.refuse."""
        return self._may(Action.HANDLE_REQUEST).cases.refuse(request, ground, reason, self._by)

    def hold(self, request: str, ground: str, reason: str = "") -> RequestShown:
        """See PrivacyOperations.hold."""
        return self._may(Action.HANDLE_REQUEST).cases.hold(request, ground, reason, self._by)

    def release_hold(self, request: str) -> RequestShown:
        """See PrivacyOperations.release_hold."""
        return self._may(Action.HANDLE_REQUEST).cases.release_hold(request, self._by)

    def restrict(self, request: str) -> RequestShown:
        """See PrivacyOperations.restrict."""
        return self._may(Action.HANDLE_REQUEST).cases.restrict(request, self._by)

    def lift(self, request: str) -> RequestShown:
        """See PrivacyOperations.lift."""
        return self._may(Action.HANDLE_REQUEST).cases.lift(request, self._by)

    def uphold(self, request: str) -> RequestShown:
        """See PrivacyOperations.uphold."""
        return self._may(Action.HANDLE_REQUEST).cases.uphold(request, self._by)

    def letter(self, request: str, letter: Letter, language: Language) -> str:
        """See PrivacyOperations.letter."""
        return self._may(Action.HANDLE_REQUEST).cases.letter(request, letter, language, self._by)

    def close(self, request: str, *, dossier: bool = True, recipient: str | None = None) -> ClosedShown:
        """See PrivacyOperations.close."""
        return self._may(Action.HANDLE_REQUEST).cases.close(request, dossier=dossier, recipient=recipient, by=self._by)

    def suppressions(self) -> list[SuppressionShown]:
        """See PrivacyOperations.suppressions."""
        return self._may(Action.LIST_REQUESTS).upkeep.suppressions()

    def lift_suppression(self, suppression_id: str) -> None:
        """See PrivacyOperations.lift_suppression."""
        self._may(Action.LIFT_SUPPRESSION).upkeep.lift_suppression(suppression_id, self._by)

    def tasks(self) -> list[TaskShown]:
        """See PrivacyOperations.tasks."""
        return self._may(Action.LIST_REQUESTS).upkeep.tasks()

    def finish_task(self, task_id: str, outcome: str) -> None:
        """See PrivacyOperations.finish_task."""
        self._may(Action.HANDLE_REQUEST).upkeep.finish_task(task_id, outcome, self._actor)

    def journal(self) -> list[JournalShown]:
        """See PrivacyOperations.journal."""
        return self._may(Action.READ_JOURNAL).upkeep.journal(self._by)

    def retention(self, *, run: bool = False, agreed: Sequence[str] = ()) -> list[RetentionShown]:
        """See PrivacyOperations.retention."""
        return self._may(Action.RUN_RETENTION).upkeep.retention(run=run, agreed=agreed, by=self._by)

    @property
    def _by(self) -> str:
        return self._actor.id

    def _may(self, action: Action) -> PrivacyOffice:
        """The office, once the actor was asked for his right. Raises NotPermitted."""
        authorise(self._actor, action)
        return self._office()
