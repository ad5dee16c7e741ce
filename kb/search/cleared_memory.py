"""Memory that is handed out empty, for libraries that write to disk what they never filled.

The graph library of the vector index writes room that it reserved and did not use; what was there before would be written with it: names
and vectors that this process handled, erased ones among them. While a block of ``cleared_memory`` is open, the C library hands out zeros.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_M_PERTURB = -6
"""From glibc's malloc.h: what is handed out is filled with the complement of this byte, what is given back with the byte itself."""

_guard = threading.Lock()
_open = 0


@contextmanager
def cleared_memory() -> Iterator[None]:
    """Have every larger piece of memory handed out as zeros, in all threads, until the block ends. Does nothing without glibc."""
    global _open
    with _guard:
        _open += 1
        if _open == 1:
            _perturb(0xFF)
    try:
        yield
    finally:
        with _guard:
            _open -= 1
            if _open == 0:
                _perturb(0)


def _perturb(byte: int) -> None:
    mallopt = _mallopt()
    if mallopt is not None:
        mallopt(_M_PERTURB, byte)


@cache
def _mallopt() -> ctypes._NamedFuncPointer | None:
    return getattr(ctypes.CDLL(None), "mallopt", None)
