"""Which folder goes to which space: proposed by who may read it, written as a file that a person edits, and followed.

A space is a set of documents with one audience. So what everyone may read is proposed for one space, and a folder with fewer
readers is skipped until a person names its space.
"""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.plan.inventory import Inventory

_HEAD = """# Which folder goes to which space. Made by `kb ingest PATH --plan --plan-file`; edit it, then: kb ingest PATH --using THIS-FILE
#
# space = ""   the folder is skipped. That is proposed for every folder that not everyone may read: name a space for it only when
#              everybody who may ask in that space may read it.
# A folder without an entry of its own goes with the folder above it. A folder whose readers changed since is skipped, and said.
"""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A folder (a path below the planned one, "" for that itself) and its space ("" for none).

    ``files`` and ``size`` count what lies in it and in the folders below that have no entry of their own.
    """

    path: str
    space: str
    readable_by: str
    everyone: bool = True
    files: int = 0
    size: int = 0


class PlanInvalid(Exception):
    """The file is no plan; the message says where."""


def propose(inventory: Inventory, space: str) -> list[Assignment]:
    """An entry for the folder itself, for each folder directly in it, and for each that has other readers than the one above it."""
    listed = {
        path: readers
        for path, readers in inventory.folders.items()
        if path.count("/") == 0 or readers.told() != inventory.folders[path.rpartition("/")[0]].told()
    }
    narrow: dict[str, set[str]] = defaultdict(set)
    count: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for item in inventory.items:
        above = item.path.rpartition("/")[0]
        owner = _longest(above, listed)
        count[owner][0] += 1
        count[owner][1] += item.size
        if item.readers.told() != inventory.folders[above].told():
            narrow[owner].add(item.readers.told())
    proposed = []
    for path in sorted(listed):
        readers = listed[path]
        files, size = count[path]
        told = "; ".join([readers.told(), *sorted(f"some files only {one}" for one in narrow[path])])
        open_to_all = readers.everyone and readers.certain and not narrow[path]
        if files or not path:
            proposed.append(Assignment(path, space if open_to_all else "", told, open_to_all, files, size))
    return proposed


def written(assignments: Iterable[Assignment]) -> str:
    """The proposal as a file to edit."""
    parts = [_HEAD]
    for one in assignments:
        parts.append(
            f"[[folder]]\npath = {_toml(one.path or '.')}\nspace = {_toml(one.space)}\n"
            f"readable_by = {_toml(one.readable_by)}\n# {one.files} files, {one.size / 1_000_000:.1f} MB\n"
        )
    return "\n".join(parts)


def read_plan(text: str) -> list[Assignment]:
    """The assignments of an edited file. Raises PlanInvalid."""
    try:
        entries = tomllib.loads(text).get("folder")
    except tomllib.TOMLDecodeError as error:
        raise PlanInvalid(str(error)) from error
    if not isinstance(entries, list) or not entries:
        raise PlanInvalid("there is no [[folder]] in it")
    assignments, seen = [], set()
    for number, entry in enumerate(entries, 1):
        values = [entry.get(name) for name in ("path", "space", "readable_by")] if isinstance(entry, dict) else [None]
        if not all(isinstance(value, str) for value in values) or len(entry) != 3:
            raise PlanInvalid(f"[[folder]] number {number} needs path, space and readable_by, and nothing else")
        path = "" if entry["path"] == "." else entry["path"].strip("/")
        if path in seen:
            raise PlanInvalid(f"the folder {entry['path']} is named twice")
        seen.add(path)
        assignments.append(Assignment(path, entry["space"].strip(), entry["readable_by"]))
    return assignments


@dataclass(frozen=True, slots=True)
class Followed:
    """What a plan says of the files that are there now: their space by path; and folders that are skipped, by why."""

    spaces: dict[str, str]
    skipped: dict[str, int]
    changed: tuple[str, ...]
    unplanned: tuple[str, ...]


def follow(assignments: Iterable[Assignment], inventory: Inventory) -> Followed:
    """Give every file the space of the nearest folder that the plan names. Skipped are: folders without a space, folders whose readers are
    others than when the plan was made, and files that the plan does not cover."""
    planned = {one.path: one for one in assignments}
    now = {one.path: one.readable_by for one in propose(inventory, "x")}
    changed = {path for path, one in planned.items() if path in now and now[path] != one.readable_by}
    # A folder that got readers of its own after the plan was made is covered by none of its entries.
    readers = {path: one.told() for path, one in inventory.folders.items()}
    fresh = {path for path in now if path and path not in planned and readers[path] != readers[path.rpartition("/")[0]]}
    spaces: dict[str, str] = {}
    skipped: dict[str, int] = defaultdict(int)
    unplanned: set[str] = set()
    for item in inventory.items:
        above = item.path.rpartition("/")[0]
        owner = _longest(above, {**planned, **dict.fromkeys(fresh)})
        if owner not in planned:
            unplanned.add(owner or above)
        elif owner in changed or not planned[owner].space:
            skipped[owner] += 1
        else:
            spaces[item.path] = planned[owner].space
    return Followed(spaces, dict(skipped), tuple(sorted(changed)), tuple(sorted(unplanned)))


def _longest(path: str, among: Iterable[str]) -> str:
    """The nearest of the folders ``among`` at or above ``path``; "" where it is none of them."""
    known = among if isinstance(among, dict) else set(among)
    while path and path not in known:
        path = path.rpartition("/")[0]
    return path


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
