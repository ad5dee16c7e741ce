"""An index of which a killed process wrote the log alone: opening it makes the graph's files, and their unused room is emptied."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from kb.search import chroma_vectors
from kb.search.chroma_vectors import ChromaVectorIndex


def test_what_opening_it_writes_is_emptied_of_what_was_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.eye(4, 16, dtype=np.float32)
    index = ChromaVectorIndex(tmp_path)
    index.add([f"{number:032x}" for number in range(4)], [0] * 4, vectors)
    index.close()
    for header in tmp_path.glob("*/header.bin"):
        shutil.rmtree(header.parent)

    emptied: list[int] = []
    monkeypatch.setattr(chroma_vectors, "empty_unused", lambda folder: emptied.append(len(list(folder.glob("*/header.bin")))))
    index = ChromaVectorIndex(tmp_path)
    assert emptied == [0, 1]
    assert index.search(vectors[2], 1)[0].chunk_id == f"{2:032x}"
    index.close()


def test_an_empty_index_makes_no_files_before_its_first_vectors(tmp_path: Path) -> None:
    index = ChromaVectorIndex(tmp_path)
    assert list(tmp_path.glob("*/header.bin")) == []
    assert index.count() == 0
    index.close()
