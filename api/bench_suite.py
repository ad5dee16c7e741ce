"""`make bench`, `make bench-sets` and `make bench-ingest`: speed, memory and quality beside what a user would pick instead, in one run.

Everything is measured through the production path, in temporary data directories. The exit code is 0 whether targets are met or
not: a missed target is a finding, and is printed as one.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from api.bench_privacy import CHUNKS, run_privacy_bench
from api.bench_reading import SMALL_FILES, run_ingest_bench
from api.bootstrap import Kennisbank
from api.temporary_kennisbank import temporary_kennisbank
from eval.bench_answer import answer_all
from eval.bench_retrieval import CHUNKS_PER_QUESTION, find_all
from eval.bench_set import BenchSet, CorpusPassage, read_bench_sets
from eval.bench_sets import (
    ANSWER_COLUMNS,
    COMPARISON_COLUMNS,
    RETRIEVAL_COLUMNS,
    LanguageReport,
    answer_rows,
    comparison_rows,
    report_set,
    retrieval_rows,
    summary,
)
from eval.bench_speed import COLUMNS, SpeedLine, Target, median_process_seconds, process_memory, question_ms
from eval.bench_tables import Screen
from eval.benched import SPACE, ingest_corpus, retrieved_documents, warm_up
from eval.benchmarks_page import circumstances, markdown_table, write_section
from eval.prepared_corpus import fill_ledger
from eval.rivals import LLAMA_INDEX, LlamaIndexPipeline, run_rivals
from eval.synthetic import spread_vectors, synthetic_passages, synthetic_questions
from kb.authorise import OWNER
from kb.clock import SystemClock
from kb.logs import configure_logs, quiet
from kb.ports import Vectors
from kb.search.model_folder import PACKAGED, find_model
from kb.settings import Settings, load_settings

OURS = "Kennisbank"
GIGABYTE = 1e9
START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    passages: int = 1_000
    repeats: int = 3
    questions: int = 100
    prepared: int = 50_000
    files: int = 1_000
    processes: int = 7


QUICK = Size(passages=120, repeats=1, questions=20, prepared=2_000, files=100, processes=3)
"""For those who work on the benchmark: its figures say nothing, and are marked so."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a benchmark. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m api.bench_suite", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    speed = kinds.add_parser("speed", help="speed and memory beside LlamaIndex's stock pipeline")
    speed.add_argument("--quick", action="store_true", help="small sizes, for working on the benchmark itself")
    sets = kinds.add_parser("sets", help="every question set in a folder, beside its rivals")
    sets.add_argument("folder", type=Path, help="folder with a folder per set")
    sets.add_argument("--only", action="append", metavar="SET", help="only this set; may be repeated")
    sets.add_argument("--no-answers", action="store_true", help="retrieval alone")
    ingest = kinds.add_parser("ingest", help="memory of very many small files, and speed of reading beside unstructured")
    ingest.add_argument("--files", type=Path, metavar="FOLDER", help="files to read beside unstructured")
    ingest.add_argument("--count", type=int, default=SMALL_FILES, help="how many small files")
    for kind in (speed, sets, ingest):
        kind.add_argument("--write", type=Path, metavar="PAGE", help="also write the figures into this Markdown page")
    privacy = kinds.add_parser("privacy", help="finding and erasing a person in a large ledger")
    privacy.add_argument("--chunks", type=int, default=CHUNKS, help="how many chunks")
    privacy.add_argument("--write", type=Path, metavar="PAGE", help="also write the figures into this Markdown page")
    said = parser.parse_args(arguments)
    screen = Screen()
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        settings = load_settings(Path(folder) / "none", generation={"backend": "extractive"})
        configure_logs(quiet(settings.log))
        if said.kind == "speed":
            run_speed(screen, settings, Path(folder), QUICK if said.quick else Size(), said.write)
        elif said.kind == "ingest":
            run_ingest_bench(screen, Path(folder), said.files, said.count, said.write)
        elif said.kind == "privacy":
            run_privacy_bench(screen, settings, Path(folder), said.chunks, said.write)
        else:
            run_sets(screen, settings, Path(folder), said.folder, said.only, not said.no_answers, said.write)
    return 0


