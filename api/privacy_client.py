"""The privacy operations over loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import httpx

from api.privacy_operations import Heard
from api.privacy_wire import (
    CloseOrder,
    ExecutionEnded,
    ExportOrder,
    GroundAndReason,
    IdentifierList,
    IdentityConfirmed,
    JournalList,
    LetterText,
    Reason,
    RequestList,
    RetentionList,
    RetentionOrder,
    StepEnded,
    SuppressionList,
    TaskDone,
    TaskList,
)
from api.wire import from_json, to_json
from kb.errors import DocumentNotFound, RequestNotFound, ServerUnreachable, SuppressionNotFound, TaskNotFound
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

Send = Callable[..., httpx.Response]
"""Method, path and options to a response that is a success; raises the errors that the server names."""

Events = Callable[..., Iterator[tuple[str, str]]]
"""Method, path and options to server-sent events; raises the errors that the server names, in between too."""

T = TypeVar("T")

_BASE = "/v1/privacy"
_JSON = {"Content-Type": "application/json"}
_PATIENT = httpx.Timeout(None, connect=5.0)
"""Searching, erasing and scanning say nothing until they are done."""


class HttpPrivacy:
    """`api.privacy_operations.PrivacyOperations` through ``send`` and ``events``."""

    def __init__(self, send: Send, events: Events) -> None:
        self._send = send
        self._events = events

    def request(self, new: NewRequest) -> RequestShown:
        """See PrivacyOperations.request."""
        return self._post(RequestShown, f"{_BASE}/requests", new)

    def requests(self) -> list[RequestShown]:
        """See PrivacyOperations.requests."""
        return list(self._get(RequestList, f"{_BASE}/requests").requests)

    def show(self, request: str) -> RequestShown:
        """See PrivacyOperations.show."""
        return self._get(RequestShown, _of(request))

    def subject(self, request: str) -> tuple[Identifier, ...]:
        """See PrivacyOperations.subject."""
        return self._get(IdentifierList, _of(request, "identifiers")).identifiers

    def add_identifiers(self, request: str, identifiers: Sequence[Identifier]) -> RequestShown:
        """See PrivacyOperations.add_identifiers."""
        return self._post(RequestShown, _of(request, "identifiers"), IdentifierList(tuple(identifiers)))

    def await_identity(self, request: str, reason: str = "") -> RequestShown:
        """See PrivacyOperations.await_identity."""
        return self._post(RequestShown, _of(request, "await-identity"), Reason(reason))

    def confirm(self, request: str, method: str) -> RequestShown:
        """See PrivacyOperations.confirm."""
        return self._post(RequestShown, _of(request, "confirm"), IdentityConfirmed(method))

    def find(self, request: str) -> FoundShown:
        """See PrivacyOperations.find."""
        return self._post(FoundShown, _of(request, "find"))

    def hits(self, request: str) -> FoundShown:
        """See PrivacyOperations.hits."""
        return self._get(FoundShown, _of(request, "hits"))

    def review(self, request: str, order: ReviewOrder) -> ReviewShown:
        """See PrivacyOperations.review."""
        return self._post(ReviewShown, _of(request, "review"), order)

    def plan(self, request: str) -> PlanShown:
        """See PrivacyOperations.plan."""
        return self._get(PlanShown, _of(request, "plan"))

    def original(self, request: str, document_id: str) -> OriginalCopy:
        """See PrivacyOperations.original."""
        path = f"{_of(request, 'originals')}/{_part(document_id, DocumentNotFound(document_id=document_id))}"
        response = self._send("GET", path, timeout=_PATIENT)
        return OriginalCopy(unquote(response.headers["X-File-Name"]), response.content)

    def approve(self, request: str) -> RequestShown:
        """See PrivacyOperations.approve."""
        return self._post(RequestShown, _of(request, "approve"))

    def execute(self, request: str, heard: Heard | None = None) -> ExecutionShown:
        """See PrivacyOperations.execute. Raises ServerUnreachable when the server hangs up: it goes on, or can be told to."""
        for name, data in self._events("POST", _of(request, "execute"), timeout=_PATIENT):
            if name == "done":
                return from_json(ExecutionEnded, data).result
            if heard is not None:
                heard(from_json(StepEnded, data).step)
        raise ServerUnreachable(url=_of(request, "execute"), pid="?")

    def verify(self, request: str, identifiers: Sequence[Identifier] = ()) -> VerifyShown:
        """See PrivacyOperations.verify."""
        return self._post(VerifyShown, _of(request, "verify"), IdentifierList(tuple(identifiers)))

    def report(self, request: str) -> Mapping[str, Any]:
        """See PrivacyOperations.report."""
        report: Mapping[str, Any] = json.loads(self._send("GET", _of(request, "report")).content)
        return report

    def report_page(self, request: str, language: Language) -> str:
        """See PrivacyOperations.report_page."""
        return self._send("GET", _of(request, "report.html"), params={"language": language}).text

    def export(self, request: str, *, release_others: bool = False) -> bytes:
        """See PrivacyOperations.export."""
        said = to_json(ExportOrder(release_others))
        return self._send("POST", _of(request, "export"), content=said, headers=_JSON, timeout=_PATIENT).content

    def extend(self, request: str, reason: str) -> RequestShown:
        """See PrivacyOperations.extend."""
        return self._post(RequestShown, _of(request, "extend"), Reason(reason))

    def refuse(self, request: str, ground: str, reason: str) -> RequestShown:
        """See PrivacyOperations.refuse."""
        return self._post(RequestShown, _of(request, "refuse"), GroundAndReason(ground, reason))

    def hold(self, request: str, ground: str, reason: str = "") -> RequestShown:
        """See PrivacyOperations.hold."""
        return self._post(RequestShown, _of(request, "hold"), GroundAndReason(ground, reason))

    def release_hold(self, request: str) -> RequestShown:
        """See PrivacyOperations.release_hold."""
        return self._post(RequestShown, _of(request, "release-hold"))

    def restrict(self, request: str) -> RequestShown:
        """See PrivacyOperations.restrict."""
        return self._post(RequestShown, _of(request, "restrict"))

    def lift(self, request: str) -> RequestShown:
        """See PrivacyOperations.lift."""
        return self._post(RequestShown, _of(request, "lift"))

    def uphold(self, request: str) -> RequestShown:
        """See PrivacyOperations.uphold."""
        return self._post(RequestShown, _of(request, "uphold"))

    def letter(self, request: str, letter: Letter, language: Language) -> str:
        """See PrivacyOperations.letter."""
        return self._get(LetterText, f"{_of(request, 'letters')}/{letter.value}", params={"language": language}).text

    def close(self, request: str, *, dossier: bool = True, recipient: str | None = None) -> ClosedShown:
        """See PrivacyOperations.close."""
        return self._post(ClosedShown, _of(request, "close"), CloseOrder(dossier, recipient))

    def suppressions(self) -> list[SuppressionShown]:
        """See PrivacyOperations.suppressions."""
        return list(self._get(SuppressionList, f"{_BASE}/suppressions").suppressions)

    def lift_suppression(self, suppression_id: str) -> None:
        """See PrivacyOperations.lift_suppression."""
        part = _part(suppression_id, SuppressionNotFound(suppression_id=suppression_id))
        self._send("DELETE", f"{_BASE}/suppressions/{part}")

    def tasks(self) -> list[TaskShown]:
        """See PrivacyOperations.tasks."""
        return list(self._get(TaskList, f"{_BASE}/tasks").tasks)

    def finish_task(self, task_id: str, outcome: str) -> None:
        """See PrivacyOperations.finish_task."""
        said = to_json(TaskDone(outcome))
        self._send("POST", f"{_BASE}/tasks/{_part(task_id, TaskNotFound(task_id=task_id))}/done", content=said, headers=_JSON)

    def journal(self) -> list[JournalShown]:
        """See PrivacyOperations.journal."""
        return list(self._get(JournalList, f"{_BASE}/journal").entries)

    def retention(self, *, run: bool = False, agreed: Sequence[str] = ()) -> list[RetentionShown]:
        """See PrivacyOperations.retention."""
        if not run:
            return list(self._get(RetentionList, f"{_BASE}/retention").categories)
        return list(self._post(RetentionList, f"{_BASE}/retention/run", RetentionOrder(tuple(agreed))).categories)

    def _get(self, kind: type[T], path: str, **options: Any) -> T:
        return from_json(kind, self._send("GET", path, **options).content)

    def _post(self, kind: type[T], path: str, body: object | None = None) -> T:
        options: dict[str, Any] = {} if body is None else {"content": to_json(body), "headers": _JSON}
        return from_json(kind, self._send("POST", path, timeout=_PATIENT, **options).content)


def _of(request: str, act: str = "") -> str:
    path = f"{_BASE}/requests/{_part(request, RequestNotFound(request=request))}"
    return f"{path}/{act}" if act else path


def _part(identifier: str, missing: Exception) -> str:
    """``identifier`` as a part of a path. What cannot be one is the id of nothing: ``missing`` is raised."""
    if not identifier or "/" in identifier or identifier in (".", ".."):
        raise missing
    return quote(identifier, safe="")
