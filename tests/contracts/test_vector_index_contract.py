"""What every vector index keeps to, and what only Chroma's has to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import chromadb.config
import numpy as np
import pytest

from kb.errors import IndexBroken
from kb.ports import VectorIndex, Vectors
from kb.search import chroma_vectors
from kb.search.chroma_vectors import ChromaVectorIndex
from kb.search.memory_indexes import MemoryVectorIndex
from kb.search.recipe import MAX_WINDOWS_PER_CHUNK

AXES: Vectors = np.eye(8, dtype=np.float32)


@pytest.fixture(params=["memory", "chroma"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    opened: VectorIndex = MemoryVectorIndex() if request.param == "memory" else ChromaVectorIndex(tmp_path / "vectors")
    yield opened
    opened.close()


def random_vectors(count: int, dimensions: int, seed: int = 0) -> Vectors:
    drawn = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    unit: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


def found(index: VectorIndex, vector: Vectors, k: int = 10) -> list[str]:
    return [hit.chunk_id for hit in index.search(vector, k)]


def test_the_nearest_chunk_comes_first_with_its_cosine(index: VectorIndex) -> None:
    index.add(["a", "b", "c"], [0, 0, 0], AXES[:3])
    slanted = (0.8 * AXES[1] + 0.6 * AXES[2]).astype(np.float32)
    hits = index.search(slanted, 2)
    assert [hit.chunk_id for hit in hits] == ["b", "c"]
    assert [hit.score for hit in hits] == pytest.approx([0.8, 0.6], abs=1e-5)


def test_a_vector_that_points_away_has_a_negative_score(index: VectorIndex) -> None:
    index.add(["a"], [0], AXES[:1])
    assert index.search(-AXES[0], 1)[0].score == pytest.approx(-1.0, abs=1e-5)


def test_a_chunk_of_several_windows_counts_once_by_its_best(index: VectorIndex) -> None:
    index.add(["a", "a", "b"], [0, 1, 0], AXES[:3])
    hits = index.search(AXES[1], 5)
    assert [hit.chunk_id for hit in hits] == ["a", "b"]
    assert hits[0].score == pytest.approx(1.0, abs=1e-5)
    assert index.count() == 3


def test_chunks_of_many_windows_do_not_crowd_out_others(index: VectorIndex) -> None:
    near = (AXES[0] + 0.01 * random_vectors(80, 8)).astype(np.float32)
    index.add([f"long-{number // 8}" for number in range(80)], [number % 8 for number in range(80)], near)
    index.add(["other-1", "other-2"], [0, 0], AXES[1:3])
    assert len(found(index, AXES[0], 12)) == 12


def test_adding_again_replaces(index: VectorIndex) -> None:
    index.add(["a", "b"], [0, 0], AXES[:2])
    index.add(["a"], [0], AXES[2:3])
    assert index.count() == 2
    assert found(index, AXES[2], 1) == ["a"]
    assert index.search(AXES[0], 1)[0].score == pytest.approx(0.0, abs=1e-5)


def test_a_removed_chunk_is_gone_with_all_its_windows(index: VectorIndex) -> None:
    index.add(["a"] * MAX_WINDOWS_PER_CHUNK, list(range(MAX_WINDOWS_PER_CHUNK)), AXES)
    index.add(["b"], [0], AXES[:1])
    index.remove(["a", "unknown"])
    assert index.count() == 1
    assert found(index, AXES[7]) == ["b"]


def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    assert index.search(AXES[0], 5) == []
    index.add([], [], AXES[:0])
    index.remove([])
    assert index.count() == 0


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_none_gives_none(index: VectorIndex, k: int) -> None:
    index.add(["a"], [0], AXES[:1])
    assert index.search(AXES[0], k) == []


def test_vectors_of_another_length_are_refused(index: VectorIndex) -> None:
    index.add(["a"], [0], AXES[:1])
    with pytest.raises(IndexBroken):
        index.search(AXES[0][:4], 1)
    with pytest.raises(IndexBroken):
        index.add(["b"], [0], AXES[:1, :4])


def test_after_closing_everything_is_refused_and_closing_again_is_not(index: VectorIndex) -> None:
    index.close()
    index.close()
    for use in (lambda: index.search(AXES[0], 1), lambda: index.add(["a"], [0], AXES[:1]), lambda: index.remove(["a"]), index.count):
        with pytest.raises(IndexBroken):
            use()


def test_several_threads_search_while_one_adds(index: VectorIndex) -> None:
    vectors = random_vectors(300, 8)
    index.add(["first"], [0], AXES[:1])
    with ThreadPoolExecutor(4) as pool:
        adding = pool.submit(lambda: [index.add([f"c{n}"], [0], vectors[n : n + 1]) for n in range(0, 300, 10)])
        for hits in pool.map(lambda _: index.search(AXES[0], 3), range(60)):
            assert hits[0].score == pytest.approx(1.0, abs=1e-5)
        adding.result()
    assert index.count() == 31


# --- Chroma alone ------------------------------------------------------------------------------------------------------


def test_what_was_added_is_there_when_the_folder_is_opened_again(tmp_path: Path) -> None:
    index = ChromaVectorIndex(tmp_path)
    index.add([f"c{number}" for number in range(1_500)], [0] * 1_500, random_vectors(1_500, 16))
    index.close()
    again = ChromaVectorIndex(tmp_path)
    assert again.count() == 1_500
    assert found(again, random_vectors(1_500, 16)[1_234], 1) == ["c1234"]
    again.probe()
    again.close()


def test_nearly_all_true_neighbours_are_found(tmp_path: Path) -> None:
    vectors, questions = random_vectors(3_000, 48), random_vectors(50, 48, seed=1)
    index = ChromaVectorIndex(tmp_path)
    index.add([str(number) for number in range(3_000)], [0] * 3_000, vectors)
    true = np.argsort(-(questions @ vectors.T), axis=1)[:, :10]
    hits = sum(
        len({int(chunk) for chunk in found(index, question)} & set(row.tolist())) for question, row in zip(questions, true, strict=True)
    )
    index.close()
    assert hits / true.size >= 0.98


def test_more_than_a_batch_is_added_and_removed_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chroma_vectors, "LARGEST_BATCH", 7)
    index = ChromaVectorIndex(tmp_path)
    index.add([f"c{number}" for number in range(20)], [0] * 20, random_vectors(20, 8))
    assert index.count() == 20
    index.remove([f"c{number}" for number in range(19)])
    assert index.count() == 1
    index.close()


def test_closing_gives_back_files_and_threads(tmp_path: Path) -> None:
    def opened_and_closed(folder: Path) -> None:
        index = ChromaVectorIndex(folder)
        index.add(["a"], [0], AXES[:1])
        index.search(AXES[0], 1)
        index.close()

    def held() -> tuple[int, int]:
        return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))  # noqa: PTH208

    opened_and_closed(tmp_path / "0")
    before = held()
    for number in range(1, 6):
        opened_and_closed(tmp_path / str(number))
    after = held()
    assert after[0] <= before[0] + 2
    assert after[1] <= before[1] + 2


def test_the_files_hold_ids_and_vectors_and_no_document_or_metadata(tmp_path: Path) -> None:
    index = ChromaVectorIndex(tmp_path)
    index.add(["chunk-1"], [0], AXES[:1])
    stored = index._collection.get(include=["documents", "metadatas", "embeddings"])
    index.close()
    assert stored["ids"] == ["chunk-1:0"]
    assert stored["documents"] == [None]
    assert stored["metadatas"] == [None]
    assert not list(tmp_path.glob("**/*.onnx"))


def test_telemetry_is_off_whatever_a_file_in_the_working_directory_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("ANONYMIZED_TELEMETRY=True\nCHROMA_SERVER_HOST=example.org\n")
    monkeypatch.chdir(tmp_path)
    index = ChromaVectorIndex(tmp_path / "vectors")
    settings: chromadb.config.Settings = index._client._system.settings
    index.close()
    assert settings.anonymized_telemetry is False
    assert settings.chroma_server_host is None


def test_a_graph_that_does_not_find_its_own_vector_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = ChromaVectorIndex(tmp_path)
    index.add(["a"], [0], AXES[:1])
    index.probe()
    monkeypatch.setattr(index, "search", lambda vector, k: [])
    with pytest.raises(IndexBroken):
        index.probe()
    index.close()


@pytest.mark.parametrize("damage", [b"", b"not a database" * 500], ids=["empty", "garbage"])
def test_a_damaged_folder_is_broken_or_empty_and_never_a_foreign_error(tmp_path: Path, damage: bytes) -> None:
    index = ChromaVectorIndex(tmp_path)
    index.add(["a"], [0], AXES[:1])
    index.close()
    for file in tmp_path.glob("chroma.sqlite3*"):
        file.write_bytes(damage)
    counted = -1
    try:
        again = ChromaVectorIndex(tmp_path)
        counted = again.count()
        again.close()
    except IndexBroken:
        return
    assert counted == 0
