"""Subject requests: the owner's alone until there are accounts."""

from __future__ import annotations

from itertools import chain
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from api.execution_progress import execution_events
from api.openapi_events import execution_content
from api.privacy_operations import PrivacyOperations
from api.privacy_wire import (
    CloseOrder,
    ExportOrder,
    GroundAndReason,
    IdentifierList,
    IdentityConfirmed,
    LetterText,
    Reason,
    RequestList,
)
from api.problems import problem_body
from api.request_context import language_of, request_id_of
from api.routes.serving import RequestOperations, problems
from api.wire import StreamProblem
from kb.errors import KennisbankError
from kb.privacy.letters import Letter
from kb.privacy.shown import (
    ClosedShown,
    ExecutionShown,
    FoundShown,
    NewRequest,
    PlanShown,
    RequestShown,
    ReviewOrder,
    ReviewShown,
    VerifyShown,
)
from kb.types import Language


def privacy_of(operations: RequestOperations) -> PrivacyOperations:
    """The privacy operations as the caller may use them."""
    return operations.privacy


Privacy = Annotated[PrivacyOperations, Depends(privacy_of)]
RequestId = Annotated[str, Path(max_length=64, description="Its id, or its number.")]
InLanguage = Annotated[Language, Query(description="Of the text.")]

router = APIRouter(prefix="/v1/privacy/requests", tags=["privacy"], responses=problems(404, 409, 413))

_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@router.get("", summary="List the requests")
def list_requests(privacy: Privacy) -> RequestList:
    """Every request, newest first, with its clock."""
    return RequestList(tuple(privacy.requests()))


@router.post("", status_code=201, summary="Open a request")
def open_request(body: NewRequest, privacy: Privacy) -> RequestShown:
    """A new case. Whom it is about lies encrypted apart from it."""
    return privacy.request(body)


@router.get("/{request}", summary="Look at a request")
def show_request(request: RequestId, privacy: Privacy) -> RequestShown:
    """State, deadline, clock, and what can be done now."""
    return privacy.show(request)


@router.get("/{request}/identifiers", summary="Whom it is about")
def show_subject(request: RequestId, privacy: Privacy) -> IdentifierList:
    """What the person is known by, while the case is open."""
    return IdentifierList(privacy.subject(request))


@router.post("/{request}/identifiers", summary="Add identifiers")
def add_identifiers(request: RequestId, body: IdentifierList, privacy: Privacy) -> RequestShown:
    """The person is also known by these; search again."""
    return privacy.add_identifiers(request, body.identifiers)


@router.post("/{request}/await-identity", summary="Await information about the identity")
def await_identity(request: RequestId, body: Reason, privacy: Privacy) -> RequestShown:
    """The clock stands still until the identity is confirmed."""
    return privacy.await_identity(request, body.reason)


@router.post("/{request}/confirm", summary="Confirm the identity")
def confirm(request: RequestId, body: IdentityConfirmed, privacy: Privacy) -> RequestShown:
    """By a method that keeps no copy of a document."""
    return privacy.confirm(request, body.method)


@router.post("/{request}/find", summary="Search every store")
def find(request: RequestId, privacy: Privacy) -> FoundShown:
    """A full scan; exact and normalised hits are complete."""
    return privacy.find(request)


@router.get("/{request}/hits", summary="What was found, with the decisions")
def hits(request: RequestId, privacy: Privacy) -> FoundShown:
    """The hits of the last search."""
    return privacy.hits(request)


@router.post("/{request}/review", summary="Decide about hits")
def review(request: RequestId, body: ReviewOrder, privacy: Privacy) -> ReviewShown:
    """By hit, by group, or all at once."""
    return privacy.review(request, body)


@router.get("/{request}/plan", summary="The dry run")
def plan(request: RequestId, privacy: Privacy) -> PlanShown:
    """Exactly what an execution would change."""
    return privacy.plan(request)


@router.get(
    "/{request}/originals/{document_id}",
    summary="An original, before it is destroyed",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "headers": {"X-File-Name": {"schema": {"type": "string"}}}}},
)
def original(request: RequestId, document_id: Annotated[str, Path(max_length=64)], privacy: Privacy) -> Response:
    """The bytes of a document in which the person was found; `X-File-Name` (percent-encoded) says how it is called."""
    copy = privacy.original(request, document_id)
    return Response(copy.data, media_type="application/octet-stream", headers={"X-File-Name": quote(copy.file_name, safe="")})


@router.post("/{request}/approve", summary="Approve the plan")
def approve(request: RequestId, privacy: Privacy) -> RequestShown:
    """Just the plan that was approved is carried out."""
    return privacy.approve(request)


