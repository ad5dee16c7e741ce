"""As much of Ollama's HTTP interface as embedding needs, with the ways in which it can go wrong."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kb.search.hashing_embedder import HashingEmbedder

MODEL = "hashing-minilm:latest"
DIGEST = "1b226e2802dbb772b5fc32a58f103ca1804ef7501331012de126ab22f67475ef"
DIMENSIONS = 64
CONTEXT_TOKENS = 96


class OllamaEmbedServer:
    """Serves on a free port of the loopback until closed. ``fault`` names what goes wrong with the next answers.

    None, or: status_500, busy, garbage, not_json_object, hang, wrong_dimensions, ragged, too_few, nan, redirect.
    """

    def __init__(self) -> None:
        self.fault: str | None = None
        self.digest = DIGEST
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.released = threading.Event()
        self._model = HashingEmbedder(DIMENSIONS)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.paths.append(self.path)
                outer._get(self)

            def do_POST(self) -> None:
                outer.paths.append(self.path)
                outer._post(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _get(self, handler: BaseHTTPRequestHandler) -> None:
        listed = {"models": [{"name": MODEL, "model": MODEL, "digest": self.digest, "size": 1, "details": {"family": "bert"}}]}
        self._answer(handler, 200, listed if handler.path == "/api/tags" else {"error": "not found"})

    def _post(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        if body["model"] not in (MODEL, MODEL.removesuffix(":latest")):
            self._answer(handler, 404, {"error": f"model '{body['model']}' not found"})
        elif handler.path == "/api/show":
            info = {"general.architecture": "bert", "bert.context_length": CONTEXT_TOKENS, "bert.embedding_length": DIMENSIONS}
            self._answer(handler, 200, {"details": {"family": "bert"}, "model_info": info, "capabilities": ["embedding"]})
        else:
            self.requests.append(body)
            self._embed(handler, body)

    def _embed(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        if self.fault == "hang":
            self.released.wait(10)
            return
        if self.fault == "status_500":
            self._answer(handler, 500, {"error": "llama runner process has terminated: exit status 2"})
        elif self.fault == "busy":
            self._answer(handler, 503, {"error": "server busy, please try again. maximum pending requests exceeded"})
        elif self.fault == "garbage":
            self._send(handler, 200, b"<html>not ollama</html>")
        elif self.fault == "not_json_object":
            self._send(handler, 200, b'{"embeddings": "none"}')
        elif self.fault == "redirect":
            handler.send_response(302)
            handler.send_header("Location", self.url + "/elsewhere")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        elif any(count + 2 > min(CONTEXT_TOKENS, body["options"]["num_ctx"]) for count in self._model.count_tokens(texts)):
            # The double refuses instead of cutting only when asked not to truncate, as Ollama does.
            assert body["truncate"] is False
            self._answer(handler, 400, {"error": "the input length exceeds the context length"})
        else:
            self._answer(handler, 200, {"model": body["model"], "embeddings": self._vectors(texts), "prompt_eval_count": 1})

    def _vectors(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._model.embed_passages(texts).tolist()
        if self.fault == "wrong_dimensions":
            return [vector[:-1] for vector in vectors]
        if self.fault == "ragged":
            return [vector[: DIMENSIONS - position] for position, vector in enumerate(vectors)]
        if self.fault == "too_few":
            return vectors[:-1]
        if self.fault == "nan":
            return [[float("nan")] * DIMENSIONS for _ in vectors]
        return vectors

    def _answer(self, handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
        self._send(handler, status, json.dumps(body).encode())

    def _send(self, handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json; charset=utf-8")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
