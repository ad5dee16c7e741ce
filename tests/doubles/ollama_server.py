"""A server that speaks Ollama's native protocol (docs/api.md of ollama/ollama), records what it is asked and plays faults.

As the real one it cuts nothing and checks nothing of the prompt, streams newline-delimited JSON, answers 404 for a model that it has not,
and 400 to ``think`` for a model without that capability.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

from tests.doubles.model_server import Handler, ModelServer

CREATED_AT = "2026-11-20T09:00:00.000000Z"


@dataclass(frozen=True, slots=True)
class DoubleModel:
    """A model that the server has."""

    name: str = "llama3.2:3b"
    context_length: int = 8192
    capabilities: tuple[str, ...] = ("completion", "tools")
    quantization_level: str = "Q4_K_M"
    remote_host: str | None = None
    dimensions: int = 8

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def details(self) -> dict[str, Any]:
        return {
            "parent_model": "",
            "format": "gguf",
            "family": "llama",
            "families": ["llama"],
            "parameter_size": "3.2B",
            "quantization_level": self.quantization_level,
        }

    def listed(self) -> dict[str, Any]:
        entry = {
            "name": self.name,
            "model": self.name,
            "modified_at": CREATED_AT,
            "size": 2_019_393_189,
            "digest": self.digest,
            "details": self.details(),
        }
        return entry | ({"remote_host": self.remote_host, "remote_model": self.name} if self.remote_host else {})

    def shown(self) -> dict[str, Any]:
        return {
            "license": "LLAMA 3.2 COMMUNITY LICENSE AGREEMENT",
            "modelfile": f"FROM {self.name}",
            "parameters": 'stop                           "<|eot_id|>"',
            "template": "{{ .Prompt }}",
            "details": self.details(),
            "model_info": {
                "general.architecture": "llama",
                "general.parameter_count": 3_212_749_888,
                "llama.block_count": 28,
                "llama.context_length": self.context_length,
                "llama.embedding_length": self.dimensions,
            },
            "capabilities": list(self.capabilities),
            "modified_at": CREATED_AT,
        }


class _OllamaHandler(Handler):
    server_double: OllamaServer

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        self.record()
        models = self.server_double.models
        match self.path:
            case "/api/tags":
                self.send_json(200, {"models": [model.listed() for model in models]})
            case "/api/version":
                self.send_json(200, {"version": "0.13.0"})
            case "/api/ps":
                loaded = [
                    model.listed() | {"expires_at": CREATED_AT, "size_vram": 0, "context_length": model.context_length} for model in models
                ]
                self.send_json(200, {"models": loaded})
            case "/":
                self.send_json(200, "Ollama is running")
            case _:
                self.send_json(404, {"error": "not found"})

    def do_POST(self) -> None:  # noqa: N802 - the name that http.server calls
        body = self.record()
        name = str(body.get("model", ""))
        model = next((model for model in self.server_double.models if name in (model.name, model.name.removesuffix(":latest"))), None)
        if self.path == "/api/pull":
            return self._pull(body, name)
        if model is None:
            return self.send_json(404, {"error": f"model '{name}' not found"})
        match self.path:
            case "/api/show":
                return self.send_json(200, model.shown() | ({"remote_host": model.remote_host} if model.remote_host else {}))
            case "/api/chat":
                return self._generate(body, model, chat=True)
            case "/api/generate":
                return self._generate(body, model, chat=False)
            case "/api/embed":
                return self._embed(body, model)
            case _:
                return self.send_json(404, {"error": "not found"})

    def _generate(self, body: dict[str, Any], model: DoubleModel, *, chat: bool) -> None:
        if self.refuse(lambda text: {"error": text}, model.name, {"error": f"model '{model.name}' not found"}):
            return
        if "completion" not in model.capabilities:
            return self.send_json(400, {"error": f'"{model.name}" does not support chat'})
        if body.get("think") is not None and "thinking" not in model.capabilities:
            return self.send_json(400, {"error": f'"{model.name}" does not support thinking'})

        def line(text: str, **more: Any) -> dict[str, Any]:
            said = {"message": {"role": "assistant", "content": text}} if chat else {"response": text}
            return {"model": model.name, "created_at": CREATED_AT, **said, "done": False, **more}

        counts = {
            "done": True,
            "done_reason": "stop" if body.get("messages") or body.get("prompt") else "load",
            "total_duration": 4_883_583_458,
            "load_duration": 1_334_875,
            "prompt_eval_count": 26,
            "prompt_eval_duration": 342_546_000,
            "eval_count": len(self.play.pieces),
            "eval_duration": 4_535_599_000,
        }
        if body.get("stream") is False:
            return self.send_json(200, line("".join(self.play.pieces), **counts))
        self.begin_stream("application/x-ndjson")
        return self.stream(
            lambda text: _ndjson(line(text)),
            _ndjson(line("", **counts)),
            _ndjson({"error": "an error was encountered while running the model: CUDA error"}),
            "<html>502 Bad Gateway</html>\n",
        )

    def _embed(self, body: dict[str, Any], model: DoubleModel) -> None:
        if self.refuse(lambda text: {"error": text}, model.name, {"error": f"model '{model.name}' not found"}):
            return
        texts = [body["input"]] if isinstance(body["input"], str) else list(body["input"])
        self.send_json(
            200,
            {
                "model": model.name,
                "embeddings": [_vector(text, model.dimensions) for text in texts],
                "total_duration": 14_143_917,
                "load_duration": 1_019_500,
                "prompt_eval_count": sum(len(text.split()) for text in texts),
            },
        )

    def _pull(self, body: dict[str, Any], name: str) -> None:
        digest = "sha256:" + hashlib.sha256(name.encode()).hexdigest()
        steps: list[dict[str, Any]] = [
            {"status": "pulling manifest"},
            *({"status": f"pulling {digest[7:19]}", "digest": digest, "total": 100, "completed": done} for done in (0, 40, 100)),
            {"status": "verifying sha256 digest"},
            {"status": "writing manifest"},
            {"status": "success"},
        ]
        self.server_double.models = (*self.server_double.models, DoubleModel(name))
        if body.get("stream") is False:
            return self.send_json(200, steps[-1])
        self.begin_stream("application/x-ndjson")
        for step in steps:
            self.send_chunk(_ndjson(step))
        return self.end_stream()


class OllamaServer(ModelServer):
    """The double. ``models`` are in the order of /api/tags; the first is the newest."""

    handler = _OllamaHandler

    def __init__(self, *models: DoubleModel) -> None:
        self.models = models or (DoubleModel(),)
        super().__init__()


def _ndjson(value: dict[str, Any]) -> str:
    return json.dumps(value) + "\n"


def _vector(text: str, dimensions: int) -> list[float]:
    raw = [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()[:dimensions]]
    length = math.sqrt(sum(value * value for value in raw))
    return [value / length for value in raw]
