"""What speed and memory are measured by: how often, against what, and whether the target was met."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is held to: the number itself, or its ``ratio`` to the rival's (above 1: Kennisbank is the better one)."""

    of: Literal["figure", "ratio"]
    bound: Literal["at least", "at most"]
    value: float

    def met(self, value: float) -> bool:
        """Whether ``value`` keeps to it."""
        return value >= self.value if self.bound == "at least" else value <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.bound == 'at least' else '≤'} {self.value:g}{' ×' if self.of == 'ratio' else ''}"


@dataclass(frozen=True, slots=True)
class SpeedLine:
    """One measured thing. ``ours`` and ``rival`` are medians in ``unit``; None: not measured, or there is no rival."""

    name: str
    unit: str
    ours: float | None
    target: Target | None = None
    rival_name: str = ""
    rival: float | None = None
    more_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times better than the rival: times as much where more is better, else times as little."""
        if self.ours is None or self.rival is None or not self.ours or not self.rival:
            return None
        return self.ours / self.rival if self.more_is_better else self.rival / self.ours

    @property
    def met(self) -> bool | None:
        """Whether the target was met; None without a target or a figure."""
        value = self.ratio if self.target is not None and self.target.of == "ratio" else self.ours
        return None if self.target is None or value is None else self.target.met(value)

    @property
    def verdict(self) -> str:
        """``met``, ``MISSED``, ``not measured``, or nothing where nothing was aimed at."""
        if self.target is None:
            return ""
        return {True: "met", False: "MISSED", None: "not measured"}[self.met]

    def cells(self) -> tuple[str, ...]:
        """Name, figure, rival, ratio, target, verdict, as people read them; in the order of COLUMNS."""
        rival = f"{_number(self.rival)} {self.unit} ({self.rival_name})" if self.rival is not None else "–"
        ratio = f"{self.ratio:.2f} ×" if self.ratio is not None else "–"
        ours = f"{_number(self.ours)} {self.unit}" if self.ours is not None else "–"
        return (self.name, ours, rival, ratio, str(self.target) if self.target else "–", self.verdict)


COLUMNS = ("what", "Kennisbank", "rival", "ratio", "target", "")


def median_seconds(act: Callable[[], object], repeats: int) -> float:
    """Median wall-clock time of ``act``."""
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def median_process_seconds(command: Sequence[str], repeats: int) -> float:
    """Median wall-clock time of a whole process, start and end included. Raises CalledProcessError when it fails."""
    return median_seconds(lambda: subprocess.run(command, check=True, capture_output=True), repeats)


def question_ms(find: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Milliseconds that ``find`` takes for each question."""
    milliseconds = []
    for question in questions:
        started = time.perf_counter()
        find(question)
        milliseconds.append((time.perf_counter() - started) * 1000)
    return milliseconds


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """What Linux says a process holds in memory, in bytes: now, and the most since it started."""

    resident_bytes: int
    peak_bytes: int


def process_memory(pid: int) -> ProcessMemory | None:
    """The memory of a process; None where the system does not tell (no /proc, or the process is gone)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    fields = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    if "VmRSS" not in fields or "VmHWM" not in fields:
        return None
    return ProcessMemory(int(fields["VmRSS"][0]) * 1024, int(fields["VmHWM"][0]) * 1024)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
