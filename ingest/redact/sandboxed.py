"""The rewriting of originals in a process of its own: a file that brings it down costs that file alone, which becomes text then."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ingest import sandbox_limits as limits
from ingest.redact.formats import FormatRedactor
from kb.logs import get_logger

_REWRITTEN, _CANNOT = b"+", b"-"

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SandboxedRedactor:
    """``FormatRedactor`` behind a wall: no network, so much memory, so many seconds. Temporary files go where this process has its own."""

    memory_bytes: int
    seconds: float

    def redact(self, data: bytes, media_type: str, file_name: str, redactions: Sequence[str]) -> bytes | None:
        """As the port says; None also where the process was killed, ran out of memory or took too long."""
        errand = {"name": file_name, "words": list(redactions), "memory": self.memory_bytes, "seconds": int(self.seconds) + 1}
        told = json.dumps(errand).encode() + b"\n" + data
        # The words and the file go through a pipe: no file, no argument and no environment ever holds them.
        with subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as child:
            try:
                said, _ = child.communicate(told, timeout=self.seconds)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)  # programs that it started as well
                log.warning("redactor_stopped", state="timed_out")
                return None
        if child.returncode != 0 or said[:1] != _REWRITTEN:
            return None
        return said[1:]


def main() -> None:
    """The child: an errand and a file on stdin, the rewritten file on stdout."""
    limits.die_with_parent()
    limits.go_first_when_memory_runs_out()
    line, _, data = sys.stdin.buffer.read().partition(b"\n")
    errand = json.loads(line)
    limits.cut_network()
    limits.limit(memory_bytes=errand["memory"], cpu_seconds=errand["seconds"])
    out = FormatRedactor().redact(data, "", errand["name"], errand["words"])
    sys.stdout.buffer.write(_CANNOT if out is None else _REWRITTEN + out)


if __name__ == "__main__":
    main()
