"""A server that speaks OpenAI's chat completions as llama.cpp, vLLM and LM Studio do, records what it is asked and plays faults."""

from __future__ import annotations

import json
from typing import Any

from tests.doubles.model_server import Handler, ModelServer

CREATED = 1_763_629_200


class _OpenAIHandler(Handler):
    server_double: OpenAIServer

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        self.record()
        if self.path != "/v1/models":
            return self.send_json(404, _error("not found", "not_found_error"))
        entries = [{"id": name, "object": "model", "created": CREATED, "owned_by": "local"} for name in self.server_double.models]
        if self.server_double.max_model_len is not None:
            entries = [entry | {"max_model_len": self.server_double.max_model_len} for entry in entries]
        return self.send_json(200, {"object": "list", "data": entries})

    def do_POST(self) -> None:  # noqa: N802 - the name that http.server calls
        body = self.record()
        name = str(body.get("model", ""))
        not_found = _error(f"The model `{name}` does not exist.", "NotFoundError", 404)
        if self.server_double.api_key is not None and self.headers.get("authorization") != f"Bearer {self.server_double.api_key}":
            return self.send_json(401, _error("Invalid API Key", "authentication_error", 401))
        if self.path != "/v1/chat/completions" or name not in self.server_double.models:
            return self.send_json(404, not_found)
        if self.refuse(lambda text: _error(text, "server_error"), name, not_found):
            return None
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": "".join(self.play.pieces)}, "finish_reason": "stop"}
            return self.send_json(200, _chunk(name, choice) | {"object": "chat.completion"})
        self.begin_stream("text/event-stream")
        self.send_chunk(_sse(_chunk(name, {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None})))
        return self.stream(
            lambda text: _sse(_chunk(name, {"index": 0, "delta": {"content": text}, "finish_reason": None})),
            _sse(_chunk(name, {"index": 0, "delta": {}, "finish_reason": "stop"})) + "data: [DONE]\n\n",
            _sse(_error("the engine died", "server_error")),
            "data: <html>502 Bad Gateway</html>\n\n",
        )


class OpenAIServer(ModelServer):
    """The double. Its base address ends in ``/v1``."""

    handler = _OpenAIHandler

    def __init__(self, *models: str, api_key: str | None = None, max_model_len: int | None = None) -> None:
        self.models = models or ("qwen2.5-3b-instruct",)
        self.api_key = api_key
        self.max_model_len = max_model_len
        super().__init__()

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"


def _chunk(model: str, choice: dict[str, Any]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": CREATED, "model": model, "choices": [choice]}


def _error(message: str, kind: str, code: int = 500) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _sse(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"
