"""The room in Chroma's files that no vector has taken yet: it is written as the memory happened to be.

The graph library reserves room for a hundred vectors, does not clear it, and writes all of it when it makes ``data_level0.bin`` and
``length.bin``: whatever the process had in memory before, vectors that were erased among it. So that room is emptied.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

_HEADER = struct.Struct("<i6Q")
"""Version, offset of the first level, most elements, elements, bytes per element, offset of the label, offset of the vector."""

_LENGTH_BYTES = 4


def empty_unused(folder: Path) -> None:
    """Empty the unused room of the graphs below ``folder``. While nothing is being written there."""
    for header in folder.glob("*/header.bin"):
        _empty(header)


def _empty(header: Path) -> None:
    raw = header.read_bytes()
    if len(raw) < _HEADER.size:
        return  # being made anew after a crash; whoever opens it says that it is broken
    _, _, _, elements, stride, _, _ = _HEADER.unpack_from(raw)
    for name, each in (("data_level0.bin", stride), ("length.bin", _LENGTH_BYTES)):
        path = header.with_name(name)
        size = path.stat().st_size if path.is_file() else 0
        used = elements * each
        if used < size:
            # Cut and lengthened again the room reads as zeros and costs no writing; killed in between the index is rebuilt.
            os.truncate(path, used)
            os.truncate(path, size)
