"""A folder read so that nothing from outside it, and nothing half written, comes in."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.folder import Entry, FileRefused, Folder, FolderGone, Hashes, refusal_of_name


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "map"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "a.txt").write_text("binnen")
    (tmp_path / "geheim").mkdir()
    (tmp_path / "geheim" / "a.txt").write_text("BUITEN")
    return root


def entry(root: Path, path: str = "sub/a.txt") -> Entry:
    return next(one for one in Folder(root).listing().files if one.path == path)


def reasons(root: Path) -> dict[str, str]:
    return {one.path: one.reason for one in Folder(root).listing().refused}


def test_links_pipes_sockets_hidden_and_temporary_files_are_refused_with_their_reason(root: Path) -> None:
    (root / "koppeling.txt").symlink_to(root / "sub" / "a.txt")
    (root / "kring").symlink_to(root)
    os.mkfifo(root / "pijp.txt")
    for name in ("~$brief.docx", ".~lock.brief.odt#", "Thumbs.db", ".DS_Store", "half.part", ".git", "Desktop.ini"):
        (root / name).write_text("x")

    assert [one.path for one in Folder(root).listing().files] == ["sub/a.txt"]
    assert reasons(root) == {
        "koppeling.txt": "link",
        "kring": "link",
        "pijp.txt": "special",
        "~$brief.docx": "temporary",
        ".~lock.brief.odt#": "temporary",
        "Thumbs.db": "temporary",
        ".DS_Store": "temporary",
        "half.part": "temporary",
        "Desktop.ini": "temporary",
        ".git": "hidden",
    }


def test_ordinary_names_are_taken() -> None:
    assert {refusal_of_name(name) for name in ("brief.docx", "~brief.docx", "a.tmp.pdf", "Thumbs.pdf")} == {None}


def test_a_folder_swapped_for_a_link_between_listing_and_reading_leads_nowhere(root: Path, tmp_path: Path) -> None:
    listed = entry(root)
    (root / "sub").rename(tmp_path / "weg")
    (root / "sub").symlink_to(tmp_path / "geheim")

    with pytest.raises(FileRefused, match="unreadable"):
        Folder(root).read(listed)
    with pytest.raises(FileRefused):
        Folder(root).sha256(listed)
    assert Folder(root).head(listed, 10) == b""


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_file_swapped_for_a_link_or_a_pipe_is_refused_at_once(root: Path, tmp_path: Path, kind: str) -> None:
    listed = entry(root)
    (root / "sub" / "a.txt").unlink()
    if kind == "link":
        (root / "sub" / "a.txt").symlink_to(tmp_path / "geheim" / "a.txt")
    else:
        os.mkfifo(root / "sub" / "a.txt")

    with pytest.raises(FileRefused):
        Folder(root).read(listed)
    assert Folder(root).head(listed, 10) == b""


def interfering(monkeypatch: pytest.MonkeyPatch, times: int, interfere: Callable[[], object]) -> list[int]:
    """Let something happen to the file right after it was opened and looked at, the first ``times`` times."""
    import ingest.folder as module

    happened: list[int] = []
    really = module._until

    def until(*arguments: Any) -> bytes:
        data = really(*arguments)
        if len(happened) < times:
            happened.append(len(happened))
            interfere()
        return data

    monkeypatch.setattr(module, "_until", until)
    return happened


def test_a_file_that_is_replaced_while_it_is_read_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed, file = entry(root), root / "sub" / "a.txt"

    def replaced() -> None:
        (root / "sub" / "nieuw").write_text("nieuwer")
        (root / "sub" / "nieuw").replace(file)

    happened = interfering(monkeypatch, 1, replaced)

    assert Folder(root).read(listed) == b"nieuwer"
    assert happened == [0]


def test_a_file_that_keeps_changing_is_given_up_for_now(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed, file = entry(root), root / "sub" / "a.txt"

    def grow() -> None:
        with file.open("a") as opened:
            opened.write("x")

    interfering(monkeypatch, 99, grow)

    with pytest.raises(FileRefused, match="changing"):
        Folder(root).read(listed)


def test_a_file_that_is_too_large_is_not_read(root: Path) -> None:
    listing = Folder(root).listing(largest_bytes=5)

    assert (listing.files, [one.reason for one in listing.refused]) == ((), ["too_large"])
    with pytest.raises(FileRefused, match="too_large"):
        Folder(root).read(entry(root), largest_bytes=5)


def test_names_that_are_no_text_or_would_mean_another_path_travel_as_something_else(root: Path) -> None:
    (root / os.fsdecode(b"caf\xe9.txt")).write_text("1")
    (root / os.fsdecode(b"caf\xea.txt")).write_text("2")
    (root / "a\\..\\b.txt").write_text("3")

    listing = Folder(root).listing()

    assert [one.path for one in listing.files] == ["a∖..∖b.txt", "caf\N{REPLACEMENT CHARACTER}.txt", "sub/a.txt"]
    assert [(one.path, one.reason) for one in listing.refused] == [("caf\N{REPLACEMENT CHARACTER}.txt", "same_name")]
    assert Folder(root).read(listing.files[0]) == b"3"


def test_a_path_that_is_too_long_to_be_kept_is_refused(root: Path) -> None:
    deep = root
    for _ in range(5):
        deep = deep / ("x" * 220)
        deep.mkdir()
    (deep / "a.txt").write_text("x")

    assert set(reasons(root).values()) == {"long_path"}


def test_a_folder_that_is_not_there_is_gone_and_no_empty_one(tmp_path: Path, root: Path) -> None:
    for place in (tmp_path / "weg", root / "sub" / "a.txt"):
        with pytest.raises(FolderGone):
            Folder(place).listing()


def test_a_hash_is_taken_again_only_where_the_file_may_have_changed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ingest.folder as module

    folder, hashes = Folder(root), Hashes()
    now = (root / "sub" / "a.txt").stat().st_ctime_ns
    monkeypatch.setattr(module.time, "time_ns", lambda: now + 10_000_000_000)
    first = hashes.of(folder, entry(root))
    taken = []
    monkeypatch.setattr(Folder, "sha256", lambda self, one: taken.append(one.path) or "opnieuw")

    assert hashes.of(folder, entry(root)) == first
    (root / "sub" / "a.txt").write_text("ANDERS")
    assert hashes.of(folder, entry(root)) == "opnieuw"
    assert taken == ["sub/a.txt"]


def test_a_file_of_this_very_moment_is_not_believed_by_its_times(root: Path) -> None:
    folder, hashes = Folder(root), Hashes()
    first = hashes.of(folder, entry(root))
    listed = entry(root)
    (root / "sub" / "a.txt").write_text("BINNEN")

    assert hashes.of(folder, listed) != first


def test_the_place_of_a_folder_is_a_fingerprint_that_names_nothing(root: Path, tmp_path: Path) -> None:
    (tmp_path / "ander").mkdir()

    assert Folder(root).place() == Folder(root / "sub" / "..").place()
    assert Folder(root).place() != Folder(tmp_path / "ander").place()
    assert "map" not in Folder(root).place()
