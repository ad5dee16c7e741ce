"""What a benchmark asks of the system that it measures: the operations that people use too, and nothing beside them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from eval.bench_set import BenchQuestion, CorpusPassage
from ingest.together import parse_many, shares
from kb.errors import GeneratorInterrupted, InvalidRequest
from kb.ports import Parser
from kb.types import Answer, AskEvent, Done, FileResult, IngestReport, ParsedFile, ParseFailure, Retrieved, Space, Turn, Upload

SPACE = "algemeen"
WARM_UP_SPACE = "warm-up"
PASSAGE_FILE = "passage.txt"
NO_TITLE = " "
"""The title of a passage without one: a blank counts as none where a missing one would become the file's name, here an id."""

Heard = Callable[[], None]
"""Is called once per passage or question that is done."""


class BenchedOperations(Protocol):
    """The part of the operations interface that is measured."""

    def add_space(self, name: str) -> Space:
        """Make a space."""
        ...

    def ingest(self, uploads: Iterable[Upload], space: str = SPACE, progress: Callable[[FileResult], None] | None = None) -> IngestReport:
        """Take files in."""
        ...

    def ask(self, question: str, *, space: str | None = None, history: Sequence[Turn] = ()) -> Iterator[AskEvent]:
        """Answer a question: Retrieved, SentenceProven …, Done."""
        ...


class CorpusParser:
    """The port ``kb.ports.Parser`` for uploads that ``corpus_uploads`` made: the corpus's title over what the parser of plain text
    reads in the corpus's text. The id is in the bytes, so that equal passages stay two, and is not read out of them."""

    def __init__(self, inner: Parser) -> None:
        """``inner`` is the parser of production."""
        self._inner = inner

    def parse(self, data: bytes, file_name: str) -> ParsedFile | ParseFailure:
        """Read one passage."""
        return next(read for _, read in self.parse_many([(data, file_name)]))

    def shares(self, data: bytes, file_name: str) -> bool:
        """Whether the parser of production would read the text with others."""
        return shares(self._inner, _text(json.loads(data)), PASSAGE_FILE)

    def parse_many(self, files: Sequence[tuple[bytes, str]]) -> Iterator[tuple[int, ParsedFile | ParseFailure]]:
        """Read passages as the parser of production reads several files of their texts."""
        passages = [json.loads(data) for data, _ in files]
        for place, read in parse_many(self._inner, [(_text(passage), PASSAGE_FILE) for passage in passages]):
            if isinstance(read, ParsedFile):
                yield place, ParsedFile(read.elements, title=passages[place]["title"].strip() or NO_TITLE, media_type="text/plain")
            else:
                yield place, read


def _text(passage: Mapping[str, str]) -> bytes:
    return passage["text"].encode("utf-8", "replace")


def corpus_uploads(passages: Iterable[CorpusPassage]) -> Iterator[Upload]:
    """One file per passage, known by the passage's id."""
    for passage in passages:
        data = json.dumps({"id": passage.id, "title": passage.title, "text": passage.text}, ensure_ascii=False)
        yield Upload(passage.id, data.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Ingested:
    """A corpus that was taken in. ``passage_of`` gives a document's passage id; ``failed`` counts passages that were not read."""

    passages: int
    chunks: int
    failed: int
    seconds: float
    passage_of: Mapping[str, str]


def ingest_corpus(
    operations: BenchedOperations, passages: Sequence[CorpusPassage], heard: Heard = lambda: None, space: str = SPACE
) -> Ingested:
    """Take ``passages`` into ``space``, in one ingest. Their ids must be new to it."""
    started = time.perf_counter()
    report = operations.ingest(corpus_uploads(passages), space, lambda result: heard())
    seconds = time.perf_counter() - started
    ready = [file for file in report.files if file.status == "ready"]
    passage_of = {file.document_id: file.path for file in ready if file.document_id is not None}
    chunks = sum(file.chunks for file in ready)
    return Ingested(len(passages), chunks, len(passages) - len(ready), seconds, MappingProxyType(passage_of))


def retrieved_documents(operations: BenchedOperations, question: str, history: Sequence[Turn] = (), space: str = SPACE) -> list[str]:
    """Document ids of the passages that an answer would be drawn from, best first, as the flow itself finds them.

    The flow is stopped at its first event: follow-up made self-contained, language, embedding, search, ledger; no answer is written
    or kept.
    """
    events = operations.ask(question, space=space, history=history)
    try:
        return next(([passage.document_id for passage in event.passages] for event in events if isinstance(event, Retrieved)), [])
    finally:
        if isinstance(events, Generator):
            events.close()


def answered(operations: BenchedOperations, question: BenchQuestion) -> Answer:
    """The whole answer. Raises what asking raises."""
    for event in operations.ask(question.text, space=SPACE, history=question.turns):
        if isinstance(event, Done):
            return event.answer
    raise GeneratorInterrupted


def warm_up(operations: BenchedOperations) -> None:
    """Load models and libraries as a server that has been asked before has them, in a space that nothing else looks at."""
    operations.add_space(WARM_UP_SPACE)
    text = "De kantine is open van twaalf tot een. The canteen is open from noon until one o'clock.\n\n" * 30
    passage = CorpusPassage(id="warm-up", title="", text=text, lang="nl")
    operations.ingest(corpus_uploads([passage]), WARM_UP_SPACE)
    for question in ("Wanneer is de kantine open?", "When is the canteen open?"):
        retrieved_documents(operations, question, space=WARM_UP_SPACE)


def by_language(questions: Sequence[BenchQuestion]) -> dict[str, list[int]]:
    """Places in ``questions`` per language, languages in order of name."""
    places: dict[str, list[int]] = {}
    for place, question in enumerate(questions):
        places.setdefault(question.lang, []).append(place)
    return dict(sorted(places.items()))


def require(questions: Sequence[BenchQuestion], what: str) -> None:
    """Raises InvalidRequest where a set has nothing to measure."""
    if not questions:
        raise InvalidRequest(reason=f"the set holds no {what} question")
