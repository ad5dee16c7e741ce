"""Folders that are kept in step with a space, and pages of the intranet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.operations import DEFAULT_SPACE
from api.routes.serving import RequestOperations, problems
from api.wire import FileList, FolderList
from kb.types import IngestReport

router = APIRouter(prefix="/v1", tags=["folders"])


class Claim(BaseModel):
    """A folder that is going to be kept in step."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=255, description="What its documents' sources begin with.")
    space: str = Field(DEFAULT_SPACE, description="Where its documents go.")
    place: str = Field(min_length=1, max_length=128, description="A fingerprint of where it is; never a path.")
    moved: bool = Field(False, description="The same folder is in a new place.")


class NewSource(BaseModel):
    """Where a document's file is now."""

    model_config = ConfigDict(extra="forbid")
    source: str = Field(description="A relative path.")


class WebPage(BaseModel):
    """A page to fetch."""

    model_config = ConfigDict(extra="forbid")
    url: str = Field(max_length=2_000, description="An http or https address on a site that the settings allow.")
    space: str = Field(DEFAULT_SPACE, description="Where it goes.")
    sitemap: bool = Field(False, description="The address is a sitemap: fetch the pages that it lists.")


@router.get("/folders", summary="List the folders that are kept in step", responses=problems())
def list_folders(operations: RequestOperations) -> FolderList:
    """The folders of the settings and how the last sync of each ended; ``held`` deletions wait for a person."""
    return FolderList(tuple(operations.synced_folders()))


@router.post("/folders", status_code=204, summary="Claim a folder's name", responses=problems(404, 409))
def claim_folder(claim: Claim, operations: RequestOperations) -> None:
    """From now on this name stands for this folder in this space, and for no other."""
    operations.claim_folder(claim.name, claim.space, claim.place, moved=claim.moved)


@router.get("/folders/files", summary="List the files of a space", responses=problems(404))
def list_files(operations: RequestOperations, space: Annotated[str, Query(description="Of this space.")] = DEFAULT_SPACE) -> FileList:
    """Sources and hashes: what a folder is compared with."""
    return FileList(tuple(operations.known_files(space)))


@router.put("/documents/{document_id}/source", status_code=204, summary="Move a document", responses=problems(404, 409))
def move_document(
    document_id: Annotated[str, Path(description="As the list of documents shows it.")], new: NewSource, operations: RequestOperations
) -> None:
    """Its file has another path now; nothing is read again."""
    operations.move_document(document_id, new.source)


@router.post("/web-pages", summary="Add a page of the intranet", responses=problems(404, 502))
def add_web_page(page: WebPage, operations: RequestOperations) -> IngestReport:
    """Fetch a page, or the pages of a sitemap, from a site that the settings allow, and take them in."""
    return operations.ingest_web(page.url, page.space, sitemap=page.sitemap)
