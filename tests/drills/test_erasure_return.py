"""The master test, later: an erased person does not come back with a backup of before, nor with the same file or a changed one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from api.bootstrap import open_kennisbank, restore
from kb.age_files import SealingKey
from kb.authorise import OWNER
from kb.data_directory import DataDirectory
from kb.errors import RestoredWithoutJournal
from kb.ledger.tasks import TaskKind
from kb.restore import Restored
from kb.types import Upload
from tests.drills.erasure_directory import Prepared, bystanders_are_found, check, copied, found, settings_of
from tests.drills.planted import MAIL, NAME, uploads

pytestmark = pytest.mark.xdist_group("erasure")


def put_back(backup: Path, secrets: Path, to: Path) -> tuple[DataDirectory, Restored]:
    target = DataDirectory(to / "var", to / "var.secrets")
    shutil.copytree(secrets, target.secrets)
    return target, restore().restore(backup, target, SealingKey(target.sealing_key), "owner")


def test_a_backup_of_before_brings_nobody_back(prepared: Prepared, erased: Path, tmp_path: Path) -> None:
    target, done = put_back(prepared.backup, erased.with_name("var.secrets"), tmp_path)
    assert (done.replayed, done.for_officer_only) == (1, False)
    check(target.path, prepared.vectors)


def test_without_its_journal_it_opens_for_the_officer_alone_until_the_journal_is_there(
    prepared: Prepared, erased: Path, tmp_path: Path
) -> None:
    disk, secrets = tmp_path / "disk", tmp_path / "secrets"
    disk.mkdir()
    shutil.copy(prepared.backup, disk)
    shutil.copytree(erased.with_name("var.secrets"), secrets)
    (secrets / "journal").rename(tmp_path / "journal")
    target, done = put_back(disk / prepared.backup.name, secrets, tmp_path)
    assert (done.replayed, done.for_officer_only) == (0, True)
    with pytest.raises(RestoredWithoutJournal), open_kennisbank(settings_of(target.path), role="server"):
        pass
    with open_kennisbank(settings_of(target.path), role="command") as kennisbank, pytest.raises(RestoredWithoutJournal):
        list(kennisbank.operations(OWNER).ask(f"Waar woont {NAME}?"))
    assert restore().accept(target, SealingKey(target.sealing_key), tmp_path / "journal", "owner") == 1
    check(target.path, prepared.vectors)


def test_the_same_files_again_wait_for_the_officer_and_rejected_leave_nothing(prepared: Prepared, erased: Path, tmp_path: Path) -> None:
    folder = copied(erased, tmp_path)
    with open_kennisbank(settings_of(folder), role="command") as kennisbank:
        results = {one.path: one.status for one in kennisbank.operations(OWNER).ingest(uploads()).files}
        # Of these two the very bytes are there: nothing of the person stood in them.
        assert (results.pop("kantine.md"), results.pop(f"verslagen/Verslag {NAME}.txt")) == ("unchanged", "unchanged")
        assert set(results.values()) == {"quarantined"}, results
        assert not any("rode fiets" in text for text in found(kennisbank, "wie woont aan de kade en heeft een rode fiets"))
        with kennisbank.ledger.reading() as tx:
            tasks = tx.tasks.open(TaskKind.SUPPRESSED)
        assert len(tasks) == len(results)
        for task in tasks:
            kennisbank.privacy.office.upkeep.finish_task(task.task_id, "reject", OWNER)
    check(folder, prepared.vectors)


def test_a_changed_file_waits_and_released_it_is_there(prepared: Prepared, erased: Path, tmp_path: Path) -> None:
    folder = copied(erased, tmp_path)
    letter = uploads()[0]
    changed = Upload("post/brief (2).txt", letter.data.replace(b"rode fiets", b"groene fiets met kinderzitje"))
    about = Upload("nieuw.md", f"# Nieuw\n\nHet nieuwe adres van {NAME} is bekend; post aan {MAIL}.\n".encode())
    with open_kennisbank(settings_of(folder), role="command") as kennisbank:
        files = kennisbank.operations(OWNER).ingest([changed, about]).files
        assert [(one.status, one.code) for one in files] == [("quarantined", "suppressed")] * 2
        assert not any("kinderzitje" in text for text in found(kennisbank, "groene fiets kinderzitje"))
        with kennisbank.ledger.reading() as tx:
            tasks = tx.tasks.open(TaskKind.SUPPRESSED)
        for task in tasks:
            kennisbank.privacy.office.upkeep.finish_task(task.task_id, "release", OWNER)
        assert any("kinderzitje" in text for text in found(kennisbank, "groene fiets kinderzitje"))
        bystanders_are_found(kennisbank)
