"""What becomes of a case when its execution breaks off. The execution itself is a double; ledger and vault are real."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kb.clock import FrozenClock
from kb.errors import DiskFull, KennisbankError, NotEnoughDisk, PlanOutdated, ResidueLeft
from kb.ledger.engine import sqlite_url
from kb.ledger.ledger import Ledger
from kb.privacy import case as cases
from kb.privacy.case import Step
from kb.privacy.desk import Desk
from kb.privacy.office_execution import ExecutionOffice
from kb.privacy.types import Identifier, IdentifierKind, Plan, RequestKind, RequestState, Scan, Subject
from kb.privacy.vault import CaseVault

SUBJECT = Subject((Identifier(IdentifierKind.NAME, "Xandrine Quist"),))
Heard = Callable[[Any, Mapping[str, Any]], None]


class BrokenExecutor:
    """Breaks off, after its first change or before it."""

    def __init__(self, ledger: Ledger, error: KennisbankError | None, *, touched: bool) -> None:
        self._ledger = ledger
        self.error = error
        self._touched = touched

    def run(self, request_id: str, heard: Heard) -> Mapping[str, Any]:
        if self._touched:
            with self._ledger.writing() as tx:
                tx.requests.step_done(request_id, "tombstone")
            heard("tombstone", {})
        if self.error is not None:
            raise self.error
        return {}


class CleanLook:
    def look(self, request_id: str, subject: Subject) -> Scan:
        return Scan(0, 0, 0, 0, 0.0, (), ())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = FrozenClock()
    ledger = Ledger(sqlite_url(tmp_path / "ledger.sqlite3"), clock, b"k" * 32, tmp_path)
    ledger.prepare()
    yield Desk(ledger, CaseVault(tmp_path / "cases", tmp_path / "keys"), clock, b"k" * 32)
    ledger.close()


@pytest.fixture
def request_id(desk: Desk) -> str:
    """An erasure that was approved."""
    made = desk.new_id()
    desk.vault.create(made)
    case = cases.open_case(made, "2026-0001", RequestKind.ERASURE, received_on=desk.today, ground="17(1)(a)", by="owner", now=desk.now)
    desk.files(case).write_subject(SUBJECT)
    desk.files(case).write_plan(Plan())
    case = cases.reviewed(cases.found(cases.confirm(case, "account", desk.today)), complete=True)
    with desk.ledger.writing() as tx:
        tx.requests.add(cases.approve(case, "owner", desk.now, needed=1), desk.commitment(SUBJECT))
    return made


def office(desk: Desk, error: KennisbankError | None, *, touched: bool = True) -> tuple[ExecutionOffice, BrokenExecutor]:
    executor = BrokenExecutor(desk.ledger, error, touched=touched)
    return ExecutionOffice(desk, lambda: executor, CleanLook, lambda: ""), executor


@pytest.mark.parametrize("error", [NotEnoughDisk(needed=1, free=0, path="/"), PlanOutdated(places=1)], ids=["disk", "outdated"])
def test_where_nothing_was_touched_the_case_is_as_it_was(desk: Desk, request_id: str, error: KennisbankError) -> None:
    before = desk.case(request_id)

    with pytest.raises(type(error)):
        office(desk, error, touched=False)[0].execute(request_id, "owner")

    assert desk.case(request_id) == before


def test_what_broke_off_in_the_middle_can_only_go_on(desk: Desk, request_id: str) -> None:
    execution, executor = office(desk, DiskFull(path="/"))
    heard: list[str] = []
    with pytest.raises(DiskFull):
        execution.execute(request_id, "owner", heard.append)
    case = desk.case(request_id)
    assert (case.state, case.begun, heard) == (RequestState.EXECUTING, True, ["tombstone"])
    assert cases.possible(case) == (Step.EXECUTE,)

    executor.error = None

    assert execution.execute(request_id, "owner").state is RequestState.VERIFIED


@pytest.mark.parametrize("error", [ResidueLeft(places=2, path="x"), PlanOutdated(places=1)], ids=["residue", "outdated"])
def test_what_left_something_is_looked_at_again_and_never_reported(desk: Desk, request_id: str, error: KennisbankError) -> None:
    execution, _ = office(desk, error)
    with pytest.raises(type(error)):
        execution.execute(request_id, "owner")

    case = desk.case(request_id)

    assert case.state is RequestState.EXECUTED
    assert {Step.FIND, Step.REVIEW, Step.EXECUTE} <= set(cases.possible(case))
    assert not {Step.REPORT, Step.REFUSE, Step.HOLD} & set(cases.possible(case))
    with pytest.raises(KennisbankError):
        execution.report(request_id, "owner")


def test_an_attempt_under_a_hold_is_written_down(desk: Desk, request_id: str) -> None:
    desk.change(request_id, "owner", "hold", lambda case: cases.hold(case, "court-order"))

    with pytest.raises(KennisbankError, match="court-order"):
        office(desk, None)[0].execute(request_id, "owner")

    with desk.ledger.reading() as tx:
        assert tx.audit.actions()[-1] == "privacy.execute.held"


def test_a_commitment_tells_people_apart_and_not_their_notation(desk: Desk) -> None:
    def of(*identifiers: Identifier) -> str:
        return desk.commitment(Subject(identifiers))

    name, phone = SUBJECT.identifiers[0], Identifier(IdentifierKind.PHONE, "06 1234 5678")
    assert of(name, phone) == of(Identifier(IdentifierKind.PHONE, "+31 6-12345678"), name)
    assert of(name) != of(name, phone)
    assert of(name) == of(name, Identifier(IdentifierKind.BSN, "123456782")), "a citizen service number is never kept, not even hashed"


def test_a_crash_leaves_no_person_and_a_restore_takes_none(desk: Desk, request_id: str) -> None:
    orphan, searched = desk.new_id(), desk.new_id()
    for made in (orphan, searched):
        desk.vault.create(made)
        desk.vault.write(made, "subject", b"{}")
    desk.vault.write(searched, "hits", b"[]")

    assert desk.sweep() == 1

    assert (desk.vault.exists(orphan), desk.vault.exists(searched), desk.vault.exists(request_id)) == (False, True, True)
