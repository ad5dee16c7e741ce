"""Lines of the speed table, synthetic texts, and the page of benchmarks."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.bench_speed import COLUMNS, SpeedLine, Target, median_seconds, process_memory, question_ms
from eval.bench_tables import contract_table, figure_table, shown
from eval.benchmarks_page import circumstances, markdown_table, write_section
from eval.synthetic import PASSAGE_WORDS, spread_vectors, synthetic_passages, synthetic_questions
from eval.tree_memory import run_watched


def test_a_ratio_is_above_one_where_kennisbank_is_better() -> None:
    assert SpeedLine("rate", "p/s", 100.0, rival=50.0, more_is_better=True).ratio == 2.0
    assert SpeedLine("time", "ms", 5.0, rival=10.0).ratio == 2.0
    assert SpeedLine("time", "ms", 5.0).ratio is None
    assert SpeedLine("time", "ms", None, rival=10.0).ratio is None


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (SpeedLine("a", "ms", 5.0, Target("ratio", "at least", 2.0), "x", 10.0), "met"),
        (SpeedLine("a", "ms", 6.0, Target("ratio", "at least", 2.0), "x", 10.0), "MISSED"),
        (SpeedLine("a", "s", 2.0, Target("figure", "at most", 2.0)), "met"),
        (SpeedLine("a", "s", 2.1, Target("figure", "at most", 2.0)), "MISSED"),
        (SpeedLine("a", "GB", None, Target("figure", "at most", 2.0)), "not measured"),
        (SpeedLine("a", "GB", 1.0), ""),
    ],
)
def test_a_missed_target_is_said_plainly(line: SpeedLine, verdict: str) -> None:
    assert line.verdict == verdict
    assert line.cells()[-1] == verdict
    assert len(line.cells()) == len(COLUMNS)


def test_every_question_and_every_repeat_is_timed() -> None:
    asked: list[str] = []
    assert len(question_ms(asked.append, ["a", "b"])) == 2
    assert median_seconds(lambda: asked.append("c"), 3) >= 0
    assert asked == ["a", "b", "c", "c", "c"]


def test_memory_is_that_of_a_running_process() -> None:
    memory = process_memory(os.getpid())
    assert memory is None or 0 < memory.resident_bytes <= memory.peak_bytes
    assert process_memory(2**22 + 7) is None


def test_synthetic_texts_are_the_same_each_time_and_differ_among_themselves() -> None:
    passages = synthetic_passages(60)
    assert passages == synthetic_passages(60)
    assert passages[:20] == synthetic_passages(20)
    assert len({passage.text for passage in passages}) == 60
    assert passages != synthetic_passages(60, seed=1)
    assert {passage.lang for passage in passages} == {question.lang for question in synthetic_questions(4)} == {"nl", "en"}


def test_synthetic_passages_are_whole_sentences_of_about_a_hundred_words() -> None:
    for passage in synthetic_passages(100):
        words = len(passage.text.split())
        assert PASSAGE_WORDS[passage.lang] <= words < PASSAGE_WORDS[passage.lang] + 30
        assert passage.text[0].isupper()
        assert passage.text.endswith(".")


@settings(max_examples=20)
@given(st.integers(1, 5), st.integers(1, 40))
def test_spread_vectors_are_unit_length_and_lie_around_their_centres(groups: int, count: int) -> None:
    centres = np.eye(8, dtype=np.float32)[:groups]
    vectors = spread_vectors(centres, count)
    assert vectors.shape == (count, 8)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert all(float(vector @ centres[number % groups]) > 0.3 for number, vector in enumerate(vectors))


def test_a_section_of_the_page_takes_the_place_of_its_former_self(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "benchmarks.md"
    write_section(page, "Speed", "one\n\n### deeper\n\nstays")
    write_section(page, "Sets", "two")
    write_section(page, "Speed", "three")
    text = page.read_text()
    assert text.startswith("# Benchmarks\n")
    assert text.index("## Speed") < text.index("three") < text.index("## Sets") < text.index("two")
    assert "one" not in text
    write_section(page, "Sets", "two")
    assert page.read_text() == text


def test_a_markdown_table_keeps_a_bar_in_a_cell() -> None:
    assert markdown_table(("a", "b"), [("x|y", "1")]) == "| a | b |\n| --- | ---: |\n| x\\|y | 1 |\n"


def test_circumstances_name_date_machine_load_and_command() -> None:
    line = circumstances(datetime(2026, 11, 20, tzinfo=UTC), "make bench").line()
    assert line.startswith("2026-11-20 · ")
    assert "cores" in line
    assert "load" in line
    assert line.endswith("`make bench`")


def test_tables_show_what_is_missing_as_a_dash() -> None:
    assert (shown(None), shown(0.12345), shown(7)) == ("–", "0.123", "7")
    table = contract_table({"all": {"questions": 2, "recall@1": None}, "languages": {"nl": {"questions": 2, "recall@1": 0.5}}})
    assert [str(column.header) for column in table.columns] == ["", "all", "nl"]
    assert figure_table(("a",), [("b",)]).row_count == 1


def test_the_memory_of_a_command_is_that_of_all_its_processes_at_their_highest() -> None:
    holding = "import time; held = b'x' * 60_000_000; time.sleep(0.7)"
    starting = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {holding!r}]).returncode + 3)"
    run = run_watched([sys.executable, "-c", starting])
    assert run.code == 3
    assert run.seconds > 0.7
    assert 60e6 < run.shared_once_bytes <= run.resident_bytes < 200e6
