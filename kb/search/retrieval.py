"""From a question to passages: words and vectors of every permitted space, fused by score, looked up in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kb.errors import IndexBroken
from kb.ledger.ledger import Ledger, Transaction
from kb.ports import Embedder, IndexHit, Reranker, Vectors
from kb.search.ability import Ability
from kb.search.fusion import FusedHit, convex_fusion
from kb.search.indexes import Indexes, OpenIndex
from kb.search.kept_ability import kept_ability
from kb.search.near_duplicates import fold_near_duplicates
from kb.search.neighbours import join_neighbours
from kb.search.recipe import passage_header
from kb.settings import RetrievalSettings
from kb.types import Passage


@dataclass(frozen=True, slots=True)
class _SpaceHits:
    """What the indexes of a space return, and the weight of each chunk's cosine."""

    words: list[IndexHit]
    vectors: list[IndexHit] = field(default_factory=list)
    vector_weights: dict[str, float] = field(default_factory=dict)


class Retriever:
    """Finds passages. What an index returns counts for nothing until the ledger says that it may be found."""

    def __init__(self, ledger: Ledger, indexes: Indexes, settings: RetrievalSettings, reranker: Reranker | None = None) -> None:
        self._ledger = ledger
        self._reranker = reranker
        self._indexes = indexes
        self._settings = settings
        self._abilities: dict[str, Ability] = {}

    def retrieve(self, question: str, space_ids: Sequence[str], language: str, k: int | None = None) -> list[Passage]:
        """At most ``k`` passages (None: as many as the settings say) for a cleaned, self-contained question, best first.

        Raises EmbedderError, SearchIndexError, RerankerError.
        """
        k = k or self._settings.passages
        vectors_of_question: dict[str, Vectors] = {}
        hits = [self._search(space_id, question, language, vectors_of_question) for space_id in space_ids]
        # The cosine of a vector does not depend on what else its space holds, and neither does a share of the highest word score.
        vectors = [hit for one in hits for hit in one.vectors]
        weights = {chunk_id: weight for one in hits for chunk_id, weight in one.vector_weights.items()}
        fused = convex_fusion([hit for one in hits for hit in one.words], vectors, weights.__getitem__)
        cosines = {hit.chunk_id: hit.score for hit in vectors}
        with self._ledger.reading() as tx:
            allowed = tx.chunks.findable([hit.id for hit in fused], space_ids)
            ranked = [hit for hit in fused if hit.id in allowed]
            if self._reranker is not None:
                ranked = self._reranked(self._reranker, question, ranked, tx)
            found: list[Passage] = []
            arranged: list[Passage] = []
            while ranked and len(arranged) < k:
                taken, ranked = ranked[: k - len(arranged)], ranked[k - len(arranged) :]
                texts = tx.chunks.passages([hit.id for hit in taken])
                found += [_scored(texts[hit.id], hit, cosines.get(hit.id)) for hit in taken]
                arranged = fold_near_duplicates(join_neighbours(found, tx.chunks.text_between))
        return arranged

    def _reranked(self, reranker: Reranker, question: str, ranked: Sequence[FusedHit], tx: Transaction) -> list[FusedHit]:
        """The first of ``ranked`` in the order of the reranker, with its scores, then the others, each below the one before."""
        first, rest = ranked[: self._settings.cross_encoder_passages], ranked[self._settings.cross_encoder_passages :]
        passages = tx.chunks.passages([hit.id for hit in first])
        found = [passages[hit.id] for hit in first]
        scores = reranker.scores(question, [passage_header(p.document_title, p.headings, p.table_header) + p.text for p in found])
        best = sorted((replace(hit, score=score) for hit, score in zip(first, scores, strict=True)), key=lambda hit: -hit.score)
        lowest = min(scores, default=0.0)
        return [*best, *(replace(hit, score=lowest - place) for place, hit in enumerate(rest, start=1))]

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
            return _SpaceHits(words)
        if index.fingerprint not in vectors_of_question:
            vectors_of_question[index.fingerprint] = index.embedder.embed_query(question)
        vectors = index.pair.vectors.search(vectors_of_question[index.fingerprint], candidates)
        languages = index.pair.words.languages([hit.chunk_id for hit in vectors])
        able = self._ability(index, index.embedder)
        weights = {hit.chunk_id: able.weight(language, languages.get(hit.chunk_id, language)) for hit in vectors}
        return _SpaceHits(words, vectors, weights)

    def _ability(self, index: OpenIndex, embedder: Embedder) -> Ability:
        if self._settings.vector_weight is not None:
            return Ability({("", ""): self._settings.vector_weight})
        if index.fingerprint not in self._abilities:
            self._abilities[index.fingerprint] = kept_ability(index.pair.folder.path, index.fingerprint, embedder)
        return self._abilities[index.fingerprint]


def _scored(passage: Passage, hit: FusedHit, cosine: float | None) -> Passage:
    return replace(passage, score=hit.score, similarity=cosine, word_rank=hit.ranks[0], vector_rank=hit.ranks[1])
