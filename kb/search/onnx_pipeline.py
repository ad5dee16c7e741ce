"""Runs an exported model: fast tokenizer, onnxruntime, pooling. Needs no torch, so it starts in well under a second."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.errors import EmbedderBroken
from kb.ports import Vectors
from kb.search.onnx_export import ONNX_FILE, PIPELINE_FILE, TOKENIZER_FILE

_INPUTS = {"input_ids", "attention_mask", "token_type_ids", "position_ids"}
_TOKENIZED_AT_ONCE = 1024
_TOKENS_AT_ONCE = 1024
"""In one call of the model, padding counted: its memory grows with them, its speed hardly does."""

_SMALL_MODEL_BYTES = 200_000_000
"""A model up to this size runs each batch in one thread, as many batches side by side as there are cores: threads that share a batch
of it wait for each other for a good part of the time. Of a larger one the threads share every batch, so that a question is fast."""


class OnnxPipeline:
    """Tokens in, pooled vectors out, not yet normalised. Safe to call from several threads."""

    def __init__(self, folder: Path, name: str, batch_size: int, threads: int | None) -> None:
        """Load the export in ``folder``; ``threads`` None: one for each core. Raises EmbedderBroken."""
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it reads this when it is imported; without, it reports to its maker
        import onnxruntime
        from tokenizers import Tokenizer

        pipeline = json.loads((folder / PIPELINE_FILE).read_text(encoding="utf-8"))
        self.dimensions: int = pipeline["dimensions"]
        self._name = name
        self._pooling: str = pipeline["pooling"]
        self._batch_size = batch_size
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._before, self._after = self._special_tokens()
        self.window_tokens: int = pipeline["window_tokens"] - len(self._before) - len(self._after)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # the arena keeps the largest batch there ever was
        # Threads that wait by spinning take the cores from whatever reads the next files.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        threads = threads or len(os.sched_getaffinity(0))
        small = sum(file.stat().st_size for file in folder.iterdir()) <= _SMALL_MODEL_BYTES
        options.intra_op_num_threads = 1 if small else threads
        self._side_by_side = ThreadPoolExecutor(threads, "embed") if small and threads > 1 else None
        try:
            self._session = onnxruntime.InferenceSession(str(folder / ONNX_FILE), options, providers=["CPUExecutionProvider"])
        except _errors_of_onnxruntime() as error:
            raise EmbedderBroken(model=name, reason="its export cannot be loaded") from error
        self._inputs = [entry.name for entry in self._session.get_inputs()]
        if not set(self._inputs) <= _INPUTS:
            raise EmbedderBroken(model=name, reason="it wants inputs that are not text")

    def _special_tokens(self) -> tuple[list[int], list[int]]:
        encoding = self._tokenizer.encode("a")
        text = [position for position, special in enumerate(encoding.special_tokens_mask) if not special]
        return encoding.ids[: text[0]], encoding.ids[text[-1] + 1 :]

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of each text, all of them, without special tokens."""
        found: list[list[int]] = []
        for start in range(0, len(texts), _TOKENIZED_AT_ONCE):
            part = [_encodable(text) for text in texts[start : start + _TOKENIZED_AT_ONCE]]
            found += [encoding.ids for encoding in self._tokenizer.encode_batch_fast(part, add_special_tokens=False)]
        return found

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, without special tokens."""
        return [len(ids) for ids in self.token_ids(texts)]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) float32. A text longer than the window is the mean of its windows, weighted by their tokens."""
        windows: list[list[int]] = []
        owners: list[int] = []
        for owner, ids in enumerate(self.token_ids(texts)):
            for start in range(0, max(len(ids), 1), self.window_tokens):
                windows.append(ids[start : start + self.window_tokens])
                owners.append(owner)
        pooled = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        weights = np.zeros((len(texts), 1), dtype=np.float32)
        batches = list(self._batches([len(window) for window in windows]))
        for positions, vectors in zip(batches, self._run_all([[windows[at] for at in batch] for batch in batches]), strict=True):
            for position, vector in zip(positions, vectors, strict=True):
                weight = max(len(windows[position]), 1)
                pooled[owners[position]] += weight * vector
                weights[owners[position]] += weight
        means: Vectors = (pooled / np.maximum(weights, 1)).astype(np.float32)
        return means

    def _run_all(self, batches: Sequence[list[list[int]]]) -> Iterable[Vectors]:
        """The vectors of each batch, in order."""
        if self._side_by_side is None or len(batches) < 2:
            return map(self._run, batches)
        return self._side_by_side.map(self._run, batches)

    def _batches(self, lengths: list[int]) -> Iterator[list[int]]:
        batch: list[int] = []
        for position in sorted(range(len(lengths)), key=lengths.__getitem__):
            if batch and (len(batch) == self._batch_size or (len(batch) + 1) * lengths[position] > _TOKENS_AT_ONCE):
                yield batch
                batch = []
            batch.append(position)
        if batch:
            yield batch

    def _run(self, windows: list[list[int]]) -> Vectors:
        rows = [[*self._before, *window, *self._after] for window in windows]
        longest = max(len(row) for row in rows)
        ids = np.zeros((len(rows), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
        given = {
            "input_ids": ids,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(ids),
            "position_ids": np.broadcast_to(np.arange(longest, dtype=np.int64), ids.shape),
        }
        try:
            output = self._session.run(None, {name: given[name] for name in self._inputs})
        except _errors_of_onnxruntime() as error:
            raise EmbedderBroken(model=self._name, reason="onnxruntime could not run it") from error
        tokens = np.asarray(output[0], dtype=np.float32)
        if tokens.ndim != 3 or tokens.shape[2] != self.dimensions:
            raise EmbedderBroken(model=self._name, reason="its output has another shape than its configuration says")
        return self._pool(tokens, mask)

    def _pool(self, tokens: Vectors, mask: NDArray[np.int64]) -> Vectors:
        pooled: Vectors
        if self._pooling == "cls":
            pooled = tokens[:, 0]
        elif self._pooling == "lasttoken":
            pooled = tokens[np.arange(len(tokens)), mask.sum(axis=1) - 1]
        else:
            weights = mask[:, :, None].astype(np.float32)
            pooled = (tokens * weights).sum(axis=1) / weights.sum(axis=1)
        return pooled


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _errors_of_onnxruntime() -> tuple[type[Exception], ...]:
    """They have no base of their own below Exception."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return (RuntimeError, *(kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Exception)))