# --- speed and memory --------------------------------------------------------------------------------------------------


def run_speed(screen: Screen, settings: Settings, folder: Path, size: Size, page: Path | None) -> None:
    """Measure everything, print it, and write it into ``page`` where one is given."""
    here = circumstances(SystemClock().now(), "make bench" if size == Size() else "make bench, quick: not to be quoted")
    screen.say(here.line())
    bench = SpeedBench(screen, settings, folder, size)
    bench.small()
    bench.large()
    bench.unchanged()
    bench.help()
    screen.table(COLUMNS, [line.cells() for line in bench.lines])
    missed = [line.name for line in bench.lines if line.met is False]
    screen.say("Targets missed: " + "; ".join(missed) if missed else "Every target that was measured is met.")
    if page is not None:
        write_section(page, "Speed and memory", f"{here.line()}\n\n{markdown_table(COLUMNS, [line.cells() for line in bench.lines])}")


@dataclass
class SpeedBench:
    """The measurements, in the order in which they use each other's work."""

    screen: Screen
    settings: Settings
    folder: Path
    size: Size
    lines: list[SpeedLine] = field(default_factory=list)
    _centres: Vectors | None = None

    def small(self) -> None:
        """Ingest of identical passages and a question over them, beside LlamaIndex, and beside the bare embedder."""
        texts = synthetic_passages(self.size.passages)
        passages = [CorpusPassage(id=f"p-{number}", text=one.text, lang=one.lang) for number, one in enumerate(texts)]
        questions = [question.text for question in synthetic_questions(self.size.questions)]
        stock = LlamaIndexPipeline(find_model(PACKAGED, self.folder).path)
        ours: list[float] = []
        theirs: list[float] = []
        raw: list[float] = []
        chunks = 0
        with temporary_kennisbank(self.settings, self.folder / "small") as kennisbank:
            operations = kennisbank.operations(OWNER)
            self.screen.say("Loading models …")
            warm_up(operations)
            stock.warm_up()
            for repeat in range(self.size.repeats):
                self.screen.say(f"Ingesting {len(passages)} passages, round {repeat + 1} of {self.size.repeats} …")
                space = operations.add_space(f"round {repeat}").name
                ingested = ingest_corpus(operations, passages, space=space)
                ours.append(len(passages) / ingested.seconds)
                chunks = ingested.chunks
                started = time.perf_counter()
                vectors = kennisbank.embedders.current().embed_passages([passage.text for passage in passages])
                raw.append(len(passages) / (time.perf_counter() - started))
                self._centres = vectors
                depth = kennisbank.settings.retrieval.passages
                pairs = [(passage.id, passage.text) for passage in passages]
                with stock.indexed(pairs, self.folder / f"stock-{repeat}", depth) as (seconds, find):
                    theirs.append(len(passages) / seconds)
                    if repeat + 1 == self.size.repeats:
                        asked = partial(_asked, kennisbank, space)
                        question_line = self._question(asked, find, questions)
            self._keep_models(kennisbank)
        name = f"ingest of {len(passages)} passages ({chunks} chunks)"
        self._add(name, "passages/s", ours, Target("ratio", "at least", 1.7), rival=theirs, more_is_better=True)
        self._add("the bare embedder on the same texts", "passages/s", raw)
        share = statistics.median(ours) / statistics.median(raw)
        self._add("share of it that ingest reaches", "", [share], Target("figure", "at least", 0.85))
        self._keep(question_line)

    def _question(self, ours: Callable[[str], object], theirs: Callable[[str], object], questions: Sequence[str]) -> SpeedLine:
        our_ms: list[float] = []
        their_ms: list[float] = []
        for _ in range(self.size.repeats):
            our_ms += question_ms(ours, questions)
            their_ms += question_ms(theirs, questions)
        name = f"passages for a question, of {self.size.passages}"
        target = Target("ratio", "at least", 2.0)
        return SpeedLine(name, "ms", statistics.median(our_ms), target, LLAMA_INDEX, statistics.median(their_ms))

    def large(self) -> None:
        """A question over many chunks, and the memory of a server that holds them."""
        count = self.size.prepared
        self.screen.say(f"Preparing {count} chunks with made vectors …")
        questions = [question.text for question in synthetic_questions(self.size.questions, seed=7)]
        home = self.folder / "large"
        self._with_models(home)
        with temporary_kennisbank(self.settings, home) as kennisbank:
            with kennisbank.ledger.reading() as tx:
                space = tx.spaces.named(SPACE)
            assert self._centres is not None
            vectors = spread_vectors(self._centres, count)
            fingerprint = kennisbank.embedders.fingerprint()
            fill_ledger(kennisbank.ledger, space, fingerprint, synthetic_passages(count, seed=50), vectors)
            started = time.perf_counter()
            kennisbank.indexes.catch_up(space.id)
            self._add(f"building the indexes of {count} chunks", "s", [time.perf_counter() - started])
            ask = partial(_asked, kennisbank, SPACE)
            question_ms(ask, questions[:5])
            self._add(f"passages for a question, of {count}", "ms", question_ms(ask, questions), Target("figure", "at most", 15))
        self.screen.say("Starting a server on them …")
        with _serving(home) as (url, pid):
            for question in questions[:20]:
                _ask_over_http(url, question)
            memory = process_memory(pid)
        figures = ([memory.resident_bytes / GIGABYTE], [memory.peak_bytes / GIGABYTE]) if memory is not None else ([], [])
        self._add(f"memory of a server with {count} chunks", "GB", figures[0], Target("figure", "at most", 1.2))
        self._add("the most it ever held", "GB", figures[1])

    def unchanged(self) -> None:
        """A directory that was read before, by a whole process of the command."""
        files = self.folder / "files"
        files.mkdir()
        for number, passage in enumerate(synthetic_passages(self.size.files, seed=12)):
            (files / f"notitie-{number:04}.txt").write_text(passage.text, encoding="utf-8")
        home = self.folder / "unchanged"
        self._with_models(home)
        self.screen.say(f"Ingesting {self.size.files} files …")
        _kb(home, "init")
        started = time.perf_counter()
        _kb(home, "ingest", str(files))
        self._add(f"`kb ingest` of {self.size.files} files, whole process", "s", [time.perf_counter() - started])
        again = median_process_seconds(_command(home, "ingest", str(files)), self.size.repeats)
        self._add("the same directory again, unchanged", "s", [again], Target("figure", "at most", 2.0))

    def help(self) -> None:
        """How soon the command answers at all."""
        seconds = median_process_seconds([_program(), "--help"], self.size.processes)
        self._add("`kb --help`, whole process", "s", [seconds], Target("figure", "at most", 0.4))

    def _add(
        self,
        name: str,
        unit: str,
        ours: Sequence[float],
        target: Target | None = None,
        *,
        rival: Sequence[float] = (),
        more_is_better: bool = False,
    ) -> None:
        figure = statistics.median(ours) if ours else None
        other = statistics.median(rival) if rival else None
        self._keep(SpeedLine(name, unit, figure, target, LLAMA_INDEX if rival else "", other, more_is_better))

    def _keep(self, line: SpeedLine) -> None:
        """Print it at once: what comes later may break."""
        self.lines.append(line)
        self.screen.say("  " + " · ".join(cell for cell in line.cells() if cell not in ("", "–")))

    def _keep_models(self, kennisbank: Kennisbank) -> None:
        shutil.copytree(kennisbank.directory.models, self.folder / "models")

    def _with_models(self, home: Path) -> None:
        shutil.copytree(self.folder / "models", home / "var" / "models")


