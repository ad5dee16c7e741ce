"""From a question to passages: words and vectors of every permitted space, fused by rank, looked up in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.errors import IndexBroken
from kb.ledger.ledger import Ledger
from kb.ports import IndexHit, Vectors
from kb.search.fusion import FusedHit, RankedList, reciprocal_rank_fusion
from kb.search.indexes import Indexes, OpenIndex
from kb.settings import RetrievalSettings
from kb.types import Passage


@dataclass(frozen=True, slots=True)
class _SpaceHits:
    words: list[IndexHit]
    vectors: list[IndexHit]


class Retriever:
    """Finds passages. What an index returns counts for nothing until the ledger says that it may be found."""

    def __init__(self, ledger: Ledger, indexes: Indexes, settings: RetrievalSettings) -> None:
        self._ledger = ledger
        self._indexes = indexes
        self._settings = settings

    def retrieve(self, question: str, space_ids: Sequence[str], language: str, k: int | None = None) -> list[Passage]:
        """At most ``k`` passages (None: as many as the settings say) for a cleaned, self-contained question, best first.

        Raises EmbedderError, SearchIndexError.
        """
        k = k or self._settings.passages
        vectors_of_question: dict[str, Vectors] = {}
        hits = [self._search(space_id, question, language, vectors_of_question) for space_id in space_ids]
        # The cosine of a vector does not depend on what else its space holds; a BM25 score does. So vectors of all spaces
        # are one list by cosine, and words are fused by their rank within each space.
        by_cosine = sorted((hit for one in hits for hit in one.vectors), key=lambda hit: -hit.score)
        word_weight, vector_weight = self._weights(language)
        lists = [RankedList([hit.chunk_id for hit in by_cosine], vector_weight)]
        lists += [RankedList([hit.chunk_id for hit in one.words], word_weight) for one in hits]
        fused = reciprocal_rank_fusion(lists, self._settings.rrf_k)
        cosines = {hit.chunk_id: hit.score for hit in by_cosine}
        with self._ledger.reading() as tx:
            allowed = tx.chunks.findable([hit.id for hit in fused], space_ids)
            best = [hit for hit in fused if hit.id in allowed][:k]
            passages = tx.chunks.passages([hit.id for hit in best])
        return [_scored(passages[hit.id], hit, cosines.get(hit.id)) for hit in best]

    def _search(self, space_id: str, question: str, language: str, vectors_of_question: dict[str, Vectors]) -> _SpaceHits:
        try:
            with self._indexes.reading(space_id) as index:
                return self._search_open(index, question, language, vectors_of_question)
        except IndexBroken:
            self._indexes.rebuild(space_id)
            with self._indexes.reading(space_id) as index:
                return self._search_open(index, question, language, vectors_of_question)

    def _search_open(self, index: OpenIndex, question: str, language: str, vectors_of_question: dict[str, Vectors]) -> _SpaceHits:
        candidates = self._settings.candidates
        words = index.pair.words.search(question, language, candidates)
        if index.embedder is None:
            return _SpaceHits(words, [])
        if index.fingerprint not in vectors_of_question:
            vectors_of_question[index.fingerprint] = index.embedder.embed_query(question)
        return _SpaceHits(words, index.pair.vectors.search(vectors_of_question[index.fingerprint], candidates))

    def _weights(self, language: str) -> tuple[float, float]:
        settings = self._settings
        if language == "en":
            return settings.word_weight_en, settings.vector_weight_en
        return settings.word_weight_nl, settings.vector_weight_nl


def _scored(passage: Passage, hit: FusedHit, cosine: float | None) -> Passage:
    word_ranks = [rank for rank in hit.ranks[1:] if rank is not None]
    return replace(passage, score=hit.score, similarity=cosine, vector_rank=hit.ranks[0], word_rank=min(word_ranks) if word_ranks else None)
