"""`kb ingest --sync` and `--watch`."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import ingest.watch
from api.memory_operations import MemoryKennisbank
from kb.authorise import OWNER
from kb.types import SyncedFolder
from tests.unit.cli.conftest import Kb


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "regels"
    root.mkdir()
    for number in range(20):
        (root / f"{number}.txt").write_text(f"Regel {number} gaat over fietsen.\n")
    return root


def count(kennisbank: MemoryKennisbank) -> int:
    return len(kennisbank.operations(OWNER).documents())


def empty(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


def test_a_sync_says_what_it_did(kb: Kb, kennisbank: MemoryKennisbank, folder: Path) -> None:
    assert kb("ingest", folder, "--sync").out.startswith("regels → algemeen: 20 new, 0 changed, 0 moved, 0 removed, 0 the same in ")
    (folder / "0.txt").rename(folder / "nul.txt")
    (folder / "1.txt").unlink()

    ran = kb("ingest", folder, "--sync", "--json")

    assert ran.code == 0
    assert {name: ran.json[name] for name in ("folder", "space", "added", "moved", "deleted", "unchanged", "held")} == {
        "folder": "regels",
        "space": "algemeen",
        "added": 0,
        "moved": 1,
        "deleted": 1,
        "unchanged": 18,
        "held": [],
    }


def test_many_deletions_wait_and_say_how_they_are_accepted(kb: Kb, kennisbank: MemoryKennisbank, folder: Path) -> None:
    kb("ingest", folder, "--sync")
    empty(folder)

    ran = kb("ingest", folder, "--sync")

    assert ran.code == 3
    assert "The folder is empty; a share that is not mounted? Its 20 documents stay until you say --accept-deletions." in ran.out
    assert count(kennisbank) == 20
    assert kb("ingest", folder, "--sync", "--accept-deletions").code == 0
    assert count(kennisbank) == 0


@pytest.mark.parametrize(("answer", "left"), [("y", 0), ("n", 20)])
def test_on_a_terminal_it_asks(
    kb: Kb, kennisbank: MemoryKennisbank, folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    kb("ingest", folder, "--sync")
    empty(folder)
    monkeypatch.setattr("api.cli.sync.on_terminal", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda question, err: answer == "y")

    ran = kb("ingest", folder, "--sync")

    assert "… and 10 more" in ran.err
    assert count(kennisbank) == left


def test_another_folder_of_the_same_name_is_refused_and_can_have_a_name_of_its_own(
    kb: Kb, kennisbank: MemoryKennisbank, folder: Path, tmp_path: Path
) -> None:
    kb("ingest", folder, "--sync")
    other = tmp_path / "elders" / "regels"
    other.mkdir(parents=True)
    (other / "x.txt").write_text("Iets over parkeren.\n")

    ran = kb("ingest", other, "--sync", "--accept-deletions")

    assert (ran.code, count(kennisbank)) == (1, 20)
    assert ran.err.endswith("(folder_elsewhere)\n")
    assert kb("ingest", other, "--sync", "--as", "regels van elders").code == 0
    assert count(kennisbank) == 21
    (tmp_path / "nieuw").mkdir()
    folder.rename(tmp_path / "nieuw" / "regels")
    assert kb("ingest", tmp_path / "nieuw" / "regels", "--sync", "--folder-moved").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ["regels", "--sync", "--plan"],
        ["regels", "regels", "--watch"],
        ["regels", "--accept-deletions"],
        ["regels", "--as", "x"],
        ["regels", "--yes"],
        ["regels", "--url", "https://x.example/"],
        ["regels/0.txt", "--sync"],
        ["regels", "--sync", "--as", "a/b"],
        [],
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(kb: Kb, kennisbank: MemoryKennisbank, folder: Path, words: list[str]) -> None:
    ran = kb("ingest", *words)

    assert (ran.code, count(kennisbank)) == (2, 0)
    assert ran.err.endswith("(invalid_request)\n")


def watched(monkeypatch: pytest.MonkeyPatch, *steps: object) -> None:
    """Instead of the file system: after the first look each step happens, then somebody presses Ctrl-C."""

    def changes(folder: Path, stop: threading.Event) -> Iterator[None]:
        yield
        for step in steps:
            assert callable(step)
            step()
            yield
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(5)
        yield

    monkeypatch.setattr(ingest.watch, "changes", changes)


def test_watching_syncs_at_once_and_after_every_change_and_ends_cleanly(
    kb: Kb, kennisbank: MemoryKennisbank, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGINT)
    watched(monkeypatch, lambda: (folder / "nieuw.txt").write_text("De kantine opent om twaalf uur.\n"), lambda: None)

    ran = kb("ingest", folder, "--watch")

    assert ran.code == 0
    assert [line.partition(":")[2].partition(",")[0] for line in ran.out.splitlines()] == [" 20 new", " 1 new"]
    assert ran.err.splitlines() == ["Watching regels; Ctrl-C stops.", "Stopped watching."]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_folder_that_goes_while_it_is_watched_is_told_once_and_followed_when_it_is_back(
    kb: Kb, kennisbank: MemoryKennisbank, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def back() -> None:
        (tmp_path / "weg").rename(folder)
        (folder / "0.txt").unlink()

    watched(monkeypatch, lambda: folder.rename(tmp_path / "weg"), lambda: None, back)

    ran = kb("ingest", folder, "--watch")

    assert ran.err.count("(folder_gone)") == 1
    assert count(kennisbank) == 19


def test_watching_with_json_prints_an_object_per_sync_that_changed_something(
    kb: Kb, kennisbank: MemoryKennisbank, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(monkeypatch, lambda: (folder / "0.txt").unlink(), lambda: None, lambda: empty(folder))

    ran = kb("ingest", folder, "--watch", "--json")

    reports = [json.loads(line) for line in ran.out.splitlines()]
    assert [(one["added"], one["deleted"], len(one["held"])) for one in reports] == [(20, 0, 0), (0, 1, 0), (0, 0, 19)]


def test_what_is_wrong_at_the_start_ends_the_watching(kb: Kb, kennisbank: MemoryKennisbank, folder: Path) -> None:
    ran = kb("ingest", folder, "--watch", "--space", "kelder")

    assert ran.code == 1
    assert ran.err.splitlines()[-1].endswith("(space_not_found)")


def test_the_status_names_the_folders_that_the_server_keeps_in_step(kb: Kb, kennisbank: MemoryKennisbank) -> None:
    from datetime import UTC, datetime

    at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    kennisbank.store.synced = [
        SyncedFolder("nieuw", "algemeen", 60),
        SyncedFolder("regels", "algemeen", 5, last_run_at=at, added=2, held=12, held_reason="many"),
        SyncedFolder("weg", "algemeen", 5, last_run_at=at, code="folder_gone", detail="It is not there."),
    ]

    out = kb("status").out

    assert "nieuw → algemeen, every 60 min: has not run yet" in out
    assert "12 deletions wait for you: kb ingest PATH-OF-THE-FOLDER --sync --space algemeen --as regels --accept-deletions" in out
    assert "It is not there. (folder_gone)" in out