def _asked(kennisbank: Kennisbank, space: str, question: str) -> list[str]:
    return retrieved_documents(kennisbank.operations(OWNER), question, space=space)


def _program() -> str:
    return str(Path(sys.executable).with_name("kb"))


def _command(home: Path, *words: str) -> list[str]:
    return [_program(), "--data-dir", str(home / "var"), "--secrets-dir", str(home / "var.secrets"), "--json", *words]


def _kb(home: Path, *words: str) -> None:
    subprocess.run(_command(home, *words), check=True, capture_output=True)


@contextmanager
def _serving(home: Path) -> Iterator[tuple[str, int]]:
    """A `kb serve` process on the data directory in ``home``: its address and process id."""
    (home / "var" / "kb.toml").write_text('[generation]\nbackend = "extractive"\n', encoding="utf-8")
    log = home / "server.log"
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(_command(home, "serve", "--port", "0"), stdout=subprocess.PIPE, stderr=errors, text=True) as server,
    ):
        try:
            assert server.stdout is not None
            announced = server.stdout.readline()
            if not announced:
                raise RuntimeError(f"kb serve did not start: {log.read_text(encoding='utf-8')[-500:]}")
            said = json.loads(announced)
            yield said["url"], said["pid"]
        finally:
            server.terminate()


