"""`make bench-ingest`: the memory that a folder of very many small files takes, and how fast files are read beside unstructured."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from eval.bench_parse import Speed, measured
from eval.bench_speed import COLUMNS, SpeedLine, Target
from eval.bench_tables import Screen
from eval.benchmarks_page import circumstances, markdown_table, write_section
from eval.synthetic import synthetic_passages
from eval.tree_memory import run_watched
from kb.clock import SystemClock

UNSTRUCTURED = "unstructured"
OFFICE = ("docx", "pptx", "xlsx")
GIGABYTE = 1e9
SMALL_FILES = 10_000
SUFFIXES = (".txt", ".md", ".html")


def run_ingest_bench(screen: Screen, folder: Path, files: Path | None, count: int, page: Path | None) -> None:
    """Measure, print, and write into ``page`` where one is given. ``files`` has those that are read beside unstructured."""
    here = circumstances(SystemClock().now(), "make bench-ingest")
    screen.say(here.line())
    lines = [*_memory(screen, folder, count)]
    for speed in measured(files) if files is not None else ():
        lines.append(_line(speed))
        screen.say("  " + " · ".join(cell for cell in lines[-1].cells() if cell not in ("", "–")))
    screen.table(COLUMNS, [line.cells() for line in lines])
    if page is not None:
        write_section(page, "Reading files", f"{here.line()}\n\n{markdown_table(COLUMNS, [line.cells() for line in lines])}")


def _memory(screen: Screen, folder: Path, count: int) -> Sequence[SpeedLine]:
    """The most that `kb ingest` of ``count`` small files holds, with every process that it starts."""
    many = folder / "many"
    for number, passage in enumerate(synthetic_passages(count, seed=3)):
        file = many / f"{number // 500:02}" / f"note-{number:05}{SUFFIXES[number % len(SUFFIXES)]}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(passage.text if file.suffix != ".html" else f"<html><body><p>{passage.text}</p></body></html>", encoding="utf-8")
    home = folder / "home"
    command = [str(Path(sys.executable).with_name("kb")), "--data-dir", str(home / "var"), "--secrets-dir", str(home / "secrets"), "--json"]
    run_watched([*command, "init"])
    screen.say(f"Ingesting {count} files …")
    run = run_watched([*command, "ingest", str(many)])
    if run.code != 0:
        raise RuntimeError(f"kb ingest ended with {run.code}")
    name = f"memory of `kb ingest` with all its processes, {count} small files"
    lines = (
        SpeedLine(name, "GB", run.shared_once_bytes / GIGABYTE, Target("figure", "at most", 1.5)),
        SpeedLine("the same, shared pages counted for every process", "GB", run.resident_bytes / GIGABYTE),
        SpeedLine(f"`kb ingest` of {count} small files, whole process", "s", run.seconds),
    )
    for line in lines:
        screen.say("  " + " · ".join(cell for cell in line.cells() if cell not in ("", "–")))
    return lines


def _line(speed: Speed) -> SpeedLine:
    rival = UNSTRUCTURED if speed.theirs_seconds else ""
    if speed.format == "pdf":
        theirs = speed.pages / speed.theirs_seconds if speed.theirs_seconds else None
        ours = speed.pages / speed.ours_seconds
        return SpeedLine(f"{speed.files} pdf, {speed.pages} pages", "pages/s", ours, Target("ratio", "at least", 10), rival, theirs, True)
    target = Target("ratio", "at least", 1) if speed.format in OFFICE else None
    return SpeedLine(f"{speed.files} {speed.format}", "s", speed.ours_seconds, target, rival, speed.theirs_seconds)
