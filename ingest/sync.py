"""What must happen to keep a folder and a space in step. Pure: it reads nothing and changes nothing.

The documents of a synced folder are those of the space whose source begins with the folder's name and a slash; other
documents of the space are never touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.folder import STILL_THERE, Refused
from kb.types import FileInSpace, VersionStatus

HELD_FROM = 10
HELD_SHARE = 0.1

Held = Literal["empty", "many"]
"""Why deletions wait for a person: the folder holds no file any more, or many documents would go at once."""


@dataclass(frozen=True, slots=True)
class FileOnDisk:
    """A file of the folder, by the source that its document has or would have."""

    source: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Move:
    """A document whose file has another path now."""

    document_id: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """The steps, each by source. ``duplicates`` are files whose very bytes are a document of the space already."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[Move, ...]
    deleted: tuple[FileInSpace, ...]
    unchanged: tuple[str, ...]
    duplicates: tuple[str, ...]
    refused: tuple[Refused, ...]

    @property
    def known(self) -> int:
        """How many documents the folder had."""
        return len(self.changed) + len(self.moved) + len(self.deleted) + len(self.unchanged)

    @property
    def nothing(self) -> bool:
        """Whether the folder and the space are in step."""
        return not (self.added or self.changed or self.moved or self.deleted)

    def why_held(self) -> Held | None:
        """Why the deletions wait for a person, or None: they may be done."""
        if not self.deleted:
            return None
        if not (self.added or self.changed or self.moved or self.unchanged or self.duplicates):
            return "empty"
        return "many" if len(self.deleted) > max(HELD_FROM, HELD_SHARE * self.known) else None


def plan_sync(name: str, files: Iterable[FileOnDisk], known: Sequence[FileInSpace], refused: Iterable[Refused] = ()) -> SyncPlan:
    """What brings the documents below ``name`` to ``files``. ``known`` is the whole space; ``refused`` are paths below the folder.

    A document whose file cannot be seen now (not readable, below a folder that is not) keeps its place.
    """
    refused = tuple(refused)
    on_disk = {file.source: file.sha256 for file in files}
    unseen = {f"{name}/{one.path}" for one in refused if one.reason in STILL_THERE}
    members = {file.source: file for file in known if belongs(file.source, name)}
    vacant = {source: file for source, file in members.items() if source not in on_disk and not _unseen(source, unseen)}
    staying = [source for source in members if source not in on_disk and source not in vacant]
    unchanged = sorted([*staying, *(source for source, file in members.items() if on_disk.get(source) == file.sha256)])
    changed = sorted(source for source, file in members.items() if source in on_disk and on_disk[source] != file.sha256)
    new = sorted(source for source in on_disk if source not in members)

    moved = _moves(new, on_disk, vacant)
    arrived = {move.new for move in moved}
    gone = {*(move.old for move in moved), *changed}
    held_already = {
        file.sha256 for file in known if file.status is VersionStatus.READY and file.source not in gone and file.source not in vacant
    }
    held_already |= {on_disk[move.new] for move in moved if members[move.old].status is VersionStatus.READY}
    added, duplicates = [], []
    for source in new:
        if source in arrived:
            continue
        if on_disk[source] in held_already:
            duplicates.append(source)
        else:
            added.append(source)
            held_already.add(on_disk[source])
    deleted = tuple(vacant[source] for source in sorted(vacant) if source not in gone)
    return SyncPlan(tuple(added), tuple(changed), tuple(moved), deleted, tuple(unchanged), tuple(duplicates), refused)


def belongs(source: str, name: str) -> bool:
    """Whether a document with this source is of the folder known as ``name``. A web page is of no folder."""
    return source.startswith(f"{name}/") and "://" not in source


def _moves(new: Sequence[str], on_disk: dict[str, str], vacant: dict[str, FileInSpace]) -> list[Move]:
    """Same bytes, new path. Where several files could be meant, the one that kept its name."""
    by_hash: dict[str, list[str]] = defaultdict(list)
    for source in sorted(vacant):
        by_hash[vacant[source].sha256].append(source)
    moves: list[Move] = []
    for keeps_name in (True, False):
        taken = {move.new for move in moves}
        for source in new:
            olds = by_hash[on_disk[source]] if source not in taken else []
            old = next((one for one in olds if not keeps_name or _name(one) == _name(source)), None)
            if old is not None:
                olds.remove(old)
                moves.append(Move(vacant[old].document_id, old, source))
    return sorted(moves, key=lambda move: move.new)


def _name(source: str) -> str:
    return source.rpartition("/")[2]


def _unseen(source: str, unseen: set[str]) -> bool:
    if source in unseen:
        return True
    cut = source.rfind("/")
    while cut > 0:
        if source[:cut] in unseen:
            return True
        cut = source.rfind("/", 0, cut)
    return False
