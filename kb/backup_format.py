"""What a backup is made of: a tar stream, sealed as it is written, with a list of hashes as its last part.

Written and read in pieces, so that neither the whole nor a plain copy of it ever stands in memory or on disk.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

MANIFEST = "manifest.json"
FORMAT = 1

_BLOCK = tarfile.BLOCKSIZE
_PIECE = 1 << 20
_NAME = re.compile(r"(?:ledger\.sqlite3|kb\.toml|folders\.json|manifest\.json|originals/[0-9a-f]{32})")


class Malformed(Exception):
    """It is no backup, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. ``files``: SHA-256 and bytes by name."""

    created_at: datetime
    expires_on: date
    schema: str
    files: Mapping[str, tuple[str, int]]

    def to_json(self) -> bytes:
        """As it is written."""
        files = {name: {"sha256": sha256, "bytes": size} for name, (sha256, size) in self.files.items()}
        head = {"kind": "kennisbank backup", "format": FORMAT, "schema": self.schema}
        when = {"created_at": self.created_at.isoformat(), "expires_on": self.expires_on.isoformat()}
        return json.dumps({**head, **when, "files": files}, indent=1).encode()


def manifest_of(raw: bytes) -> Manifest:
    """The reverse of ``to_json``. Raises Malformed."""
    try:
        read: dict[str, Any] = json.loads(raw)
        if read["kind"] != "kennisbank backup" or read["format"] != FORMAT:
            raise Malformed
        files = {str(name): (str(one["sha256"]), int(one["bytes"])) for name, one in read["files"].items()}
        created, expires = datetime.fromisoformat(read["created_at"]), date.fromisoformat(read["expires_on"])
        return Manifest(created, expires, str(read["schema"]), files)
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed from error


@dataclass(slots=True)
class TarWriter:
    """Makes the stream: ``read`` gives its next bytes, as a file would. ``files`` fills as they pass."""

    parts: Iterable[tuple[str, Path | bytes]]
    created_at: datetime
    expires_on: date
    schema: str
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    _stream: Iterator[bytes] | None = None
    _left: bytes = b""

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; empty at the end."""
        if self._stream is None:
            self._stream = self._pieces()
        while not self._left:
            piece = next(self._stream, None)
            if piece is None:
                return b""
            self._left = piece
        given = self._left if size < 0 else self._left[:size]
        self._left = self._left[len(given) :]
        return given

    def _pieces(self) -> Iterator[bytes]:
        for name, content in self.parts:
            if isinstance(content, bytes):
                yield from self._member(name, len(content), [content])
            else:
                try:
                    file = content.open("rb")
                except FileNotFoundError:
                    continue  # Erased since the ledger was copied.
                with file:
                    size = content.stat().st_size
                    yield from self._member(name, size, _exactly(file, size))
        manifest = Manifest(self.created_at, self.expires_on, self.schema, self.files).to_json()
        yield from self._member(MANIFEST, len(manifest), [manifest], listed=False)
        yield bytes(2 * _BLOCK)

    def _member(self, name: str, size: int, pieces: Iterable[bytes], *, listed: bool = True) -> Iterator[bytes]:
        header = tarfile.TarInfo(name)
        header.size, header.mode, header.mtime = size, 0o600, int(self.created_at.timestamp())
        yield header.tobuf(tarfile.GNU_FORMAT)
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
            yield piece
        yield bytes(-size % _BLOCK)
        if listed:
            self.files[name] = digest.hexdigest(), size


def _exactly(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The bytes of a file that may be replaced by a longer or shorter one meanwhile: it was opened, so it does not change."""
    while size > 0:
        piece = file.read(min(_PIECE, size))
        if not piece:
            raise Malformed
        size -= len(piece)
        yield piece


class Sink(Protocol):
    """Where the files of a backup go."""

    def open(self, name: str) -> BinaryIO | None:
        """A file to write to, None where it is only to be read."""
        ...


class TarReader:
    """Takes the stream apart as it is unsealed: ``write`` is given its next bytes. ``finish`` compares with the list."""

    def __init__(self, sink: Sink | None = None) -> None:
        self._sink = sink
        self._buffer = bytearray()
        self._name = ""
        self._left = self._padding = 0
        self._digest = hashlib.sha256()
        self._file: BinaryIO | None = None
        self._manifest = b""
        self._size = 0
        self.found: dict[str, tuple[str, int]] = {}

    def write(self, data: bytes) -> int:
        """Take the next bytes. Raises Malformed, OSError of the sink."""
        self._buffer += data
        while self._step():
            pass
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def finish(self) -> tuple[Manifest, list[str]]:
        """The list, and the names of what differs from it or lacks. Raises Malformed where the stream did not come to its end."""
        if self._name or not self._manifest:
            raise Malformed
        manifest = manifest_of(self._manifest)
        names = {*manifest.files, *self.found}
        return manifest, sorted(name for name in names if manifest.files.get(name) != self.found.get(name))

    def close(self) -> None:
        """Let go of a file that is half written."""
        if self._file is not None:
            self._file.close()

    def _step(self) -> bool:
        """One thing more; False when more bytes are needed."""
        if self._name:
            return self._content()
        if len(self._buffer) < self._padding + _BLOCK:
            return False
        del self._buffer[: self._padding]
        self._padding = 0
        block = bytes(self._buffer[:_BLOCK])
        del self._buffer[:_BLOCK]
        if not any(block):
            return len(self._buffer) >= _BLOCK
        self._begin(block)
        return True

    def _begin(self, block: bytes) -> None:
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.TarError, ValueError) as error:
            raise Malformed from error
        if not header.isreg() or not _NAME.fullmatch(header.name) or header.name in self.found:
            raise Malformed
        self._name, self._left, self._size = header.name, header.size, header.size
        self._padding = -header.size % _BLOCK
        self._digest = hashlib.sha256()
        self._file = self._sink.open(header.name) if self._sink and header.name != MANIFEST else None

    def _content(self) -> bool:
        piece = bytes(self._buffer[: self._left])
        del self._buffer[: len(piece)]
        self._left -= len(piece)
        self._digest.update(piece)
        if self._name == MANIFEST:
            self._manifest += piece
        elif self._file is not None:
            self._file.write(piece)
        if self._left:
            return False
        self.close()
        self._file = None
        if self._name != MANIFEST:
            self.found[self._name] = self._digest.hexdigest(), self._size
        self._name = ""
        return True
