"""The deterministic double of the Generator port: it plays a script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from threading import Lock

from kb.errors import GeneratorError
from kb.ports import Cancellation, GenerationRequest
from kb.types import GeneratorInfo

_PIECE = re.compile(r"\s*\S+|\s+\Z")


class ScriptedGenerator:
    """Says the answers of ``script`` in turn, word by word, and begins again after the last. An empty script says nothing.

    An entry that is a GeneratorError is raised; a tuple is said piece by piece and may hold an error at its end. ``requests`` keeps
    what was asked. Safe to call from several threads.
    """

    def __init__(
        self,
        script: Sequence[str | GeneratorError | tuple[str | GeneratorError, ...]] = (),
        *,
        model: str = "script",
        context_tokens: int | None = None,
    ) -> None:
        self._script = tuple(script)
        self._info = GeneratorInfo("scripted", model, "local", context_tokens)
        self._lock = Lock()
        self._next = 0
        self.requests: list[GenerationRequest] = []

    def info(self) -> GeneratorInfo:
        """The model's name is “script”."""
        return self._info

    def count_tokens(self, text: str) -> int:
        """One per word."""
        return len(text.split())

    def generate(self, request: GenerationRequest, cancellation: Cancellation) -> Iterator[str]:
        """The next answer of the script."""
        with self._lock:
            self.requests.append(request)
            entry = self._script[self._next % len(self._script)] if self._script else ""
            self._next += 1
        return self._play(entry, cancellation)

    def _play(self, entry: str | GeneratorError | tuple[str | GeneratorError, ...], cancellation: Cancellation) -> Iterator[str]:
        pieces: Sequence[str | GeneratorError]
        pieces = _PIECE.findall(entry) if isinstance(entry, str) else (entry if isinstance(entry, tuple) else (entry,))
        for piece in pieces:
            if cancellation.cancelled:
                return
            if isinstance(piece, GeneratorError):
                raise piece
            yield piece
