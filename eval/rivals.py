"""What a user would pick instead, measured on the same questions in the same run.

bm25s with and without stems, the packaged MiniLM by exact search, the two fused by rank, and LlamaIndex's stock pipeline on Chroma:
each as its own documentation sets it up. This is the only file that imports them; they are installed with the development tools, not
with Kennisbank.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from eval.bench_retrieval import RetrievalRun
from eval.bench_set import BenchSet
from eval.benched import Heard
from eval.metrics import RANKS, distinct
from kb.ports import Vectors
from kb.search.fusion import RankedList, reciprocal_rank_fusion

BM25 = "bm25s"
BM25_STEMMED = "bm25s, stemmed"
MINILM = "MiniLM, exact"
FUSED = "bm25s stemmed + MiniLM (RRF)"
LLAMA_INDEX = "LlamaIndex, Chroma"

DEPTH = 50
"""Hits taken of each list before fusion, as Kennisbank takes them."""

LLAMA_INDEX_DEPTH = 20

_STEMMERS = {"nl": "dutch", "en": "english"}


def run_rivals(bench_set: BenchSet, model: Path, folder: Path, heard: Heard = lambda: None) -> list[RetrievalRun]:
    """Every rival on the answerable questions. ``model`` is a sentence-transformers folder; Chroma writes into ``folder``.

    As the baselines do it, the text of a passage is indexed, not its title, and the question is taken as it stands, without history.
    """
    words = [_bm25(bench_set, stemmed) for stemmed in (False, True)]
    heard()
    meaning = _minilm(bench_set, model)
    heard()
    fused = _fused(words[1], meaning)
    stock = _llama_index(bench_set, model, folder)
    heard()
    return [_cut(run) for run in (*words, meaning, fused, stock)]


RIVAL_STEPS = 3
"""How often ``run_rivals`` is heard of."""


def _timed(find: Callable[[str], Sequence[str]], bench_set: BenchSet) -> tuple[tuple[tuple[str, ...], ...], tuple[float, ...]]:
    rankings: list[tuple[str, ...]] = []
    milliseconds: list[float] = []
    for question in bench_set.answerable:
        started = time.perf_counter()
        found = find(question.text)
        milliseconds.append((time.perf_counter() - started) * 1000)
        rankings.append(tuple(found))
    return tuple(rankings), tuple(milliseconds)


def _cut(run: RetrievalRun) -> RetrievalRun:
    return RetrievalRun(run.system, tuple(ids[:RANKS] for ids in run.rankings), run.index_seconds, run.query_ms)


# --- words -------------------------------------------------------------------------------------------------------------


def _bm25(bench_set: BenchSet, stemmed: bool) -> RetrievalRun:
    import bm25s
    import Stemmer

    lang = bench_set.passages[0].lang
    stemmer = Stemmer.Stemmer(_STEMMERS.get(lang, "english")) if stemmed else None
    stop_words = "en" if lang == "en" else None
    ids = [passage.id for passage in bench_set.passages]

    def tokens(texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords=stop_words, stemmer=stemmer, show_progress=False)

    started = time.perf_counter()
    index = bm25s.BM25()
    index.index(tokens([passage.text for passage in bench_set.passages]), show_progress=False)
    seconds = time.perf_counter() - started
    depth = min(DEPTH, len(ids))

    def find(question: str) -> list[str]:
        places, _ = index.retrieve(tokens([question]), k=depth, show_progress=False)
        return [ids[place] for place in places[0]]

    return RetrievalRun(BM25_STEMMED if stemmed else BM25, *_in_order(seconds, _timed(find, bench_set)))


# --- vectors -----------------------------------------------------------------------------------------------------------


def _minilm(bench_set: BenchSet, model: Path) -> RetrievalRun:
    from sentence_transformers import SentenceTransformer

    encoder: Any = SentenceTransformer(str(model), device="cpu", local_files_only=True)
    ids = [passage.id for passage in bench_set.passages]

    def encoded(texts: list[str]) -> Vectors:
        vectors: Vectors = encoder.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        return vectors

    started = time.perf_counter()
    matrix = encoded([passage.text for passage in bench_set.passages])
    seconds = time.perf_counter() - started

    def find(question: str) -> list[str]:
        return [ids[place] for place in np.argsort(-(matrix @ encoded([question])[0]))[:DEPTH]]

    return RetrievalRun(MINILM, *_in_order(seconds, _timed(find, bench_set)))


def _fused(words: RetrievalRun, meaning: RetrievalRun) -> RetrievalRun:
    rankings = tuple(
        tuple(hit.id for hit in reciprocal_rank_fusion([RankedList(one), RankedList(other)]))
        for one, other in zip(words.rankings, meaning.rankings, strict=True)
    )
    milliseconds = tuple(one + other for one, other in zip(words.query_ms, meaning.query_ms, strict=True))
    return RetrievalRun(FUSED, rankings, words.index_seconds + meaning.index_seconds, milliseconds)


def _in_order(
    seconds: float, found: tuple[tuple[tuple[str, ...], ...], tuple[float, ...]]
) -> tuple[tuple[tuple[str, ...], ...], float, tuple[float, ...]]:
    rankings, milliseconds = found
    return rankings, seconds, milliseconds


# --- LlamaIndex --------------------------------------------------------------------------------------------------------


class LlamaIndexPipeline:
    """LlamaIndex's stock pipeline: its default splitter, its Hugging Face embedding with the packaged model, its Chroma store."""

    def __init__(self, model: Path) -> None:
        self._model = model

    @cached_property
    def _embedding(self) -> Any:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        return HuggingFaceEmbedding(model_name=str(self._model), device="cpu")

    def warm_up(self) -> None:
        """Load the model and the libraries."""
        from llama_index.core import StorageContext, VectorStoreIndex  # noqa: F401 - for the time that it takes
        from llama_index.vector_stores.chroma import ChromaVectorStore  # noqa: F401

        self._embedding.get_text_embedding("warm")
        self._embedding.get_query_embedding("warm")

    @contextmanager
    def indexed(self, texts: Sequence[tuple[str, str]], folder: Path, depth: int) -> Iterator[tuple[float, Callable[[str], list[str]]]]:
        """Seconds that indexing (id, text) pairs into a new Chroma folder took, and a search that gives ids, best first."""
        import chromadb
        from llama_index.core import Document, StorageContext, VectorStoreIndex
        from llama_index.vector_stores.chroma import ChromaVectorStore

        client: Any = chromadb.PersistentClient(str(folder))
        try:
            store = ChromaVectorStore(chroma_collection=client.create_collection("stock"))
            started = time.perf_counter()
            documents = [Document(text=text, metadata={"id": id_}, excluded_embed_metadata_keys=["id"]) for id_, text in texts]
            index = VectorStoreIndex.from_documents(
                documents, storage_context=StorageContext.from_defaults(vector_store=store), embed_model=self._embedding
            )
            seconds = time.perf_counter() - started
            retriever = index.as_retriever(similarity_top_k=depth)
            yield seconds, lambda question: distinct(found.node.metadata["id"] for found in retriever.retrieve(question))
        finally:
            client.close()


def _llama_index(bench_set: BenchSet, model: Path, folder: Path) -> RetrievalRun:
    pipeline = LlamaIndexPipeline(model)
    pipeline.warm_up()
    texts = [(passage.id, passage.text) for passage in bench_set.passages]
    with pipeline.indexed(texts, folder, LLAMA_INDEX_DEPTH) as (seconds, find):
        return RetrievalRun(LLAMA_INDEX, *_in_order(seconds, _timed(find, bench_set)))
