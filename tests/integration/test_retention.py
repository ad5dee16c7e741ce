"""What was kept long enough goes, to the byte; what is cited, restricted or held stays; a clock that jumped deletes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from api.bootstrap import Kennisbank
from kb.authorise import OWNER
from kb.clock import FrozenClock
from kb.ledger.engine import sqlite_url
from kb.ledger.hidden import HiddenObject
from kb.ledger.ledger import Ledger
from kb.ledger.tables import answer_sentences, answers, citations, conversations, feedback, versions
from kb.ledger.tasks import TaskKind
from kb.originals import Originals
from kb.privacy.purposes import PURPOSES
from kb.privacy.retention import CATEGORIES, Retention
from kb.privacy.shown import RetentionShown
from kb.privacy.types import Hidden
from kb.settings import Settings
from kb.types import Upload

START = datetime(2026, 1, 1, 4, tzinfo=UTC)
CANARY = "Kanariezwart"


class NoBackups:
    def expired(self) -> list[str]:
        return []

    def remove_expired(self) -> int:
        return 0


class NoIndexes:
    def rebuild_fresh(self, space_id: str) -> None:
        raise AssertionError("nothing of a space was to go")


class Office:
    """A ledger with a clock that is turned by hand."""

    def __init__(self, folder: Path) -> None:
        self.clock = FrozenClock(START)
        self.path = folder / "ledger.sqlite3"
        self.ledger = Ledger(sqlite_url(self.path), self.clock, b"k" * 32, folder)
        self.ledger.prepare()
        (folder / "originals").mkdir()
        self.retention = Retention(self.ledger, Originals(folder / "originals"), NoIndexes, Settings(), NoBackups(), self.clock)

    def ask(self, times: int = 1, text: str = "vraag") -> list[str]:
        ids = [uuid.uuid4().hex for _ in range(times)]
        with self.ledger.writing() as tx:
            connection = tx.tasks._connection
            for id_ in ids:
                connection.execute(insert(conversations).values(id=id_, created_at=self.clock.now()))
                row = {"id": id_, "conversation_id": id_, "asked_at": self.clock.now(), "actor": "owner", "question": text}
                row |= {"search_question": text, "language": "nl", "outcome": "answered", "dropped_sentences": 0, "backend": "x"}
                row |= {"model": "x", "location": "local", "notices": [], "retrieve_ms": 1.0, "total_ms": 1.0}
                connection.execute(insert(answers).values(**row))
                connection.execute(insert(answer_sentences).values(answer_id=id_, ordinal=0, text=text, citations=[]))
                connection.execute(insert(feedback).values(answer_id=id_, vote="up", reason=text, created_at=self.clock.now()))
        return ids

    def left(self) -> set[str]:
        with self.ledger.reading() as tx:
            return set(tx.tasks._connection.execute(select(answers.c.id)).scalars())

    def run(self, *agreed: str) -> dict[str, RetentionShown]:
        return {one.category: one for one in self.retention.run(agreed)}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.ledger.close()


def test_answers_go_a_month_after_they_were_given_day_by_day(office: Office) -> None:
    given_on: dict[str, datetime] = {}
    for _ in range(45):
        given_on |= dict.fromkeys(office.ask(2), office.clock.now())
        office.run()
        assert office.left() == {id_ for id_, at in given_on.items() if office.clock.now() - at <= timedelta(days=30)}
        office.clock.advance(timedelta(days=1))


def test_they_are_gone_from_the_file(office: Office) -> None:
    office.ask(1, CANARY)
    office.clock.advance(timedelta(days=20))
    office.ask(20)
    office.clock.advance(timedelta(days=11))
    assert office.run()["answers"].removed == 1
    files = [path.read_bytes() for path in office.path.parent.iterdir() if path.is_file()]
    assert not any(CANARY.encode() in one for one in files)


def test_a_clock_that_jumped_deletes_nothing_until_a_person_agrees(office: Office) -> None:
    office.ask(20)
    office.run()
    office.clock.advance(timedelta(days=3_650))
    for _ in range(3):
        done = office.run()
        assert (done["answers"].waits, done["answers"].removed, len(office.left())) == (True, 0, 20)
        office.clock.advance(timedelta(days=1))
    with office.ledger.reading() as tx:
        assert {task.object_id for task in tx.tasks.open(TaskKind.RETENTION_WAITS)} == {"answers", "feedback"}
    assert office.run("answers", "feedback")["answers"].removed == 20
    with office.ledger.reading() as tx:
        assert tx.tasks.open(TaskKind.RETENTION_WAITS) == []


def test_a_quiet_organisation_needs_nobody(office: Office) -> None:
    office.ask(3)
    for _ in range(32):
        office.run()
        office.clock.advance(timedelta(days=1))
    assert office.left() == set()


def test_a_term_made_short_by_mistake_waits(office: Office) -> None:
    for _ in range(10):
        office.ask(5)
        office.run()
        office.clock.advance(timedelta(days=1))
    short = Settings(retention={"answers": 1})  # type: ignore[arg-type]
    office.retention = Retention(office.ledger, Originals(office.path.parent), NoIndexes, short, NoBackups(), office.clock)
    assert office.run()["answers"].waits
    assert len(office.left()) == 50


def test_a_term_of_zero_keeps(office: Office) -> None:
    forever = Settings(retention={"answers": 0})  # type: ignore[arg-type]
    office.retention = Retention(office.ledger, Originals(office.path.parent), NoIndexes, forever, NoBackups(), office.clock)
    office.ask()
    office.clock.advance(timedelta(days=9_999))
    assert office.run("answers")["answers"].due == 0


def test_what_is_restricted_stays(office: Office) -> None:
    from datetime import date

    from sqlalchemy import insert as add

    from kb.ledger.tables import requests

    (held, free) = office.ask(2)
    with office.ledger.writing() as tx:
        row = {"id": "r" * 32, "number": "2026-0001", "kind": "restriction", "state": "received", "received_on": date(2026, 1, 1)}
        row |= {"deadline": date(2026, 2, 1), "commitment": "x", "created_by": "owner", "created_at": office.clock.now()}
        tx.tasks._connection.execute(add(requests).values(**row))
        tx.hidden.hide("r" * 32, Hidden.RESTRICTED, [HiddenObject("answer", held)])
    office.clock.advance(timedelta(days=40))
    office.run("answers", "feedback")
    assert office.left() == {held}
    assert free not in office.left()


def test_every_category_has_days_and_a_purpose_in_both_languages() -> None:
    terms = set(Settings().retention.model_dump()) - {"most_at_once"}
    assert set(CATEGORIES) == terms
    assert set(PURPOSES) == terms | {"backups", "dossiers"}
    assert all(dutch and english and dutch != english for dutch, english in PURPOSES.values())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0, 1, 1, 1, 2, 5, 40, 400])), min_size=1, max_size=25))
def test_nothing_young_ever_goes_and_never_much_after_a_jump(steps: list[tuple[int, int]]) -> None:
    with TemporaryDirectory() as folder:
        office = Office(Path(folder))
        given_on: dict[str, datetime] = {}
        try:
            for asked, days in steps:
                given_on |= dict.fromkeys(office.ask(asked), office.clock.now())
                before = office.left()
                office.clock.advance(timedelta(days=days))
                office.run()
                gone = before - office.left()
                assert all(office.clock.now() - given_on[id_] > timedelta(days=30) for id_ in gone)
                if days > 2:
                    assert len(gone) <= len(before) / 10
        finally:
            office.ledger.close()


# --- files ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def turned(kennisbank: Kennisbank) -> tuple[Kennisbank, FrozenClock, Callable[..., dict[str, RetentionShown]]]:
    clock = FrozenClock(datetime.now(UTC))
    kennisbank.ledger._clock = clock
    kept = Retention(
        kennisbank.ledger,
        Originals(kennisbank.directory.originals),
        lambda: kennisbank.indexes,
        kennisbank.settings,
        NoBackups(),
        clock,
    )
    return kennisbank, clock, lambda *agreed: {one.category: one for one in kept.run(agreed)}


Turned = tuple[Kennisbank, FrozenClock, Callable[..., dict[str, RetentionShown]]]


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_replaced_version_and_a_removed_document_go_with_their_bytes(turned: Turned) -> None:
    kennisbank, clock, run = turned
    operations = kennisbank.operations(OWNER)
    operations.ingest(
        [Upload("a.md", f"# Oud\n\n{CANARY} stond hier vroeger.".encode()), Upload("b.md", f"# Weg\n\n{CANARY} ook.".encode())]
    )
    operations.ingest([Upload("a.md", b"# Nieuw\n\nNu staat hier iets anders.")])
    gone = next(one.id for one in operations.documents() if one.source == "b.md")
    operations.remove_document(gone)
    clock.advance(timedelta(days=29))
    run("superseded_versions")
    assert CANARY.encode() in everything(kennisbank.directory.originals)
    clock.advance(timedelta(days=2))
    done = run("superseded_versions")
    assert done["superseded_versions"].removed == 2
    assert CANARY.encode() not in everything(kennisbank.directory.path)
    assert [one.source for one in operations.documents()] == ["a.md"]
    assert operations.document_text(operations.documents()[0].id).version == 2


def test_a_version_that_a_kept_answer_cites_stays_until_the_answer_goes(turned: Turned) -> None:
    kennisbank, clock, run = turned
    operations = kennisbank.operations(OWNER)
    operations.ingest([Upload("a.md", b"# Oud\n\nVoltijders krijgen 27 vakantiedagen.")])
    with kennisbank.ledger.writing() as tx:
        connection = tx.tasks._connection
        old = connection.execute(select(versions.c.id)).scalar_one()
        moment = clock.now() + timedelta(days=20)
        connection.execute(insert(conversations).values(id="c" * 32, created_at=moment))
        row = {"id": "a" * 32, "conversation_id": "c" * 32, "asked_at": moment, "actor": "owner", "question": "?", "search_question": "?"}
        row |= {"language": "nl", "outcome": "answered", "dropped_sentences": 0, "backend": "x", "model": "x", "location": "local"}
        connection.execute(insert(answers).values(**row, notices=[], retrieve_ms=1.0, total_ms=1.0))
        connection.execute(insert(citations).values(answer_id="a" * 32, n=1, version_id=old, chunk_id="x", start=0, end=3, score=1.0))
    operations.ingest([Upload("a.md", b"# Nieuw\n\nVoltijders krijgen 29 vakantiedagen.")])
    clock.advance(timedelta(days=40))
    assert run("superseded_versions")["superseded_versions"].removed == 0
    clock.advance(timedelta(days=11))
    assert run("answers", "superseded_versions")["superseded_versions"].removed == 1


def test_an_upload_that_failed_goes_after_its_term(turned: Turned) -> None:
    kennisbank, clock, run = turned
    kennisbank.operations(OWNER).ingest([Upload("leeg.md", b"   ")])
    assert len(list(kennisbank.directory.originals.iterdir())) == 1
    clock.advance(timedelta(days=31))
    assert run("failed_uploads")["failed_uploads"].removed == 1
    assert list(kennisbank.directory.originals.iterdir()) == []
    assert kennisbank.operations(OWNER).documents() == []
