"""For whoever starts and watches the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Request

from api.routes.serving import problems, served
from kb.authorise import OWNER

router = APIRouter(tags=["operations"])


@dataclass(frozen=True, slots=True)
class Health:
    """The process is alive."""

    status: Literal["ok"] = "ok"


@dataclass(frozen=True, slots=True)
class Readiness:
    """The ledger answers. ``indexes_behind`` counts spaces whose index has not seen every change yet."""

    indexes_behind: int
    status: Literal["ready"] = "ready"


@router.get("/healthz", summary="Is the process alive?", responses=problems())
async def healthz() -> Health:
    """Needs neither ledger nor model."""
    return Health()


@router.get("/readyz", summary="Can it answer?", responses=problems())
def readyz(request: Request) -> Readiness:
    """Asks the ledger; without it the answer is an error (503)."""
    status = served(request).operations(OWNER).status()
    return Readiness(sum(1 for index in status.indexes if index.behind or index.building))
