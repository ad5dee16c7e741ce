"""Which step of a subject request may follow which."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kb.errors import (
    ExtensionTooLate,
    GroundUnknown,
    IdentityMethodUnknown,
    KennisbankError,
    OnLegalHold,
    SecondApproverNeeded,
    StepNotPossible,
)
from kb.privacy import case as cases
from kb.privacy.case import Case, Step
from kb.privacy.types import RequestKind, RequestState

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


def received(kind: RequestKind = RequestKind.ERASURE) -> Case:
    ground = "17(1)(b)" if kind is RequestKind.ERASURE else None
    return cases.open_case("a" * 32, "2026-0001", kind, received_on=TODAY, ground=ground, by="owner", now=NOW)


def identified(kind: RequestKind = RequestKind.ERASURE) -> Case:
    return cases.confirm(received(kind), "known-address", TODAY)


def reviewed(kind: RequestKind = RequestKind.ERASURE) -> Case:
    return cases.reviewed(cases.found(identified(kind)), complete=True)


def approved() -> Case:
    return cases.approve(reviewed(), "owner", NOW, needed=1)


def reported() -> Case:
    done = cases.executed(cases.executing(approved()))
    return cases.reported(cases.verified(done, clean=True))


def test_an_erasure_goes_from_received_to_closed() -> None:
    case = cases.close(reported(), NOW)

    assert (case.state, case.closed_at, case.open) == (RequestState.CLOSED, NOW, False)
    assert cases.possible(case) == ()


@pytest.mark.parametrize("ground", [None, "", "17(3)(a)", "because"])
def test_an_erasure_needs_a_ground_of_the_law(ground: str | None) -> None:
    with pytest.raises(GroundUnknown, match=r"17\(1\)\(a\)"):
        cases.open_case("a" * 32, "1", RequestKind.ERASURE, received_on=TODAY, ground=ground, by="owner", now=NOW)


def test_nobody_is_looked_for_before_the_identity_is_confirmed() -> None:
    with pytest.raises(StepNotPossible, match="confirm"):
        cases.found(received())


@pytest.mark.parametrize("method", ["copy-of-passport", "passport", "", "id"])
def test_an_identity_is_confirmed_by_a_method_that_keeps_no_copy(method: str) -> None:
    with pytest.raises(IdentityMethodUnknown, match="copy"):
        cases.confirm(received(), method, TODAY)


def test_the_clock_stands_still_while_the_identity_is_awaited_and_runs_on_afterwards() -> None:
    waiting = cases.await_identity(received(), TODAY + timedelta(days=2))

    case = cases.confirm(waiting, "callback", TODAY + timedelta(days=12))

    assert (case.paused_on, case.paused_days) == (None, 10)
    assert received().deadline == date(2026, 12, 21)
    assert case.deadline == date(2026, 12, 30), "20 December and ten days"


def test_a_review_that_leaves_hits_open_is_not_complete() -> None:
    case = cases.reviewed(cases.found(identified()), complete=False)

    assert case.state is RequestState.SEARCHED
    with pytest.raises(StepNotPossible):
        cases.approve(case, "owner", NOW, needed=1)


def test_two_approvals_come_from_two_people() -> None:
    once = cases.approve(reviewed(), "anna", NOW, needed=2)
    assert once.state is RequestState.REVIEWED
    with pytest.raises(SecondApproverNeeded):
        cases.approve(once, "anna", NOW, needed=2)

    assert cases.approve(once, "bert", NOW, needed=2).state is RequestState.APPROVED


@pytest.mark.parametrize("change", [cases.found, lambda case: cases.reviewed(case, complete=True)], ids=["found again", "reviewed again"])
def test_whoever_changes_the_plan_needs_a_new_approval(change: Any) -> None:
    case = change(approved())

    assert case.approvals == ()
    with pytest.raises(StepNotPossible):
        cases.executing(case)


def test_an_unclean_scan_brings_no_report() -> None:
    unclean = cases.verified(cases.executed(cases.executing(approved())), clean=False)

    assert unclean.state is RequestState.EXECUTED
    with pytest.raises(StepNotPossible, match="verify"):
        cases.reported(unclean)


def test_an_execution_that_broke_off_goes_on_and_cannot_be_refused_any_more() -> None:
    running = cases.executing(approved())

    assert cases.executing(running) == running
    with pytest.raises(StepNotPossible):
        cases.refuse(running, "17(3)(e)")


def test_what_an_execution_left_is_reviewed_again_and_executed_again_but_neither_refused_nor_held() -> None:
    left = cases.verified(cases.executed(cases.executing(approved())), clean=False)

    assert {Step.FIND, Step.REVIEW, Step.EXECUTE} <= set(cases.possible(left))
    again = cases.reviewed(left, complete=True)
    assert not {Step.REFUSE, Step.HOLD} & set(cases.possible(again))
    with pytest.raises(StepNotPossible):
        cases.executing(again)
    assert cases.executing(cases.approve(again, "owner", NOW, needed=1)).state is RequestState.EXECUTING


def test_a_hold_blocks_what_changes_anything_and_nothing_else() -> None:
    held = cases.hold(approved(), "court-order")

    with pytest.raises(OnLegalHold, match="court-order"):
        cases.executing(held)
    with pytest.raises(GroundUnknown):
        cases.hold(approved(), "I say so")
    assert cases.found(held).state is RequestState.SEARCHED
    released = cases.release(held)
    assert (released.state, released.approvals, released.hold_ground) == (RequestState.REVIEWED, (), None)


def test_a_term_is_extended_once_and_in_the_first_month() -> None:
    extended = cases.extend(received(), date(2026, 12, 21))

    assert extended.deadline == date(2027, 2, 22)
    with pytest.raises(StepNotPossible):
        cases.extend(extended, TODAY)
    with pytest.raises(ExtensionTooLate, match="2026-12-21"):
        cases.extend(received(), date(2026, 12, 22))


def test_a_refusal_names_a_ground_of_the_law_and_can_be_closed() -> None:
    refused = cases.refuse(reviewed(), "17(3)(b)")

    assert refused.refusal_ground == "17(3)(b)"
    assert cases.close(refused, NOW).state is RequestState.CLOSED
    with pytest.raises(GroundUnknown):
        cases.refuse(reviewed(), "no time")


@pytest.mark.parametrize("kind", [RequestKind.ACCESS, RequestKind.PORTABILITY])
def test_access_and_portability_are_answered_by_the_export(kind: RequestKind) -> None:
    case = cases.exported(reviewed(kind))

    assert case.state is RequestState.REPORTED
    with pytest.raises(StepNotPossible):
        cases.approve(reviewed(kind), "owner", NOW, needed=1)


def test_a_restriction_is_answered_by_hiding() -> None:
    assert cases.restricted(cases.found(identified(RequestKind.RESTRICTION))).state is RequestState.REPORTED


def test_an_objection_is_hidden_then_upheld_or_refused() -> None:
    weighed = cases.restricted(cases.found(identified(RequestKind.OBJECTION)))

    assert weighed.state is RequestState.EXECUTED
    assert cases.upheld(weighed).state is RequestState.REPORTED
    assert cases.refuse(weighed, "21(1)").state is RequestState.REFUSED


def test_an_erasure_may_be_hidden_while_it_is_weighed_and_goes_on() -> None:
    assert cases.restricted(reviewed()).state is RequestState.REVIEWED


def test_a_rectification_is_answered_when_it_is_executed() -> None:
    case = cases.approve(reviewed(RequestKind.RECTIFICATION), "owner", NOW, needed=1)

    assert cases.executed(cases.executing(case)).state is RequestState.REPORTED


def test_an_impossible_step_says_what_is_possible() -> None:
    with pytest.raises(StepNotPossible) as caught:
        cases.close(reviewed(), NOW)

    assert "approve" in caught.value.sentence("nl")
    assert "“close”" in caught.value.sentence("en")


STEPS: dict[Step, Any] = {
    Step.AWAIT_IDENTITY: lambda case, day: cases.await_identity(case, day),
    Step.CONFIRM: lambda case, day: cases.confirm(case, "representative", day),
    Step.FIND: lambda case, day: cases.found(case),
    Step.REVIEW: lambda case, day: cases.reviewed(case, complete=day.day % 2 == 0),
    Step.APPROVE: lambda case, day: cases.approve(case, f"officer-{day.day % 3}", NOW, needed=2),
    Step.EXECUTE: lambda case, day: cases.executed(cases.executing(case)) if day.day % 2 else cases.executing(case),
    Step.VERIFY: lambda case, day: cases.verified(case, clean=day.day % 2 == 0),
    Step.REPORT: lambda case, day: cases.reported(case),
    Step.EXPORT: lambda case, day: cases.exported(case),
    Step.RESTRICT: lambda case, day: cases.restricted(case),
    Step.UPHOLD: lambda case, day: cases.upheld(case),
    Step.LIFT: lambda case, day: cases.lifted(case),
    Step.REFUSE: lambda case, day: cases.refuse(case, "17(3)(e)"),
    Step.EXTEND: lambda case, day: cases.extend(case, day),
    Step.HOLD: lambda case, day: cases.hold(case, "legal-claim"),
    Step.RELEASE: lambda case, day: cases.release(case),
    Step.CLOSE: lambda case, day: cases.close(case, NOW),
}


def taken(step: Step, case: Case, today: date) -> Case | KennisbankError:
    try:
        after: Case = STEPS[step](case, today)
    except KennisbankError as error:
        return error
    return after


class Walk(RuleBasedStateMachine):
    """Any steps in any order: what is possible succeeds, what is not leaves the case as it was, and the law holds throughout."""

    @initialize(kind=st.sampled_from(RequestKind))
    def open(self, kind: RequestKind) -> None:
        self.case = received(kind)
        self.today = TODAY
        self.confirmed = self.two_agreed = self.clean = False

    @rule(days=st.integers(0, 20))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(step=st.sampled_from(Step))
    def take(self, step: Step) -> None:
        before = self.case
        listed = step in cases.possible(before)
        after = taken(step, before, self.today)
        if isinstance(after, KennisbankError):
            # What is listed can still be refused for who asks it or when, never for the state.
            assert not listed or isinstance(after, ExtensionTooLate | SecondApproverNeeded)
            assert not isinstance(after, StepNotPossible) or after.params["step"] == step.value
            return
        assert listed
        self.confirmed |= step is Step.CONFIRM
        if before.approvals and not after.approvals:
            self.two_agreed = False
        self.two_agreed |= len({one.actor for one in after.approvals}) == 2
        self.clean = after.state is RequestState.VERIFIED or (self.clean and after.state is not RequestState.EXECUTED)
        self.case = after

    @invariant()
    def the_law_holds(self) -> None:
        case = self.case
        changed = case.state in (RequestState.EXECUTING, RequestState.VERIFIED)
        if case.state not in (RequestState.RECEIVED, RequestState.REFUSED, RequestState.CLOSED):
            assert self.confirmed, "nobody is looked for unless the identity was confirmed"
        if changed:
            assert self.two_agreed, "nothing is changed unless two people agreed with this very plan"
            assert case.hold_ground is None, "nothing is changed under a hold"
        if case.kind is RequestKind.ERASURE and case.state is RequestState.REPORTED:
            assert self.clean, "no report without a clean scan"
        if case.state is RequestState.REFUSED:
            assert case.refusal_ground is not None
        fresh = replace(case, extended=False)
        assert case.deadline >= fresh.received_on + timedelta(days=28)
        if case.state is not RequestState.CLOSED:
            assert cases.possible(case), "a case never gets stuck"


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize("kind", [kind for kind in RequestKind if kind is not RequestKind.ERASURE])
def test_only_an_erasure_has_a_report_of_execution(kind: RequestKind) -> None:
    answered = replace(identified(kind), state=RequestState.REPORTED)

    assert cases.Step.REPORT not in cases.possible(answered)
    assert cases.Step.REPORT in cases.possible(replace(answered, kind=RequestKind.ERASURE))
