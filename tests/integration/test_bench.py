"""`kb bench` over a tiny set that the test makes: through the command, on real ledger and indexes, without a model."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli import bench
from api.temporary_kennisbank import temporary_kennisbank
from eval.bench_set import read_bench_set
from eval.benched import ingest_corpus, retrieved_documents
from kb.authorise import OWNER
from kb.settings import Settings, load_settings
from tests.integration.conftest import MODEL_FREE

RETRIEVAL_KEYS = ["questions", "recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "index_seconds", "query_ms_p50", "query_ms_p95"]
ANSWER_KEYS = [
    "answered",
    "contains_gold",
    "token_f1",
    "citation_precision",
    "citation_recall",
    "abstain_precision",
    "abstain_recall",
    "abstain_balanced_accuracy",
]
TOPICS = {
    "nl": ("fietsenstalling", "koffieautomaat", "ziekmelding", "parkeervergunning", "personeelskorting", "brandoefening"),
    "en": ("bicycle shed", "coffee machine", "sick leave", "parking permit", "staff discount", "fire drill"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve passages; the first of each language is long enough for several chunks. Ids look like words that could be searched."""
    passages, questions = [], []
    for lang, topics in TOPICS.items():
        for number, topic in enumerate(topics):
            one = f"De {topic} is geregeld op pagina {number}." if lang == "nl" else f"The {topic} is settled on page {number}."
            text = "\n\n".join([one] * 60) if number == 0 else one
            passages.append({"id": f"zebrapad{lang}{number}", "title": "" if number % 2 else topic, "text": text, "lang": lang})
            asked = f"Waar is de {topic} geregeld?" if lang == "nl" else f"Where is the {topic} settled?"
            questions.append(
                {"id": f"q{lang}{number}", "text": asked, "lang": lang, "relevant": [f"zebrapad{lang}{number}"], "answers": [one]}
            )
    questions.append({"id": "none", "text": "Hoe hoog is de Mont Blanc?", "lang": "nl", "relevant": [], "answers": []})
    for name, rows in (("corpus.jsonl", passages), ("queries.jsonl", questions)):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return tmp_path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "own", **MODEL_FREE)


def run(tmp_path: Path, *words: str) -> dict[str, Any]:
    environment = {"KB_EMBEDDING__BACKEND": "hashing", "KB_GENERATION__BACKEND": "extractive", "KB_DATA_DIR": str(tmp_path / "own")}
    result = CliRunner().invoke(bench.group(), list(words), env=environment, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_retrieval_prints_exactly_the_contract(folder: Path) -> None:
    found = run(folder, "retrieval", "--json", str(folder))
    assert list(found) == ["all", "languages"]
    assert list(found["languages"]) == ["en", "nl"]
    for figures in (found["all"], *found["languages"].values()):
        assert list(figures) == RETRIEVAL_KEYS
    assert found["all"]["questions"] == 12
    assert found["all"]["recall@10"] == 1.0
    assert found["all"]["recall@1"] >= 0.9


def test_answer_prints_exactly_the_contract(folder: Path) -> None:
    found = run(folder, "answer", "--json", str(folder))
    assert list(found) == ["all", "languages"]
    for figures in (found["all"], *found["languages"].values()):
        assert list(figures) == ANSWER_KEYS
    assert found["all"]["citation_recall"] > 0.5
    assert found["languages"]["en"]["abstain_recall"] is None


def test_ingest_counts_passages_and_chunks(folder: Path) -> None:
    found = run(folder, "ingest", "--json", str(folder))
    assert found["all"]["passages"] == 12
    assert found["all"]["failed"] == 0
    assert found["all"]["chunks"] > 12


def test_a_table_is_printed_for_people(folder: Path) -> None:
    result = CliRunner().invoke(bench.group(), ["ingest", str(folder)], env={"KB_EMBEDDING__BACKEND": "hashing"}, catch_exceptions=False)
    assert result.exit_code == 0
    assert "passages_per_second" in result.output


def test_it_leaves_nothing_behind_and_makes_no_data_directory(folder: Path) -> None:
    before = set(Path(tempfile.gettempdir()).glob("kb-bench-*"))
    run(folder, "retrieval", "--json", str(folder))
    assert set(Path(tempfile.gettempdir()).glob("kb-bench-*")) <= before
    assert not (folder / "own").exists()


def test_a_set_that_is_not_valid_is_a_usage_error_with_its_place(folder: Path) -> None:
    (folder / "corpus.jsonl").write_text('{"id": "a"}\n', encoding="utf-8")
    result = CliRunner().invoke(bench.group(), ["retrieval", "--json", str(folder)], catch_exceptions=False)
    assert result.exit_code == 2
    problem = json.loads(result.stderr)
    assert problem["code"] == "invalid_request"
    assert "corpus.jsonl" in problem["detail"]


def test_ids_are_opaque_and_cannot_be_searched_for(folder: Path, settings: Settings) -> None:
    passages = read_bench_set(folder).passages
    with temporary_kennisbank(settings, folder / "bench") as kennisbank:
        operations = kennisbank.operations(OWNER)
        ingested = ingest_corpus(operations, passages)
        with kennisbank.ledger.reading() as tx:
            space = tx.spaces.named("algemeen")
        with kennisbank.indexes.reading(space.id) as index:
            assert [index.pair.words.search(passage.id, passage.lang, 10) for passage in passages] == [[]] * len(passages)
        by_topic = retrieved_documents(operations, "Waar is de koffieautomaat geregeld?")
    assert ingested.passage_of[by_topic[0]] == "zebrapadnl1"
    with sqlite3.connect(folder / "bench" / "var" / "ledger.sqlite3") as ledger:
        texts = [row[0] for row in ledger.execute("SELECT text FROM version_texts UNION SELECT title FROM versions WHERE status = 'ready'")]
    assert not any("zebrapad" in text for text in texts)


def test_a_passage_of_several_chunks_counts_once(folder: Path, settings: Settings) -> None:
    with temporary_kennisbank(settings, folder / "bench", passages=50) as kennisbank:
        operations = kennisbank.operations(OWNER)
        ingested = ingest_corpus(operations, read_bench_set(folder).passages)
        documents = retrieved_documents(operations, "Waar is de fietsenstalling geregeld?")
    assert ingested.chunks > len(ingested.passage_of)
    assert len(documents) > len(set(documents))
    assert ingested.passage_of[documents[0]] == "zebrapadnl0"


def test_the_organisations_own_ledger_is_never_touched(folder: Path, settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"ledger_url": "postgresql+psycopg://nowhere.invalid/kb"})
    with temporary_kennisbank(elsewhere, folder / "bench") as kennisbank:
        assert kennisbank.settings.ledger_url is None
        assert kennisbank.operations(OWNER).status().documents == 0
