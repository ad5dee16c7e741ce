"""An embedder for a model that reads English only: Dutch texts are put into English word by word before they are embedded.

To such a model Dutch is noise with names in it. A gloss by the lexicon is poor English and still tells it what a text is about, so that
Dutch and English questions and passages meet in one space. See decision 6 for what it gains.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from kb.lexicon.gloss import gloss, gloss_fingerprint, seems_dutch
from kb.ports import Embedder, Vectors
from kb.search.model_folder import PACKAGED

_ENGLISH_ONLY = re.compile(
    r"\b(all-(minilm|mpnet|distilroberta|roberta)|multi-qa-|ms-?marco-|paraphrase-(minilm|mpnet|albert)|bge-(small|base|large)-en"
    r"|gte-(small|base|large)\b|e5-(small|base|large)\b|mxbai-embed|nomic-embed-text(?!.*v2)|arctic-embed(?!.*2\b))"
)
"""Searched in the model's name, lower case: families whose card says English."""


def reads_english_only(model_name: str) -> bool:
    """Whether the model of this name in the settings knows no Dutch, as far as its name tells."""
    name = model_name.lower().replace("_", "-")
    return name == PACKAGED or ("multilingual" not in name and _ENGLISH_ONLY.search(name) is not None)


class GlossingEmbedder:
    """The embedder port over another one. Texts that are not Dutch pass unchanged."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner

    @property
    def name(self) -> str:
        """The model's name for people."""
        return self._inner.name

    @property
    def fingerprint(self) -> str:
        """``sha256:…`` over the model's and the lexicon's."""
        return "sha256:" + hashlib.sha256(f"{self._inner.fingerprint} {gloss_fingerprint()}".encode()).hexdigest()

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._inner.dimensions

    @property
    def window_tokens(self) -> int:
        """Tokens that one text may have."""
        return self._inner.window_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text or of its gloss, whichever has more: a part of a text may seem of another language than the whole."""
        plain, glossed = self._inner.count_tokens(texts), self._inner.count_tokens([gloss(text) for text in texts])
        return [max(counts) for counts in zip(plain, glossed, strict=True)]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) float32, L2-normalised, in the order given."""
        return self._inner.embed_passages([in_english(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """(dimensions,) float32, L2-normalised."""
        return self._inner.embed_query(in_english(text))


def in_english(text: str) -> str:
    """The gloss of a text that seems Dutch; any other text as it stands."""
    return gloss(text) if seems_dutch(text) else text
