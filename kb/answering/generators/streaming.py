"""Reading a model's stream with time limits that hold, and stopping it at once.

The stream is read by an event loop in a thread of its own, because only there a read that hangs can be cancelled, which closes the
connection, so that the model server stops working too. The caller sees a plain iterator.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event

from kb.errors import GeneratorTimeout
from kb.ports import Cancellation

_LOOK_EVERY_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a silence may last: before the first text, and between two signs of life after it."""

    first_seconds: float
    idle_seconds: float


def read_stream(open_stream: Callable[[], AsyncGenerator[str, None]], patience: Patience, cancellation: Cancellation) -> Iterator[str]:
    """The pieces of the stream that ``open_stream`` opens, as they come; empty ones count as a sign of life and are left out.

    Ends quietly when cancelled or when the caller stops iterating; the stream is closed by then. Raises GeneratorTimeout, and whatever
    the stream raises.
    """
    pieces: SimpleQueue[str | None] = SimpleQueue()
    abandoned = Event()

    def stopped() -> bool:
        return cancellation.cancelled or abandoned.is_set()

    with ThreadPoolExecutor(1, thread_name_prefix="generator") as thread:
        reading = thread.submit(lambda: asyncio.run(_read(open_stream, patience, stopped, pieces)))
        try:
            while (piece := pieces.get()) is not None:
                if cancellation.cancelled:
                    break
                yield piece
        finally:
            abandoned.set()
        reading.result()


async def _read(
    open_stream: Callable[[], AsyncGenerator[str, None]], patience: Patience, stopped: Callable[[], bool], pieces: SimpleQueue[str | None]
) -> None:
    stream = open_stream()
    limit = patience.first_seconds
    try:
        while not stopped():
            step = asyncio.ensure_future(_next(stream))
            if not await _in_time(step, limit, stopped):
                break
            piece = step.result()
            if piece is None:
                break
            if piece:
                limit = patience.idle_seconds
                pieces.put(piece)
    finally:
        await stream.aclose()
        pieces.put(None)


async def _next(stream: AsyncGenerator[str, None]) -> str | None:
    return await anext(stream, None)


async def _in_time(step: asyncio.Future[str | None], limit: float, stopped: Callable[[], bool]) -> bool:
    """Wait for ``step``; False when stopped meanwhile. The step is done or cancelled afterwards. Raises GeneratorTimeout."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limit
    while not step.done():
        left = deadline - loop.time()
        if left <= 0 or stopped():
            step.cancel()
            await asyncio.wait({step})
            if stopped():
                return False
            raise GeneratorTimeout(seconds=f"{limit:g}")
        await asyncio.wait({step}, timeout=min(_LOOK_EVERY_SECONDS, left))
    return True
