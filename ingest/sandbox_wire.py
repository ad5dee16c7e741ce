"""How a parsed file travels from the child that read it: one letter for what it is, then JSON, every value checked on arrival.
Files that go to one child together travel as a bundle, and what it reads of them comes back in frames, each with its length.

The child may have been taken over by the file that it read, so nothing of it is unpickled and nothing is believed.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from functools import cache

from pydantic import TypeAdapter, ValidationError

from kb.types import ParsedFile, ParseFailure

_READ, _FAILED = b"R", b"F"
_LENGTH = struct.Struct(">Q")


class NotUnderstood(Exception):
    """What came is not what a parser of ours writes."""


def written(parsed: ParsedFile | ParseFailure) -> bytes:
    """``parsed`` as bytes. Raises ValueError for text that no file can hold, such as half a surrogate pair."""
    if isinstance(parsed, ParseFailure):
        return _FAILED + _failures().dump_json(parsed)
    return _READ + _files().dump_json(parsed)


def understood(data: bytes) -> ParsedFile | ParseFailure:
    """What ``written`` wrote. Raises NotUnderstood for anything else."""
    try:
        if data[:1] == _FAILED:
            return _failures().validate_json(data[1:], strict=True)
        if data[:1] != _READ:
            raise NotUnderstood
        parsed = _files().validate_json(data[1:], strict=True)
    except ValidationError:
        raise NotUnderstood from None  # its message holds what came
    for element in parsed.elements:
        for box in element.boxes:
            if not math.isfinite(box.left + box.top + box.right + box.bottom):
                raise NotUnderstood
    return parsed


def bundle(files: Sequence[tuple[bytes, str]]) -> bytes:
    """Files, each with its name, as bytes."""
    head = json.dumps([(len(data), name) for data, name in files]).encode()
    return b"".join((_LENGTH.pack(len(head)), head, *(data for data, _ in files)))


def unbundled(data: bytes) -> list[tuple[bytes, str]]:
    """What ``bundle`` bundled."""
    place = _LENGTH.size + _LENGTH.unpack_from(data)[0]
    files: list[tuple[bytes, str]] = []
    for size, name in json.loads(data[_LENGTH.size : place]):
        files.append((data[place : place + size], name))
        place += size
    return files


def framed(written_file: bytes) -> bytes:
    """One answer among several."""
    return _LENGTH.pack(len(written_file)) + written_file


class Frames:
    """Puts answers together from the pieces in which they arrive."""

    def __init__(self, most_bytes: int) -> None:
        """``most_bytes``: of one answer."""
        self._most_bytes = most_bytes
        self._held = bytearray()

    def add(self, piece: bytes) -> list[bytes]:
        """The answers that ``piece`` completes. Raises NotUnderstood for one that says it is larger than may be."""
        self._held += piece
        whole: list[bytes] = []
        while len(self._held) >= _LENGTH.size:
            (size,) = _LENGTH.unpack_from(self._held)
            if size > self._most_bytes:
                raise NotUnderstood
            end = _LENGTH.size + size
            if len(self._held) < end:
                break
            whole.append(bytes(self._held[_LENGTH.size : end]))
            del self._held[:end]
        return whole


def prepare() -> None:
    """Make what a process needs once, before it forks children that need it each."""
    written(ParsedFile(()))
    written(ParseFailure("none"))


@cache
def _files() -> TypeAdapter[ParsedFile]:
    return TypeAdapter(ParsedFile)


@cache
def _failures() -> TypeAdapter[ParseFailure]:
    return TypeAdapter(ParseFailure)
