"""The folder of originals: a file is there whole, or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from kb.errors import DiskFull
from kb.originals import Originals


def test_what_was_put_comes_back_and_nothing_else_lies_there(tmp_path: Path) -> None:
    originals = Originals(tmp_path)
    originals.put("one", b"1")
    originals.put_all({"two": b"2", "three": b""})
    originals.put_all({})
    assert [originals.get(name) for name in ("one", "two", "three", "four")] == [b"1", b"2", b"", None]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "three", "two"]


def test_each_file_is_on_disk_and_so_is_the_folder_once_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def recorded(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", recorded)
    Originals(tmp_path).put_all({"one": b"1", "two": b"2"})
    assert synced == ["one.new", "two.new", tmp_path.name]


def test_a_disk_that_fills_up_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def full(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink().name == "two.new":
            raise OSError(errno.ENOSPC, "no space")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        Originals(tmp_path).put_all({"one": b"1", "two": b"2", "three": b"3"})
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
