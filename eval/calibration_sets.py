"""The questions that a calibration is fitted to, as they come out of the production path: follow-ups made self-contained, language,
retrieval. Question sets of ``kb bench``, and the sample organisation's own questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from eval.bench_set import BenchSet
from eval.calibrate import Asked
from eval.metrics import fold
from kb.answering.ask import Found
from kb.answering.asking import Asking
from kb.types import Space, Turn

SAMPLE = "sample"
"""The name of the sample organisation's questions."""

Finds = Callable[[Asking], Found]


class _Gold(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    document: str
    quote: str


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    role: Annotated[str, Field(pattern="^(user|assistant)$")]
    text: str


class SampleQuestion(BaseModel):
    """A question about the documents of the sample organisation. No ``gold``: they do not answer it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    question: str
    language: str
    gold: tuple[_Gold, ...] = ()
    answers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    history: tuple[_Said, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the documents answer it."""
        return "unanswerable" not in self.tags

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The conversation before it."""
        return tuple(Turn("user" if said.role == "user" else "assistant", said.text) for said in self.history)


def read_sample_questions(file: Path) -> list[SampleQuestion]:
    """The questions of ``data/questions/questions.yaml``."""
    import yaml  # needed for this alone

    return [SampleQuestion.model_validate(row) for row in yaml.safe_load(file.read_text(encoding="utf-8"))]


def holds_gold(question: SampleQuestion, document: str, text: str) -> bool:
    """Whether ``text`` of ``document`` holds one of the gold quotes, or is part of one."""
    here = fold(text)
    quotes = (fold(gold.quote) for gold in question.gold if gold.document == document)
    return any(quote in here or (len(here.split()) > 2 and here in quote) for quote in quotes)


def asked_of_sample(
    questions: Sequence[SampleQuestion], find: Finds, space: Space, path_of: Mapping[str, str], heard: Callable[[], None] = lambda: None
) -> list[Asked]:
    """The sample's questions; ``path_of`` gives the path of a document id."""

    def one(question: SampleQuestion) -> Asked:
        found = find(Asking(question.question, (space,), question.turns, None, "calibration"))
        relevant = tuple(holds_gold(question, path_of.get(passage.document_id, ""), passage.text) for passage in found.passages)
        quotes = tuple(gold.quote for gold in question.gold)
        heard()
        return Asked(
            found.search_question, found.language, found.passages, relevant, question.answerable, question.answers, quotes
        )  # fmt: skip

    return [one(question) for question in questions]


def asked_of_set(
    bench_set: BenchSet, find: Finds, space: Space, passage_of: Mapping[str, str], heard: Callable[[], None] = lambda: None
) -> list[Asked]:
    """The questions of a set; ``passage_of`` gives the set's passage id of a document id."""
    asked = []
    for question in bench_set.questions:
        found = find(Asking(question.text, (space,), question.turns, None, "calibration"))
        relevant = tuple(passage_of.get(passage.document_id) in question.relevant for passage in found.passages)
        asked.append(Asked(found.search_question, found.language, found.passages, relevant, question.answerable, question.answers))
        heard()
    return asked
