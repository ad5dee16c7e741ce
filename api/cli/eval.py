"""`kb eval`: fitting and judging the system on questions whose answers are known."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.bench import _progress
from api.cli.invocation import Invocation, command

if TYPE_CHECKING:
    from eval.calibrate import Asked, ReliabilityBin, SetResult
    from kb.settings import Settings

SAMPLE_FOLDER = Path("data")
"""Where a clone has the sample organisation."""

Sets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DIR…|sample]",
        help="Folders with corpus.jsonl and queries.jsonl, or with documents/ and questions/questions.yaml. (default: sample)",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None, typer.Option("--output", help="Write to this file instead of the data directory.", show_default=False, dir_okay=False)
]
Sentences = Annotated[bool, typer.Option("--sentences", help="Fit the choice of sentences too, not just when to answer.")]


def group() -> typer.Typer:
    """The commands of `kb eval`."""
    app = typer.Typer(help="Fit and judge the system on questions whose answers are known.", no_args_is_help=True)
    app.callback()(lambda: None)
    command(app, "calibrate")(calibrate)
    return app


def calibrate(invocation: Invocation, sets: Sets = None, output: Output = None, sentences: Sentences = False) -> None:
    """Fit how probable an answer is, and write it into the data directory; a server takes it up when it starts."""
    from eval.calibrate import fit_calibration, leave_one_out, reliability
    from kb.answering.evidence import CALIBRATION_FILE, shipped_calibration
    from kb.data_directory import DataDirectory
    from kb.errors import DirectoryMissing, InvalidRequest

    settings = invocation.settings
    if output is None and not DataDirectory(settings.data_dir, settings.secrets_dir).exists:
        raise DirectoryMissing(path=settings.data_dir)
    asked = {name: _asked(invocation, folder) for name, folder in _folders(sets or ["sample"]).items()}
    try:
        fitted = fit_calibration(asked, _identity(settings), None if sentences else shipped_calibration().sentence)
    except ValueError as error:
        raise InvalidRequest(reason=str(error)) from error
    unseen = leave_one_out(asked, _identity(settings)) if len(asked) > 1 else []
    bins = {name: reliability(one, fitted) for name, one in asked.items()}
    written = output or settings.data_dir / CALIBRATION_FILE
    written.write_text(json.dumps(fitted.to_json(), indent=1) + "\n", encoding="utf-8")
    if invocation.as_json:
        invocation.print_json(_contract(str(written), unseen, bins))
    else:
        _show(invocation, str(written), unseen, bins)


def _identity(settings: Settings) -> str:
    return settings.embedding.vectors_of


def _folders(sets: Sequence[str]) -> dict[str, Path]:
    folders = [SAMPLE_FOLDER if one == "sample" else Path(one) for one in sets]
    return {"sample" if folder == SAMPLE_FOLDER else folder.resolve().name: folder for folder in folders}


def _asked(invocation: Invocation, folder: Path) -> list[Asked]:
    from api.temporary_kennisbank import temporary_kennisbank
    from eval.bench_set import read_bench_set
    from eval.benched import ingest_corpus
    from eval.calibration_sets import asked_of_set
    from kb.authorise import OWNER
    from kb.logs import configure_logs, quiet

    configure_logs(quiet(invocation.settings.log))
    questions = folder / "questions" / "questions.yaml"
    with tempfile.TemporaryDirectory(prefix="kb-calibrate-") as temporary:
        if questions.is_file():
            return _asked_of_documents(invocation, folder / "documents", questions, Path(temporary))
        bench_set = read_bench_set(folder)
        with (
            temporary_kennisbank(invocation.settings, Path(temporary)) as kennisbank,
            _progress(invocation, len(bench_set.passages) + len(bench_set.questions)) as heard,
        ):
            operations = kennisbank.operations(OWNER, invocation.language)
            ingested = ingest_corpus(operations, bench_set.passages, heard)
            return asked_of_set(bench_set, kennisbank.asker.find, operations.spaces()[0], ingested.passage_of, heard)


def _asked_of_documents(invocation: Invocation, documents: Path, questions: Path, folder: Path) -> list[Asked]:
    from api.bootstrap import init_directory, open_kennisbank
    from eval.benched import SPACE
    from eval.calibration_sets import asked_of_sample, read_sample_questions
    from kb.authorise import OWNER
    from kb.types import Upload

    settings = invocation.settings.model_copy(
        update={"data_dir": folder / "var", "secrets_dir": folder / "var.secrets", "ledger_url": None}
    )
    files = sorted(file for file in documents.rglob("*") if file.is_file())
    asked = read_sample_questions(questions)
    before = tempfile.tempdir
    try:
        init_directory(settings, SPACE)
        with open_kennisbank(settings, role="command") as kennisbank, _progress(invocation, len(files) + len(asked)) as heard:
            operations = kennisbank.operations(OWNER, invocation.language)
            uploads = (Upload(file.relative_to(documents).as_posix(), file.read_bytes()) for file in files)
            report = operations.ingest(uploads, SPACE, lambda result: heard())
            path_of = {file.document_id: file.path for file in report.files if file.document_id is not None}
            return asked_of_sample(asked, kennisbank.asker.find, operations.spaces()[0], path_of, heard)
    finally:
        tempfile.tempdir = before  # opening pointed it into the folder, which is about to go


def _contract(written: str, unseen: Sequence[SetResult], bins: dict[str, list[ReliabilityBin]]) -> dict[str, object]:
    return {
        "written": written,
        "unseen": [{name: getattr(one, name) for name in one.__dataclass_fields__} for one in unseen],
        "reliability": {
            name: [{"questions": one.questions, "said": round(one.said, 3), "seen": round(one.seen, 3)} for one in found]
            for name, found in bins.items()
        },
    }


def _show(invocation: Invocation, written: str, unseen: Sequence[SetResult], bins: dict[str, list[ReliabilityBin]]) -> None:
    from rich.table import Table

    if unseen:
        table = Table(
            "set", "questions", "unanswerable", "answered", "silent", "balanced", "AUC", title="Each set by what the others taught"
        )
        for one in unseen:
            figures = (one.answered, one.silent, one.balanced_accuracy, one.area_under_curve)
            table.add_row(one.name, str(one.questions), str(one.unanswerable), *("" if f is None else f"{f:.3f}" for f in figures))
        invocation.out.print(table)
    table = Table("set", "questions", "probability said", "answered indeed", title="What a probability is worth")
    for name, found in bins.items():
        for bin_ in found:
            table.add_row(name, str(bin_.questions), f"{bin_.said:.2f}", f"{bin_.seen:.2f}")
    invocation.out.print(table)
    invocation.say(written)
