"""Which files `kb ingest` takes: those that were named, and everything below the folders that were named."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.errors import EmptySelection, InvalidRequest, PathMissing


@dataclass(frozen=True, slots=True)
class SelectedFile:
    """A file on this machine, and the relative path that it is known by: the named folder's name and what stands below it."""

    place: Path
    path: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The files, in order of path; the folders that could not be listed; how much was passed over."""

    files: tuple[SelectedFile, ...]
    unlisted: tuple[str, ...]
    passed_over: int


def select(paths: Sequence[Path]) -> Selection:
    """Walk ``paths``. Hidden files and folders, links and special files below a folder are passed over; what is named itself is taken.

    Raises PathMissing, EmptySelection, and InvalidRequest when two files would be known by one path.
    """
    walk = _Walk()
    for given in paths:
        walk.named(given)
    files = sorted(walk.files, key=lambda file: file.path)
    if not files and not walk.unlisted:
        raise EmptySelection(path=", ".join(str(path) for path in paths))
    _refuse_same_paths(files)
    return Selection(tuple(files), tuple(sorted(walk.unlisted)), walk.passed_over)


class _Walk:
    def __init__(self) -> None:
        self.files: list[SelectedFile] = []
        self.unlisted: list[str] = []
        self.passed_over = 0

    def named(self, given: Path) -> None:
        place = Path(os.path.abspath(given))  # noqa: PTH100 - Path.resolve would follow a link and lose the name that was given
        try:
            mode = place.stat().st_mode
        except PermissionError:
            self.unlisted.append(shown(place.name))
            return
        except OSError as error:
            raise PathMissing(path=given) from error
        name = shown(place.name)
        if stat.S_ISDIR(mode):
            self._below(place, name)
        elif stat.S_ISREG(mode):
            self.files.append(SelectedFile(place, name))
        else:
            self.unlisted.append(name)

    def _below(self, folder: Path, path: str) -> None:
        waiting = [(folder, path)]
        while waiting:
            place, known_as = waiting.pop()
            try:
                entries = list(os.scandir(place))
            except OSError:
                self.unlisted.append(known_as)
                continue
            for entry in entries:
                name = shown(entry.name)
                if entry.name.startswith("."):
                    self.passed_over += 1
                elif entry.is_dir(follow_symlinks=False):
                    waiting.append((Path(entry.path), f"{known_as}/{name}"))
                elif entry.is_file(follow_symlinks=False):
                    self.files.append(SelectedFile(Path(entry.path), f"{known_as}/{name}"))
                else:
                    self.passed_over += 1


def shown(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 become �, so that it can travel and be stored."""
    return os.fsencode(name).decode("utf-8", "replace")


def _refuse_same_paths(files: Iterable[SelectedFile]) -> None:
    seen: set[str] = set()
    for file in files:
        if file.path in seen:
            raise InvalidRequest(reason=f"{file.path} is named twice; ingest the folders one at a time, or the folder above them")
        seen.add(file.path)
