"""A folder on this machine, read so that nothing from outside it and nothing half written can come in.

Every part of a path is opened below the one before it and never through a link, and what was opened is looked at, not what
its name promised: who swaps a folder for a link between listing and reading gets a refusal.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Literal

Reason = Literal["hidden", "temporary", "link", "special", "same_name", "too_large", "unreadable", "unlisted", "changing", "long_path"]
"""Why a file is not taken: it is hidden, left by a program, a link, no plain file, known by the name of another one, too large,
not permitted, below a folder that cannot be listed, still being written, or known by a path that is too long."""

STILL_THERE = frozenset[Reason]({"same_name", "too_large", "unreadable", "unlisted", "changing", "long_path"})
"""Reasons that say nothing about whether the file is gone: what is known of it stays."""

PATH_CHARACTERS = 1_000
_ATTEMPTS = 3
_BLOCK_BYTES = 1 << 20
_RACY_NS = 2_000_000_000
_LEFT_BY_PROGRAMS = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "$recycle.bin", "system volume information", "__macosx"})
_TEMPORARY_ENDINGS = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp", ".bak~")


class FolderGone(Exception):
    """The folder is not there, or is no folder: perhaps a share that is not mounted."""


class FileRefused(Exception):
    """A file cannot be taken now."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Refused:
    """A file or folder that was not taken, by its path below the folder."""

    path: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Entry:
    """A plain file as it was listed. ``path`` is how it is known; ``parts`` are its names on this machine.

    ``signature`` is device, inode, size, time of modification and of change: two different ones mean another look is needed.
    """

    path: str
    parts: tuple[str, ...]
    signature: tuple[int, int, int, int, int]
    mode: int = 0o644
    uid: int = 0
    gid: int = 0

    @property
    def size(self) -> int:
        """Bytes."""
        return self.signature[2]

    @property
    def modified_ns(self) -> int:
        """Time of modification in nanoseconds since 1970."""
        return self.signature[3]


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a folder, by path; and what was refused."""

    files: tuple[Entry, ...]
    refused: tuple[Refused, ...]
    folders: tuple[tuple[str, ...], ...] = ()


class Folder:
    """One folder. It holds nothing open between calls."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def listing(self, *, largest_bytes: int | None = None) -> Listing:
        """Everything below the folder. Raises FolderGone."""
        walk = _Walk(largest_bytes)
        with self._opened() as root:
            waiting: list[tuple[str, ...]] = [()]
            while waiting:
                parts = waiting.pop()
                try:
                    with _below(root, parts) as folder:
                        waiting += walk.entries_of(folder, parts)
                except (OSError, FileRefused):
                    if not parts:
                        raise FolderGone from None
                    walk.refused.append(Refused(_path(parts), "unlisted"))
        return walk.listing()

    def read(self, entry: Entry, *, largest_bytes: int | None = None) -> bytes:
        """The bytes of a file, all of one moment: a file that is replaced or written meanwhile is read again. Raises FileRefused."""
        for _ in range(_ATTEMPTS):
            with self._file(entry) as (file, unmoved):
                before = os.fstat(file.fileno())
                if largest_bytes is not None and before.st_size > largest_bytes:
                    raise FileRefused("too_large")
                data = _until(file, before.st_size + 1)
                if _signature(before) == _signature(os.fstat(file.fileno())) and len(data) == before.st_size and unmoved(before):
                    return data
        raise FileRefused("changing")

    def sha256(self, entry: Entry) -> str:
        """The hash of a file's bytes, all of one moment. Raises FileRefused."""
        for _ in range(_ATTEMPTS):
            with self._file(entry) as (file, unmoved):
                before = os.fstat(file.fileno())
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                if _signature(before) == _signature(os.fstat(file.fileno())) and unmoved(before):
                    return digest
        raise FileRefused("changing")

    def head(self, entry: Entry, size: int) -> bytes:
        """The first bytes of a file, or nothing where it cannot be opened."""
        try:
            with self._file(entry) as (file, _):
                return file.read(size)
        except FileRefused:
            return b""

    def place(self) -> str:
        """A fingerprint of where the folder is, which does not tell it: the same for the same folder of the same machine."""
        machine = os.uname().nodename
        return hashlib.sha256(f"{machine}\0{os.path.realpath(self.root)}".encode("utf-8", "surrogateescape")).hexdigest()

    @contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            root = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise FolderGone from error
        try:
            yield root
        finally:
            os.close(root)

    @contextmanager
    def _file(self, entry: Entry) -> Iterator[tuple[BufferedReader, Callable[[os.stat_result], bool]]]:
        try:
            with self._opened() as root, _below(root, entry.parts[:-1]) as folder:
                # Not blocking: a pipe that took the file's place would be waited for.
                descriptor = os.open(entry.parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
                with os.fdopen(descriptor, "rb") as file:
                    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                        raise FileRefused("special")
                    yield (
                        file,
                        lambda opened: _signature(os.stat(entry.parts[-1], dir_fd=folder, follow_symlinks=False)) == _signature(opened),
                    )
        except FolderGone as error:
            raise FileRefused("unreadable") from error
        except OSError as error:
            raise FileRefused("unreadable") from error


@dataclass(frozen=True, slots=True)
class Located:
    """A file to be read: where it is, and the path that its document is known by."""

    folder: Folder
    entry: Entry
    path: str


def entry_of(place: Path) -> Entry:
    """One file as its folder would list it. Raises OSError."""
    found = place.stat(follow_symlinks=False)
    return Entry(shown(place.name), (place.name,), _signature(found), found.st_mode, found.st_uid, found.st_gid)


class Hashes:
    """Hashes of files, computed again only where the signature says that a file may have changed."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[int, ...], str]] = {}

    def of(self, folder: Folder, entry: Entry) -> str:
        """The hash of ``entry``. Raises FileRefused."""
        known = self._known.get(entry.path)
        if known is not None and known[0] == entry.signature:
            return known[1]
        digest = folder.sha256(entry)
        # A file written within the clock's grain of this moment may change again without its times showing it.
        if time.time_ns() - max(entry.signature[3:]) > _RACY_NS:
            self._known[entry.path] = (entry.signature, digest)
        else:
            self._known.pop(entry.path, None)
        return digest


class _Walk:
    def __init__(self, largest_bytes: int | None) -> None:
        self._largest_bytes = largest_bytes
        self._files: dict[str, Entry] = {}
        self._folders: list[tuple[str, ...]] = []
        self.refused: list[Refused] = []

    def entries_of(self, folder: int, parts: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Take the files of one open folder; return the folders in it."""
        self._folders.append(parts)
        below = []
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                here = (*parts, entry.name)
                reason = refusal_of_name(entry.name)
                if reason is not None:
                    self.refused.append(Refused(_path(here), reason))
                elif entry.is_symlink():
                    self.refused.append(Refused(_path(here), "link"))
                elif entry.is_dir(follow_symlinks=False):
                    below.append(here)
                elif entry.is_file(follow_symlinks=False):
                    self._take(entry, here)
                else:
                    self.refused.append(Refused(_path(here), "special"))
        return below

    def _take(self, entry: os.DirEntry[str], here: tuple[str, ...]) -> None:
        path = _path(here)
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError:
            self.refused.append(Refused(path, "unreadable"))
            return
        if path in self._files:
            self.refused.append(Refused(path, "same_name"))
        elif len(path) > PATH_CHARACTERS:
            self.refused.append(Refused(path, "long_path"))
        elif self._largest_bytes is not None and found.st_size > self._largest_bytes:
            self.refused.append(Refused(path, "too_large"))
        else:
            self._files[path] = Entry(path, here, _signature(found), found.st_mode, found.st_uid, found.st_gid)

    def listing(self) -> Listing:
        files = tuple(self._files[path] for path in sorted(self._files))
        return Listing(files, tuple(sorted(self.refused, key=lambda one: one.path)), tuple(sorted(self._folders)))


def refusal_of_name(name: str) -> Reason | None:
    """Why a file or folder is passed over for its name alone: hidden, or left by a program."""
    small = name.lower()
    if small.startswith(("~$", ".~lock", "._")) or small in _LEFT_BY_PROGRAMS or small == ".ds_store":
        return "temporary"
    if small.startswith("."):
        return "hidden"
    if small.endswith(_TEMPORARY_ENDINGS) or small.startswith("~wrl"):
        return "temporary"
    return None


def shown(name: str) -> str:
    """A file name as text that can travel and be stored: bytes that are no UTF-8 become �, a backslash becomes ∖."""
    return os.fsencode(name).decode("utf-8", "replace").replace("\\", "\N{SET MINUS}")


def _path(parts: tuple[str, ...]) -> str:
    return "/".join(shown(part) for part in parts)


def _signature(found: os.stat_result) -> tuple[int, int, int, int, int]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _until(file: BufferedReader, size: int) -> bytes:
    blocks = []
    left = size
    while left and (block := file.read(min(left, _BLOCK_BYTES))):
        blocks.append(block)
        left -= len(block)
    return b"".join(blocks)


@contextmanager
def _below(root: int, parts: tuple[str, ...]) -> Iterator[int]:
    """The folder ``parts`` below ``root``, opened part by part and never through a link."""
    here = os.dup(root)
    try:
        for part in parts:
            following = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
            os.close(here)
            here = following
        yield here
    finally:
        os.close(here)
