"""Spaces."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.routes.serving import RequestOperations, problems
from api.wire import SpaceList
from kb.types import Space

router = APIRouter(prefix="/v1/spaces", tags=["spaces"])


class NewSpace(BaseModel):
    """A space to make."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "personeel"}]})

    name: str


@router.get("", summary="List the spaces", responses=problems())
def list_spaces(operations: RequestOperations) -> SpaceList:
    """The spaces that the caller may see, by name."""
    return SpaceList(tuple(operations.spaces()))


@router.post("", status_code=201, summary="Make a space", responses=problems(409, 413))
def add_space(body: NewSpace, operations: RequestOperations) -> Space:
    """A new space, empty."""
    return operations.add_space(body.name)
