"""Files within a file: attachments of mail, members of an archive. Each becomes a part of the file that holds it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.parse.clean import clean
from ingest.parse.elements import DEEPEST_LEVEL
from ingest.parse.limits import Limits
from ingest.parse.reading import Reading, Unreadable
from kb.types import Element, ElementKind, FileString

LONGEST_NAME_CHARACTERS = 200

Open = Callable[[bytes, str, "Within"], Reading]
"""Reads one file. Raises Unreadable."""

_SAY_NOTHING = frozenset({"no_text", "empty_file"})
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".heic", ".tif", ".tiff", ".svg")


@dataclass(slots=True)
class _Spent:
    """What the outermost file has cost so far."""

    files: int = 0
    bytes: int = 0
    ocr_pages: int = 0
    began: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Within:
    """How deep we are in a file, and what may still be opened. ``temporary_folder`` is for programs that need files."""

    open: Open
    limits: Limits = field(default_factory=Limits)
    temporary_folder: Path | None = None
    depth: int = 0
    spent: _Spent = field(default_factory=_Spent)

    def may_take(self, size_bytes: int) -> bool:
        """Whether one more file of this size stays within the limits; if so it is counted."""
        if self.spent.files >= self.limits.files_within or self.spent.bytes + size_bytes > self.limits.bytes_within:
            return False
        self.spent.files += 1
        self.spent.bytes += size_bytes
        return True

    def may_recognise(self, reading: Reading) -> bool:
        """Whether one more page may go through text recognition; if so it is counted, if not ``reading`` says so."""
        self.spent.ocr_pages += 1
        in_time = time.monotonic() - self.spent.began < self.limits.ocr_total_seconds
        if in_time and self.spent.ocr_pages <= self.limits.ocr_pages:
            return True
        reading.warn("recognition_stopped")
        return False

    def attach(self, reading: Reading, name: str, data: bytes) -> None:
        """Add what the file ``name`` says to ``reading``, under a heading with its name. What cannot be read is a warning."""
        self.attach_read(reading, name, len(data), lambda within: within.open(data, name, within))

    def attach_read(self, reading: Reading, name: str, size_bytes: int, read: Callable[[Within], Reading]) -> None:
        """As ``attach``, for a part that is no file of its own: ``read`` reads it."""
        name = shown_name(name)
        reading.add_string("attachment.name", name)
        inner = self._inner(reading, name, size_bytes, read)
        if inner is None:
            return
        if inner.elements:
            reading.elements.append(Element(ElementKind.HEADING, name or "?", level=1))
            first = inner.elements[0]
            same = first.kind is ElementKind.TITLE and first.text.strip().casefold() == name.casefold()
            reading.elements.extend(_placed_under(element) for element in inner.elements[same:])
        keep_strings(reading, inner)

    def keep(self, reading: Reading, name: str, data: bytes) -> None:
        """Add every word of the file ``name`` to the strings of ``reading``: found in a search for a person, not in answers."""
        reading.add_string("attachment.name", shown_name(name))
        inner = self._inner(reading, name, len(data), lambda within: within.open(data, name, within))
        if inner is not None:
            reading.add_string("attachment.text", "\n".join(element.text for element in inner.elements))
            keep_strings(reading, inner)
            reading.warn("embedded_objects")

    def _inner(self, reading: Reading, name: str, size_bytes: int, read: Callable[[Within], Reading]) -> Reading | None:
        if self.depth >= self.limits.nested:
            reading.warn("nested_too_deep")
            return None
        if not self.may_take(size_bytes):
            reading.warn("too_much_within")
            return None
        try:
            return read(replace(self, depth=self.depth + 1))
        except Unreadable as reason:
            if not (reason.code in _SAY_NOTHING and name.lower().endswith(_PICTURES)):
                not_read(reading, name, reason.code)
            return None


def not_read(reading: Reading, name: str, code: str) -> None:
    """Note that a file within this one could not be read, and why."""
    reading.add_string("attachment.not_read", f"{shown_name(name)}: {code}")
    reading.warn("attachments_not_read")


def shown_name(name: str) -> str:
    """A name as it may be shown: one line, of a bearable length."""
    return " ".join(clean(name).split())[:LONGEST_NAME_CHARACTERS]


def keep_strings(reading: Reading, inner: Reading) -> None:
    """Strings and warnings of a file within, told apart from those of the file itself."""
    for string in inner.strings:
        kind = string.kind if string.kind.startswith("attachment.") else f"attachment.{string.kind}"
        reading.strings.append(FileString(kind, string.value))
    if inner.title:
        reading.add_string("attachment.title", inner.title)
    for warning in inner.warnings:
        reading.warn(warning)


def _placed_under(element: Element) -> Element:
    """The element one level deeper. Its page and boxes are those of another file, so they go."""
    if element.kind is ElementKind.TITLE:
        return Element(ElementKind.HEADING, element.text, level=2)
    level = min((element.level or 1) + 1, DEEPEST_LEVEL) if element.kind is ElementKind.HEADING else element.level
    return replace(element, level=level, page=None, boxes=())
