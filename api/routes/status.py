"""What is running and how much it holds."""

from __future__ import annotations

from fastapi import APIRouter

from api.routes.serving import RequestOperations, problems
from kb.types import Status

router = APIRouter(tags=["operations"])


@router.get("/v1/status", summary="See what is running", responses=problems())
def show_status(operations: RequestOperations) -> Status:
    """Counts, models and the state of the indexes."""
    return operations.status()
