"""Reads files byte by byte, and what lies inside them, for everything that a person can be known by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from kb.privacy.containers import LARGEST_PART, Part, Unreadable, opened, opener
from kb.privacy.forms import ByteSearch, Found, TextSearch
from kb.privacy.types import Residue
from kb.privacy.vector_search import VectorSearch

BLOCK = 4 << 20
DEEPEST = 6
MOST_UNPACKED = 2_000_000_000
"""Bytes that the parts of one file may unpack to, all together."""

_HEAD = 8_192
_AROUND = 48


@dataclass(slots=True)
class Tally:
    """What was read so far, and found."""

    files: int = 0
    bytes_read: int = 0
    containers: int = 0
    vectors_compared: int = 0
    residue: list[Residue] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


class FileScan:
    """Scans streams of bytes and texts. One subject, many files."""

    def __init__(self, raw: ByteSearch, texts: TextSearch, vectors: VectorSearch | None, tally: Tally) -> None:
        self.raw = raw
        self.texts = texts
        self.vectors = vectors
        self.tally = tally

    def file(self, path: str, stream: BinaryIO, *, expected: bool = False) -> None:
        """Everything that ``stream`` holds, raw and inside. ``expected``: what is found there may be there."""
        room = [MOST_UNPACKED]
        self._stream(path, (), stream, expected, room, 0)

    def text(self, path: str, inside: tuple[str, ...], text: str, *, expected: bool = False, known: Counter[int] | None = None) -> None:
        """A decoded text. ``known``: what was found in its bytes already, by identifier; it is told once."""
        found = self.texts.find(text)
        surplus = Counter(hit.identifier for hit in found)
        surplus.subtract(known or Counter())
        for hit in found:
            if surplus[hit.identifier] > 0:
                surplus[hit.identifier] -= 1
                self.tally.residue.append(Residue(path, inside, hit.start, "text", hit.identifier, expected))

    def hits(self, stream: BinaryIO) -> Iterator[Found]:
        """What stands in the bytes, and vectors (identifier -1); block by block, each place once. ``loose``: a part of another word."""
        for block, begin, fresh in self._blocks(stream):
            for hit in self.raw.find(block):
                if hit.end > fresh:
                    yield Found(begin + hit.start, begin + hit.end, hit.identifier, hit.form, hit.loose and _is_prose(block, hit))
            for at in self.vectors.exact(block) if self.vectors else ():
                end = at + self.vectors.bytes_each  # type: ignore[union-attr]
                if end > fresh:
                    yield Found(begin + at, begin + end, -1, "vector")

    def _blocks(self, stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
        """Blocks that overlap: bytes, offset of the first, and how many of them the block before had as well."""
        overlap = max(self.raw.longest, self.vectors.bytes_each if self.vectors else 0)
        before, offset = b"", 0
        while fresh := stream.read(BLOCK):
            block = before + fresh
            self.tally.bytes_read += len(fresh)
            yield block, offset - len(before), len(before)
            offset += len(fresh)
            before = block[-overlap:] if overlap else b""

    def _stream(self, path: str, inside: tuple[str, ...], stream: BinaryIO, expected: bool, room: list[int], depth: int) -> None:
        head = stream.read(_HEAD)
        stream.seek(0)
        known: Counter[int] = Counter()
        for hit in self.hits(stream):
            if not hit.loose:
                known[hit.identifier] += 1
                self.tally.residue.append(Residue(path, inside, hit.start, hit.form, hit.identifier, expected))
        open_it = opener(head)
        if open_it is None:
            return
        self.tally.containers += 1
        if depth == DEEPEST:
            self._not_read(path, inside, "too deep")
            return
        stream.seek(0)
        try:
            self._parts(path, inside, open_it(stream), expected, room, depth, known)
        except Unreadable as error:
            self._not_read(path, inside, str(error))

    def _parts(
        self,
        path: str,
        inside: tuple[str, ...],
        parts: Iterable[Part],
        expected: bool,
        room: list[int],
        depth: int,
        known: Counter[int],
    ) -> None:
        for part in parts:
            within = (*inside, part.name)
            if part.unreadable:
                self._not_read(path, within, part.unreadable)
            if part.text is not None:
                self.text(path, within, part.text, expected=expected, known=known)
            if part.data is not None:
                room[0] -= len(part.data)
                if room[0] < 0:
                    self._not_read(path, within, "too large")
                    return
                self._stream(path, within, opened(part.data), expected, room, depth + 1)

    def _not_read(self, path: str, inside: Sequence[str], why: str) -> None:
        self.tally.unread.append(": ".join([path, *inside, why]))


def _is_prose(block: bytes, hit: Found) -> bool:
    """Whether the bytes around are text: there a longer word is another word. In a database's page two columns touch each other."""
    around = block[max(0, hit.start - _AROUND) : hit.end + _AROUND]
    return not any(byte < 9 or 13 < byte < 27 for byte in around) or hit.form.startswith("utf-16")


assert LARGEST_PART < MOST_UNPACKED
