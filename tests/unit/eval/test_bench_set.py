"""Reading a question set, and what is said of one that is not valid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.bench_set import read_bench_set, read_bench_sets
from kb.errors import InvalidRequest, PathMissing
from kb.types import Turn

PASSAGE = {"id": "p-1", "title": "Verlof", "text": "U krijgt 25 dagen.", "lang": "nl"}
QUESTION = {"id": "q-1", "text": "Hoeveel dagen?", "lang": "nl", "relevant": ["p-1"], "answers": ["25 dagen"]}


def write(folder: Path, passages: list[Any], questions: list[Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("corpus.jsonl", passages), ("queries.jsonl", questions)):
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_set_is_read_whole(tmp_path: Path) -> None:
    history = [{"role": "user", "text": "Hallo"}, {"role": "assistant", "text": "Dag"}]
    later = {"id": "q-2", "text": "En\u2028daarna?", "lang": "en", "relevant": [], "answers": [], "history": history, "made_by": "someone"}
    found = read_bench_set(write(tmp_path / "verlof", [PASSAGE], [QUESTION, later]))
    assert found.name == "verlof"
    assert found.passages[0].text == "U krijgt 25 dagen."
    assert [question.answerable for question in found.questions] == [True, False]
    assert found.questions[1].turns == (Turn("user", "Hallo"), Turn("assistant", "Dag"))
    assert found.answerable == found.questions[:1]


def test_title_answers_and_history_may_be_missing(tmp_path: Path) -> None:
    passage = {key: PASSAGE[key] for key in ("id", "text", "lang")}
    question = {key: QUESTION[key] for key in ("id", "text", "lang", "relevant")}
    found = read_bench_set(write(tmp_path, [passage], [question]))
    assert found.passages[0].title == ""
    assert found.questions[0].answers == found.questions[0].turns == ()


@pytest.mark.parametrize(
    ("passages", "questions", "said"),
    [
        ([PASSAGE, "{"], [QUESTION], "corpus.jsonl, line 2"),
        ([{**PASSAGE, "text": 4}], [QUESTION], "line 1: text"),
        ([{**PASSAGE, "text": ""}], [QUESTION], "line 1: text"),
        ([{**PASSAGE, "id": ""}], [QUESTION], "line 1: id"),
        ([["p-1"]], [QUESTION], "corpus.jsonl, line 1"),
        ([PASSAGE], [{**QUESTION, "relevant": "p-1"}], "queries.jsonl, line 1: relevant"),
        ([PASSAGE], [{key: QUESTION[key] for key in ("id", "text", "lang")}], "relevant"),
        ([PASSAGE], [{**QUESTION, "history": [{"role": "system", "text": "x"}]}], "history.0.role"),
        ([PASSAGE, PASSAGE], [QUESTION], "“p-1” occurs twice"),
        ([PASSAGE], [QUESTION, QUESTION], "“q-1” occurs twice"),
        ([PASSAGE], [{**QUESTION, "relevant": ["p-9"]}], "no passage has the id “p-9”"),
        ([], [QUESTION], "corpus.jsonl is empty"),
        ([PASSAGE], [], "queries.jsonl is empty"),
    ],
)
def test_a_set_that_is_not_valid_is_refused_with_the_place(tmp_path: Path, passages: list[Any], questions: list[Any], said: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_bench_set(write(tmp_path, passages, questions))
    assert said in refusal.value.sentence("en")
    assert said in refusal.value.sentence("nl")


def test_text_of_a_bad_line_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_bench_set(write(tmp_path, [{**PASSAGE, "text": ["geheim"]}], [QUESTION]))
    assert "geheim" not in refusal.value.sentence("nl")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PathMissing, match=r"corpus\.jsonl"):
        read_bench_set(tmp_path / "nowhere")
    write(tmp_path / "one", [PASSAGE], [QUESTION])
    (tmp_path / "one" / "queries.jsonl").unlink()
    with pytest.raises(PathMissing, match=r"queries\.jsonl"):
        read_bench_set(tmp_path / "one")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    write(tmp_path, [PASSAGE], [QUESTION])
    (tmp_path / "corpus.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidRequest, match="not UTF-8"):
        read_bench_set(tmp_path)


def test_every_set_below_a_folder_is_found_by_name(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write(tmp_path / name, [PASSAGE], [QUESTION])
    assert [one.name for one in read_bench_sets(tmp_path)] == ["a", "b"]
    with pytest.raises(PathMissing):
        read_bench_sets(tmp_path / "a")
