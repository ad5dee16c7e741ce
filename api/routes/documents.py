"""Documents: in, out, and as they were read."""

from __future__ import annotations

from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Query, Request, UploadFile
from starlette.responses import StreamingResponse

from api.openapi_events import progress_content
from api.operations import DEFAULT_SPACE
from api.problems import problem_body
from api.request_context import language_of, request_id_of
from api.routes.serving import RequestOperations, problems
from api.upload_progress import ingest_events
from api.uploads import uploads
from api.wire import DocumentList, StreamProblem
from kb.errors import KennisbankError
from kb.types import DocumentChanges, DocumentSummary, DocumentText, IngestReport

router = APIRouter(prefix="/v1/documents", tags=["documents"])

DocumentId = Annotated[str, Path(description="As the list of documents shows it.")]


@router.get("", summary="List the documents", responses=problems(404))
def list_documents(
    operations: RequestOperations, space: Annotated[str | None, Query(description="Only of this space.")] = None
) -> DocumentList:
    """The documents, by space and source."""
    return DocumentList(tuple(operations.documents(space)))


@router.post(
    "",
    summary="Add or replace documents",
    description="A file with the path of a document that is there becomes its next version; the same bytes change nothing. "
    "A file that cannot be read is a result with a code, not an error of the request. With `Accept: text/event-stream` an event "
    "`file` as each file ends, with throughput and time left, then `report`; `error` when it goes wrong on the way.",
    response_model=IngestReport,
    responses={**problems(404, 413, 507), 200: {"description": "How each file ended.", "content": progress_content()}},
)
def add_documents(
    request: Request,
    operations: RequestOperations,
    files: Annotated[list[UploadFile], File(description="At most 1,000 files.")],
    paths: Annotated[list[str], Form(description="Their relative paths, in the same order; absent: the files' names.")] = [],  # noqa: B006
    space: Annotated[str, Form(description="Where they go.")] = DEFAULT_SPACE,
) -> Any:
    """Take files in, and wait until each has ended."""
    if "text/event-stream" not in request.headers.get("accept", ""):
        return operations.ingest(uploads(files, paths), space)
    # Read before the answer begins: the request's files are closed with it.
    sent = list(uploads(files, paths))

    def problem(error: KennisbankError) -> StreamProblem:
        body = problem_body(error, language_of(request), request_id_of(request))
        return StreamProblem(body.code, body.detail, body.request_id)

    events = ingest_events(lambda heard: operations.ingest(sent, space, heard), len(sent), problem)
    first = next(events)
    return StreamingResponse(chain([first], events), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.get("/{document_id}", summary="Look at a document", responses=problems(404))
def show_document(document_id: DocumentId, operations: RequestOperations) -> DocumentSummary:
    """One document with its newest version."""
    return operations.document(document_id)


@router.get(
    "/{document_id}/text",
    summary="Read a document as it was read",
    description="Offsets are Unicode code points into the version's text, end exclusive; a citation's quote lies within them.",
    responses=problems(404),
)
def read_document(
    document_id: DocumentId,
    operations: RequestOperations,
    version: Annotated[int | None, Query(ge=1, description="Absent: the newest that is ready.")] = None,
) -> DocumentText:
    """The sections of one version."""
    return operations.document_text(document_id, version)


@router.patch("/{document_id}", summary="Describe a document", responses=problems(404))
def describe_document(document_id: DocumentId, changes: DocumentChanges, operations: RequestOperations) -> DocumentSummary:
    """Say how much it counts (concept, valid, expired), who keeps it, when it is reviewed, until when it is valid."""
    return operations.describe_document(document_id, changes)


@router.post("/{document_id}/release", summary="Let a document out of quarantine", responses=problems(404))
def release_document(document_id: DocumentId, operations: RequestOperations) -> DocumentSummary:
    """Read its newest version whatever its labels."""
    return operations.release_document(document_id)


@router.delete("/{document_id}", status_code=204, summary="Take a document out", responses=problems(404))
def remove_document(document_id: DocumentId, operations: RequestOperations) -> None:
    """From this moment it is neither found nor cited anew."""
    operations.remove_document(document_id)
