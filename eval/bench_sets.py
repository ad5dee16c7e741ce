"""Several question sets, our system beside what a user would pick instead, per set and language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.bench_answer import AnswerFigures, GivenAnswer, answer_figures
from eval.bench_retrieval import METRICS, RetrievalFigures, RetrievalRun, retrieval_figures
from eval.bench_set import BenchQuestion, BenchSet
from eval.bench_tables import shown
from eval.benched import by_language
from eval.metrics import mean
from eval.statistics import Interval, paired_bootstrap

COMPARED = ("ndcg@10", "recall@5")
"""The metrics whose difference to the best rival is given with an interval."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours against the rival that is best by ``metric``, question by question."""

    metric: str
    rival: str
    rival_mean: float
    interval: Interval

    @property
    def verdict(self) -> str:
        """Whether the difference is more than chance."""
        return "above" if self.interval.clearly_above else "BELOW" if self.interval.clearly_below else "within chance"


@dataclass(frozen=True, slots=True)
class LanguageReport:
    """A set in one language of its questions. ``figures`` are per system, ours first."""

    set_name: str
    lang: str
    same_language: bool
    figures: tuple[tuple[str, RetrievalFigures], ...]
    comparisons: tuple[Comparison, ...]
    answers: AnswerFigures | None

    def ours(self, metric: str) -> float:
        """Our mean."""
        return self.figures[0][1].means[metric]


def report_set(
    bench_set: BenchSet, ours: RetrievalRun, rivals: Sequence[RetrievalRun], given: Sequence[GivenAnswer] | None
) -> list[LanguageReport]:
    """Figures and comparisons per language. ``given``: our answers to all questions of the set, None where none were asked for."""
    questions = bench_set.answerable
    corpus_languages = {passage.lang for passage in bench_set.passages}
    answers = _answers_by_language(bench_set.questions, given) if given is not None else {}
    return [
        LanguageReport(
            bench_set.name,
            lang,
            lang in corpus_languages,
            tuple((run.system, retrieval_figures(run, questions, places)) for run in (ours, *rivals)),
            tuple(_comparison(metric, questions, places, ours, rivals) for metric in COMPARED) if rivals else (),
            answers.get(lang),
        )
        for lang, places in by_language(questions).items()
    ]


def _comparison(
    metric: str, questions: Sequence[BenchQuestion], places: Sequence[int], ours: RetrievalRun, rivals: Sequence[RetrievalRun]
) -> Comparison:
    scores = {run.system: run.scores(metric, questions, places) for run in rivals}
    best = max(scores, key=lambda system: mean(scores[system]) or 0.0)
    interval = paired_bootstrap(ours.scores(metric, questions, places), scores[best])
    return Comparison(metric, best, mean(scores[best]) or 0.0, interval)


def _answers_by_language(questions: Sequence[BenchQuestion], given: Sequence[GivenAnswer]) -> dict[str, AnswerFigures]:
    return {
        lang: answer_figures([given[place] for place in places], [questions[place] for place in places])
        for lang, places in by_language(questions).items()
    }


# --- as rows -----------------------------------------------------------------------------------------------------------

RETRIEVAL_COLUMNS = ("system", *METRICS, "index s", "query ms p50")
COMPARISON_COLUMNS = ("metric", "ours", "best rival", "its figure", "difference", "95% interval", "")
ANSWER_COLUMNS = ("set", "lang", *AnswerFigures.__dataclass_fields__)


def retrieval_rows(report: LanguageReport) -> list[tuple[str, ...]]:
    """One row per system, in the order of RETRIEVAL_COLUMNS."""
    return [
        (system, *(f"{figures.means[name]:.3f}" for name in METRICS), f"{figures.index_seconds:.1f}", f"{figures.query_ms_p50:.1f}")
        for system, figures in report.figures
    ]


def comparison_rows(report: LanguageReport) -> list[tuple[str, ...]]:
    """One row per compared metric, in the order of COMPARISON_COLUMNS."""
    return [
        (
            one.metric,
            f"{report.ours(one.metric):.3f}",
            one.rival,
            f"{one.rival_mean:.3f}",
            f"{one.interval.difference:+.3f}",
            f"{one.interval.low:+.3f} … {one.interval.high:+.3f}",
            one.verdict,
        )
        for one in report.comparisons
    ]


def answer_rows(reports: Iterable[LanguageReport]) -> list[tuple[str, ...]]:
    """One row per set and language whose questions were answered, in the order of ANSWER_COLUMNS."""
    return [
        (report.set_name, report.lang, *(shown(getattr(report.answers, name)) for name in ANSWER_COLUMNS[2:]))
        for report in reports
        if report.answers is not None
    ]


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean recall@5 over the sets in the language of their corpus: ours, and that of the one rival that is best by it."""

    ours: float
    rival: str
    rival_mean: float

    def line(self) -> str:
        """In words."""
        return (
            f"Mean recall@5 over the same-language rows: {self.ours:.3f}; best single rival ({self.rival}): {self.rival_mean:.3f}; "
            f"difference {self.ours - self.rival_mean:+.3f}."
        )


def summary(reports: Sequence[LanguageReport]) -> Summary | None:
    """The summary; None where no set was asked in its own language, or there are no rivals."""
    rows = [report for report in reports if report.same_language]
    if not rows or len(rows[0].figures) < 2:
        return None
    means = {system: sum(dict(report.figures)[system].means["recall@5"] for report in rows) / len(rows) for system, _ in rows[0].figures}
    ours, *rivals = means
    best = max(rivals, key=lambda system: means[system])
    return Summary(means[ours], best, means[best])
