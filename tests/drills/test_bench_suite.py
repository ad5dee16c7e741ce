"""`make bench` at its smallest, rivals included: everything is measured, and a missed target is no failure."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from eval.bench_set import BenchQuestion, BenchSet, CorpusPassage
from eval.rivals import BM25, BM25_STEMMED, FUSED, LLAMA_INDEX, MINILM

pytestmark = pytest.mark.slow


def test_speed_prints_every_line_with_its_target() -> None:
    done = subprocess.run([sys.executable, "-m", "api.bench_suite", "speed", "--quick"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    table = done.stdout[done.stdout.index("Kennisbank  ") :]
    for word in ("ingest of 120", "bare embedder", "share of it", "question, of 120", "question, of 2000", "memory", "unchanged", "--help"):
        assert word in table
    assert table.count(LLAMA_INDEX) == 2
    assert "not to be quoted" in done.stdout


def test_every_rival_finds_what_stands_there_word_for_word() -> None:
    script = (
        "import sys, json, tempfile\n"
        "from pathlib import Path\n"
        "from eval.bench_set import BenchSet\n"
        "from eval.rivals import run_rivals\n"
        "from kb.search.model_folder import PACKAGED, find_model\n"
        "from tests.drills.test_bench_suite import tiny_set\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    runs = run_rivals(tiny_set(), find_model(PACKAGED, Path(folder)).path, Path(folder) / 'chroma')\n"
        "print(json.dumps({run.system: run.rankings for run in runs}))\n"
    )
    # A process of its own: what rivals warn of while they load is theirs.
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rankings = json.loads(done.stdout.splitlines()[-1])
    assert list(rankings) == [BM25, BM25_STEMMED, MINILM, FUSED, LLAMA_INDEX]
    assert all([ids[0] for ids in ranking] == ["a", "b"] for ranking in rankings.values())


def tiny_set() -> BenchSet:
    """Three passages, two questions in their words."""
    texts = {"a": "The warranty on the frame is ten years.", "b": "Lunch is served at noon in the canteen.", "c": "Bring your badge."}
    questions = [("1", "How long is the warranty on the frame?", "a"), ("2", "When is lunch served in the canteen?", "b")]
    return BenchSet(
        "tiny",
        tuple(CorpusPassage(id=id_, text=text, lang="en") for id_, text in texts.items()),
        tuple(BenchQuestion(id=id_, text=text, lang="en", relevant=(wanted,)) for id_, text, wanted in questions),
    )
