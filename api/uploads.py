"""Files that came over HTTP: their relative paths checked, their bytes read one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapi import UploadFile

from api.relative_path import relative_path
from kb.errors import InvalidUpload
from kb.types import Upload


def uploads(files: Sequence[UploadFile], paths: Sequence[str]) -> Iterator[Upload]:
    """``files`` under ``paths`` where given, else under their own names. All paths are checked before the first file is read."""
    if paths and len(paths) != len(files):
        raise InvalidUpload(reason=f"{len(files)} files came with {len(paths)} paths")
    names = [relative_path(path) for path in (paths or [file.filename or "" for file in files])]
    return (Upload(name, file.file.read()) for name, file in zip(names, files, strict=True))
