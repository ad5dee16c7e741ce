"""What the graph library writes of memory that it never used is emptied, and the index works on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kb.search.chroma_unused import empty_unused
from kb.search.chroma_vectors import ChromaVectorIndex

SECRET = np.random.default_rng(7).normal(size=64).astype("<f4").tobytes()


def filled(folder: Path, vectors: int) -> ChromaVectorIndex:
    index = ChromaVectorIndex(folder)
    rows = np.eye(vectors, 64, dtype=np.float32)
    index.add([f"{number:032x}" for number in range(vectors)], [0] * vectors, rows)
    return index


def pollute(folder: Path) -> Path:
    """Write what lay in memory over the room that no vector has taken."""
    (data,) = folder.glob("*/data_level0.bin")
    size = data.stat().st_size
    data.write_bytes((SECRET * (size // len(SECRET) + 1))[:size])
    return data


def test_room_that_no_vector_has_taken_is_emptied_and_the_index_still_finds(tmp_path: Path) -> None:
    index = filled(tmp_path, 3)
    data = pollute(tmp_path)
    size = data.stat().st_size
    empty_unused(tmp_path)
    assert SECRET not in data.read_bytes()
    assert data.stat().st_size == size
    index.close()
    again = ChromaVectorIndex(tmp_path)
    assert again.count() == 3
    assert again.search(np.eye(3, 64, dtype=np.float32)[1], 1)[0].chunk_id == f"{1:032x}"
    again.close()


def test_closing_and_opening_empty_it_too(tmp_path: Path) -> None:
    index = filled(tmp_path, 3)
    data = pollute(tmp_path)
    index.close()
    assert SECRET not in data.read_bytes()
    pollute(tmp_path)
    ChromaVectorIndex(tmp_path).close()
    assert SECRET not in data.read_bytes()


def test_a_graph_without_a_header_is_left_to_whoever_opens_it(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "header.bin").write_bytes(b"")
    empty_unused(tmp_path)


def test_the_first_addition_leaves_nothing_of_memory_behind(tmp_path: Path) -> None:
    index = filled(tmp_path, 3)
    (data,) = tmp_path.glob("*/data_level0.bin")
    assert set(data.read_bytes()) == {0}, "no vector is in the file yet: they are in the log"
    index.close()
