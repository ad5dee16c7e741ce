"""The three benches over operations that answer by script: what is counted, and under which keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from eval.bench_answer import answer_contract, run_answers
from eval.bench_ingest import ingest_contract, run_ingest
from eval.bench_retrieval import RetrievalRun, retrieval_contract, retrieval_figures, run_retrieval
from eval.bench_set import BenchQuestion, BenchSet, CorpusPassage
from eval.bench_sets import comparison_rows, report_set, retrieval_rows, summary
from eval.benched import NO_TITLE, SPACE, CorpusParser, corpus_uploads
from ingest.parse.files import FileParser
from kb.errors import InvalidRequest
from kb.types import (
    Answer,
    AnswerSentence,
    AskEvent,
    Citation,
    Done,
    FileResult,
    GeneratorInfo,
    IngestReport,
    Outcome,
    ParsedFile,
    ParseFailure,
    PassageRef,
    Retrieved,
    Space,
    Timings,
    Turn,
    Upload,
)


def passage(id_: str, lang: str = "nl") -> CorpusPassage:
    return CorpusPassage(id=id_, text=f"Tekst van {id_}.", lang=lang)


def question(id_: str, relevant: Sequence[str], lang: str = "nl", answers: Sequence[str] = ()) -> BenchQuestion:
    return BenchQuestion(id=id_, text=f"Vraag {id_}?", lang=lang, relevant=tuple(relevant), answers=tuple(answers))


class ScriptedOperations:
    """Finds and answers what it was told; a passage "x" fails to be read. Document ids are ``doc-`` and the passage's."""

    def __init__(self, found: dict[str, list[str]] | None = None, said: dict[str, tuple[str, list[str]]] | None = None) -> None:
        self.found, self.said = found or {}, said or {}
        self.histories: list[Sequence[Turn]] = []
        self.finished = 0

    def add_space(self, name: str) -> Space:
        return Space(name, name, datetime(2026, 1, 1, tzinfo=UTC))

    def ingest(self, uploads: Iterable[Upload], space: str = SPACE, progress: Callable[[FileResult], None] | None = None) -> IngestReport:
        files = []
        for upload in uploads:
            ready = upload.path != "x"
            files.append(FileResult(upload.path, "ready" if ready else "failed", f"doc-{upload.path}", chunks=2 if ready else 0))
            if progress is not None:
                progress(files[-1])
        return IngestReport(tuple(files), len(files), 0, 0, 0, 0.1)

    def ask(self, question: str, *, space: str | None = None, history: Sequence[Turn] = ()) -> Iterator[AskEvent]:
        self.histories.append(history)
        yield Retrieved(tuple(PassageRef(f"doc-{id_}", f"chunk-{id_}", 0.5) for id_ in self.found.get(question, [])), "nl")
        self.finished += 1
        text, cited = self.said.get(question, ("", []))
        yield Done(an_answer(text, cited))


def an_answer(text: str, cited: Sequence[str]) -> Answer:
    citations = [Citation(n, f"doc-{id_}", "", 1, "algemeen", None, None, "", 0, 0, 1.0) for n, id_ in enumerate(cited, start=1)]
    return Answer(
        answer_id="a",
        question="?",
        language="nl",
        outcome=Outcome.ANSWERED if text else Outcome.NOT_IN_DOCUMENTS,
        text=f"{text} [1]" if text else "Dit staat niet in de documenten.",
        sentences=(AnswerSentence(text, (1,)),) if text else (),
        dropped_sentences=0,
        citations=tuple(citations),
        passages=(),
        generator=GeneratorInfo("scripted", "scripted"),
        timings_ms=Timings(1.0, None, 1.0),
    )


def test_retrieval_counts_the_first_relevant_of_distinct_passages() -> None:
    bench_set = BenchSet(
        "s", (passage("a"), passage("b"), passage("c")), (question("1", ["b"]), question("2", ["c"], "en"), question("3", []))
    )
    operations = ScriptedOperations({"Vraag 1?": ["a", "a", "b", "a"], "Vraag 2?": ["c"]})
    steps: list[None] = []
    run = run_retrieval(operations, bench_set, "ours", lambda: steps.append(None))
    assert run.rankings == (("a", "b"), ("c",))
    assert len(steps) == 3 + 2
    contract: dict[str, Any] = retrieval_contract(run, bench_set.answerable)
    assert contract["all"]["questions"] == 2
    assert contract["all"]["recall@1"] == 0.5
    assert contract["all"]["mrr@10"] == 0.75
    assert contract["languages"]["nl"]["recall@1"] == 0.0
    assert contract["languages"]["en"]["ndcg@10"] == 1.0
    assert operations.finished == 0, "an answer was written though only passages were asked for"


def test_a_set_without_answerable_questions_has_no_retrieval_to_measure() -> None:
    with pytest.raises(InvalidRequest, match="answerable"):
        run_retrieval(ScriptedOperations(), BenchSet("s", (passage("a"),), (question("1", []),)), "ours")


