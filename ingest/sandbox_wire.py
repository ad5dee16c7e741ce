"""How a parsed file travels from the child that read it: one letter for what it is, then JSON, every value checked on arrival.

The child may have been taken over by the file that it read, so nothing of it is unpickled and nothing is believed.
"""

from __future__ import annotations

import math
from functools import cache

from pydantic import TypeAdapter, ValidationError

from kb.types import ParsedFile, ParseFailure

_READ, _FAILED = b"R", b"F"


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
