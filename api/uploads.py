"""Files that came over HTTP: their relative paths checked, their bytes read one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from fastapi import UploadFile

from kb.errors import InvalidUpload
from kb.types import Upload

PATH_CHARACTERS = 1_000


def relative_path(given: str) -> str:
    """``given`` with forward slashes. Raises InvalidUpload for a path that leaves its folder, or is none."""
    path = PurePosixPath(given.replace("\\", "/"))
    if not path.name or "\0" in given or len(given) > PATH_CHARACTERS:
        raise InvalidUpload(reason=f"a file's path must have 1 to {PATH_CHARACTERS} characters and end in a name")
    if path.is_absolute() or ".." in path.parts or path.parts[0].endswith(":"):
        raise InvalidUpload(reason="a file's path must be relative and stay below its folder")
    return path.as_posix()


def uploads(files: Sequence[UploadFile], paths: Sequence[str]) -> Iterator[Upload]:
    """``files`` under ``paths`` where given, else under their own names. All paths are checked before the first file is read."""
    if paths and len(paths) != len(files):
        raise InvalidUpload(reason=f"{len(files)} files came with {len(paths)} paths")
    names = [relative_path(path) for path in (paths or [file.filename or "" for file in files])]
    return (Upload(name, file.file.read()) for name, file in zip(names, files, strict=True))
