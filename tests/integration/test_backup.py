"""A backup is whole and sealed, comes back into an empty directory alone, and brings nobody back who was erased since."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from api.bootstrap import Kennisbank, init_directory, open_kennisbank, restore
from kb import backup as backups_module
from kb.age_files import SealingKey
from kb.authorise import OWNER
from kb.backup import Made
from kb.backup_format import Malformed, TarReader, TarWriter
from kb.data_directory import DataDirectory
from kb.errors import (
    BackupDamaged,
    BackupInside,
    BackupKeyMissing,
    BackupKeyWrong,
    BackupNotFound,
    BackupNotSupported,
    BackupUnreadable,
    DirectoryNewer,
    DiskFull,
    RestoredWithoutJournal,
    RestoreNotEmpty,
)
from kb.ledger.tasks import TaskKind
from kb.privacy.identifiers import identifier
from kb.privacy.journal import Journal, JournalEntry
from kb.privacy.types import Field, IdentifierKind, Place, Subject
from kb.restore import Restored
from kb.settings import load_settings
from kb.types import Upload
from tests.service import serving

NAME, EMAIL = "Xandrine van der Quist", "x.quist@voorbeeld.example"
LETTER = f"# Brief\n\nGeachte {NAME} ({EMAIL}), uw verlof is goedgekeurd."
MINUTES = f"# Notulen\n\n{NAME} opent de vergadering over de steiger."
HANDBOOK = "# Verlof\n\nVoltijders krijgen 27 vakantiedagen per jaar."
PERSON = Subject((identifier(IdentifierKind.NAME, NAME), identifier(IdentifierKind.EMAIL, EMAIL)))


@pytest.fixture
def filled(kennisbank: Kennisbank) -> Kennisbank:
    files = {"brief.md": LETTER, "notulen.md": MINUTES, "handboek.md": HANDBOOK}
    kennisbank.operations(OWNER).ingest([Upload(path, text.encode()) for path, text in files.items()])
    (kennisbank.directory.path / "kb.toml").write_text('organisation = "De Linde"\n[generation]\nopenai_api_key = "sk-geheim"\n')
    return kennisbank


@pytest.fixture
def made(filled: Kennisbank, tmp_path: Path) -> Made:
    return filled.keeping.backups.create(tmp_path / "disk", "owner")


def put_back(made: Made, tmp_path: Path, secrets: Path, name: str = "terug") -> tuple[DataDirectory, Restored]:
    target = DataDirectory(tmp_path / name, secrets)
    return target, restore().restore(made.path, target, SealingKey(target.sealing_key), "owner")


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def texts(target: DataDirectory) -> dict[str, str]:
    settings = load_settings(target.path, target.secrets, embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    with open_kennisbank(settings, role="command") as opened:
        operations = opened.operations(OWNER)
        with opened.ledger.reading() as tx:
            assert tx.audit.first_broken() is None
        return {
            one.source: " ".join(section.text for section in operations.document_text(one.id).sections)
            for one in operations.documents()
            if one.status.value == "ready"
        }


def test_what_was_there_is_there_again_and_answers(made: Made, filled: Kennisbank, tmp_path: Path) -> None:
    target, done = put_back(made, tmp_path, filled.directory.secrets)
    assert (done.documents_files, done.replayed, done.held_back, done.for_officer_only) == (3, 0, 0, False)
    found = texts(target)
    assert found.keys() == {"brief.md", "notulen.md", "handboek.md"}
    settings = load_settings(target.path, target.secrets, embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    with open_kennisbank(settings, role="command") as opened:
        with opened.ledger.reading() as tx:
            space = tx.spaces.named("algemeen").id
        assert "27 vakantiedagen" in opened.retriever.retrieve("hoeveel vakantiedagen?", [space], "nl")[0].text


def test_nothing_of_it_can_be_read_without_the_key(made: Made, filled: Kennisbank, tmp_path: Path) -> None:
    sealed = made.path.read_bytes()
    assert sealed.startswith(b"age-encryption.org/v1")
    assert b"Quist" not in sealed
    with pytest.raises(BackupKeyMissing):
        put_back(made, tmp_path, tmp_path / "leeg.secrets")
    (tmp_path / "ander.secrets").mkdir()
    SealingKey(tmp_path / "ander.secrets" / "backup.key").recovery  # noqa: B018 - makes another key
    with pytest.raises(BackupKeyWrong):
        put_back(made, tmp_path, tmp_path / "ander.secrets")
    assert not (tmp_path / "terug").exists()


def test_the_recovery_key_is_shown_once_and_secrets_are_not_in_it(filled: Kennisbank, tmp_path: Path) -> None:
    first = filled.keeping.backups.create(tmp_path / "disk", "owner")
    second = filled.keeping.backups.create(tmp_path / "disk", "owner")
    assert first.recovery_key is not None
    assert first.recovery_key.startswith("AGE-SECRET-KEY-")
    assert second.recovery_key is None
    target, _ = put_back(second, tmp_path, filled.directory.secrets)
    restored = (target.path / "kb.toml").read_text()
    assert "De Linde" in restored
    assert "geheim" not in restored
    assert not (target.path / "indexes").is_dir() or not any((target.path / "indexes").iterdir())


def test_name_list_and_list_of_contents_say_when_it_ends(made: Made, filled: Kennisbank) -> None:
    (row,) = filled.keeping.backups.all()
    assert (row.name, row.expires_on, row.size_bytes) == (made.name, made.expires_on, made.path.stat().st_size)
    assert f"until-{made.expires_on:%Y%m%d}" in made.name
    assert row.sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest()
    whole = filled.keeping.backups.verify(made.name, "owner")
    assert whole.manifest.expires_on == made.expires_on
    assert len(whole.manifest.files) == 5
    assert filled.keeping.backups.all()[0].verified_at is not None


@pytest.mark.parametrize("kept", [0, 10, 200, 0.5, -17, -1])
def test_a_file_that_is_cut_off_is_refused_and_leaves_nothing(kept: float, made: Made, filled: Kennisbank, tmp_path: Path) -> None:
    whole = made.path.read_bytes()
    made.path.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    with pytest.raises(BackupUnreadable):
        filled.keeping.backups.verify(made.name, "owner")
    with pytest.raises(BackupUnreadable):
        put_back(made, tmp_path, filled.directory.secrets)
    assert {path.name for path in tmp_path.iterdir()} == {"disk", "var", "var.secrets"}


def test_one_changed_byte_is_seen(made: Made, filled: Kennisbank) -> None:
    changed = bytearray(made.path.read_bytes())
    changed[len(changed) // 2] ^= 1
    made.path.write_bytes(bytes(changed))
    with pytest.raises(BackupUnreadable):
        filled.keeping.backups.verify(made.name, "owner")
    with pytest.raises(BackupNotFound):
        filled.keeping.backups.verify("geen", "owner")


def test_parts_that_differ_from_the_list_are_damage(made: Made) -> None:
    class Lying(TarWriter):
        pass

    writer = Lying([("kb.toml", b"a = 1")], made.created_at, made.expires_on, "0003")
    reader = TarReader()
    stream = b""
    while piece := writer.read(7):
        stream += piece
    reader.write(stream.replace(b"a = 1", b"a = 2"))
    assert reader.finish()[1] == ["kb.toml"]
    for name in ("../elders", "/etc/passwd", "originals/../kb.toml"):
        with pytest.raises(Malformed):
            TarReader().write(TarWriter([(name, b"x")], made.created_at, made.expires_on, "1").read())
    assert BackupDamaged(name="x", problems=1).code == "backup_damaged"


def test_a_full_disk_leaves_no_half_backup(filled: Kennisbank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, file: BinaryIO) -> None:
            self.file = file

        def write(self, data: bytes) -> int:
            raise OSError(errno.ENOSPC, "full")

        def flush(self) -> None:
            pass

    monkeypatch.setattr(backups_module, "_Hashing", Full)
    with pytest.raises(DiskFull):
        filled.keeping.backups.create(tmp_path / "disk", "owner")
    assert not [path for path in (tmp_path / "disk").iterdir() if path.is_file()]
    assert filled.keeping.backups.all() == []


def test_a_directory_with_something_in_it_is_never_overwritten(made: Made, filled: Kennisbank, tmp_path: Path) -> None:
    (tmp_path / "terug").mkdir()
    (tmp_path / "terug" / "iets").write_text("van iemand")
    with pytest.raises(RestoreNotEmpty):
        put_back(made, tmp_path, filled.directory.secrets)
    assert (tmp_path / "terug" / "iets").read_text() == "van iemand"


def test_a_backup_belongs_outside_the_data_directory_and_is_for_sqlite(filled: Kennisbank, tmp_path: Path) -> None:
    with pytest.raises(BackupInside):
        filled.keeping.backups.create(filled.directory.path / "backups", "owner")
    elsewhere = filled.settings.model_copy(update={"ledger_url": "postgresql://x/y"})
    filled.keeping.backups._settings = elsewhere
    with pytest.raises(BackupNotSupported):
        filled.keeping.backups.create(tmp_path / "disk", "owner")


def test_an_expired_backup_is_deleted_when_its_day_is_over(made: Made, filled: Kennisbank) -> None:
    from kb.clock import FrozenClock

    clock = FrozenClock(made.created_at + timedelta(days=30))
    filled.keeping.backups._clock = clock
    assert filled.keeping.backups.remove_expired() == 0
    clock.advance(timedelta(days=1))
    assert (filled.keeping.backups.expired(), filled.keeping.backups.remove_expired()) == ([made.name], 1)
    assert not made.path.exists()
    assert filled.keeping.backups.all() == []


# --- erased since --------------------------------------------------------------------------------------------------------


@pytest.fixture
def erased(made: Made, filled: Kennisbank) -> Callable[..., None]:
    """Erases the person after the backup was made: the letter as a whole, the name in the minutes."""

    def erase(*, in_journal: bool = True, suppressed: bool = True) -> None:
        from sqlalchemy import select

        from kb.ledger.tables import versions

        directory = filled.directory
        operations = filled.operations(OWNER)
        ids = {one.source: one.id for one in operations.documents()}
        with filled.ledger.writing() as tx:
            of = {row[0]: row[1] for row in tx.tasks._connection.execute(select(versions.c.document_id, versions.c.id))}
            minutes = of[ids["notulen.md"]]
            start = tx.erasing.text(minutes).index(NAME)  # type: ignore[union-attr]
            place = Place(Field("version_texts", (minutes,), "text"), start, start + len(NAME))
            if suppressed:
                sha256 = hashlib.sha256(LETTER.encode()).hexdigest()
                filled.suppression.remember(tx, "a" * 32, PERSON, [(sha256, LETTER)], made.expires_on)
            rows = tuple(tx.suppressions.all())
        entry = JournalEntry("a" * 32, filled.clock.now(), (ids["brief.md"],), (place,), (), (of[ids["brief.md"]], minutes), rows)
        if in_journal:
            kept = Journal(directory.journal, SealingKey(directory.sealing_key))
            kept.intend(entry)
            kept.copy_to([made.path.parent])

    return erase


def test_a_restore_erases_again_before_anything_is_served(
    made: Made, filled: Kennisbank, erased: Callable[..., None], tmp_path: Path
) -> None:
    erased()
    target, done = put_back(made, tmp_path, filled.directory.secrets)
    assert (done.replayed, done.held_back, done.for_officer_only) == (1, 0, False)
    assert b"Quist" not in everything(target.path)
    found = texts(target)
    assert found.keys() == {"notulen.md", "handboek.md"}
    assert "█" * len("Xandrine van der Quist") in found["notulen.md"]
    assert "over de steiger" in found["notulen.md"]


def test_a_text_that_the_ids_do_not_name_is_held_against_the_suppressions(made: Made, filled: Kennisbank, tmp_path: Path) -> None:
    with filled.ledger.writing() as tx:
        filled.suppression.remember(tx, "b" * 32, PERSON, [], made.expires_on)
        rows = tuple(tx.suppressions.all())
    kept = Journal(filled.directory.journal, SealingKey(filled.directory.sealing_key))
    kept.intend(JournalEntry("b" * 32, filled.clock.now(), suppressions=rows))
    target, done = put_back(made, tmp_path, filled.directory.secrets)
    assert (done.replayed, done.held_back) == (1, 1)
    assert texts(target).keys() == {"notulen.md", "handboek.md"}
    settings = load_settings(target.path, target.secrets, embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    with open_kennisbank(settings, role="command") as opened, opened.ledger.reading() as tx:
        assert len(tx.tasks.open(TaskKind.SUPPRESSED)) == 1


def test_what_an_officer_kept_is_not_set_aside(made: Made, filled: Kennisbank, tmp_path: Path) -> None:
    from sqlalchemy import select

    from kb.ledger.tables import versions

    with filled.ledger.writing() as tx:
        filled.suppression.remember(tx, "b" * 32, PERSON, [], made.expires_on)
        rows = tuple(tx.suppressions.all())
        kept = tuple(tx.tasks._connection.execute(select(versions.c.id)).scalars())
    journal = Journal(filled.directory.journal, SealingKey(filled.directory.sealing_key))
    journal.intend(JournalEntry("b" * 32, filled.clock.now(), suppressions=rows, kept=kept))
    _, done = put_back(made, tmp_path, filled.directory.secrets)
    assert (done.replayed, done.held_back) == (1, 0)


def test_on_a_new_machine_the_copy_beside_the_backup_is_used(
    made: Made, filled: Kennisbank, erased: Callable[..., None], tmp_path: Path
) -> None:
    erased(suppressed=False)
    (tmp_path / "nieuw.secrets").mkdir()
    (tmp_path / "nieuw.secrets" / "backup.key").write_bytes(filled.directory.sealing_key.read_bytes())
    target, done = put_back(made, tmp_path, tmp_path / "nieuw.secrets")
    assert (done.replayed, done.for_officer_only) == (1, False)
    assert b"uw verlof is goedgekeurd" not in everything(target.path)
    assert texts(target).keys() == {"notulen.md", "handboek.md"}


def test_without_the_journal_it_opens_for_the_officer_alone(made: Made, filled: Kennisbank, tmp_path: Path) -> None:
    import shutil

    shutil.rmtree(made.path.parent / "journal", ignore_errors=True)
    (tmp_path / "nieuw.secrets").mkdir()
    (tmp_path / "nieuw.secrets" / "backup.key").write_bytes(filled.directory.sealing_key.read_bytes())
    target, done = put_back(made, tmp_path, tmp_path / "nieuw.secrets")
    assert done.for_officer_only
    settings = load_settings(target.path, target.secrets, embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    with open_kennisbank(settings, role="command") as opened, pytest.raises(RestoredWithoutJournal):
        _ = opened.asker
    with pytest.raises(RestoredWithoutJournal), open_kennisbank(settings, role="server"):
        pass
    assert restore().accept(target, SealingKey(target.sealing_key), None, "owner") == 0
    with open_kennisbank(settings, role="command") as opened:
        assert opened.asker is not None


def test_given_afterwards_the_journal_erases_and_opens(made: Made, filled: Kennisbank, erased: Callable[..., None], tmp_path: Path) -> None:
    erased(suppressed=False)
    (made.path.parent / "journal").rename(tmp_path / "meegebracht")
    (tmp_path / "nieuw.secrets").mkdir()
    (tmp_path / "nieuw.secrets" / "backup.key").write_bytes(filled.directory.sealing_key.read_bytes())
    target, done = put_back(made, tmp_path, tmp_path / "nieuw.secrets")
    assert done.for_officer_only
    assert restore().accept(target, SealingKey(target.sealing_key), tmp_path / "meegebracht", "owner") == 1
    assert b"goedgekeurd" not in everything(target.path)
    assert texts(target).keys() == {"notulen.md", "handboek.md"}


def test_without_the_key_of_the_suppressions_it_opens_for_the_officer_alone(
    made: Made, filled: Kennisbank, erased: Callable[..., None], tmp_path: Path
) -> None:
    erased()
    (tmp_path / "nieuw.secrets").mkdir()
    (tmp_path / "nieuw.secrets" / "backup.key").write_bytes(filled.directory.sealing_key.read_bytes())
    _, done = put_back(made, tmp_path, tmp_path / "nieuw.secrets")
    assert (done.replayed, done.for_officer_only) == (1, True)


def test_an_older_schema_is_brought_up_to_date_and_a_newer_one_refused(
    filled: Kennisbank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3
    from contextlib import closing

    made = filled.keeping.backups.create(tmp_path / "disk", "owner")
    real = backups_module.copy_ledger

    def newer(source: Path, target: Path) -> tuple[str, list[str]]:
        found = real(source, target)
        with closing(sqlite3.connect(target)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
        return found

    monkeypatch.setattr(backups_module, "copy_ledger", newer)
    later = filled.keeping.backups.create(tmp_path / "disk", "owner")
    with pytest.raises(DirectoryNewer):
        put_back(later, tmp_path, filled.directory.secrets, "nieuwer")
    assert not (tmp_path / "nieuwer").exists()
    assert put_back(made, tmp_path, filled.directory.secrets, "ouder")[1].documents_files == 3


# --- the command ---------------------------------------------------------------------------------------------------------


def test_the_command_makes_lists_verifies_and_restores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from api.cli.main import run

    settings = load_settings(tmp_path / "var")
    init_directory(settings, "algemeen")

    def said(*words: str) -> dict[str, object]:
        assert run(["--data-dir", str(tmp_path / "var"), "--json", "backup", *words]) == 0
        return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]

    made = said("create", "--to", str(tmp_path / "disk"))
    assert str(made["recovery_key"]).startswith("AGE-SECRET-KEY-")
    (one,) = made["backups"]  # type: ignore[misc]
    assert [row["name"] for row in said("list")["backups"]] == [one["name"]]  # type: ignore[attr-defined]
    assert said("verify", one["name"])["files"] == 1
    (tmp_path / "sleutel").write_text(f"# herstelsleutel\n{made['recovery_key']}\n")
    done = said("restore", one["path"], "--to", str(tmp_path / "terug"), "--key-file", str(tmp_path / "sleutel"))
    assert (done["for_officer_only"], (tmp_path / "terug" / "ledger.sqlite3").is_file()) == (False, True)
    assert run(["--data-dir", str(tmp_path / "var"), "backup", "restore", one["path"], "--to", str(tmp_path / "terug")]) == 2
    assert "restore_not_empty" in capsys.readouterr().err


def test_while_a_server_runs_the_commands_go_through_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from api.cli.main import run

    settings = load_settings(tmp_path / "var", embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    init_directory(settings, "algemeen")

    def said(*words: str) -> dict[str, object]:
        assert run(["--data-dir", str(tmp_path / "var"), "--json", "backup", *words]) == 0
        return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]

    with open_kennisbank(settings, role="server") as owning, serving(owning) as url:
        owning.announce(url)
        (one,) = said("create", "--to", str(tmp_path / "disk"))["backups"]  # type: ignore[misc]
        assert [row["name"] for row in said("list")["backups"]] == [one["name"]]  # type: ignore[attr-defined]
        assert said("verify", one["path"])["name"] == one["name"]
