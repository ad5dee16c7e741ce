"""A cross-encoder of sentence-transformers as the reranker: it reads question and passage together, which is better and much slower than
comparing their vectors. Off unless the settings name one; none is shipped.

Source: Nogueira & Cho, "Passage Re-ranking with BERT", 2019.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from kb.errors import EmbedderModelMissing, RerankerBroken, RerankerModelMissing
from kb.search.glossing_embedder import in_english
from kb.search.model_folder import find_model


class CrossEncoderReranker:
    """The reranker port. Making one is cheap: the model is loaded at its first use. Safe to call from several threads."""

    def __init__(self, model: str, hub_cache: Path, *, gloss_dutch: bool = False) -> None:
        """``model``: a local folder or a hub name, which is fetched into ``hub_cache`` once.

        ``gloss_dutch``: give it Dutch word by word in English.
        """
        self._name = model
        self._hub_cache = hub_cache
        self._gloss_dutch = gloss_dutch
        self._lock = Lock()
        self._model: Any = None

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score per text; a text beyond the model's window is cut. Raises RerankerModelMissing, RerankerBroken."""
        if not texts:
            return []
        pairs = [(self._read(question), self._read(text)) for text in texts]
        with self._lock:
            model = self._loaded()
            said = np.asarray(model.predict(pairs, show_progress_bar=False), dtype=np.float64)
        if said.shape != (len(texts),):
            raise RerankerBroken(model=self._name, reason=f"{said.ndim} dimensions")
        if not np.isfinite(said).all():
            raise RerankerBroken(model=self._name, reason="no number")
        return [float(score) for score in said]

    def _read(self, text: str) -> str:
        return in_english(text) if self._gloss_dutch else text

    def _loaded(self) -> Any:
        if self._model is None:
            try:
                folder = find_model(self._name, self._hub_cache)
            except EmbedderModelMissing as error:
                raise RerankerModelMissing(model=self._name) from error
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
            from sentence_transformers import CrossEncoder

            try:
                self._model = CrossEncoder(str(folder.path), device="cpu", local_files_only=True)
            except (OSError, ValueError, KeyError, RuntimeError) as error:
                raise RerankerBroken(model=self._name, reason="it cannot be loaded") from error
        return self._model
