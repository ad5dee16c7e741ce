"""Nearest chunks by cosine with Chroma's persistent client: ids and vectors, no documents, no metadata."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from kb.errors import IndexBroken
from kb.ports import IndexHit, Vectors
from kb.search.chroma_unused import empty_unused
from kb.search.cleared_memory import cleared_memory
from kb.search.recipe import MAX_WINDOWS_PER_CHUNK

COLLECTION = "vectors"
HNSW = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 200}
LARGEST_BATCH = 5_000


class ChromaVectorIndex:
    """The vector index port in one folder, which no other process may have open. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the index in ``folder``, or make it. Raises IndexBroken."""
        import chromadb
        from chromadb.config import Settings

        self._lock = Lock()
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with _translated():
            empty_unused(folder)
            client: Any = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False, _env_file=None))
            try:
                collection = client.get_or_create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": HNSW})
                self._batch = min(LARGEST_BATCH, int(client.get_max_batch_size()))
                if not any(folder.glob("*/header.bin")) and collection.count():
                    # A process that was killed left its log alone: whoever asks first makes the graph's files from it. That was just now.
                    empty_unused(folder)
            except BaseException:
                client.close()
                raise
            self._client: Any = client
            self._collection: Any = collection

    def add(self, chunk_ids: Sequence[str], windows: Sequence[int], vectors: Vectors) -> None:
        """Add or replace; of several vectors of one window the last wins."""
        if not chunk_ids:
            return
        ids = [f"{chunk_id}:{window}" for chunk_id, window in zip(chunk_ids, windows, strict=True)]
        latest = list({vector_id: position for position, vector_id in enumerate(ids)}.values())
        with self._lock, _translated():
            first = not any(self._folder.glob("*/header.bin"))
            for start in range(0, len(latest), self._batch):
                rows = latest[start : start + self._batch]
                self._opened().upsert(ids=[ids[row] for row in rows], embeddings=np.ascontiguousarray(vectors[rows], dtype=np.float32))
            if first:
                # Nobody writes now: searches do so only after many more additions, and those wait for the lock.
                empty_unused(self._folder)

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Take out every window of these chunks; unknown ones are passed over."""
        ids = [f"{chunk_id}:{window}" for chunk_id in chunk_ids for window in range(MAX_WINDOWS_PER_CHUNK)]
        with self._lock, _translated():
            for start in range(0, len(ids), self._batch):
                self._opened().delete(ids=ids[start : start + self._batch])

    def search(self, vector: Vectors, k: int) -> list[IndexHit]:
        """At most ``k`` distinct chunks, best window of each, best first; the score is the cosine."""
        if k < 1:
            return []
        wanted = 2 * k
        with _translated():
            while True:
                hits, vectors = self._nearest(vector, wanted)
                if len(hits) >= k or vectors < wanted:
                    return hits[:k]
                wanted *= 4

    def count(self) -> int:
        """How many vectors it holds."""
        with _translated():
            return int(self._opened().count())

    def probe(self) -> None:
        """Read the graph itself, not only its bookkeeping: one of its vectors must find itself. Raises IndexBroken."""
        with _translated():
            one = self._opened().get(limit=1, include=["embeddings"])
            if not one["ids"]:
                return
            vector = np.asarray(one["embeddings"][0], dtype=np.float32)
        hits = self.search(vector, 1)
        if not hits or hits[0].score < 0.999:
            raise IndexBroken()

    def close(self) -> None:
        """Give back memory, threads and files."""
        with self._lock:
            client, self._client, self._collection = self._client, None, None
            if client is not None:
                with cleared_memory():
                    client.close()
                with contextlib.suppress(OSError):  # the folder of a retired index may be gone already
                    empty_unused(self._folder)

    def _opened(self) -> Any:
        collection = self._collection
        if collection is None:
            raise IndexBroken()
        return collection

    def _nearest(self, vector: Vectors, wanted: int) -> tuple[list[IndexHit], int]:
        """The chunks of the nearest ``wanted`` vectors, and how many vectors there were."""
        found = self._opened().query(query_embeddings=[vector], n_results=wanted, include=["distances"])
        best: dict[str, float] = {}
        for vector_id, distance in zip(found["ids"][0], found["distances"][0], strict=True):
            best.setdefault(vector_id.rpartition(":")[0], 1.0 - float(distance))
        return [IndexHit(chunk_id, score) for chunk_id, score in best.items()], len(found["ids"][0])


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        # Any call may make the graph's files: what they reserve and do not fill must be empty.
        with cleared_memory():
            yield
    except (ChromaError, ValueError, TypeError, KeyError, OSError, RuntimeError) as error:
        raise IndexBroken() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise IndexBroken() from error
        raise
