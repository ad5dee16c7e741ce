"""The relative path of a file that came from elsewhere, checked."""

from __future__ import annotations

from pathlib import PurePosixPath

from kb.errors import InvalidUpload

PATH_CHARACTERS = 1_000


def relative_path(given: str) -> str:
    """``given`` with forward slashes. Raises InvalidUpload for a path that leaves its folder, or is none."""
    path = PurePosixPath(given.replace("\\", "/"))
    if not path.name or "\0" in given or len(given) > PATH_CHARACTERS:
        raise InvalidUpload(reason=f"a file's path must have 1 to {PATH_CHARACTERS} characters and end in a name")
    if path.is_absolute() or ".." in path.parts or path.parts[0].endswith(":"):
        raise InvalidUpload(reason="a file's path must be relative and stay below its folder")
    return path.as_posix()
