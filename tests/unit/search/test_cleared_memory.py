"""Memory that is handed out holds nothing of what was there before."""

from __future__ import annotations

import ctypes

from kb.search.cleared_memory import cleared_memory

SIZE = 20_000
"""Larger than what the C library keeps ready per thread, smaller than what it gets from the kernel, which is empty anyway."""


def handed_out() -> bytes:
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    library.free.argtypes = [ctypes.c_void_p]
    dirty = library.malloc(SIZE)
    ctypes.memset(dirty, 0x41, SIZE)
    library.free(dirty)
    again = library.malloc(SIZE)
    found = ctypes.string_at(again, SIZE)
    library.free(again)
    return found


def test_without_it_what_was_there_before_may_be_seen() -> None:
    assert b"A" * 100 in handed_out()


def test_within_it_memory_is_empty_and_afterwards_as_before() -> None:
    with cleared_memory():
        with cleared_memory():
            assert handed_out() == bytes(SIZE)
        assert handed_out() == bytes(SIZE)
    assert b"A" * 100 in handed_out()
