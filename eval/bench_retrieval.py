"""`kb bench retrieval`: how often, and how high, the passage that answers a question is found."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.bench_set import BenchQuestion, BenchSet
from eval.benched import BenchedOperations, Heard, Ingested, by_language, ingest_corpus, require, retrieved_documents
from eval.metrics import RANKS, distinct, mean, mrr_at, ndcg_at, recall_at
from eval.statistics import percentile

CHUNKS_PER_QUESTION = 50
"""Chunks asked for, so that RANKS distinct passages are among them also where passages were cut into several."""

METRICS: dict[str, Callable[[Sequence[str], Sequence[str]], float]] = {
    "recall@1": lambda ranking, relevant: recall_at(1, ranking, relevant),
    "recall@5": lambda ranking, relevant: recall_at(5, ranking, relevant),
    "recall@10": lambda ranking, relevant: recall_at(10, ranking, relevant),
    "mrr@10": lambda ranking, relevant: mrr_at(RANKS, ranking, relevant),
    "ndcg@10": lambda ranking, relevant: ndcg_at(RANKS, ranking, relevant),
}
"""Name to the score of one question; its mean is the figure."""


@dataclass(frozen=True, slots=True)
class RetrievalRun:
    """What one system found: per question the ids of distinct passages, best first, and how long finding them took."""

    system: str
    rankings: tuple[tuple[str, ...], ...]
    index_seconds: float
    query_ms: tuple[float, ...]

    def scores(self, metric: str, questions: Sequence[BenchQuestion], places: Sequence[int]) -> list[float]:
        """The score of each of the ``questions`` at ``places``."""
        return [METRICS[metric](self.rankings[place], questions[place].relevant) for place in places]


@dataclass(frozen=True, slots=True)
class RetrievalFigures:
    """The figures of one system for some questions; the means are in [0, 1]."""

    questions: int
    means: dict[str, float]
    index_seconds: float
    query_ms_p50: float
    query_ms_p95: float

    def contract(self) -> dict[str, float | int]:
        """The keys of `kb bench retrieval --json`."""
        return {
            "questions": self.questions,
            **{name: round(value, 4) for name, value in self.means.items()},
            "index_seconds": round(self.index_seconds, 3),
            "query_ms_p50": round(self.query_ms_p50, 3),
            "query_ms_p95": round(self.query_ms_p95, 3),
        }


def run_retrieval(operations: BenchedOperations, bench_set: BenchSet, system: str, heard: Heard = lambda: None) -> RetrievalRun:
    """Ingest the corpus and look for every answerable question. Raises InvalidRequest where there is none."""
    require(bench_set.answerable, "answerable")
    return find_all(operations, bench_set.answerable, ingest_corpus(operations, bench_set.passages, heard), system, heard)


def find_all(
    operations: BenchedOperations, questions: Sequence[BenchQuestion], ingested: Ingested, system: str, heard: Heard = lambda: None
) -> RetrievalRun:
    """Look for every question in what was ``ingested``."""
    rankings: list[tuple[str, ...]] = []
    milliseconds: list[float] = []
    for question in questions:
        started = time.perf_counter()
        documents = retrieved_documents(operations, question.text, question.turns)
        milliseconds.append((time.perf_counter() - started) * 1000)
        rankings.append(tuple(distinct(ingested.passage_of[id_] for id_ in documents)[:RANKS]))
        heard()
    return RetrievalRun(system, tuple(rankings), ingested.seconds, tuple(milliseconds))


def retrieval_figures(run: RetrievalRun, questions: Sequence[BenchQuestion], places: Sequence[int]) -> RetrievalFigures:
    """The figures of ``run`` over the ``questions`` at ``places``, of which there is at least one."""
    milliseconds = [run.query_ms[place] for place in places]
    means = {name: mean(run.scores(name, questions, places)) or 0.0 for name in METRICS}
    return RetrievalFigures(len(places), means, run.index_seconds, percentile(milliseconds, 0.5), percentile(milliseconds, 0.95))


def retrieval_contract(run: RetrievalRun, questions: Sequence[BenchQuestion]) -> dict[str, object]:
    """``{"all": figures, "languages": {code: figures}}``; a language is that of the question. The index is one for all of them."""
    return {
        "all": retrieval_figures(run, questions, range(len(questions))).contract(),
        "languages": {lang: retrieval_figures(run, questions, places).contract() for lang, places in by_language(questions).items()},
    }
