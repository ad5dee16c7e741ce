"""Reading, embedding and committing at the same time: the embedder, which is the limit, never waits for a reader or a disk.

Items go through three stages, each with threads of its own. What is inside is bounded by weight, so memory does not grow with
the number of items. The first error of any stage ends the whole and is raised to the caller.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Arrived = TypeVar("Arrived")
Read = TypeVar("Read")
Embedded = TypeVar("Embedded")
Ended = TypeVar("Ended")

_COMMIT_WAIT_SECONDS = 0.25
"""How long a commit waits for more to commit with it, while more is on its way: every one costs some writes to disk."""

READ_TOGETHER = 32
"""Items that share a reader's call, at most: a moment's work, so that what is read reaches the embedder soon."""

_ABANDONED_SECONDS = 1.0
"""How long the end of a flow that failed waits for its readers; what they still say is not heard."""


class FlowStopped(Exception):
    """Raised by a stage that saw that the flow has ended early."""


@dataclass(slots=True)
class StageSeconds:
    """Where the time of a flow went. ``reading`` adds up over the readers; ``starved``: the embedder waited for readers at work."""

    wall: float = 0.0
    reading: float = 0.0
    embedding: float = 0.0
    starved: float = 0.0
    committing: float = 0.0


@dataclass(frozen=True, slots=True)
class Stages(Generic[Arrived, Read, Embedded, Ended]):
    """What is done with an item. ``weight`` and ``read_weight`` are its size in bytes, before and after reading.

    Two items with the same ``key`` are never inside together, so they end in the order in which they came. Items that wait one after
    another and all are ``shared`` are read in one call; ``read`` gives the place and the outcome of each, as they come.
    """

    key: Callable[[Arrived], Hashable]
    weight: Callable[[Arrived], int]
    shared: Callable[[Arrived], bool]
    read: Callable[[Sequence[Arrived]], Iterable[tuple[int, Read]]]
    read_weight: Callable[[Read], int]
    embed: Callable[[Sequence[Read]], Embedded]
    commit: Callable[[Sequence[Embedded]], Sequence[Ended]]


@dataclass(frozen=True, slots=True)
class _Inside(Generic[Read]):
    key: Hashable
    weight: int
    item: Read


@dataclass(slots=True)
class Flow(Generic[Arrived, Read, Embedded, Ended]):
    """One run. At most ``most_weight`` is inside, or a single item that is heavier; embedded together is what weighs ``embed_weight``."""

    stages: Stages[Arrived, Read, Embedded, Ended]
    readers: int
    most_weight: int
    embed_weight: int
    seconds: StageSeconds = field(default_factory=StageSeconds)
    _to_read: _ToRead[Arrived] = field(default_factory=lambda: _ToRead())
    _to_embed: queue.SimpleQueue[_Inside[Read] | None] = field(default_factory=queue.SimpleQueue)
    _to_commit: queue.SimpleQueue[tuple[Sequence[_Inside[Read]], Embedded] | None] = field(default_factory=queue.SimpleQueue)
    _ended: queue.SimpleQueue[tuple[Sequence[_Inside[Read]], Sequence[Ended]] | None] = field(default_factory=queue.SimpleQueue)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _weights: dict[Hashable, int] = field(default_factory=dict)
    _unread: int = 0
    _on_the_way: int = 0
    _failure: BaseException | None = None
    _stopped: bool = False

    def run(self, arriving: Iterable[Arrived], heard: Callable[[Ended], None]) -> None:
        """Take every item through; ``heard`` is called in this thread as each ends. Raises what a stage raised."""
        started = time.perf_counter()
        readers = [self._thread(self._reading, "read") for _ in range(self.readers)]
        others = [self._thread(self._embedding, "embed"), self._thread(self._committing, "commit")]
        try:
            for item in arriving:
                self._make_room(self.stages.key(item), self.stages.weight(item), heard)
                with self._guard:
                    self._weights[self.stages.key(item)] = self.stages.weight(item)
                    self._unread += 1
                    self._on_the_way += 1
                self._to_read.put(_Inside(self.stages.key(item), self.stages.weight(item), item), shared=self.stages.shared(item))
                while not self._ended.empty():
                    self._hear(heard)
            while self._weights:
                self._hear(heard)
        except BaseException:
            self._stopped = True
            raise
        finally:
            self._to_read.end()
            self._to_embed.put(None)
            self._to_commit.put(None)
            for thread in others:
                thread.join()
            for thread in readers:
                thread.join(_ABANDONED_SECONDS if self._stopped else None)
            self.seconds.wall = time.perf_counter() - started

    def go_on(self) -> None:
        """For stages that take long. Raises FlowStopped when nobody waits for the result any more."""
        if self._stopped:
            raise FlowStopped

    def _make_room(self, key: Hashable, weight: int, heard: Callable[[Ended], None]) -> None:
        while self._weights and (key in self._weights or self._inside() + weight > self.most_weight):
            self._hear(heard)

    def _inside(self) -> int:
        with self._guard:
            return sum(self._weights.values())

    def _hear(self, heard: Callable[[Ended], None]) -> None:
        ended = self._ended.get()
        if ended is None:
            assert self._failure is not None
            raise self._failure
        inside, results = ended
        with self._guard:
            for one in inside:
                del self._weights[one.key]
        for result in results:
            heard(result)

    # --- the stages --------------------------------------------------------------------------------------------------

    def _thread(self, loop: Callable[[], None], name: str) -> threading.Thread:
        thread = threading.Thread(target=self._guarded, args=(loop,), name=f"ingest-{name}", daemon=True)
        thread.start()
        return thread

    def _guarded(self, loop: Callable[[], None]) -> None:
        try:
            loop()
        except FlowStopped:
            return
        except BaseException as error:  # noqa: BLE001 - the end of a thread: raised again in the caller's
            with self._guard:
                if self._failure is None:
                    self._failure = error
            self._stopped = True
            self._ended.put(None)

    def _reading(self) -> None:
        while together := self._to_read.take():
            self.go_on()
            started = time.perf_counter()
            for place, read in self.stages.read([inside.item for inside in together]):
                key, weight = together[place].key, self.stages.read_weight(read)
                with self._guard:
                    self._weights[key] = weight
                    self._unread -= 1
                    self.seconds.reading += time.perf_counter() - started
                self._to_embed.put(_Inside(key, weight, read))
                self.go_on()
                started = time.perf_counter()
            del together, read  # while this thread waits, it must not hold the last file's bytes

    def _embedding(self) -> None:
        while True:
            waiting_since = time.perf_counter()
            unread = self._unread
            first = self._to_embed.get()
            if unread:
                self.seconds.starved += time.perf_counter() - waiting_since
            if first is None:
                return
            self.go_on()
            batch, weight = [first], first.weight
            while weight < self.embed_weight and (following := _waiting(self._to_embed)) is not None:
                batch.append(following)
                weight += following.weight
            started = time.perf_counter()
            embedded = self.stages.embed([inside.item for inside in batch])
            self.seconds.embedding += time.perf_counter() - started
            with self._guard:
                self._on_the_way -= len(batch)
            self._to_commit.put((batch, embedded))
            del first, batch, embedded

    def _committing(self) -> None:
        while (first := self._to_commit.get()) is not None:
            self.go_on()
            together = [first]
            until = time.monotonic() + _COMMIT_WAIT_SECONDS
            while (following := self._to_commit_until(until)) is not None:
                together.append(following)
            started = time.perf_counter()
            ended = self.stages.commit([embedded for _, embedded in together])
            self.seconds.committing += time.perf_counter() - started
            self._ended.put(([inside for batch, _ in together for inside in batch], ended))
            del first, together, ended

    def _to_commit_until(self, moment: float) -> tuple[Sequence[_Inside[Read]], Embedded] | None:
        """The next to commit; waited for until ``moment`` while there is more on its way."""
        following = _waiting(self._to_commit)
        left = moment - time.monotonic()
        if following is None and self._on_the_way and left > 0:
            try:
                following = self._to_commit.get(timeout=left)
            except queue.Empty:
                return None
            if following is None:
                self._to_commit.put(None)
        return following


Item = TypeVar("Item")


class _ToRead(Generic[Item]):
    """What waits for a reader. Shared items that wait in a row are taken together."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[_Inside[Item], bool]] = deque()
        self._changed = threading.Condition()
        self._ended = False

    def put(self, item: _Inside[Item], *, shared: bool) -> None:
        """One more."""
        with self._changed:
            self._waiting.append((item, shared))
            self._changed.notify()

    def end(self) -> None:
        """Nothing more comes."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def take(self) -> list[_Inside[Item]]:
        """The next one, or the next few that may share; waited for. Empty at the end."""
        with self._changed:
            while not self._waiting and not self._ended:
                self._changed.wait()
            if not self._waiting:
                return []
            first, shared = self._waiting.popleft()
            taken = [first]
            while shared and self._waiting and self._waiting[0][1] and len(taken) < READ_TOGETHER:
                taken.append(self._waiting.popleft()[0])
            return taken


def _waiting(items: queue.SimpleQueue[Item | None]) -> Item | None:
    """The next item if one is there. Of the end of the queue it says nothing, and leaves it there."""
    if items.empty():
        return None
    item = items.get()
    if item is None:
        items.put(None)
    return item
