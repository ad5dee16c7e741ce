"""An execution is heard of step by step, while it goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from api.execution_progress import execution_events
from api.privacy_operations import Heard
from api.wire import StreamProblem
from kb.errors import KennisbankError, ResidueLeft, StepNotPossible
from kb.privacy.shown import ExecutionShown
from kb.privacy.types import RequestState

DONE = ExecutionShown("r1", RequestState.VERIFIED, {"check": {}}, 2.0)


def problem(error: KennisbankError) -> StreamProblem:
    return StreamProblem(error.code, "zin", "nummer")


def names(events: Iterator[bytes]) -> list[str]:
    return [frame.decode().splitlines()[0].removeprefix("event: ") for frame in events]


def test_a_step_is_told_before_the_next_is_done() -> None:
    told = threading.Event()

    def execute(heard: Heard) -> ExecutionShown:
        heard("check")
        assert told.wait(10)
        heard("tombstone")
        return DONE

    events = execution_events(execute, problem)
    first = next(events).decode()
    told.set()

    assert '"step":"check"' in first.replace(" ", "")
    assert names(events) == ["step", "done"]


def test_a_long_step_is_bridged_with_pings() -> None:
    over = threading.Event()

    def execute(heard: Heard) -> ExecutionShown:
        heard("check")
        assert over.wait(10)
        return DONE

    events = execution_events(execute, problem, ping_seconds=0.01)
    next(events)

    assert next(events) == b": ping\n\n"
    over.set()
    assert names(events)[-1] == "done"


def test_what_goes_wrong_is_raised_while_the_status_can_tell_and_told_afterwards() -> None:
    def at_once(heard: Heard) -> ExecutionShown:
        raise StepNotPossible(step="execute", state="received", possible="confirm")

    def later(heard: Heard) -> ExecutionShown:
        heard("check")
        raise ResidueLeft(places=1, path="logs/een.log")

    with pytest.raises(StepNotPossible):
        next(execution_events(at_once, problem))
    assert names(execution_events(later, problem)) == ["step", "error"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_does_not_leave_the_reader_waiting() -> None:
    def bug(heard: Heard) -> ExecutionShown:
        heard("check")
        raise ZeroDivisionError

    events = execution_events(bug, problem)
    next(events)

    with pytest.raises(RuntimeError):
        next(events)
    for thread in threading.enumerate():
        if thread.name == "execution":
            thread.join()  # so that what it says of the bug is said in this test
