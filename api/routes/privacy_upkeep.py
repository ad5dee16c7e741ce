"""What outlives a subject request: suppressions, tasks, the journal, retention."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.privacy_wire import JournalList, RetentionList, RetentionOrder, SuppressionList, TaskDone, TaskList
from api.routes.privacy import Privacy
from api.routes.serving import problems

router = APIRouter(prefix="/v1/privacy", tags=["privacy"], responses=problems())

Id = Annotated[str, Path(max_length=64)]


@router.get("/suppressions", summary="What may not come back")
def suppressions(privacy: Privacy) -> SuppressionList:
    """Keyed hashes with a basis and an end, oldest first."""
    return SuppressionList(tuple(privacy.suppressions()))


@router.delete("/suppressions/{suppression_id}", status_code=204, summary="Lift a suppression", responses=problems(404))
def lift_suppression(suppression_id: Id, privacy: Privacy) -> None:
    """Let it come back after all, for instance when somebody is hired again."""
    privacy.lift_suppression(suppression_id)


@router.get("/tasks", summary="What waits for a person")
def tasks(privacy: Privacy) -> TaskList:
    """Open tasks, oldest first."""
    return TaskList(tuple(privacy.tasks()))


@router.post("/tasks/{task_id}/done", status_code=204, summary="A task is done", responses=problems(404, 413))
def finish_task(task_id: Id, body: TaskDone, privacy: Privacy) -> None:
    """With what came of it, in a word."""
    privacy.finish_task(task_id, body.outcome)


@router.get("/journal", summary="The erasure journal")
def journal(privacy: Privacy) -> JournalList:
    """Ids and numbers, oldest first."""
    return JournalList(tuple(privacy.journal()))


@router.get("/retention", summary="Terms and what is due")
def retention(privacy: Privacy) -> RetentionList:
    """Every category of data; nothing is removed."""
    return RetentionList(tuple(privacy.retention()))


@router.post("/retention/run", summary="Remove what is due", responses=problems(409, 413))
def run_retention(body: RetentionOrder, privacy: Privacy) -> RetentionList:
    """Physically. A category of which much is due waits until it is agreed to."""
    return RetentionList(tuple(privacy.retention(run=True, agreed=body.agreed)))
