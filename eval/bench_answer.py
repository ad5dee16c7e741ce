"""`kb bench answer`: whether answers hold what they should, cite the right passage, and are withheld when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.bench_set import BenchQuestion, BenchSet
from eval.benched import BenchedOperations, Heard, Ingested, answered, by_language, ingest_corpus
from eval.metrics import abstention, citation_quality, contains_gold, mean, share, token_f1
from kb.types import Outcome


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What was shown for a question: its sentences without citation marks, and the passage of each citation. Neither if silent."""

    answered: bool
    text: str
    cited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """The figures of some questions, each in [0, 1], None where there is nothing to divide by.

    ``answered``: share of all questions that were answered. ``contains_gold`` and ``token_f1``: means over the answerable
    questions with a gold answer, 0 where nothing was answered. The rest as in ``eval.metrics``.
    """

    answered: float | None
    contains_gold: float | None
    token_f1: float | None
    citation_precision: float | None
    citation_recall: float | None
    abstain_precision: float | None
    abstain_recall: float | None
    abstain_balanced_accuracy: float | None

    def contract(self) -> dict[str, float | None]:
        """The keys of `kb bench answer --json`."""
        figures = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: None if value is None else round(value, 4) for name, value in figures.items()}


def run_answers(operations: BenchedOperations, bench_set: BenchSet, heard: Heard = lambda: None) -> list[GivenAnswer]:
    """Ingest the corpus and answer every question. Raises what asking raises."""
    return answer_all(operations, bench_set.questions, ingest_corpus(operations, bench_set.passages, heard), heard)


def answer_all(
    operations: BenchedOperations, questions: Sequence[BenchQuestion], ingested: Ingested, heard: Heard = lambda: None
) -> list[GivenAnswer]:
    """Answer every question from what was ``ingested``. Raises what asking raises."""
    given = []
    for question in questions:
        answer = answered(operations, question)
        cited = tuple(ingested.passage_of[citation.document_id] for citation in answer.citations)
        spoke = answer.outcome is Outcome.ANSWERED
        given.append(GivenAnswer(spoke, " ".join(sentence.text for sentence in answer.sentences), cited))
        heard()
    return given


def answer_figures(given: Sequence[GivenAnswer], questions: Sequence[BenchQuestion]) -> AnswerFigures:
    """The figures of ``questions`` and what was ``given`` for each."""
    pairs = list(zip(given, questions, strict=True))
    with_gold = [(answer, question) for answer, question in pairs if question.answerable and question.answers]
    citing = [(answer, question) for answer, question in pairs if question.answerable and answer.answered]
    silence = abstention([answer.answered for answer, _ in pairs], [question.answerable for _, question in pairs])
    sources = citation_quality([answer.cited for answer, _ in citing], [question.relevant for _, question in citing])
    return AnswerFigures(
        answered=share(sum(answer.answered for answer, _ in pairs), len(pairs)),
        contains_gold=mean([float(contains_gold(answer.text, question.answers)) for answer, question in with_gold]),
        token_f1=mean([token_f1(answer.text, question.answers) if answer.answered else 0.0 for answer, question in with_gold]),
        citation_precision=sources.precision,
        citation_recall=sources.recall,
        abstain_precision=silence.precision,
        abstain_recall=silence.recall,
        abstain_balanced_accuracy=silence.balanced_accuracy,
    )


def answer_contract(given: Sequence[GivenAnswer], questions: Sequence[BenchQuestion]) -> dict[str, object]:
    """``{"all": figures, "languages": {code: figures}}``; a language is that of the question."""
    return {
        "all": answer_figures(given, questions).contract(),
        "languages": {
            lang: answer_figures([given[place] for place in places], [questions[place] for place in places]).contract()
            for lang, places in by_language(questions).items()
        },
    }
