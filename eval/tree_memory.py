"""How much memory a process holds together with all processes that it starts, at its highest."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLED_EVERY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class TreeRun:
    """A command that ended: its exit code, how long it took, and the most that its processes held together, in bytes.

    ``resident_bytes`` counts a page once for each process that has it, ``shared_once_bytes`` once in all (Linux's PSS); a child
    that was forked shares nearly everything with its parent.
    """

    code: int
    seconds: float
    resident_bytes: int
    shared_once_bytes: int


def run_watched(command: Sequence[str]) -> TreeRun:
    """Run ``command`` to its end and look at its tree five times a second. What it prints is dropped."""
    resident = shared_once = 0
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            tree = list(_tree(process.pid))
            resident = max(resident, sum(_bytes(pid, "status", "VmRSS") for pid in tree))
            shared_once = max(shared_once, sum(_bytes(pid, "smaps_rollup", "Pss") for pid in tree))
            time.sleep(SAMPLED_EVERY_SECONDS)
    return TreeRun(process.returncode, time.perf_counter() - started, resident, shared_once)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(children).split():
            yield from _tree(int(child))


def _bytes(pid: int, file: str, name: str) -> int:
    lines = (line.split() for line in _read(Path(f"/proc/{pid}/{file}")).splitlines())
    return next((int(words[1]) * 1024 for words in lines if words and words[0] == f"{name}:"), 0)


def _read(path: Path) -> str:
    """What stands there; nothing where the process is gone, or the system has no such file."""
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
