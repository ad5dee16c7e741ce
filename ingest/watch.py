"""Hears that something below a folder changed. What changed is not told: whoever hears it looks for himself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

QUIET_MS = 1_600
"""A change is told when nothing else has changed for a while, or this long after the first of many."""

LOOK_AGAIN_SECONDS = 300.0
"""Network shares do not tell what others change on them; so somebody looks again every now and then."""

_BREATH_MS = 500
_ABSENT_SECONDS = 2.0


def changes(
    folder: Path, stop: threading.Event, *, quiet_ms: int = QUIET_MS, look_again_seconds: float = LOOK_AGAIN_SECONDS
) -> Iterator[None]:
    """Yield as soon as the folder is listened to, then after each burst of changes and every ``look_again_seconds``, until ``stop``.

    What changes while the reader is busy with one yield makes the next. A folder that goes is told once, then waited for.
    """
    told_gone = False
    while not stop.is_set():
        if _identity(folder) is None:
            if not told_gone:
                told_gone = True
                yield
            stop.wait(_ABSENT_SECONDS)
            continue
        told_gone = False
        yield from _heard(folder, stop, quiet_ms, look_again_seconds)


def _heard(folder: Path, stop: threading.Event, quiet_ms: int, look_again_seconds: float) -> Iterator[None]:
    """The same, of one folder as long as it is that folder: a share that is mounted anew is another one."""
    import watchfiles

    listened_to = _identity(folder)
    looked_at: float | None = None
    try:
        for heard in watchfiles.watch(
            folder,
            watch_filter=None,
            debounce=quiet_ms,
            step=min(_BREATH_MS, quiet_ms) // 4,
            stop_event=stop,
            rust_timeout=_BREATH_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            if stop.is_set() or _identity(folder) != listened_to:
                return
            if heard or looked_at is None or time.monotonic() - looked_at > look_again_seconds:
                looked_at = time.monotonic()
                yield
    except OSError:
        # Too many folders to listen to, or a file system that tells nothing: look now and then instead.
        yield
        stop.wait(look_again_seconds)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
