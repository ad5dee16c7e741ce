"""Embedding with a sentence-transformers model on this machine: the packaged MiniLM, a local folder, or a hub name.

The first start exports the model to ONNX in a child process; later starts load the export and import no torch.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np

from kb.errors import EmbedderBroken
from kb.ports import Vectors
from kb.search.model_folder import PACKAGED, ModelFolder, find_model
from kb.search.onnx_export import EXPORT_VERSION, PIPELINE_FILE, exported
from kb.search.onnx_pipeline import OnnxPipeline
from kb.search.prefixes import Prefixes, prefixes_for


class _Pipeline(Protocol):
    @property
    def dimensions(self) -> int: ...

    @property
    def window_tokens(self) -> int: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class SentenceTransformerEmbedder:
    """The embedder port over a sentence-transformers model. Making one is cheap: the model is loaded at its first use.

    A text longer than the window is not cut: its vector is the mean of its windows. ``fingerprint`` reads the model's
    files but does not load it.
    """

    def __init__(
        self,
        model: str = PACKAGED,
        *,
        model_cache: Path,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
        batch_size: int = 32,
        threads: int | None = None,
    ) -> None:
        """``model``: “packaged”, a local folder or a hub name. ``model_cache`` keeps exports and fetched models.

        A prefix of None is what the model itself, else its family, wants. Every use raises EmbedderModelMissing,
        EmbedderModelChanged or EmbedderBroken.
        """
        self._model = model
        self._model_cache = model_cache
        self._wanted = (query_prefix, passage_prefix)
        self._batch_size = batch_size
        self._threads = threads
        self._lock = Lock()
        self._folder: ModelFolder | None = None
        self._pipeline: _Pipeline | None = None

    @property
    def name(self) -> str:
        """The model's name for people."""
        return self._found().name

    @property
    def fingerprint(self) -> str:
        """``sha256:…`` over the model's content and the prefixes."""
        parts = {"content": self._found().content, "query": self._prefixes.query, "passage": self._prefixes.passage, "long": "mean"}
        return "sha256:" + hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._loaded().dimensions

    @cached_property
    def window_tokens(self) -> int:
        """Tokens that one text may have, the longer prefix and the special tokens taken off."""
        pipeline = self._loaded()
        return pipeline.window_tokens - max(pipeline.count_tokens([self._prefixes.query, self._prefixes.passage]))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, exactly as the model counts them."""
        return self._loaded().count_tokens(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) float32, L2-normalised, in the order given."""
        return self._embed([self._prefixes.passage + text for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """(dimensions,) float32, L2-normalised."""
        vector: Vectors = self._embed([self._prefixes.query + text])[0]
        return vector

    def _embed(self, texts: list[str]) -> Vectors:
        pipeline = self._loaded()
        if not texts:
            return np.zeros((0, pipeline.dimensions), dtype=np.float32)
        vectors = pipeline.embed(texts)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(norms).all() or (norms == 0).any():
            raise EmbedderBroken(model=self.name, reason="no direction")
        unit: Vectors = (vectors / norms).astype(np.float32)
        return unit

    def _found(self) -> ModelFolder:
        with self._lock:
            if self._folder is None:
                self._folder = find_model(self._model, self._model_cache / "hub")
            return self._folder

    @cached_property
    def _prefixes(self) -> Prefixes:
        folder = self._found()
        query, passage = self._wanted
        own_query, own_passage = _own_prefixes(folder.path)
        return prefixes_for(folder.name, own_query if query is None else query, own_passage if passage is None else passage)

    def _loaded(self) -> _Pipeline:
        folder = self._found()
        with self._lock:
            if self._pipeline is None:
                self._pipeline = self._load(folder)
            return self._pipeline

    def _load(self, folder: ModelFolder) -> _Pipeline:
        key = hashlib.sha256(f"{folder.content} {EXPORT_VERSION}".encode()).hexdigest()[:32]
        target = self._model_cache / key
        cached = target.is_dir()
        try:
            return self._run(folder, exported(folder.path, target, folder.name))
        except EmbedderBroken:
            if not cached:
                raise
        shutil.rmtree(target)  # a cached export that was damaged: make it again, once
        return self._run(folder, exported(folder.path, target, folder.name))

    def _run(self, folder: ModelFolder, export: Path) -> _Pipeline:
        try:
            plain = json.loads((export / PIPELINE_FILE).read_text(encoding="utf-8"))["pooling"] is not None
        except (OSError, ValueError, KeyError) as error:
            raise EmbedderBroken(model=folder.name, reason="its export cannot be read") from error
        if not plain:
            return _WholeModel(folder, self._batch_size, self._threads)
        return OnnxPipeline(export, folder.name, self._batch_size, self._threads)


class _WholeModel:
    """A model that is more than transformer, pooling and normalising, run by sentence-transformers and torch themselves."""

    def __init__(self, folder: ModelFolder, batch_size: int, threads: int | None) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        from sentence_transformers import SentenceTransformer

        if threads is not None:
            import torch

            torch.set_num_threads(threads)
        self._model: Any = SentenceTransformer(str(folder.path), device="cpu", local_files_only=True)
        self._batch_size = batch_size
        self._special_tokens = self._model.tokenizer.num_special_tokens_to_add()
        self.dimensions = int(self._model.get_embedding_dimension())
        self.window_tokens = int(self._model.max_seq_length or 512) - self._special_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed(self, texts: Sequence[str]) -> Vectors:
        parts = [(owner, part) for owner, text in enumerate(texts) for part in self._parts(text)]
        vectors = self._model.encode([part for _, part in parts], batch_size=self._batch_size, show_progress_bar=False)
        pooled = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for (owner, part), vector in zip(parts, vectors, strict=True):
            pooled[owner] += max(len(part), 1) * vector
        return pooled

    def _parts(self, text: str) -> list[str]:
        words = text.split()
        if len(words) < 2 or self.count_tokens([text])[0] <= self.window_tokens:
            return [text]
        middle = len(words) // 2
        return [*self._parts(" ".join(words[:middle])), *self._parts(" ".join(words[middle:]))]


def _own_prefixes(folder: Path) -> tuple[str | None, str | None]:
    file = folder / "config_sentence_transformers.json"
    prompts = json.loads(file.read_text(encoding="utf-8")).get("prompts") or {} if file.is_file() else {}
    passage = next((prompts[key] for key in ("passage", "document") if prompts.get(key)), None)
    return prompts.get("query") or None, passage
