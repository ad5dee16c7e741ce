"""`kb ingest`, and which files it takes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from api.cli.selection import select
from api.memory_operations import MemoryKennisbank
from ingest.folder import Refused
from kb.errors import EmptySelection, InvalidRequest, PathMissing
from tests.unit.cli.conftest import Kb


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "regels"
    (root / "verlof").mkdir(parents=True)
    (root / "verlof" / "b.txt").write_text("Verlof duurt lang.\n")
    (root / "a.txt").write_text("Reizen kost geld.\n")
    (root / ".verborgen").write_text("x")
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("x")
    (root / "koppeling.txt").symlink_to(root / "a.txt")
    os.mkfifo(root / "pijp")
    return root


def test_a_folder_is_walked_in_order_without_what_is_hidden_linked_or_special(folder: Path) -> None:
    selection = select([folder])

    assert [file.path for file in selection.files] == ["regels/a.txt", "regels/verlof/b.txt"]
    assert selection.passed_over == 4
    assert selection.unread == ()


def test_what_is_named_itself_is_taken_even_hidden_or_linked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [file.path for file in select([folder / ".verborgen", folder / "koppeling.txt"]).files] == [".verborgen", "koppeling.txt"]
    monkeypatch.chdir(folder)
    assert [file.path for file in select([Path()]).files] == ["regels/a.txt", "regels/verlof/b.txt"]


def test_a_named_pipe_is_not_waited_for(folder: Path) -> None:
    assert select([folder / "pijp"]).unread == (Refused("pijp", "special"),)


def test_a_name_that_is_no_utf8_can_still_travel(folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("x")

    assert "regels/caf\N{REPLACEMENT CHARACTER}.txt" in [file.path for file in select([folder]).files]


def test_two_files_under_one_path_are_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "x" / "regels"
    other.mkdir(parents=True)
    (other / "a.txt").write_text("x")

    with pytest.raises(InvalidRequest, match=r"regels/a\.txt"):
        select([folder, other])


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "leeg").mkdir()

    with pytest.raises(EmptySelection):
        select([tmp_path / "leeg"])
    with pytest.raises(PathMissing):
        select([tmp_path / "weg"])


def test_what_holds_sensitive_content_is_counted(kb: Kb, kennisbank: MemoryKennisbank, tmp_path: Path) -> None:
    (tmp_path / "dossier.md").write_text("# Dossier\n\nBSN 123456782 staat in dit dossier.\n")

    ran = kb("ingest", tmp_path / "dossier.md")

    assert (ran.code, ran.err) == (0, "1 of them holds sensitive content: bsn.\n")


def test_files_are_read_in_and_counted(kb: Kb, kennisbank: MemoryKennisbank, folder: Path) -> None:
    ran = kb("ingest", folder)

    assert ran.code == 0
    assert ran.out == "2 read, 0 unchanged, 0 failed, 0 set aside in 0.0 s\n"
    assert ran.err == "4 hidden files, links and special files were passed over.\n"
    assert kb("ingest", folder, "--json").json["unchanged"] == 2


def test_some_that_failed_is_done_in_part_and_each_says_why(kb: Kb, kennisbank: MemoryKennisbank, folder: Path) -> None:
    (folder / "leeg.txt").write_bytes(b"")

    ran, as_json = kb("ingest", folder), kb("ingest", folder, "--json")

    assert (ran.code, as_json.code) == (3, 3)
    assert "regels/leeg.txt: In this file there is no text. (no_text)\n" in ran.out
    assert [(one["path"], one["status"]) for one in as_json.json["files"]] == [
        ("regels/a.txt", "unchanged"),
        ("regels/leeg.txt", "failed"),
        ("regels/verlof/b.txt", "unchanged"),
    ]
    assert set(as_json.json) == {"files", "ready", "unchanged", "failed", "quarantined", "seconds"}


def test_a_file_that_may_not_be_read_is_a_result(
    kb: Kb, kennisbank: MemoryKennisbank, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def refuse(path: Any, *arguments: Any, **options: Any) -> int:
        if path == "a.txt":
            raise PermissionError
        return opened(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)

    ran = kb("ingest", folder, "--json")

    assert ran.code == 3
    assert [(one["status"], one["code"]) for one in ran.json["files"]] == [("failed", "unreadable"), ("ready", None)]
    assert (ran.json["ready"], ran.json["failed"]) == (1, 1)


def test_a_file_that_is_too_large_is_not_even_read(
    kb: Kb, kennisbank: MemoryKennisbank, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_LIMITS__FILE_BYTES", "1000")
    (folder / "groot.txt").write_bytes(b"x" * 1_001)

    files = kb("ingest", folder, "--json").json["files"]

    assert [one["code"] for one in files if one["path"] == "regels/groot.txt"] == ["too_large"]


@pytest.mark.parametrize(("words", "name"), [(["leeg"], "no_files"), (["weg"], "path_missing")])
def test_a_selection_without_files_is_a_usage_error(kb: Kb, tmp_path: Path, words: list[str], name: str) -> None:
    (tmp_path / "leeg").mkdir()

    ran = kb("ingest", *words)

    assert ran.code == 2
    assert ran.err.endswith(f"({name})\n")
