"""The default: Ollama when it answers and has a model, else sentences quoted word for word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Lock

from kb.errors import GeneratorError
from kb.ports import Cancellation, Clock, GenerationRequest, Generator
from kb.types import GeneratorInfo

REMEMBER_SECONDS = 5.0


class AutoGenerator:
    """Chooses between ``preferred`` and ``fallback``, and stays with the choice for a few seconds. Safe from several threads.

    A model that fails while it writes is an error like any other; the choice falls on the fallback once ``preferred`` no longer tells
    its model.
    """

    def __init__(self, preferred: Generator, fallback: Generator, clock: Clock, remember_seconds: float = REMEMBER_SECONDS) -> None:
        self._preferred, self._fallback = preferred, fallback
        self._clock = clock
        self._remember = timedelta(seconds=remember_seconds)
        self._lock = Lock()
        self._chosen: tuple[Generator, GeneratorInfo] | None = None
        self._until: datetime | None = None

    def info(self) -> GeneratorInfo:
        """The chosen one's."""
        return self._choose()[1]

    def count_tokens(self, text: str) -> int:
        """The chosen one's."""
        return self._choose()[0].count_tokens(text)

    def generate(self, request: GenerationRequest, cancellation: Cancellation) -> Iterator[str]:
        """The chosen one's."""
        return self._choose()[0].generate(request, cancellation)

    def _choose(self) -> tuple[Generator, GeneratorInfo]:
        with self._lock:
            now = self._clock.now()
            if self._chosen is None or self._until is None or now >= self._until:
                self._chosen = self._ask()
                self._until = self._clock.now() + self._remember
            return self._chosen

    def _ask(self) -> tuple[Generator, GeneratorInfo]:
        try:
            return self._preferred, self._preferred.info()
        except GeneratorError:
            return self._fallback, self._fallback.info()
