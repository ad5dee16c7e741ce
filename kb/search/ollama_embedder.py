"""Embedding with a model of Ollama, over its native interface."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from kb.errors import EmbedderBroken, EmbedderError, EmbedderModelMissing, EmbedderUnavailable
from kb.ports import Vectors
from kb.search.prefixes import Prefixes, prefixes_for

SPECIAL_TOKENS = 2
CONTEXT_WHEN_UNKNOWN = 512
CONNECT_SECONDS = 5.0

_PIECE = re.compile(r"[^\W\d_]+|\d|[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class _Model:
    digest: str
    context_tokens: int


class _TooLong(Exception):
    """Ollama refused a text because the model cannot read it whole."""


class OllamaEmbedder:
    """The embedder port over Ollama's ``/api/embed``. Making one is cheap: the server is asked at first use.

    Texts are never cut: one that Ollama refuses as too long is halved, and its vector is the mean of its parts.
    Every use raises EmbedderUnavailable, EmbedderModelMissing or EmbedderBroken.
    """

    def __init__(
        self,
        model: str,
        *,
        url: str = "http://127.0.0.1:11434",
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
        batch_size: int = 32,
        threads: int | None = None,
        timeout_seconds: float = 60.0,
    ) -> None:
        """A prefix of None is what the model's family wants. ``timeout_seconds`` is for one call of ``batch_size`` texts."""
        self._name = model
        self._url = url
        self._prefixes: Prefixes = prefixes_for(model, query_prefix, passage_prefix)
        self._batch_size = batch_size
        self._threads = threads
        self._timeout_seconds = timeout_seconds
        self._lock = Lock()
        self._client: Any = None
        self._model: _Model | None = None
        self._dimensions: int | None = None

    @property
    def name(self) -> str:
        """The model's name for people."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """``sha256:…`` over the digest of the model as Ollama has it now, and the prefixes."""
        parts = {"digest": self._known().digest, "query": self._prefixes.query, "passage": self._prefixes.passage, "long": "mean"}
        return "sha256:" + hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @property
    def dimensions(self) -> int:
        """Length of a vector, learnt from the first one."""
        if self._dimensions is None:
            self.embed_query("a")
        assert self._dimensions is not None
        return self._dimensions

    @property
    def window_tokens(self) -> int:
        """The model's context, its special tokens and the longer prefix taken off."""
        return self._known().context_tokens - SPECIAL_TOKENS - max(self.count_tokens([self._prefixes.query, self._prefixes.passage]))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """An estimate from above for running text: two letters a token, every digit and mark one of its own."""
        return [sum(_estimate(piece) for piece in _PIECE.findall(text)) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) float32, L2-normalised, in the order given."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return self._embed([self._prefixes.passage + text for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """(dimensions,) float32, L2-normalised."""
        vector: Vectors = self._embed([self._prefixes.query + text])[0]
        return vector

    def _embed(self, texts: Sequence[str]) -> Vectors:
        by_length = sorted(range(len(texts)), key=lambda position: len(texts[position]))
        rows: list[Vectors | None] = [None] * len(texts)
        for start in range(0, len(by_length), self._batch_size):
            positions = by_length[start : start + self._batch_size]
            for position, vector in zip(positions, self._vectors([texts[position] for position in positions]), strict=True):
                rows[position] = vector
        return np.stack([row for row in rows if row is not None])

    def _vectors(self, texts: list[str]) -> list[Vectors]:
        try:
            return self._ask(texts)
        except _TooLong:
            if len(texts) > 1:
                return [self._vectors([text])[0] for text in texts]
        middle = len(texts[0]) // 2
        space = texts[0].rfind(" ", 0, middle)
        cut = space + 1 if space > 0 else middle
        if cut == 0:
            raise EmbedderBroken(model=self._name, reason="it refuses a single character as too long")
        first, second = texts[0][:cut], texts[0][cut:]
        return [self._unit(len(first) * self._vectors([first])[0] + len(second) * self._vectors([second])[0])]

    def _ask(self, texts: list[str]) -> list[Vectors]:
        options: dict[str, int] = {"num_ctx": self._known().context_tokens}
        if self._threads is not None:
            options["num_thread"] = self._threads
        with self._translated():
            encodable = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
            answer = self._opened().embed(model=self._name, input=encodable, truncate=False, options=options)
        if len(answer.embeddings) != len(texts):
            raise EmbedderBroken(model=self._name, reason="another number of vectors than texts")
        return [self._unit(self._vector(values)) for values in answer.embeddings]

    def _vector(self, values: Sequence[float]) -> Vectors:
        vector = np.asarray(values, dtype=np.float32)
        with self._lock:
            if self._dimensions is None:
                self._dimensions = len(vector)
        if len(vector) != self._dimensions or len(vector) == 0:
            raise EmbedderBroken(model=self._name, reason="vectors of different lengths")
        return vector

    def _unit(self, vector: Vectors) -> Vectors:
        norm = float(np.linalg.norm(vector))
        if not math.isfinite(norm) or norm == 0.0:
            raise EmbedderBroken(model=self._name, reason="no direction")
        unit: Vectors = (vector / np.float32(norm)).astype(np.float32)
        return unit

    def _known(self) -> _Model:
        if self._model is not None:
            return self._model
        with self._translated():
            client = self._opened()
            listed = client.list().models
            shown = client.show(self._name).modelinfo or {}
        wanted = {self._name, f"{self._name}:latest"}
        digest = next((entry.digest for entry in listed if entry.model in wanted and entry.digest), None)
        if digest is None:
            raise EmbedderModelMissing(model=self._name)
        contexts = [int(value) for key, value in shown.items() if key.endswith(".context_length")]
        self._model = _Model(digest, contexts[0] if contexts else CONTEXT_WHEN_UNKNOWN)
        return self._model

    def _opened(self) -> Any:
        import httpx
        import ollama

        with self._lock:
            if self._client is None:
                timeout = httpx.Timeout(self._timeout_seconds, connect=CONNECT_SECONDS)
                # No proxy and no redirect: what is embedded goes to the address in the settings and nowhere else.
                self._client = ollama.Client(self._url, timeout=timeout, follow_redirects=False, trust_env=False)
            return self._client

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        import httpx
        import ollama
        import pydantic

        try:
            yield
        except ollama.ResponseError as error:
            raise self._refusal(error.status_code, error.error) from error
        except (ConnectionError, httpx.TransportError) as error:
            raise EmbedderUnavailable(url=self._url) from error
        except (httpx.HTTPError, pydantic.ValidationError, ValueError, TypeError) as error:
            raise EmbedderBroken(model=self._name, reason="no valid answer") from error

    def _refusal(self, status: int, message: object) -> EmbedderError | _TooLong:
        if status == 404:
            return EmbedderModelMissing(model=self._name)
        if status == 503:
            return EmbedderUnavailable(url=self._url)
        if status in (400, 500) and "context length" in str(message):
            return _TooLong()
        return EmbedderBroken(model=self._name, reason=f"status {status}")


def _estimate(piece: str) -> int:
    if piece.isascii():
        return (len(piece) + 1) // 2
    return max((len(piece) + 1) // 2, len(piece.encode("utf-8", "replace")) - len(piece))
