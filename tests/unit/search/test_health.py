from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.ports import WordEntry
from kb.search import health
from kb.search.chroma_vectors import ChromaVectorIndex
from kb.search.health import check_folder
from kb.search.tantivy_words import TantivyWordIndex

VECTORS = 1_200  # above the thousand at which Chroma writes its graph to files


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pair")
    vectors, words = ChromaVectorIndex(folder / "vectors"), TantivyWordIndex(folder / "words")
    drawn = np.random.default_rng(0).normal(size=(VECTORS, 8)).astype(np.float32)
    vectors.add([f"c{number}" for number in range(VECTORS)], [0] * VECTORS, drawn)
    words.add([WordEntry("c0", "Gids", (), "tekst"), WordEntry("c1", "Gids", (), "meer")])
    vectors.close()
    words.close()
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "pair"))


def checked(folder: Path, vectors: int | None = VECTORS, chunks: int | None = 2, timeout_seconds: float = 60.0) -> str | None:
    return check_folder(folder / "vectors", folder / "words", vectors, chunks, timeout_seconds)


def child_that(does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "child"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o700)
    monkeypatch.setattr(health.sys, "executable", str(program))


def test_whole_indexes_have_no_problem(whole: Path) -> None:
    assert checked(whole) is None


@pytest.mark.parametrize(("vectors", "chunks", "problem"), [(VECTORS - 1, 2, "count"), (VECTORS, 3, "count"), (None, None, None)])
def test_another_number_than_expected_is_a_problem(whole: Path, vectors: int | None, chunks: int | None, problem: str | None) -> None:
    assert checked(whole, vectors, chunks) == problem


def test_a_missing_folder_is_unreadable_and_is_not_made(tmp_path: Path) -> None:
    assert checked(tmp_path) == "unreadable"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("pattern", "damage"),
    [
        ("vectors/chroma.sqlite3", b"garbage" * 900),
        ("vectors/*/header.bin", b"\xff" * 100),
        ("words/meta.json", b"{"),
        ("words/*.idx", b""),
    ],
)
def test_a_damaged_file_is_a_problem(folder: Path, pattern: str, damage: bytes) -> None:
    damaged = list(folder.glob(pattern))
    assert damaged
    for file in damaged:
        file.write_bytes(damage)
    assert checked(folder) in {"unreadable", "crashed"}


def test_a_graph_that_lost_its_vectors_is_a_problem(folder: Path) -> None:
    for file in folder.glob("vectors/*/data_level0.bin"):
        file.write_bytes(b"\0" * file.stat().st_size)
    assert checked(folder) in {"unreadable", "crashed"}


def test_a_child_that_dies_is_a_crash(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child_that("kill -SEGV $$", tmp_path, monkeypatch)
    assert checked(whole) == "crashed"


def test_a_child_that_does_not_come_back_is_a_timeout(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child_that("exec sleep 30", tmp_path, monkeypatch)
    assert checked(whole, timeout_seconds=0.3) == "timeout"


def test_the_child_loads_no_model(whole: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from kb.search.health import counts;"
        "print(counts(Path(sys.argv[1]), Path(sys.argv[2])));"
        "sys.exit('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    child = subprocess.run([sys.executable, "-c", program, str(whole / "vectors"), str(whole / "words")], capture_output=True, check=True)
    assert str(VECTORS) in child.stdout.decode()
