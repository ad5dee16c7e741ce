"""Kennisbank's retrieval as a LlamaIndex retriever, for whoever builds a LlamaIndex pipeline on top of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from kb.types import Passage


class KennisbankRetriever(BaseRetriever):
    """Gives the passages that Kennisbank retrieves, with where they stand. Reads nothing of LlamaIndex's global settings."""

    def __init__(self, retrieve: Callable[[str, int], Sequence[Passage]], k: int = 8) -> None:
        """``retrieve`` is called with the question and ``k``; it answers for what the asker may see."""
        super().__init__()
        self._passages_for = retrieve
        self._k = k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node(passage) for passage in self._passages_for(query_bundle.query_str, self._k)]


def _node(passage: Passage) -> NodeWithScore:
    metadata = {
        "document_id": passage.document_id,
        "title": passage.document_title,
        "version": passage.version,
        "page": passage.page,
        "section": " › ".join(passage.headings) or None,
        "quote_start": passage.start,
        "quote_end": passage.end,
        "language": passage.language,
    }
    # Only the title and the section are of use to a model; ids and offsets are for the caller.
    unread = [key for key in metadata if key not in ("title", "section")]
    node = TextNode(
        id_=passage.chunk_id, text=passage.text, metadata=metadata, excluded_llm_metadata_keys=unread, excluded_embed_metadata_keys=unread
    )
    return NodeWithScore(node=node, score=passage.score)
