"""Spaces."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from api.routes.serving import RequestOperations, problems
from api.wire import SpaceList
from kb.types import LabelAction, Space

router = APIRouter(prefix="/v1/spaces", tags=["spaces"])


class NewSpace(BaseModel):
    """A space to make."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "personeel"}]})

    name: str


class LabelChoice(BaseModel):
    """What to do with new files that hold a kind of sensitive content."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"action": "quarantine"}]})

    action: LabelAction


@router.get("", summary="List the spaces", responses=problems())
def list_spaces(operations: RequestOperations) -> SpaceList:
    """The spaces that the caller may see, by name."""
    return SpaceList(tuple(operations.spaces()))


@router.post("", status_code=201, summary="Make a space", responses=problems(409, 413))
def add_space(body: NewSpace, operations: RequestOperations) -> Space:
    """A new space, empty."""
    return operations.add_space(body.name)


@router.put("/{space}/labels/{label}", summary="Choose what a label does", responses=problems(404))
def set_label_policy(
    space: Annotated[str, Path(max_length=100)],
    label: Annotated[str, Path(max_length=100)],
    body: LabelChoice,
    operations: RequestOperations,
) -> Space:
    """Allow, warn or quarantine new files with this kind of sensitive content."""
    return operations.set_label_policy(space, label, body.action)
