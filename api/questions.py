"""Questions on their way to the core: each in a thread of its own, few at a time, stopped when the asker leaves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from contextvars import copy_context

from starlette.requests import Request

from api.problems import Busy
from kb.errors import KennisbankError
from kb.logs import get_logger
from kb.ports import Cancellation
from kb.types import AskEvent

RETRY_AFTER_SECONDS = 5
PING_SECONDS = 15.0
"""A stream is never silent for longer, so that proxies keep it open and a client that left is noticed."""

AskWith = Callable[[Cancellation], Iterator[AskEvent]]


_log = get_logger(__name__)


class Ping:
    """Nothing happened for PING_SECONDS."""


class _End:
    """Stands in the queue after the last event."""


class Answering:
    """A question that is being answered: its events, as its thread makes them."""

    def __init__(self, ask: AskWith, cancellation: Cancellation, ended: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[AskEvent | BaseException | _End] = asyncio.Queue()
        self._cancellation = cancellation
        context = copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._work, ask, ended), name="question", daemon=True)
        self._thread.start()

    def _work(self, ask: AskWith, ended: Callable[[], None]) -> None:
        try:
            for event in ask(self._cancellation):
                self._put(event)
                if self._cancellation.cancelled:
                    break
        except Exception as error:  # noqa: BLE001 - the edge of the thread: it travels to the request and is raised there
            self._put(error)
        finally:
            ended()
            self._put(_End())

    def _put(self, item: AskEvent | BaseException | _End) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._queue.put_nowait, item)

    async def next_event(self) -> AskEvent | None:
        """The next event, or None after the last. Raises what the core raised."""
        item = await self._queue.get()
        if isinstance(item, BaseException):
            raise item
        return None if isinstance(item, _End) else item

    async def to_send(self, first: AskEvent | None) -> AsyncIterator[AskEvent | Ping | KennisbankError]:
        """``first`` and what follows, for a stream whose headers are out: pauses become pings, what went wrong is the last item."""
        item: AskEvent | BaseException | _End = first or _End()
        while not isinstance(item, _End):
            if isinstance(item, KennisbankError):
                yield item
                return
            if isinstance(item, BaseException):
                _log.error("request_failed", exc_info=item)
                yield KennisbankError()
                return
            yield item
            while True:
                try:
                    item = await asyncio.wait_for(self._queue.get(), PING_SECONDS)
                    break
                except TimeoutError:
                    yield Ping()

    def leave(self) -> None:
        """Nobody listens any more: the core may stop."""
        self._cancellation.cancel()


class Lanes:
    """How many questions are answered at the same time. A lane is free again when its thread has ended, not when its asker left."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._free = threading.BoundedSemaphore(limit)

    def begin(self, ask: AskWith) -> Answering:
        """Start answering. Raises Busy when every lane is taken."""
        if not self._free.acquire(blocking=False):
            raise Busy(limit=self._limit, retry_after_seconds=RETRY_AFTER_SECONDS)
        return Answering(ask, Cancellation(), self._free.release)


@asynccontextmanager
async def leaving_with(request: Request, answering: Answering) -> AsyncIterator[None]:
    """While this is open, a client that hangs up stops the answer; so does whatever is raised in it."""

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        answering.leave()

    watcher = asyncio.create_task(watch())
    try:
        yield
    except BaseException:
        answering.leave()
        raise
    finally:
        watcher.cancel()
