"""Figures as Markdown, and their place in ``docs/benchmarks.md``: a section per benchmark, each replaced when that one runs again."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

PREAMBLE = (
    "# Benchmarks\n\n"
    "Written by the commands named below; every figure is measured through the production path. "
    "Figures of other machines differ, ratios less so.\n"
)
_SECTION = re.compile(r"(?m)^(?=## )")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where, when and by what something was measured."""

    machine: str
    load: str
    date: datetime
    command: str

    def line(self) -> str:
        """One line for a page or a screen."""
        return f"{self.date:%Y-%m-%d} · {self.machine} · {self.load} · `{self.command}`"


def circumstances(date: datetime, command: str) -> Circumstances:
    """Those of now. ``load``: how many processes wanted a core in the last minute, which should be near 0 before a measurement."""
    try:
        load = f"load before {os.getloadavg()[0]:.1f}"
    except OSError:
        load = "load unknown"
    return Circumstances(machine(), load, date, command)


def machine() -> str:
    """Processor, cores, memory, system and Python, in words."""
    parts = [_processor(), f"{os.cpu_count() or '?'} cores", _memory(), platform.system(), f"Python {platform.python_version()}"]
    return ", ".join(part for part in parts if part)


def _processor() -> str:
    try:
        found = re.search(r"(?m)^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        found = None
    return " ".join(found[1].split()) if found else platform.machine()


def _memory() -> str:
    try:
        found = re.search(r"(?m)^MemTotal:\s*(\d+) kB", Path("/proc/meminfo").read_text(encoding="ascii"))
    except OSError:
        found = None
    return f"{int(found[1]) / 1024**2:.0f} GiB" if found else ""


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown, every column but the first aligned to the right."""
    lines = [columns, ["---", *("---:" for _ in columns[1:])], *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def write_section(page: Path, title: str, body: str) -> None:
    """Put ``body`` under ``## title`` of ``page``, in the place of what stood there; the other sections stay."""
    old = page.read_text(encoding="utf-8") if page.is_file() else ""
    sections = {_title(part): part for part in _SECTION.split(old)[1:]}
    sections[title] = f"## {title}\n\n{body.strip()}\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n".join([PREAMBLE, *(section.strip() + "\n" for section in sections.values())]), encoding="utf-8")


def _title(section: str) -> str:
    return section.partition("\n")[0].removeprefix("## ").strip()
