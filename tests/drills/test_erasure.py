"""The master test: a person put in every corner, erased, and looked for in every byte; also after kill -9 wherever something is written."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from api.bootstrap import open_kennisbank
from kb.privacy.execution_steps import Step
from tests.drills.erasure_directory import Prepared, check, copied, settings_of
from tests.drills.every_byte import left_of
from tests.erasing import executor
from tests.properties.crash_points import CrashPoints, Killed

SHARES = 12
"""The long test of every boundary is cut into so many."""

pytestmark = pytest.mark.xdist_group("erasure")


def test_the_test_sees_what_it_looks_for(prepared: Prepared) -> None:
    seen = "\n".join(left_of(prepared.folder, prepared.vectors))
    for where in ("ledger.sqlite3", "originals", "core.xml", "sheet1.xml", "!stream", "!base64!", ".txt", "indexes"):
        assert where in seen, where


def test_after_an_erasure_nothing_is_left_in_any_byte(prepared: Prepared, erased: Path, tmp_path: Path) -> None:
    check(copied(erased, tmp_path), prepared.vectors)


@pytest.mark.parametrize("step", [pytest.param(step.value, marks=[] if step is Step.ROWS else pytest.mark.slow) for step in Step])
@pytest.mark.timeout(1200)
def test_killed_in_a_step_and_run_again_nothing_is_left(step: str, prepared: Prepared, tmp_path: Path) -> None:
    """A process that gets kill -9 after everything that the step does, and before it is written down."""
    folder, request_id = copied(prepared.folder, tmp_path), prepared.erasure.request_id
    command = [sys.executable, "-m", "tests.drills.erasure_child", str(folder), request_id, step]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr[-3000:]
    carry_out(folder, request_id)
    check(folder, prepared.vectors)


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.timeout(1800)
def test_broken_off_at_every_boundary_and_run_again_nothing_is_left(share: int, prepared: Prepared, tmp_path: Path) -> None:
    """In this process: from the boundary on nothing is written any more, and the directory as it then lies is opened anew."""
    boundary, home = 1 + share, tmp_path / "1"
    while broken_off(copied(prepared.folder, home / "before"), prepared.erasure.request_id, boundary, home / "after"):
        carry_out(home / "after" / "var", prepared.erasure.request_id)
        check(home / "after" / "var", prepared.vectors)
        shutil.rmtree(home)
        boundary += SHARES
        home = tmp_path / str(boundary)
    assert boundary > 30, "the boundaries are not laid where an execution writes"


def carry_out(folder: Path, request_id: str) -> None:
    with open_kennisbank(settings_of(folder), role="command") as kennisbank:
        executor(kennisbank).run(request_id)


def broken_off(folder: Path, request_id: str, boundary: int, to: Path) -> bool:
    """Execute until ``boundary``, and leave the directory as it lies then under ``to``. False where it ended before."""
    points = CrashPoints()
    with open_kennisbank(settings_of(folder), role="command") as kennisbank, points.laid():
        parts = executor(kennisbank)
        try:
            with points.killed_after(boundary):
                parts.run(request_id)
            return False
        except Killed:
            copied(folder, to)
            return True
