"""Bytes made comparable without decoding them: small ASCII letters, Latin letters of UTF-8 without their marks, nothing invisible.

What is no UTF-8 stays as it is, so vectors, archives and half characters do no harm. Fast: a scan folds every byte of a directory.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kb.privacy.folding import fold

_LEADS = range(0xC2, 0xCE)
"""First bytes of the two-byte characters that may fold: Latin with marks, and marks that stand apart."""

_INVISIBLE = ((b"\xe2\x80", re.compile(b"\xe2\x80[\x8b-\x8f]")), (b"\xef\xbb\xbf", re.compile(b"\xef\xbb\xbf")))


def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """By the two bytes as a number: how many bytes are left (9: not one of ours), and which."""
    left = np.full(65_536, 9, dtype=np.uint8)
    first = np.zeros(65_536, dtype=np.uint8)
    second = np.zeros(65_536, dtype=np.uint8)
    for lead in _LEADS:
        for trail in range(0x80, 0xC0):
            folded = fold(bytes((lead, trail)).decode()).encode()
            if len(folded) <= 2 and folded != bytes((lead, trail)):
                code = lead << 8 | trail
                left[code] = len(folded)
                first[code], second[code] = (*folded, 0, 0)[:2]
    return left, first, second


_LEFT, _FIRST, _SECOND = _tables()


class FoldedBytes:
    """Folded bytes with the way back."""

    def __init__(self, original: bytes) -> None:
        lowered = original.lower()
        self._kept: NDArray[np.bool_] | None = None
        self._length = len(original)
        self.data = lowered if lowered.isascii() else self._fold(lowered)

    def _fold(self, lowered: bytes) -> bytes:
        signs = np.frombuffer(lowered, dtype=np.uint8).copy()
        leads = np.flatnonzero((signs[:-1] >= _LEADS.start) & (signs[:-1] < _LEADS.stop))
        codes = signs[leads].astype(np.uint16) << np.uint16(8) | signs[leads + 1]
        left = _LEFT[codes]
        ours = left != 9
        leads, codes, left = leads[ours], codes[ours], left[ours]
        kept = np.ones(len(signs), dtype=np.bool_)
        signs[leads], signs[leads + 1] = _FIRST[codes], _SECOND[codes]
        kept[leads] = left > 0
        kept[leads + 1] = left > 1
        for begins, pattern in _INVISIBLE:
            for one in pattern.finditer(lowered) if begins in lowered else ():
                kept[one.start() : one.end()] = False
        if kept.all():
            return signs.tobytes()
        self._kept = kept
        return signs[kept].tobytes()

    def place(self) -> Callable[[int, int], tuple[int, int]]:
        """Leads from offsets of ``data`` (end exclusive) to those of the original."""
        if self._kept is None:
            return lambda start, end: (start, end)
        places = np.append(np.flatnonzero(self._kept), self._length)
        return lambda start, end: (int(places[start]), int(places[end]))


def fold_bytes(data: bytes) -> bytes:
    """``data`` folded."""
    return FoldedBytes(data).data
