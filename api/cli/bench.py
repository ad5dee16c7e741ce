"""`kb bench`: a question set through the production path, in a data directory of its own that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.invocation import Invocation, command

if TYPE_CHECKING:
    from api.in_process import InProcessOperations

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="A folder with corpus.jsonl and queries.jsonl.", exists=False, show_default=False)
]


def group() -> typer.Typer:
    """The commands of `kb bench`."""
    app = typer.Typer(help="Measure a question set, in a temporary data directory.", no_args_is_help=True)
    command(app, "retrieval")(retrieval)
    command(app, "ingest")(ingest)
    command(app, "answer")(answer)
    return app


def retrieval(invocation: Invocation, folder: Folder) -> None:
    """How often, and how high, the passage that answers is found."""
    from eval.bench_retrieval import CHUNKS_PER_QUESTION, retrieval_contract, run_retrieval
    from eval.bench_set import read_bench_set

    bench_set = read_bench_set(folder)
    steps = len(bench_set.passages) + len(bench_set.answerable)
    with _operations(invocation, passages=CHUNKS_PER_QUESTION) as operations, _progress(invocation, steps) as heard:
        run = run_retrieval(operations, bench_set, "Kennisbank", heard)
    _show(invocation, retrieval_contract(run, bench_set.answerable))


def ingest(invocation: Invocation, folder: Folder) -> None:
    """How fast passages become searchable."""
    from eval.bench_ingest import ingest_contract, run_ingest
    from eval.bench_set import read_bench_set

    bench_set = read_bench_set(folder)
    with _operations(invocation) as operations, _progress(invocation, len(bench_set.passages)) as heard:
        figures = run_ingest(operations, bench_set, heard)
    _show(invocation, ingest_contract(figures))


def answer(invocation: Invocation, folder: Folder) -> None:
    """Whether answers hold the gold answer, cite the right passage, and are withheld when there is none."""
    from eval.bench_answer import answer_contract, run_answers
    from eval.bench_set import read_bench_set

    bench_set = read_bench_set(folder)
    steps = len(bench_set.passages) + len(bench_set.questions)
    with _operations(invocation) as operations, _progress(invocation, steps) as heard:
        given = run_answers(operations, bench_set, heard)
    _show(invocation, answer_contract(given, bench_set.questions))


@contextmanager
def _operations(invocation: Invocation, passages: int | None = None) -> Iterator[InProcessOperations]:
    """Operations on a temporary data directory with the settings of this one; ``passages`` are retrieved for a question."""
    from api.temporary_kennisbank import temporary_kennisbank
    from eval.benched import warm_up
    from kb.authorise import OWNER
    from kb.logs import configure_logs, quiet

    configure_logs(quiet(invocation.settings.log))
    with (
        tempfile.TemporaryDirectory(prefix="kb-bench-") as folder,
        temporary_kennisbank(invocation.settings, Path(folder), passages=passages) as kennisbank,
    ):
        operations = kennisbank.operations(OWNER, invocation.language)
        warm_up(operations)
        yield operations


@contextmanager
def _progress(invocation: Invocation, steps: int) -> Iterator[Callable[[], None]]:
    if not invocation.err.is_terminal:
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=invocation.err, transient=True) as bar:
        task = bar.add_task("", total=steps)
        yield lambda: bar.advance(task)


def _show(invocation: Invocation, contract: dict[str, object]) -> None:
    from eval.bench_tables import contract_table

    if invocation.as_json:
        invocation.print_json(contract)
    else:
        invocation.out.print(contract_table(contract))
