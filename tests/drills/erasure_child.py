"""The process that the erasure drill kills: carries a request out, and kills itself with -9 when the step it was told is all but done."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from api.bootstrap import open_kennisbank
from kb.ledger.requests import RequestRows
from tests.drills.erasure_directory import settings_of
from tests.erasing import executor


def die_in(step: str) -> Any:
    """Instead of writing down that ``step`` is done: dies as a process does, with nothing handled, flushed or closed."""
    write_down = RequestRows.step_done

    def step_done(rows: RequestRows, request_id: str, name: str, counts: Mapping[str, Any]) -> None:
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)
        write_down(rows, request_id, name, counts)

    return patch.object(RequestRows, "step_done", step_done)


if __name__ == "__main__":
    data_dir, request, last = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    with open_kennisbank(settings_of(data_dir), role="command") as kennisbank, die_in(last):
        executor(kennisbank).run(request)