def _ask_over_http(url: str, question: str) -> None:
    import httpx

    answer = httpx.post(f"{url}/v1/ask", json={"question": question}, timeout=START_SECONDS)
    answer.raise_for_status()


# --- question sets -----------------------------------------------------------------------------------------------------


def run_sets(
    screen: Screen, settings: Settings, folder: Path, sets: Path, only: Sequence[str] | None, with_answers: bool, page: Path | None
) -> None:
    """Measure every set below ``sets``, print it, and write it into ``page`` where one is given."""
    here = circumstances(SystemClock().now(), "make bench-sets SETS=…")
    screen.say(here.line())
    reports: list[LanguageReport] = []
    model = find_model(PACKAGED, folder).path
    for bench_set in read_bench_sets(sets):
        if only and bench_set.name not in only:
            continue
        screen.say(f"{bench_set.name}: {len(bench_set.passages)} passages, {len(bench_set.questions)} questions …")
        found = _measured(bench_set, settings, folder / bench_set.name, model, with_answers)
        for report in found:
            screen.say(f"{report.set_name}, questions in {report.lang}: {report.figures[0][1].questions}")
            screen.table(RETRIEVAL_COLUMNS, retrieval_rows(report))
            screen.table(COMPARISON_COLUMNS, comparison_rows(report))
        reports += found
    answers = answer_rows(reports)
    if answers:
        screen.table(ANSWER_COLUMNS, answers)
    total = summary(reports)
    if total is not None:
        screen.say(total.line())
    if page is not None:
        write_section(page, "Question sets", f"{here.line()}\n\n{_sets_as_markdown(reports)}")


def _measured(bench_set: BenchSet, settings: Settings, home: Path, model: Path, with_answers: bool) -> list[LanguageReport]:
    with temporary_kennisbank(settings, home, passages=CHUNKS_PER_QUESTION) as kennisbank:
        operations = kennisbank.operations(OWNER)
        warm_up(operations)
        ingested = ingest_corpus(operations, bench_set.passages)
        ours = find_all(operations, bench_set.answerable, ingested, OURS)
    given = None
    if with_answers:
        with temporary_kennisbank(settings, home) as kennisbank:
            given = answer_all(kennisbank.operations(OWNER), bench_set.questions, ingested)
    return report_set(bench_set, ours, run_rivals(bench_set, model, home / "rivals"), given)


def _sets_as_markdown(reports: Sequence[LanguageReport]) -> str:
    parts = []
    total = summary(reports)
    if total is not None:
        parts.append(total.line() + "\n")
    for report in reports:
        parts.append(f"### {report.set_name}, questions in {report.lang}\n")
        parts.append(markdown_table(RETRIEVAL_COLUMNS, retrieval_rows(report)))
        parts.append(markdown_table(COMPARISON_COLUMNS, comparison_rows(report)))
    answers = answer_rows(reports)
    if answers:
        parts.append("### Answers\n")
        parts.append(markdown_table(ANSWER_COLUMNS, answers))
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
