"""The erasure journal: there before anything is deleted, readable with its key alone, copied whole."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kb.age_files import SealingKey
from kb.errors import JournalCopyFailed, SealBroken
from kb.ledger.suppressions import SuppressionRow
from kb.privacy.journal import Journal, JournalEntry
from kb.privacy.types import Field, Place

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 13, tzinfo=UTC)
ENTRY = JournalEntry(
    request_id="a" * 32,
    begun_at=NOW,
    documents=("d1",),
    redactions=(Place(Field("version_texts", ("v1",), "text"), 3, 9),),
    answers=("w1",),
    originals=("v1",),
    suppressions=(SuppressionRow("s1", "a" * 32, "person", {"v": 1, "names": ["00"]}, "gdpr", NOW, date(2031, 1, 1), None, None),),
)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal", SealingKey(tmp_path / "backup.key"))


def test_what_was_intended_comes_back_as_it_was(journal: Journal) -> None:
    journal.intend(ENTRY)
    assert journal.entries() == [ENTRY]
    journal.complete(ENTRY.request_id, LATER)
    (done,) = journal.entries()
    assert done.completed_at == LATER
    journal.complete(ENTRY.request_id, NOW)
    assert journal.entries() == [done], "completed once"


def test_an_entry_is_unreadable_without_its_key(journal: Journal, tmp_path: Path) -> None:
    journal.intend(ENTRY)
    (file,) = (tmp_path / "journal").iterdir()
    assert b"version_texts" not in file.read_bytes()
    with pytest.raises(SealBroken):
        Journal(tmp_path / "journal", SealingKey(tmp_path / "another.key")).entries()
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(SealBroken):
        journal.entries()


def test_copies_lie_beside_every_backup_and_follow(journal: Journal, tmp_path: Path) -> None:
    shares = [tmp_path / "one", tmp_path / "two"]
    journal.intend(ENTRY)
    assert journal.copy_to(shares) == 2
    assert journal.copy_to(shares) == 0
    journal.complete(ENTRY.request_id, LATER)
    assert journal.copy_to(shares) == 2
    restored = Journal(tmp_path / "new" / "journal", SealingKey(tmp_path / "backup.key"))
    assert restored.take_over(shares[1] / "journal") == 1
    assert restored.entries() == journal.entries()
    assert restored.take_over(shares[0] / "journal") == 0


def test_a_destination_that_is_not_there_is_named(journal: Journal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    journal.intend(ENTRY)
    with pytest.raises(JournalCopyFailed, match="file"):
        journal.copy_to([tmp_path / "file"])


def test_a_forgotten_entry_is_gone_everywhere(journal: Journal, tmp_path: Path) -> None:
    journal.intend(ENTRY)
    journal.copy_to([tmp_path / "one"])
    journal.forget(ENTRY.request_id, [tmp_path / "one"])
    assert journal.entries() == []
    assert list((tmp_path / "one" / "journal").iterdir()) == []