def test_answers_are_judged_by_gold_source_and_silence() -> None:
    bench_set = BenchSet(
        "s",
        (passage("a"), passage("b")),
        (
            question("1", ["a"], answers=["25 dagen"]),
            question("2", ["b"], answers=["mei"]),
            question("3", []),
            question("4", [], "en"),
        ),
    )
    operations = ScriptedOperations(said={"Vraag 1?": ("U krijgt 25 dagen.", ["a", "b"]), "Vraag 4?": ("Onzin.", ["a"])})
    contract: dict[str, Any] = answer_contract(run_answers(operations, bench_set), bench_set.questions)
    assert contract["all"] == {
        "answered": 0.5,
        "contains_gold": 0.5,
        "token_f1": pytest.approx((2 * 0.5 / 1.5) / 2, abs=1e-4),
        "citation_precision": 0.5,
        "citation_recall": 1.0,
        "abstain_precision": 0.5,
        "abstain_recall": 0.5,
        "abstain_balanced_accuracy": 0.5,
    }
    assert contract["languages"]["en"]["contains_gold"] is None
    assert contract["languages"]["en"]["abstain_recall"] == 0.0


def test_the_conversation_before_a_question_goes_with_it() -> None:
    asked = BenchQuestion.model_validate_json(
        '{"id": "1", "text": "En dan?", "lang": "nl", "relevant": ["a"], "history": [{"role": "user", "text": "Hallo"}]}'
    )
    operations = ScriptedOperations()
    bench_set = BenchSet("s", (passage("a"),), (asked,))
    run_retrieval(operations, bench_set, "ours")
    run_answers(operations, bench_set)
    assert operations.histories == [(Turn("user", "Hallo"),)] * 2


def test_ingest_counts_per_language_of_the_passages_and_what_failed() -> None:
    bench_set = BenchSet("s", (passage("a"), passage("x"), passage("b", "en")), (question("1", ["a"]),))
    contract: dict[str, Any] = ingest_contract(run_ingest(ScriptedOperations(), bench_set))
    assert (contract["all"]["passages"], contract["all"]["chunks"], contract["all"]["failed"]) == (3, 4, 1)
    assert (contract["languages"]["nl"]["passages"], contract["languages"]["nl"]["failed"]) == (2, 1)
    assert contract["languages"]["en"]["failed"] == 0


def test_the_parser_of_a_corpus_takes_title_and_text_and_leaves_the_id() -> None:
    upload = next(corpus_uploads([CorpusPassage(id="p-77", title=" Verlof ", text="Eerste alinea.\n\nTweede alinea.", lang="nl")]))
    read = CorpusParser(FileParser()).parse(upload.data, "p-77")
    assert isinstance(read, ParsedFile)
    assert (upload.path, read.title) == ("p-77", "Verlof")
    assert [element.text for element in read.elements] == ["Eerste alinea.", "Tweede alinea."]
    assert read.strings == ()


def test_a_passage_without_a_title_gets_none_and_one_without_words_fails() -> None:
    untitled, blank = (passage("p-1"), CorpusPassage(id="p-2", text="  \n ", lang="nl"))
    read = [CorpusParser(FileParser()).parse(upload.data, upload.path) for upload in corpus_uploads([untitled, blank])]
    assert isinstance(read[0], ParsedFile)
    assert read[0].title == NO_TITLE
    assert isinstance(read[1], ParseFailure)


def test_equal_passages_stay_two_files() -> None:
    one, other = corpus_uploads([CorpusPassage(id=id_, text="Gelijk.", lang="nl") for id_ in ("a", "b")])
    assert one.data != other.data


def runs() -> tuple[BenchSet, RetrievalRun, RetrievalRun, RetrievalRun]:
    bench_set = BenchSet("s", (passage("a"),), tuple(question(str(number), ["a"], "nl" if number else "en") for number in range(5)))
    found, missed = (("a",),) * 5, (("b",),) * 5
    return (
        bench_set,
        RetrievalRun("ours", found, 1.0, (1.0,) * 5),
        RetrievalRun("weak", missed, 1.0, (1.0,) * 5),
        RetrievalRun("strong", (*found[:3], *missed[:2]), 2.0, (3.0,) * 5),
    )


def test_a_report_compares_with_the_rival_that_is_best_by_each_metric() -> None:
    bench_set, ours, weak, strong = runs()
    english, dutch = report_set(bench_set, ours, [weak, strong], None)
    assert (english.lang, english.same_language, dutch.lang, dutch.same_language) == ("en", False, "nl", True)
    assert {comparison.rival for comparison in dutch.comparisons} == {"strong"}
    assert dutch.comparisons[0].interval.difference == pytest.approx(0.5)
    assert [row[0] for row in retrieval_rows(dutch)] == ["ours", "weak", "strong"]
    assert comparison_rows(english)[0][-1] == "within chance"
    assert dutch.answers is None


def test_the_summary_takes_the_one_rival_that_is_best_over_all_sets() -> None:
    bench_set, ours, weak, strong = runs()
    found = summary(report_set(bench_set, ours, [weak, strong], None))
    assert found is not None
    assert (found.ours, found.rival, found.rival_mean) == (1.0, "strong", 0.5)
    assert summary(report_set(bench_set, ours, [], None)) is None


def test_percentiles_of_a_run_are_those_of_the_chosen_questions() -> None:
    bench_set, ours, _, _ = runs()
    slow = RetrievalRun("slow", ours.rankings, 1.0, (9.0, 1.0, 2.0, 3.0, 4.0))
    assert retrieval_figures(slow, bench_set.answerable, [1, 2, 3]).query_ms_p50 == 2.0
