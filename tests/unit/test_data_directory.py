"""Who owns a data directory, and what is said when it cannot be used."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from api.bootstrap import init_directory, open_kennisbank
from kb.data_directory import DataDirectory, explain
from kb.errors import DirectoryDamaged, DirectoryLocked, DirectoryMissing, DirectoryNewer, DirectoryReadOnly, DiskFull
from kb.settings import Settings, load_settings

HOLD = """
import sys
from pathlib import Path
from kb.data_directory import DataDirectory
held = DataDirectory(Path(sys.argv[1]), Path(sys.argv[2])).take()
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "var", embedding={"backend": "hashing"}, generation={"backend": "extractive"})


@pytest.fixture
def directory(settings: Settings) -> DataDirectory:
    init_directory(settings, "algemeen")
    return DataDirectory(settings.data_dir, settings.secrets_dir)


def test_a_directory_that_was_not_made_is_missing(settings: Settings) -> None:
    with pytest.raises(DirectoryMissing) as refused:
        DataDirectory(settings.data_dir, settings.secrets_dir).take()
    assert "kb init" in refused.value.sentence("nl")


def test_making_it_twice_changes_nothing(settings: Settings, directory: DataDirectory) -> None:
    token, key = directory.owner_token(), directory.audit_key()
    assert init_directory(settings, "algemeen") is False
    assert (directory.owner_token(), directory.audit_key()) == (token, key)


def test_keys_and_token_can_be_read_by_their_owner_alone(directory: DataDirectory) -> None:
    for path in (directory.path / "owner.token", directory.secrets / "audit.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for path in (directory.path, directory.secrets, directory.originals):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_second_process_is_refused_at_once_and_told_who_holds_it(directory: DataDirectory) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory.path), str(directory.secrets)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(DirectoryLocked) as refused:
        directory.take()
    assert refused.value.params["pid"] == holder.pid
    holder.communicate("\n", timeout=10)
    directory.take().release()


def test_the_lock_of_a_killed_process_is_free(directory: DataDirectory) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory.path), str(directory.secrets)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.kill()
    holder.communicate()
    directory.take().release()


def test_a_server_is_known_while_it_owns_the_directory_and_not_after(directory: DataDirectory) -> None:
    assert directory.running_server() is None
    ownership = directory.take()
    assert directory.running_server() is None
    directory.announce("http://127.0.0.1:8765")
    running = directory.running_server()
    assert running is not None
    assert (running.url, running.pid, running.token) == ("http://127.0.0.1:8765", os.getpid(), directory.owner_token())
    ownership.release()
    assert directory.running_server() is None


def test_the_announcement_of_a_killed_server_is_not_believed(directory: DataDirectory) -> None:
    (directory.path / "server.json").write_text(json.dumps({"url": "http://127.0.0.1:1", "pid": 1}))
    assert directory.running_server() is None


def test_what_an_earlier_process_left_in_tmp_is_swept(settings: Settings, directory: DataDirectory) -> None:
    (directory.temporary / "half").write_text("a text")
    (directory.temporary / "folder").mkdir()
    (directory.temporary / "folder" / "page.png").write_text("a page")
    with open_kennisbank(settings, role="command"):
        assert list(directory.temporary.iterdir()) == []


def test_temporary_files_lie_in_the_data_directory(settings: Settings, directory: DataDirectory) -> None:
    import tempfile

    with open_kennisbank(settings, role="command"), tempfile.TemporaryFile() as _, tempfile.NamedTemporaryFile() as named:
        assert Path(named.name).parent == directory.temporary


def test_a_directory_that_may_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path, *args: object, **kwargs: object) -> None:
        raise PermissionError(errno.EACCES, "refused", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(DirectoryReadOnly):
        init_directory(load_settings(tmp_path / "var"), "algemeen")


@pytest.mark.parametrize(
    ("number", "meaning"), [(errno.EROFS, DirectoryReadOnly), (errno.EACCES, DirectoryReadOnly), (errno.ENOSPC, DiskFull)]
)
def test_what_the_system_refuses_is_said_in_words(number: int, meaning: type, tmp_path: Path) -> None:
    explained = explain(OSError(number, "refused"), tmp_path)
    assert isinstance(explained, meaning)
    assert explain(OSError(errno.EINTR, "interrupted"), tmp_path) is None


def test_a_file_where_the_directory_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(DirectoryReadOnly):
        init_directory(load_settings(tmp_path / "var"), "algemeen")


def test_a_ledger_that_is_no_database_is_said_and_left_alone(settings: Settings, directory: DataDirectory) -> None:
    for left in directory.path.glob("ledger.sqlite3*"):
        left.unlink()
    directory.ledger.write_bytes(b"this is not a database, but it is long enough to look like a file " * 40)
    with pytest.raises(DirectoryDamaged), open_kennisbank(settings, role="command"):
        pass
    assert directory.ledger.read_bytes().startswith(b"this is not")


def test_a_directory_of_a_newer_version_is_refused_and_left_alone(settings: Settings, directory: DataDirectory) -> None:
    import sqlite3

    with sqlite3.connect(directory.ledger) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(DirectoryNewer), open_kennisbank(settings, role="command"):
        pass
    directory.take().release()


def test_a_full_disk_in_the_ledger_is_said(settings: Settings, directory: DataDirectory) -> None:
    def fill() -> None:
        with kennisbank.ledger.writing() as tx:
            tx.audit._connection.exec_driver_sql("PRAGMA max_page_count = 1")
            for number in range(2000):
                tx.audit.append("owner", "document.add", f"object {number}", {"name": "x" * 1000})

    with open_kennisbank(settings, role="command") as kennisbank, pytest.raises(DiskFull):
        fill()
