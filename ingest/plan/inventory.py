"""What lies in a folder: names, kinds, sizes, times, readers, and hashes where two files may be the same. No content is parsed."""

from __future__ import annotations

import stat
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.folder import Entry, FileRefused, Folder, Refused
from ingest.plan.kinds import HEAD_BYTES, Guess, kind_of_head
from ingest.plan.readers import Readers, nearest, readers_of

Heard = Callable[[str, int, int], object]
"""What is being done (``files``, ``hashes``), how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file. ``sha256`` is None where no other file has its size; ``readers`` are those of the folders above as well."""

    path: str
    size: int
    modified_ns: int
    guess: Guess
    sha256: str | None
    readers: Readers


@dataclass(frozen=True, slots=True)
class Inventory:
    """The files by path, the readers of each folder, what was not taken and why."""

    items: tuple[Item, ...]
    folders: dict[str, Readers]
    refused: tuple[Refused, ...]

    def duplicates(self) -> list[tuple[Item, ...]]:
        """Files of the same bytes, the most wasteful first."""
        same: dict[str, list[Item]] = defaultdict(list)
        for item in self.items:
            if item.sha256 is not None:
                same[item.sha256].append(item)
        return sorted((tuple(one) for one in same.values() if len(one) > 1), key=lambda one: (-one[0].size * (len(one) - 1), one[0].path))


def take_inventory(folder: Folder, heard: Heard = lambda what, done, total: None) -> Inventory:
    """Look at everything below ``folder``. Raises FolderGone."""
    listing = folder.listing()
    folders = _folders(folder.root, listing.folders)
    sizes: dict[int, int] = defaultdict(int)
    for entry in listing.files:
        sizes[entry.size] += 1
    to_hash = sum(sizes[entry.size] > 1 and entry.size > 0 for entry in listing.files)
    items, refused, hashed = [], list(listing.refused), 0
    for number, entry in enumerate(listing.files, 1):
        sha256 = None
        if sizes[entry.size] > 1 and entry.size > 0:
            hashed += 1
            heard("hashes", hashed, to_hash)
            try:
                sha256 = folder.sha256(entry)
            except FileRefused as error:
                refused.append(Refused(entry.path, error.reason))
        items.append(_item(folder, entry, sha256, folders[entry.path.rpartition("/")[0]]))
        heard("files", number, len(listing.files))
    return Inventory(tuple(items), folders, tuple(refused))


def _item(folder: Folder, entry: Entry, sha256: str | None, above: Readers) -> Item:
    guess = kind_of_head(folder.head(entry, HEAD_BYTES), entry.path, entry.size)
    own = readers_of(Path(folder.root, *entry.parts), entry.mode, entry.uid, entry.gid)
    return Item(entry.path, entry.size, entry.modified_ns, guess, sha256, nearest(own, above))


def _folders(root: Path, parts: tuple[tuple[str, ...], ...]) -> dict[str, Readers]:
    from ingest.folder import shown

    readers: dict[str, Readers] = {}
    for one in sorted(parts):
        place = Path(root, *one)
        path = "/".join(shown(part) for part in one)
        try:
            found = place.stat(follow_symlinks=not one)
            own = readers_of(place, found.st_mode if stat.S_ISDIR(found.st_mode) else 0, found.st_uid, found.st_gid)
        except OSError:
            own = Readers(False, (), certain=False)
        readers[path] = nearest(own, readers[path.rpartition("/")[0]]) if one else own
    return readers
