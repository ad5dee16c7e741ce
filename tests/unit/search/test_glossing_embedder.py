"""What a model that reads English only is given of Dutch texts: their gloss. English texts and other models are left alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kb.ports import Vectors
from kb.search.glossing_embedder import GlossingEmbedder, reads_english_only
from kb.search.hashing_embedder import HashingEmbedder


class Listening(HashingEmbedder):
    """Remembers what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.heard += texts
        return super().embed_passages(texts)


def test_dutch_is_embedded_as_english_and_english_as_it_stands() -> None:
    inner = Listening()
    embedder = GlossingEmbedder(inner)
    embedder.embed_passages(["De zomer was droog.", "The summer was dry."])
    embedder.embed_query("Was de zomer droog?")
    assert inner.heard == ["the summer was dry.", "The summer was dry.", "was the summer dry?"]


def test_its_vectors_are_not_comparable_with_those_of_the_model_itself() -> None:
    assert GlossingEmbedder(HashingEmbedder()).fingerprint != HashingEmbedder().fingerprint
    assert GlossingEmbedder(HashingEmbedder()).fingerprint == GlossingEmbedder(HashingEmbedder()).fingerprint


def test_tokens_are_those_of_the_text_or_of_its_gloss_whichever_has_more() -> None:
    embedder, inner = GlossingEmbedder(HashingEmbedder()), HashingEmbedder()
    longer_in_dutch, longer_in_english = "arbeidsongeschiktheidsverzekeraar", "anderhalf"
    assert embedder.count_tokens([longer_in_dutch]) == inner.count_tokens([longer_in_dutch])
    assert embedder.count_tokens([longer_in_english]) == inner.count_tokens(["one and a half"])


@pytest.mark.parametrize(
    ("name", "english_only"),
    [
        ("packaged", True),
        ("sentence-transformers/all-MiniLM-L6-v2", True),
        ("BAAI/bge-small-en-v1.5", True),
        ("intfloat/e5-base-v2", True),
        ("nomic-embed-text", True),
        ("snowflake-arctic-embed:335m", True),
        ("intfloat/multilingual-e5-base", False),
        ("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", False),
        ("bge-m3", False),
        ("nomic-embed-text-v2-moe", False),
        ("snowflake-arctic-embed2", False),
        ("/models/our-own", False),
    ],
)
def test_which_models_read_english_only_is_known_by_their_name(name: str, english_only: bool) -> None:
    assert reads_english_only(name) is english_only
