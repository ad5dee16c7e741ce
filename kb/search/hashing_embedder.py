"""The embedder's deterministic double: texts that share words and letters are near. Needs no model."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from kb.ports import Vectors

_PIECE = re.compile(r"\w{1,8}|[^\w\s]")
_WORD = re.compile(r"\w+")


class HashingEmbedder:
    """Signed feature hashing of words and of their letter groups of three and four (Weinberger et al., ICML 2009)."""

    def __init__(self, dimensions: int = 256, window_tokens: int = 256) -> None:
        """A token is a piece of a word of at most eight letters, or a punctuation mark."""
        self._dimensions = dimensions
        self._window_tokens = window_tokens

    @property
    def name(self) -> str:
        """The model's name for people."""
        return f"hashing-{self._dimensions}"

    @property
    def fingerprint(self) -> str:
        """Names the algorithm; there is no content to hash."""
        return f"sha256:hashing-1-{self._dimensions}"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._dimensions

    @property
    def window_tokens(self) -> int:
        """Tokens that one text may have; a longer one is read to its end all the same."""
        return self._window_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Pieces of each text."""
        return [len(_PIECE.findall(text)) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) float32, L2-normalised, in the order given."""
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for feature, weight in _features(text).items():
                digest = zlib.crc32(feature.encode("utf-8", "replace"))
                row[digest % self._dimensions] += weight if digest & 0x80000000 else -weight
            norm = float(np.linalg.norm(row))
            if norm == 0.0:
                row[0] = norm = 1.0
            row /= norm
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """(dimensions,) float32, L2-normalised."""
        vector: Vectors = self.embed_passages([text])[0]
        return vector


def _features(text: str) -> Counter[str]:
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    features: Counter[str] = Counter()
    for word in _WORD.findall(folded):
        weight = 2 if len(word) > 3 else 1  # short words are mostly function words
        features[f"={word}"] += 2 * weight
        padded = f"^{word}$"
        for size in (3, 4):
            for start in range(len(padded) - size + 1):
                features[padded[start : start + size]] += weight - 1
    return features
