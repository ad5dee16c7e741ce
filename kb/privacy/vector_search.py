"""Erased vectors looked for: their exact bytes in anything, and their direction among vectors that were read as such."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import ahocorasick_rs
import numpy as np

from kb.ports import Vectors

NEAR = 0.999
"""Cosine above which a vector counts as the erased one."""

_PIECE = 32
_AT_ONCE = 2_000
_HEADER = struct.Struct("<i6Q")


class VectorSearch:
    """Looks for a set of vectors of one length."""

    def __init__(self, vectors: Vectors) -> None:
        """``vectors``: (n, dimensions) float32; rows without direction are passed over."""
        matrix = np.ascontiguousarray(vectors, dtype="<f4")
        lengths = np.linalg.norm(matrix, axis=1)
        self._wanted = matrix[lengths > 0]
        self._directions = self._wanted / lengths[lengths > 0, None]
        self.dimensions = int(matrix.shape[1]) if matrix.ndim == 2 else 0
        self.bytes_each = self.dimensions * 4
        self._raw = [row.tobytes() for row in self._wanted]
        self._starts = [_most_varied(raw) for raw in self._raw]
        pieces = [raw[start : start + _PIECE] for raw, start in zip(self._raw, self._starts, strict=True)]
        implementation = ahocorasick_rs.Implementation.ContiguousNFA
        self._search = ahocorasick_rs.BytesAhoCorasick(pieces, implementation=implementation) if pieces else None

    def __len__(self) -> int:
        return len(self._raw)

    def exact(self, block: bytes) -> list[int]:
        """Offsets at which one of the vectors stands in ``block``, every byte of it."""
        if self._search is None:
            return []
        found = set()
        for index, start, _ in self._search.find_matches_as_indexes(block, overlapping=True):
            begin = start - self._starts[index]
            if begin >= 0 and block[begin : begin + self.bytes_each] == self._raw[index]:
                found.add(begin)
        return sorted(found)

    def near(self, rows: Vectors) -> list[int]:
        """Which of ``rows`` point where one of the vectors points."""
        if not len(self._wanted) or rows.shape[1] != self.dimensions:
            return []
        lengths = np.linalg.norm(rows, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            directions = np.where(lengths[:, None] > 0, rows / lengths[:, None], 0).astype(np.float32)
        best = np.full(len(rows), -1.0, dtype=np.float32)
        for start in range(0, len(self._directions), _AT_ONCE):
            np.maximum(best, (directions @ self._directions[start : start + _AT_ONCE].T).max(axis=1), out=best)
        return [int(i) for i in np.flatnonzero(best > NEAR)]


def _most_varied(raw: bytes) -> int:
    """Where the stretch with the most different numbers begins: a sparse vector is zeros for the most part."""
    if len(raw) <= _PIECE:
        return 0
    return max(range(0, len(raw) - _PIECE + 1, _PIECE), key=lambda at: len(set(raw[at : at + _PIECE])))


def graph_vectors(folder: Path, dimensions: int) -> Iterator[tuple[int, Vectors]]:
    """The records of Chroma's ``data_level0.bin`` by stride, deleted ones and unused room too: offset of the first and rows.

    Raises ValueError where the header does not fit the file.
    """
    header = (folder / "header.bin").read_bytes()
    _, _, _, _, stride, label, begin = _HEADER.unpack_from(header)
    data = folder / "data_level0.bin"
    size = data.stat().st_size
    if not 0 < begin < label <= stride or label - begin != dimensions * 4:
        raise ValueError
    with data.open("rb") as file:
        offset = 0
        while block := file.read(stride * _AT_ONCE):
            whole = len(block) // stride
            rows = np.frombuffer(block, dtype=np.uint8, count=whole * stride).reshape(whole, stride)[:, begin:label]
            vectors = np.ascontiguousarray(rows).view("<f4")
            yield offset + begin, np.nan_to_num(vectors.astype(np.float32), posinf=0.0, neginf=0.0)
            offset += len(block)
    if size % stride:
        raise ValueError
