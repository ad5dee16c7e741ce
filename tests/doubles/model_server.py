"""What the doubles of model servers share: life cycle, a record of requests, and faults on demand."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class Fault(StrEnum):
    """What goes wrong in the next generations."""

    NONE = "none"
    HANG_BEFORE_FIRST = "hang_before_first"
    HANG_MID_STREAM = "hang_mid_stream"
    CLOSE_BEFORE_FIRST = "close_before_first"
    CLOSE_MID_STREAM = "close_mid_stream"
    END_WITHOUT_DONE = "end_without_done"
    GARBAGE_BEFORE_FIRST = "garbage_before_first"
    GARBAGE_LINE = "garbage_line"
    ERROR_LINE = "error_line"
    STATUS_500 = "status_500"
    STATUS_503 = "status_503"
    MODEL_NOT_FOUND = "model_not_found"
    REDIRECT = "redirect"
    SLOW_TOKENS = "slow_tokens"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Play:
    """What the server has been told to do."""

    pieces: tuple[str, ...] = ("Een ", "voltijder ", "heeft ", "25 ", "dagen ", "[1].")
    fault: Fault = Fault.NONE
    token_seconds: float = 0.02
    requests: list[Recorded] = field(default_factory=list)
    disconnected: threading.Event = field(default_factory=threading.Event)
    hanging: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)


class ModelServer:
    """A server on a free port of loopback, in threads. Use as a context manager."""

    handler: type[Handler]

    def __init__(self) -> None:
        self.play = Play()
        handler = type("BoundHandler", (self.handler,), {"server_double": self, "play": self.play})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self) -> list[Recorded]:
        return self.play.requests

    def asked(self, path: str) -> list[dict[str, Any]]:
        """The bodies of the requests to ``path``, in order."""
        return [request.body for request in self.play.requests if request.path == path]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.play.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error here; anything else is shown by the default."""
        import sys

        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Routes, chunked streams and faults; the protocols differ in how a line is written."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 10
    play: Play
    server_double: Any

    def log_message(self, format: str, *args: Any) -> None:
        return

    def record(self) -> dict[str, Any]:
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        body = json.loads(raw) if raw else {}
        self.play.requests.append(Recorded(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        return dict(body)

    def send_json(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, error: Callable[[str], object], model: str, not_found: object) -> bool:
        """Play a fault that replaces the whole answer; whether one was played."""
        match self.play.fault:
            case Fault.STATUS_500:
                self.send_json(500, error("llama runner process has terminated: exit status 2"))
            case Fault.STATUS_503:
                self.send_json(503, error("server busy, please try again.  maximum pending requests exceeded"))
            case Fault.MODEL_NOT_FOUND:
                self.send_json(404, not_found)
            case Fault.REDIRECT:
                self.send_response(307)
                self.send_header("location", "http://198.51.100.1/api/chat")
                self.send_header("content-length", "0")
                self.end_headers()
            case Fault.HANG_BEFORE_FIRST:
                self.hang()
            case Fault.CLOSE_BEFORE_FIRST:
                self.close_connection = True
            case _:
                return False
        return True

    def begin_stream(self, content_type: str) -> None:
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def send_chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def end_stream(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def stream(self, piece: Callable[[str], str], last: str, error: str, garbage: str) -> None:
        """The pieces, each on its line, then ``last``; with the fault of the play in the middle."""
        fault, pieces = self.play.fault, self.play.pieces
        try:
            if fault is Fault.GARBAGE_BEFORE_FIRST:
                self.send_chunk(garbage)
                return self.end_stream()
            for index, text in enumerate(pieces):
                if index == len(pieces) // 2 and self._middle(fault, error, garbage):
                    return None
                if fault is Fault.SLOW_TOKENS and self.play.stopping.wait(self.play.token_seconds):
                    return None
                self.send_chunk(piece(text))
            if fault is not Fault.END_WITHOUT_DONE:
                self.send_chunk(last)
            return self.end_stream()
        except (ConnectionError, TimeoutError):
            self.play.disconnected.set()
            self.close_connection = True

    def _middle(self, fault: Fault, error: str, garbage: str) -> bool:
        match fault:
            case Fault.HANG_MID_STREAM:
                self.hang()
            case Fault.CLOSE_MID_STREAM:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            case Fault.GARBAGE_LINE:
                self.send_chunk(garbage)
                self.end_stream()
            case Fault.ERROR_LINE:
                self.send_chunk(error)
                self.end_stream()
            case _:
                return False
        return True

    def hang(self) -> None:
        """Say nothing until the client goes or the server stops."""
        self.close_connection = True
        self.play.hanging.set()
        while not self.play.stopping.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.01)
            if readable:
                try:
                    gone = self.connection.recv(1, socket.MSG_PEEK) == b""
                except ConnectionError:
                    gone = True
                if gone:
                    self.play.disconnected.set()
                    return
