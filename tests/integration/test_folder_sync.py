"""A folder and a space in step: through the pipeline, on a schedule, and while somebody works in the folder."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from api.folder_sync import FolderSync, SyncReport, accept
from api.jobs import Jobs
from ingest.folder import Folder
from ingest.watch import changes
from kb.authorise import OWNER
from kb.errors import FolderElsewhere, SyncFolderGone
from kb.settings import load_settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "regels"
    (root / "verlof").mkdir(parents=True)
    (root / "verlof" / "ouderschap.txt").write_text("Het ouderschapsverlof duurt 26 weken.\n")
    (root / "reizen.txt").write_text("De reiskosten zijn 23 cent per kilometer.\n")
    return root


def syncing(folder: Path, space: str = "algemeen") -> FolderSync:
    return FolderSync(Folder(folder), folder.name, space, largest_bytes=1_000_000, language="en")


def done(report: SyncReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.moved, report.deleted


def sources(kennisbank: Kennisbank) -> list[str]:
    return [document.source for document in kennisbank.operations(OWNER).documents()]


def found(kennisbank: Kennisbank, question: str) -> set[str]:
    with kennisbank.ledger.reading() as tx:
        spaces = [space.id for space in tx.spaces.all()]
    return {passage.source for passage in kennisbank.retriever.retrieve(question, spaces, "nl")}


def test_a_space_follows_what_is_added_changed_moved_and_deleted(kennisbank: Kennisbank, folder: Path) -> None:
    operations, sync = kennisbank.operations(OWNER), syncing(folder)

    assert done(sync.run(operations)) == (2, 0, 0, 0)
    assert done(sync.run(operations)) == (0, 0, 0, 0)
    (folder / "reizen.txt").write_text("De reiskosten zijn 25 cent per kilometer.\n")
    (folder / "verlof").rename(folder / "vrij")
    (folder / "nieuw.txt").write_text("De kantine opent om twaalf uur.\n")
    assert done(sync.run(operations)) == (1, 1, 1, 0)
    assert sources(kennisbank) == ["regels/nieuw.txt", "regels/reizen.txt", "regels/vrij/ouderschap.txt"]
    assert found(kennisbank, "Hoe lang duurt het ouderschapsverlof?") >= {"regels/vrij/ouderschap.txt"}
    (folder / "reizen.txt").unlink()
    assert done(sync.run(operations)) == (0, 0, 0, 1)
    assert "regels/reizen.txt" not in found(kennisbank, "Hoeveel zijn de reiskosten?")


def test_a_moved_document_is_not_read_again_and_takes_its_title_along(kennisbank: Kennisbank, folder: Path) -> None:
    operations, sync = kennisbank.operations(OWNER), syncing(folder)
    sync.run(operations)
    before = {document.id: document.version for document in operations.documents()}
    (folder / "reizen.txt").rename(folder / "kilometers.txt")

    report = sync.run(operations)

    assert (done(report), report.files) == ((0, 0, 1, 0), ())
    assert {document.id: document.version for document in operations.documents()} == before
    assert "kilometers" in [document.title for document in operations.documents()]


def test_files_that_swap_their_names_are_in_step_after_one_sync(kennisbank: Kennisbank, folder: Path) -> None:
    operations, sync = kennisbank.operations(OWNER), syncing(folder)
    sync.run(operations)
    (folder / "reizen.txt").rename(folder / "x")
    (folder / "verlof" / "ouderschap.txt").rename(folder / "reizen.txt")
    (folder / "x").rename(folder / "wijs.txt")

    sync.run(operations)

    assert done(sync.run(operations)) == (0, 0, 0, 0)
    assert found(kennisbank, "Hoe lang duurt het ouderschapsverlof?") >= {"regels/reizen.txt"}
    assert sources(kennisbank) == ["regels/reizen.txt", "regels/wijs.txt"]


def test_what_cannot_be_read_is_tried_once_per_change(kennisbank: Kennisbank, folder: Path) -> None:
    (folder / "leeg.txt").write_bytes(b"")
    operations, sync = kennisbank.operations(OWNER), syncing(folder)

    first, again = sync.run(operations), sync.run(operations)

    assert [(file.path, file.status) for file in first.files if file.status != "ready"] == [("regels/leeg.txt", "failed")]
    assert (first.failed, again.failed, again.did_something) == (1, 0, False)


def test_an_emptied_folder_removes_nothing_until_somebody_accepts_it(kennisbank: Kennisbank, folder: Path) -> None:
    operations, sync = kennisbank.operations(OWNER), syncing(folder)
    sync.run(operations)
    shutil.rmtree(folder)
    with pytest.raises(SyncFolderGone):
        sync.run(operations, may_remove=accept)
    folder.mkdir()

    held = sync.run(operations)

    assert (held.held_reason, held.held, held.deleted) == ("empty", ("regels/reizen.txt", "regels/verlof/ouderschap.txt"), 0)
    assert len(sources(kennisbank)) == 2
    accepted = sync.run(operations, may_remove=accept)
    assert (accepted.deleted, accepted.held, sources(kennisbank)) == (2, (), [])


def test_two_folders_of_one_name_do_not_remove_each_others_documents(kennisbank: Kennisbank, folder: Path, tmp_path: Path) -> None:
    operations = kennisbank.operations(OWNER)
    syncing(folder).run(operations)
    other = tmp_path / "elders" / "regels"
    other.mkdir(parents=True)
    (other / "kantine.txt").write_text("De kantine opent om twaalf uur.\n")

    with pytest.raises(FolderElsewhere):
        syncing(other).run(operations, may_remove=accept)

    assert len(sources(kennisbank)) == 2
    operations.add_space("directie")
    assert syncing(other, "directie").run(operations).added == 1
    moved = syncing(other).run(operations, may_remove=accept, moved_here=True)
    assert (moved.deleted, moved.duplicates + moved.added) == (2, 1)


def test_what_was_put_in_by_hand_stays(kennisbank: Kennisbank, folder: Path) -> None:
    from kb.types import Upload

    operations = kennisbank.operations(OWNER)
    operations.ingest([Upload("los.txt", b"Een los blad over parkeren.\n"), Upload("regelsboek/a.txt", b"Een ander boek over fietsen.\n")])

    syncing(folder).run(operations)
    (folder / "reizen.txt").unlink()
    syncing(folder).run(operations)

    assert sources(kennisbank) == ["los.txt", "regels/verlof/ouderschap.txt", "regelsboek/a.txt"]


def test_a_sync_that_is_told_to_stop_leaves_the_rest_for_the_next(kennisbank: Kennisbank, folder: Path) -> None:
    operations, sync = kennisbank.operations(OWNER), syncing(folder)
    sync.run(operations)
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"Regel {number} gaat over fietsen.\n")
    (folder / "reizen.txt").unlink()
    looks: list[int] = []

    def after_the_first_file() -> bool:
        looks.append(1)
        return len(looks) > 2

    report = sync.run(operations, stopping=after_the_first_file)

    assert (report.added, report.deleted) == (1, 0)
    assert done(sync.run(operations)) == (2, 0, 0, 1)


# --- on a schedule


def test_the_server_keeps_the_folders_of_its_settings_in_step_and_says_what_waits(tmp_path: Path, folder: Path) -> None:
    entries = [
        {"folder": str(folder), "every_minutes": 5},
        {"folder": str(tmp_path / "weg"), "every_minutes": 5},
    ]
    models = {"embedding": {"backend": "hashing"}, "generation": {"backend": "extractive"}}
    settings = load_settings(tmp_path / "data", sync=entries, **models)
    init_directory(settings, "algemeen")
    with open_kennisbank(settings, role="command") as kennisbank:
        operations, jobs = kennisbank.operations(OWNER), Jobs(kennisbank)
        assert [one.last_run_at for one in operations.synced_folders()] == [None, None]
        for entry in settings.sync:
            jobs.keep_in_step(entry)
        first, missing = operations.synced_folders()
        assert (first.name, first.added, first.held, missing.code) == ("regels", 2, 0, "folder_gone")
        assert len(sources(kennisbank)) == 2

        shutil.rmtree(folder)
        folder.mkdir()
        jobs.keep_in_step(settings.sync[0])
        held = operations.synced_folders()[0]
        assert (held.held, held.held_reason, len(sources(kennisbank))) == (2, "empty", 2)

        syncing(folder).run(operations, may_remove=accept)
        jobs.keep_in_step(settings.sync[0])
        assert (operations.synced_folders()[0].held, sources(kennisbank)) == (0, [])


# --- watching


@pytest.fixture
def heard(folder: Path) -> Iterator[Iterator[None]]:
    stop = threading.Event()
    hearing = changes(folder, stop, quiet_ms=50, look_again_seconds=3_600)
    next(hearing)
    yield hearing
    stop.set()
    assert list(hearing) == []


def test_every_kind_of_change_is_heard(folder: Path, heard: Iterator[None]) -> None:
    (folder / "nieuw.txt").write_text("x")
    next(heard)
    (folder / "verlof" / "ouderschap.txt").write_text("anders")
    next(heard)
    (folder / "verlof").rename(folder / "vrij")
    next(heard)
    (folder / "vrij" / "ouderschap.txt").unlink()
    next(heard)


def test_what_changes_while_nobody_listens_is_heard_next(folder: Path, heard: Iterator[None]) -> None:
    (folder / "a.txt").write_text("x")
    next(heard)
    (folder / "b.txt").write_text("x")  # between two looks: the reader is busy
    next(heard)


def test_a_folder_that_goes_and_comes_back_is_followed_again(folder: Path, heard: Iterator[None], tmp_path: Path) -> None:
    folder.rename(tmp_path / "weg")
    next(heard)
    assert not folder.exists()
    (tmp_path / "weg").rename(folder)
    next(heard)
    (folder / "na.txt").write_text("x")
    next(heard)
