"""`kb eval calibrate` over tiny sets, through the command, without a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.bootstrap import init_directory
from api.cli import eval as eval_commands
from kb.answering.evidence import CALIBRATION_FILE, calibration_of, shipped_calibration
from kb.settings import Settings, load_settings
from tests.integration.conftest import MODEL_FREE

TOPICS = ("fietsenstalling", "koffieautomaat", "ziekmelding", "parkeervergunning", "personeelskorting", "brandoefening")
UNTOLD = ("maanlanding", "kernfusie", "walvisvangst", "pyramidebouw", "zeilregatta", "opera")


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "own", **MODEL_FREE)


def write_set(folder: Path) -> Path:
    folder.mkdir()
    passages = [{"id": topic, "title": topic, "text": f"De {topic} is geregeld door de receptie.", "lang": "nl"} for topic in TOPICS]
    asked = [
        {"text": f"Waar is de {topic} geregeld?", "relevant": [topic], "answers": [f"De {topic} is geregeld door de receptie."]}
        for topic in TOPICS
    ]
    asked += [{"text": f"Wanneer begint volgend jaar de {topic} in Australië?", "relevant": [], "answers": []} for topic in UNTOLD]
    rows = {"corpus.jsonl": passages, "queries.jsonl": [{"id": f"q{n}", "lang": "nl", **one} for n, one in enumerate(asked)]}
    for name, lines in rows.items():
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


def run(tmp_path: Path, *words: str) -> Any:
    environment = {"KB_EMBEDDING__BACKEND": "hashing", "KB_GENERATION__BACKEND": "extractive", "KB_DATA_DIR": str(tmp_path / "own")}
    return CliRunner().invoke(eval_commands.group(), ["calibrate", *words], env=environment)


def test_what_was_fitted_is_the_owners_own_from_the_next_start(tmp_path: Path, own: Settings) -> None:
    init_directory(own, "algemeen")
    one, two = write_set(tmp_path / "one"), write_set(tmp_path / "two")

    result = run(tmp_path, "--json", str(one), str(two))

    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert [one["name"] for one in said["unseen"]] == ["one", "two"]
    assert set(said["reliability"]) == {"one", "two"}
    fitted = calibration_of(own.data_dir)
    assert fitted != shipped_calibration()
    assert fitted.embedding == "hashing: packaged"
    assert fitted.sentence == shipped_calibration().sentence


def test_it_is_written_elsewhere_on_request_and_nothing_without_a_data_directory(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "one")

    assert run(tmp_path, str(folder)).exit_code == 1
    result = run(tmp_path, str(folder), "--output", str(tmp_path / "fitted.json"))
    assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "fitted.json").read_text())["embedding"] == "hashing: packaged"
    assert not (tmp_path / "own" / CALIBRATION_FILE).exists()


def test_documents_with_questions_about_them_are_a_set_too(tmp_path: Path, own: Settings) -> None:
    init_directory(own, "algemeen")
    sample, other = tmp_path / "sample", write_set(tmp_path / "other")
    (sample / "documents").mkdir(parents=True)
    (sample / "questions").mkdir()
    asked = []
    for topic in TOPICS:
        (sample / "documents" / f"{topic}.md").write_text(f"De {topic} is geregeld door de receptie.\n")
        gold = [{"document": f"{topic}.md", "quote": f"De {topic} is geregeld"}]
        asked.append({"id": topic, "question": f"Waar is de {topic} geregeld?", "language": "nl", "gold": gold, "answers": [], "tags": []})
    asked += [{"id": one, "question": f"Wanneer is de {one}?", "language": "nl", "gold": [], "tags": ["unanswerable"]} for one in UNTOLD]
    (sample / "questions" / "questions.yaml").write_text(json.dumps(asked))

    result = run(tmp_path, "--json", str(sample), str(other))

    assert result.exit_code == 0, result.output
    assert [(one["name"], one["questions"], one["unanswerable"]) for one in json.loads(result.stdout)["unseen"]] == [
        ("sample", 12, 6),
        ("other", 12, 6),
    ]
