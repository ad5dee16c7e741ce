"""Backups, the owner's alone: made, listed and verified by the server that owns the data directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends

from api.backup_operations import BackupOperations, BackupVerified
from api.backup_wire import BackupList, BackupName, BackupOrder, BackupsMade
from api.routes.serving import RequestOperations, problems


def backups_of(operations: RequestOperations) -> BackupOperations:
    """What the caller may do with backups."""
    return operations.backups


BackupsOfCaller = Annotated[BackupOperations, Depends(backups_of)]

router = APIRouter(prefix="/v1/backups", tags=["backups"], responses=problems())


@router.get("", summary="List the backups")
def list_backups(backups: BackupsOfCaller) -> BackupList:
    """Those that exist, the oldest first."""
    return BackupList(tuple(backups.all()))


@router.post("", status_code=201, summary="Make a backup", responses=problems(409, 413, 507))
def create_backups(order: BackupOrder, backups: BackupsOfCaller) -> BackupsMade:
    """One in each folder, beside questions and ingest; an erasure that is going on is waited for. Answers when they are written."""
    return BackupsMade(tuple(backups.create([Path(folder) for folder in order.folders], order.passphrase)))


@router.post("/verify", summary="Read a backup whole", responses=problems(404, 409, 413))
def verify_backup(which: BackupName, backups: BackupsOfCaller) -> BackupVerified:
    """Unseal it and compare every file with its list."""
    return backups.verify(which.name)