@router.post(
    "/{request}/execute",
    summary="Carry the plan out",
    description="Erase, verify, report; or go on where it broke off. Answers when it is done, which can take minutes. With "
    "`Accept: text/event-stream` an event `step` as each step is done, then `done`; `error` when it goes wrong on the way.",
    response_model=ExecutionShown,
    responses={**problems(507), 200: {"description": "What was done.", "content": execution_content()}},
)
def execute(http: Request, request: RequestId, privacy: Privacy) -> Any:
    """Carry the plan out, and wait for it; whoever hangs up does not stop it."""
    if "text/event-stream" not in http.headers.get("accept", ""):
        return privacy.execute(request)

    def problem(error: KennisbankError) -> StreamProblem:
        body = problem_body(error, language_of(http), request_id_of(http))
        return StreamProblem(body.code, body.detail, body.request_id)

    events = execution_events(lambda heard: privacy.execute(request, heard), problem)
    first = next(events)
    return StreamingResponse(chain([first], events), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.post("/{request}/verify", summary="Scan every byte again")
def verify(request: RequestId, body: IdentifierList, privacy: Privacy) -> VerifyShown:
    """Of a closed request the identifiers must be given again; they are not kept."""
    return privacy.verify(request, body.identifiers)


@router.get("/{request}/report", summary="The signed report of execution", response_model=dict[str, Any])
def report(request: RequestId, privacy: Privacy) -> Any:
    """Canonical JSON without personal data, signed with Ed25519."""
    return privacy.report(request)


@router.get("/{request}/report.html", summary="The report as a page", response_class=HTMLResponse)
def report_page(request: RequestId, privacy: Privacy, language: InLanguage = "nl") -> HTMLResponse:
    """To read and to print; it loads nothing."""
    return HTMLResponse(privacy.report_page(request, language), headers={"Content-Security-Policy": _PAGE_POLICY})


@router.post(
    "/{request}/export",
    summary="A copy for the person",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
def export(request: RequestId, body: ExportOrder, privacy: Privacy) -> Response:
    """A zip with a readable report, JSON and originals; other people are masked unless the officer releases them."""
    return Response(privacy.export(request, release_others=body.release_others), media_type="application/zip")


@router.post("/{request}/extend", summary="Two months more")
def extend(request: RequestId, body: Reason, privacy: Privacy) -> RequestShown:
    """Once, with the reason, within the first month."""
    return privacy.extend(request, body.reason)


@router.post("/{request}/refuse", summary="Refuse")
def refuse(request: RequestId, body: GroundAndReason, privacy: Privacy) -> RequestShown:
    """On a ground of the law, with the reason."""
    return privacy.refuse(request, body.ground, body.reason)


@router.post("/{request}/hold", summary="Legal hold")
def hold(request: RequestId, body: GroundAndReason, privacy: Privacy) -> RequestShown:
    """Nothing is touched until it is released."""
    return privacy.hold(request, body.ground, body.reason)


@router.post("/{request}/release-hold", summary="End a legal hold")
def release_hold(request: RequestId, privacy: Privacy) -> RequestShown:
    """The case goes on; a plan that was approved is approved anew."""
    return privacy.release_hold(request)


@router.post("/{request}/restrict", summary="Hide the hits at once")
def restrict(request: RequestId, privacy: Privacy) -> RequestShown:
    """From this moment they are neither found, cited nor opened."""
    return privacy.restrict(request)


@router.post("/{request}/lift", summary="End a restriction")
def lift(request: RequestId, privacy: Privacy) -> RequestShown:
    """What was hidden is shown again; the person is to be told beforehand (Article 18(3))."""
    return privacy.lift(request)


@router.post("/{request}/uphold", summary="An objection is right")
def uphold(request: RequestId, privacy: Privacy) -> RequestShown:
    """Its hits stay hidden."""
    return privacy.uphold(request)


@router.get("/{request}/letters/{letter}", summary="A letter")
def letter(request: RequestId, letter: Letter, privacy: Privacy, language: InLanguage = "nl") -> LetterText:
    """To be read over and sent by a person."""
    return LetterText(letter.value, language, privacy.letter(request, letter, language))


@router.post("/{request}/close", summary="Close")
def close(request: RequestId, body: CloseOrder, privacy: Privacy) -> ClosedShown:
    """Seal the dossier into the secrets directory, and destroy what names the person in the data directory."""
    return privacy.close(request, dossier=body.dossier, recipient=body.recipient)
