"""What an embedding model wants to see before a question and before a passage, by the model's family."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Text put before a question and before a passage; empty for none."""

    query: str = ""
    passage: str = ""


_BGE_QUERY = "Represent this sentence for searching relevant passages: "
_QWEN_QUERY = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"

_FAMILIES: tuple[tuple[str, Prefixes], ...] = (
    # (pattern searched in the model's name, lower case; the first that fits wins), each as the model's card says
    (r"e5-.*instruct", Prefixes(query=_QWEN_QUERY.replace("Query:", "Query: "))),
    (r"\be5-(small|base|large)", Prefixes("query: ", "passage: ")),
    (r"bge-(small|base|large)-en", Prefixes(query=_BGE_QUERY)),
    (r"mxbai-embed", Prefixes(query=_BGE_QUERY)),
    (r"arctic-embed.*(2|v2)", Prefixes(query="query: ")),
    (r"arctic-embed", Prefixes(query=_BGE_QUERY)),
    (r"nomic-embed", Prefixes("search_query: ", "search_document: ")),
    (r"embeddinggemma", Prefixes("task: search result | query: ", "title: none | text: ")),
    (r"qwen3-embedding", Prefixes(query=_QWEN_QUERY)),
)
"""Models that fit no row want none: MiniLM and its multilingual sister, mpnet, LaBSE, GTE, bge-m3."""


def prefixes_for(model_name: str, query: str | None = None, passage: str | None = None) -> Prefixes:
    """The prefixes of ``model_name``; ``query`` and ``passage``, when not None, win over the family's."""
    name = model_name.lower().replace("_", "-")
    family = next((found for pattern, found in _FAMILIES if re.search(pattern, name)), Prefixes())
    return Prefixes(family.query if query is None else query, family.passage if passage is None else passage)
