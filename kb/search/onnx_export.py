"""Turns a sentence-transformers model into what the embedder runs: an ONNX file, a fast tokenizer and ``pipeline.json``.

Runs in a process of its own (``python -m kb.search.onnx_export MODEL TARGET``), so that torch, its seconds of import and
its hundreds of megabytes, never enter the service.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

from kb.errors import EmbedderBroken

EXPORT_VERSION = 1
"""Part of a cached export's name: raise it when the files below change."""

ONNX_FILE, TOKENIZER_FILE, PIPELINE_FILE = "model.onnx", "tokenizer.json", "pipeline.json"
TIMEOUT_SECONDS = 1800.0
SMALLEST_COSINE = 0.9999
"""Between the model and its export, on the sentences below."""

_guard = Lock()
_children: set[subprocess.Popen[bytes]] = set()

_PROBES = ("De kat zit op de mat.", "The cat sat on the mat, and 4711-B lay next to it.", "Vergoeding")
_POOLINGS = ("mean", "cls", "lasttoken")


def exported(source: Path, target: Path, name: str) -> Path:
    """``target``, filled by exporting the model in ``source`` unless it is there already. Atomic: whole or absent.

    Raises EmbedderBroken when the model cannot be exported; ``name`` is what the error calls it.
    """
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(target.parent)
    partial = target.with_name(f".{uuid4().hex}.partial")
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "ORT_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    command = [sys.executable, "-m", __name__, str(source), str(partial)]
    try:
        with tempfile.TemporaryDirectory() as scratch:  # torch leaves folders of its own there
            _run(command, {**environment, "TMPDIR": scratch, "TORCHINDUCTOR_CACHE_DIR": scratch})
        _synchronise(partial)
        with contextlib.suppress(FileExistsError):  # another process was first: its export is the same
            _rename(partial, target)
    except subprocess.TimeoutExpired as error:
        raise EmbedderBroken(model=name, reason="its export took too long") from error
    except subprocess.CalledProcessError as error:
        raise EmbedderBroken(model=name, reason=f"its export ended with {error.returncode}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def interrupt_exports() -> None:
    """End the exports of this process, which is about to close; they are made again at the next start."""
    with _guard:
        for child in _children:
            child.kill()


def _run(command: list[str], environment: dict[str, str]) -> None:
    """Run an export to its end. Raises CalledProcessError, also when it was interrupted, and TimeoutExpired."""
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        with _guard:
            _children.add(child)
        try:
            code = child.wait(TIMEOUT_SECONDS)
        finally:
            with _guard:
                _children.discard(child)
            child.kill()
    if code != 0:
        raise subprocess.CalledProcessError(code, command)


def _remove_abandoned(folder: Path) -> None:
    """Exports that were killed: older than any that still runs can be."""
    for partial in folder.glob(".*.partial"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - partial.stat().st_mtime > TIMEOUT_SECONDS:
                shutil.rmtree(partial, ignore_errors=True)


def _rename(partial: Path, target: Path) -> None:
    try:
        partial.rename(target)
    except OSError as error:
        if target.is_dir():
            raise FileExistsError(target) from error
        raise


def _synchronise(folder: Path) -> None:
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def export(source: Path, target: Path) -> None:
    """Write the export of ``source`` into the new folder ``target``. Imports torch: for the child process.

    A model that is more than transformer, pooling and normalising gets a ``pipeline.json`` with ``pooling`` null and no
    ONNX file; it runs through sentence-transformers itself.
    """
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(source), device="cpu", local_files_only=True)
    target.mkdir(parents=True)
    pooling = _pooling(model)
    if pooling is not None:
        converted = SentenceTransformer(
            str(source),
            backend="onnx",
            local_files_only=True,
            model_kwargs={"provider": "CPUExecutionProvider", **_export_arguments(source)},
        )
        _compare(model, converted)
        whole = target / "whole"
        converted.save_pretrained(str(whole))
        for file in (whole / "onnx").iterdir():
            file.rename(target / file.name)
        shutil.rmtree(whole)
        converted.tokenizer.backend_tokenizer.save(str(target / TOKENIZER_FILE))
    pipeline = {
        "pooling": pooling,
        "window_tokens": int(model.max_seq_length or 512),
        "dimensions": int(model.get_embedding_dimension()),
    }
    (target / PIPELINE_FILE).write_text(json.dumps(pipeline, sort_keys=True), encoding="utf-8")


def _export_arguments(source: Path) -> dict[str, Any]:
    return {"file_name": "model.onnx"} if (source / "onnx" / "model.onnx").is_file() else {"export": True}


def _pooling(model: Any) -> str | None:
    modules = [type(module).__name__ for module in model]
    if modules[:2] != ["Transformer", "Pooling"] or modules[2:] not in ([], ["Normalize"]):
        return None
    configuration = model[1].get_config_dict()
    plain = (
        configuration.get("pooling_mode") in _POOLINGS
        and configuration.get("include_prompt", True)
        and getattr(model.tokenizer, "is_fast", False)
    )
    return str(configuration["pooling_mode"]) if plain else None


def _compare(model: Any, converted: Any) -> None:
    left = model.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False)
    right = converted.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False)
    if float((left * right).sum(axis=1).min()) < SMALLEST_COSINE:
        raise SystemExit(4)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    export(Path(sys.argv[1]), Path(sys.argv[2]))
