"""The process that the erasure drill kills: carries a request out, and kills itself with -9 at the boundary that it was told."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from api.bootstrap import open_kennisbank
from kb.settings import load_settings
from tests.erasing import executor
from tests.properties.crash_points import CrashPoints


class KillingPoints(CrashPoints):
    """Dies as a process does: nothing is handled, flushed or closed."""

    passed = 0

    def pass_one(self) -> None:
        """A boundary; told on stdout how many there were."""
        KillingPoints.passed += 1
        super().pass_one()

    def die(self) -> None:
        """kill -9."""
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    data_dir, request_id, boundary = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    settings = load_settings(data_dir, embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    points = KillingPoints()
    with open_kennisbank(settings, role="command") as kennisbank, points.laid():
        executor_of_now = executor(kennisbank)
        with points.killed_after(boundary or None):
            executor_of_now.run(request_id, lambda step, counts: print(f"{step} {KillingPoints.passed}", flush=True))
    print("done", KillingPoints.passed)
