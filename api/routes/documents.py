"""Documents: in, out, and as they were read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Query, UploadFile

from api.operations import DEFAULT_SPACE
from api.routes.serving import RequestOperations, problems
from api.uploads import uploads
from api.wire import DocumentList
from kb.types import DocumentSummary, DocumentText, IngestReport

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
    "A file that cannot be read is a result with a code, not an error of the request.",
    responses=problems(404, 413, 507),
)
def add_documents(
    operations: RequestOperations,
    files: Annotated[list[UploadFile], File(description="At most 1,000 files.")],
    paths: Annotated[list[str], Form(description="Their relative paths, in the same order; absent: the files' names.")] = [],  # noqa: B006
    space: Annotated[str, Form(description="Where they go.")] = DEFAULT_SPACE,
) -> IngestReport:
    """Take files in, and wait until each has ended."""
    return operations.ingest(uploads(files, paths), space)


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


@router.delete("/{document_id}", status_code=204, summary="Take a document out", responses=problems(404))
def remove_document(document_id: DocumentId, operations: RequestOperations) -> None:
    """From this moment it is neither found nor cited anew."""
    operations.remove_document(document_id)
