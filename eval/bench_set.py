"""A question set on disk: ``corpus.jsonl`` with passages and ``queries.jsonl`` with questions, what answers them, and gold answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.errors import InvalidRequest, PathMissing
from kb.types import Turn

CORPUS_FILE = "corpus.jsonl"
QUESTIONS_FILE = "queries.jsonl"

_Id = Annotated[str, Field(min_length=1, max_length=500)]
_Row = TypeVar("_Row", "CorpusPassage", "BenchQuestion")


class _Line(BaseModel):
    """Keys that are not ours are passed over: sets carry notes of their makers."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class CorpusPassage(_Line):
    """A passage of the corpus. ``id`` is opaque: it names the passage in figures and is never indexed."""

    id: _Id
    title: str = ""
    text: str = Field(min_length=1)
    lang: str = Field(min_length=2, max_length=8)


class _HistoryTurn(_Line):
    role: Literal["user", "assistant"]
    text: str


class BenchQuestion(_Line):
    """A question. No ``relevant`` passage: the corpus does not answer it. ``answers`` are gold answers, any of which will do."""

    id: _Id
    text: str = Field(min_length=1)
    lang: str = Field(min_length=2, max_length=8)
    relevant: tuple[_Id, ...] = Field(strict=False)
    answers: tuple[str, ...] = Field((), strict=False)
    history: tuple[_HistoryTurn, ...] = Field((), strict=False)

    @property
    def answerable(self) -> bool:
        """Whether the corpus answers it."""
        return bool(self.relevant)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The conversation before it, oldest first."""
        return tuple(Turn(turn.role, turn.text) for turn in self.history)


@dataclass(frozen=True, slots=True)
class BenchSet:
    """A whole set. Every relevant id is that of a passage; no id occurs twice."""

    name: str
    passages: tuple[CorpusPassage, ...]
    questions: tuple[BenchQuestion, ...]

    @property
    def answerable(self) -> tuple[BenchQuestion, ...]:
        """The questions that the corpus answers."""
        return tuple(question for question in self.questions if question.answerable)


def read_bench_set(folder: Path) -> BenchSet:
    """Read and check the set in ``folder``.

    Raises PathMissing where a file is not there, and InvalidRequest, which names file, line and field, for a set that is not valid:
    a line that is no JSON object of the right shape, an id twice, a relevant id that no passage has, no passage, no question.
    """
    passages = tuple(_rows(folder / CORPUS_FILE, CorpusPassage))
    questions = tuple(_rows(folder / QUESTIONS_FILE, BenchQuestion))
    known = _ids(CORPUS_FILE, passages)
    _ids(QUESTIONS_FILE, questions)
    for number, question in enumerate(questions, start=1):
        if unknown := [id_ for id_ in question.relevant if id_ not in known]:
            raise InvalidRequest(reason=f"{QUESTIONS_FILE}, question {number}: no passage has the id “{unknown[0]}”")
    return BenchSet(folder.resolve().name, passages, questions)


def read_bench_sets(folder: Path) -> list[BenchSet]:
    """Every set that lies in a folder below ``folder``, by name. Raises as read_bench_set, and PathMissing where there is none."""
    found = sorted(file.parent for file in folder.glob(f"*/{QUESTIONS_FILE}"))
    if not found:
        raise PathMissing(path=folder / "*" / QUESTIONS_FILE)
    return [read_bench_set(one) for one in found]


def _rows(file: Path, row: type[_Row]) -> Iterator[_Row]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PathMissing(path=file) from error
    except UnicodeDecodeError as error:
        raise InvalidRequest(reason=f"{file.name} is not UTF-8") from error
    except OSError as error:
        raise InvalidRequest(reason=f"{file.name} cannot be read ({error.strerror})") from error
    empty = True
    for number, line in enumerate(lines, start=1):
        if line.strip():
            empty = False
            yield _row(file.name, number, line, row)
    if empty:
        raise InvalidRequest(reason=f"{file.name} is empty")


def _row(file: str, number: int, line: str, row: type[_Row]) -> _Row:
    try:
        return row.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise InvalidRequest(reason=f"{file}, line {number}: {field + ': ' if field else ''}{first['msg']}") from error


def _ids(file: str, rows: Iterable[CorpusPassage | BenchQuestion]) -> frozenset[str]:
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise InvalidRequest(reason=f"{file}: the id “{row.id}” occurs twice")
        seen.add(row.id)
    return frozenset(seen)
