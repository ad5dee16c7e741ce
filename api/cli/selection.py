"""Which files `kb ingest` takes: those that were named, and everything below the folders that were named."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.folder import STILL_THERE, Folder, FolderGone, Listing, Located, Refused, entry_of, shown
from kb.errors import EmptySelection, InvalidRequest, PathMissing


@dataclass(frozen=True, slots=True)
class Selection:
    """The files, in order of path, by the named folder's name and what stands below it; what is there and cannot be read; how much
    was passed over."""

    files: tuple[Located, ...]
    unread: tuple[Refused, ...]
    passed_over: int


def select(paths: Sequence[Path]) -> Selection:
    """Walk ``paths``. Hidden and temporary files and folders, links and special files below a folder are passed over; what is named itself
    is taken.

    Raises PathMissing, EmptySelection, and InvalidRequest when two files would be known by one path.
    """
    walk = _Walk()
    for given in paths:
        walk.named(given)
    files = sorted(walk.files, key=lambda file: file.path)
    if not files and not walk.unread:
        raise EmptySelection(path=", ".join(str(path) for path in paths))
    _refuse_same_paths(files)
    return Selection(tuple(files), tuple(sorted(walk.unread, key=lambda one: one.path)), walk.passed_over)


class _Walk:
    def __init__(self) -> None:
        self.files: list[Located] = []
        self.unread: list[Refused] = []
        self.passed_over = 0

    def named(self, given: Path) -> None:
        place = Path(os.path.abspath(given))  # noqa: PTH100 - Path.resolve would follow a link and lose the name that was given
        name = shown(place.name)
        try:
            mode = place.stat().st_mode
            if stat.S_ISREG(mode):
                # A link that is named itself is meant; what it leads to is read.
                real = place.resolve()
                self.files.append(Located(Folder(real.parent), entry_of(real), name))
                return
        except PermissionError:
            self.unread.append(Refused(name, "unreadable"))
            return
        except OSError as error:
            raise PathMissing(path=given) from error
        if not stat.S_ISDIR(mode):
            self.unread.append(Refused(name, "special"))
            return
        folder = Folder(place)
        try:
            self._below(folder, name, folder.listing())
        except FolderGone:
            self.unread.append(Refused(name, "unlisted"))

    def _below(self, folder: Folder, name: str, listing: Listing) -> None:
        self.files += [Located(folder, entry, f"{name}/{entry.path}") for entry in listing.files]
        for one in listing.refused:
            if one.reason in STILL_THERE:
                self.unread.append(replace(one, path=f"{name}/{one.path}"))
            else:
                self.passed_over += 1


def _refuse_same_paths(files: Iterable[Located]) -> None:
    seen: set[str] = set()
    for file in files:
        if file.path in seen:
            raise InvalidRequest(reason=f"{file.path} is named twice; ingest the folders one at a time, or the folder above them")
        seen.add(file.path)
