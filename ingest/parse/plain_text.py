"""Which files are surely plain text, told without a reader: they may be read several to a process."""

from __future__ import annotations

import codecs
import re

from ingest.parse.detect import extension_of, known_binary

MOST_BYTES = 65_536

_NAMES = frozenset({"txt", "text", "log"})
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:|From ")
_OPENING = ("<", "{", "[")
"""How text begins that a program may have written for programs."""


def is_plain_text(data: bytes, file_name: str) -> bool:
    """Whether ``data`` is small, UTF-8, named as text, and no reader that brings a library in another language would take it.

    In doubt it is not: the answer costs a process, never a file. Nothing here takes longer than the length of ``data``.
    """
    if len(data) > MOST_BYTES or extension_of(file_name) not in _NAMES or b"%PDF-" in data[:1024]:
        return False
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        return False
    begins = text.lstrip()[:100]
    if _CONTROLS.search(text) or begins.startswith(_OPENING) or _HEADER.match(begins):
        return False
    return known_binary(data) is None
