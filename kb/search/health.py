"""Opens the indexes of a folder in a child process, so that one that crashes or hangs costs the child only.

``python -m kb.search.health VECTOR_FOLDER WORD_FOLDER`` prints one JSON line: the counts, or what is wrong.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from kb.errors import IndexBroken

TIMEOUT_SECONDS = 120.0


def check_folder(
    vector_folder: Path,
    word_folder: Path,
    expected_vectors: int | None = None,
    expected_chunks: int | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> str | None:
    """What is wrong with the indexes in two folders that no process has open, or None when they can be used.

    ``unreadable``: one is missing or says so itself; ``crashed``: the child died of it; ``timeout``: it did not come back;
    ``count``: it holds another number than expected, where a number is given.
    """
    command = [sys.executable, "-m", __name__, str(vector_folder), str(word_folder)]
    try:
        child = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=timeout_seconds, check=False)
    except subprocess.TimeoutExpired:
        return "timeout"
    if child.returncode != 0:
        return "crashed"
    found = json.loads(child.stdout)
    if "problem" in found:
        return str(found["problem"])
    for expected, counted in ((expected_vectors, found["vectors"]), (expected_chunks, found["chunks"])):
        if expected is not None and expected != counted:
            return "count"
    return None


def counts(vector_folder: Path, word_folder: Path) -> dict[str, object]:
    """How many vectors and chunks the folders hold, after one search in each. For the child process."""
    from kb.search.chroma_vectors import ChromaVectorIndex
    from kb.search.tantivy_words import TantivyWordIndex

    if not (vector_folder / "chroma.sqlite3").is_file() or not (word_folder / "meta.json").is_file():
        return {"problem": "unreadable"}
    try:
        vectors, words = ChromaVectorIndex(vector_folder), TantivyWordIndex(word_folder)
        vectors.probe()
        words.search("kennisbank", "nl", 1)
        return {"vectors": vectors.count(), "chunks": words.count()}
    except IndexBroken:
        return {"problem": "unreadable"}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(counts(Path(sys.argv[1]), Path(sys.argv[2]))) + "\n")
