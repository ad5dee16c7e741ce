"""Writing what names a person to where the officer wants it."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, data: bytes) -> Path:
    """Write a new file that only this user can read, and give its path. Raises InvalidRequest when it is there or cannot be written."""
    from kb.errors import InvalidRequest

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidRequest(reason=f"{path}: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    return path
