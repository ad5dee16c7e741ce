"""A restore and what officers decided before: who was kept or let in stays, who was erased does not come back in an answer either."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from api.bootstrap import Kennisbank, open_kennisbank, restore
from kb.age_files import SealingKey
from kb.authorise import OWNER
from kb.backup import Made
from kb.data_directory import DataDirectory
from kb.errors import PersonGone
from kb.ledger.tasks import TaskKind
from kb.privacy.journal import Journal, JournalEntry
from kb.privacy.shown import NewRequest
from kb.privacy.types import Decision, RequestKind, RequestState
from kb.restore import Restored
from kb.settings import load_settings
from kb.types import Done, Upload
from tests.erasing import always, approved, executor, person

NAME, MAIL = "Xandrine Quist", "x.quist@example.org"
WHO = person(NAME, MAIL)
OTHER = person("Ysbrand Zwartveld", "y.zwartveld@example.org")
ABOUT = f"# Brief\n\nGeachte {NAME} ({MAIL}), uw verlof is goedgekeurd.\n".encode()
BESIDE = b"# Nota\n\nYsbrand Zwartveld (y.zwartveld@example.org) bestelt een heftruck.\n"
BOTH = ABOUT + b"\nMet groet, Ysbrand Zwartveld (y.zwartveld@example.org)\n"


def erase(kennisbank: Kennisbank, decision: Decision, *, other: bool = False) -> None:
    executor(kennisbank).run(approved(kennisbank, OTHER if other else WHO, always(decision)).request_id)


def back_up(kennisbank: Kennisbank, tmp_path: Path) -> Made:
    return kennisbank.keeping.backups.create(tmp_path / "disk", "owner")


@contextmanager
def put_back(kennisbank: Kennisbank, made: Made, tmp_path: Path) -> Iterator[tuple[Kennisbank, Restored]]:
    """On the machine that it was, into a new directory."""
    target = DataDirectory(tmp_path / "terug", tmp_path / "terug.secrets")
    shutil.copytree(kennisbank.directory.secrets, target.secrets)
    done = restore().restore(made.path, target, SealingKey(target.sealing_key), "owner")
    settings = load_settings(target.path, target.secrets, embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    kennisbank.close()
    with open_kennisbank(settings, role="command") as opened:
        yield opened, done


def ready(kennisbank: Kennisbank) -> set[str]:
    return {one.source for one in kennisbank.operations(OWNER).documents() if one.status.value == "ready"}


def test_what_was_kept_before_the_backup_stays_when_somebody_else_was_erased_after_it(kennisbank: Kennisbank, tmp_path: Path) -> None:
    kennisbank.operations(OWNER).ingest([Upload("brief.md", ABOUT), Upload("nota.md", BESIDE)])
    erase(kennisbank, Decision.KEEP)
    made = back_up(kennisbank, tmp_path)
    erase(kennisbank, Decision.ERASE, other=True)
    with put_back(kennisbank, made, tmp_path) as (opened, done):
        assert (done.replayed, done.held_back) == (1, 0)
        assert ready(opened) == {"brief.md"}


def test_what_was_kept_of_one_is_set_aside_for_another_who_was_erased(kennisbank: Kennisbank, tmp_path: Path) -> None:
    kennisbank.operations(OWNER).ingest([Upload("brief.md", BOTH)])
    erase(kennisbank, Decision.KEEP)
    made = back_up(kennisbank, tmp_path)
    # An erasure of which the journal names no row.
    with kennisbank.ledger.writing() as tx:
        kennisbank.suppression.remember(tx, "b" * 32, OTHER, [], made.expires_on)
        rows = tuple(row for row in tx.suppressions.all() if row.request_id == "b" * 32)
    Journal(kennisbank.directory.journal, SealingKey(kennisbank.directory.sealing_key)).intend(
        JournalEntry("b" * 32, kennisbank.clock.now(), suppressions=rows)
    )
    with put_back(kennisbank, made, tmp_path) as (opened, done):
        assert (done.replayed, done.held_back) == (1, 1)
        assert ready(opened) == set()


def test_what_an_officer_let_in_stays(kennisbank: Kennisbank, tmp_path: Path) -> None:
    kennisbank.operations(OWNER).ingest([Upload("brief.md", ABOUT), Upload("nota.md", BESIDE)])
    erase(kennisbank, Decision.ERASE)
    kennisbank.operations(OWNER).ingest([Upload("brief.md", ABOUT)])
    with kennisbank.ledger.reading() as tx:
        (task,) = tx.tasks.open(TaskKind.SUPPRESSED)
    kennisbank.privacy.held_back.release(task.task_id, OWNER)
    made = back_up(kennisbank, tmp_path)
    erase(kennisbank, Decision.ERASE, other=True)
    with put_back(kennisbank, made, tmp_path) as (opened, done):
        assert done.held_back == 0
        assert ready(opened) == {"brief.md"}


def test_an_answer_that_the_journal_does_not_know_is_erased_when_it_says_who_was_erased(kennisbank: Kennisbank, tmp_path: Path) -> None:
    operations = kennisbank.operations(OWNER)
    operations.ingest([Upload("brief.md", ABOUT), Upload("nota.md", BESIDE)])
    asked = [
        next(event for event in operations.ask(question) if isinstance(event, Done)).answer.answer_id
        for question in (f"Wat is er met {NAME}, {MAIL}?", "Wie bestelt er een heftruck?")
    ]
    made = back_up(kennisbank, tmp_path)
    with kennisbank.ledger.writing() as tx:
        tx.erasing.erase_answers(asked)  # as retention does when their term is over
    erase(kennisbank, Decision.ERASE)
    with put_back(kennisbank, made, tmp_path) as (opened, _), opened.ledger.reading() as tx:
        assert [answer_id for answer_id, _ in tx.held_back.answers()] == asked[1:]
    everything = b"".join(path.read_bytes() for path in (tmp_path / "terug").rglob("*") if path.is_file())
    assert b"Quist" not in everything


def test_an_open_case_is_taken_up_when_its_person_is_given_again_or_refused(kennisbank: Kennisbank, tmp_path: Path) -> None:
    kennisbank.operations(OWNER).ingest([Upload("brief.md", ABOUT)])
    cases = kennisbank.privacy.office.cases
    taken_up, refused = (cases.request(NewRequest(RequestKind.OBJECTION, WHO.identifiers), "owner").request_id for _ in range(2))
    for request in (taken_up, refused):
        cases.confirm(request, "in-person", "owner")
        kennisbank.privacy.office.search.find(request, "owner")
        cases.restrict(request, "owner")
    made = back_up(kennisbank, tmp_path)
    with put_back(kennisbank, made, tmp_path) as (opened, _):
        office = opened.privacy.office
        with pytest.raises(PersonGone):
            office.cases.subject(taken_up, "owner")
        assert office.cases.add_identifiers(taken_up, WHO.identifiers, "owner").state is RequestState.IDENTIFIED
        assert {hit.where for hit in office.search.find(taken_up, "owner").hits} == {"brief.md"}
        assert office.cases.refuse(refused, "21(1)", "De gronden wegen zwaarder.", "owner").state is RequestState.REFUSED
        assert office.cases.close(refused, dossier=False, recipient=None, by="owner").state is RequestState.CLOSED


def test_the_backups_that_lie_there_are_known_and_end(kennisbank: Kennisbank, tmp_path: Path) -> None:
    first, second = back_up(kennisbank, tmp_path), back_up(kennisbank, tmp_path)
    (tmp_path / "disk" / "van iemand anders.kb-backup.age").write_bytes(b"?")
    expected = kennisbank.keeping.backups.all()
    with put_back(kennisbank, first, tmp_path) as (opened, _):
        known = opened.keeping.backups.all()
        fields = [(one.name, one.destination, one.created_at, one.expires_on, one.size_bytes, one.sha256) for one in known]
        assert fields == [(one.name, one.destination, one.created_at, one.expires_on, one.size_bytes, one.sha256) for one in expected]
        assert opened.keeping.destinations() == [tmp_path / "disk"]
        assert known[1].name == second.name
        assert known[0].expires_on - known[0].created_at.date() == timedelta(days=30)
