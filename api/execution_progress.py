"""How an execution gets on, as server-sent events: one per step as it is done, then the result."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator

from fastapi.sse import format_sse_event

from api.privacy_operations import Heard
from api.privacy_wire import ExecutionEnded, StepEnded
from api.wire import StreamProblem, to_json
from kb.errors import KennisbankError
from kb.privacy.shown import ExecutionShown

PING_SECONDS = 15.0
"""Shrinking the database and reading every byte may take minutes: what stands in between should not hang up."""


def execution_events(
    execute: Callable[[Heard], ExecutionShown], problem: Callable[[KennisbankError], StreamProblem], ping_seconds: float = PING_SECONDS
) -> Iterator[bytes]:
    """The frames of one execution. A client that leaves does not stop it: what was begun is finished.

    Raises what the execution raises before its first step is done; later errors are an event.
    """
    heard: queue.SimpleQueue[str | ExecutionShown | KennisbankError | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            heard.put(execute(heard.put))
        except KennisbankError as error:
            heard.put(error)
        finally:
            heard.put(None)  # A bug must not leave the reader waiting.

    started = time.monotonic()
    threading.Thread(target=run, name="execution").start()
    begun = False
    while True:
        try:
            item = heard.get(timeout=ping_seconds if begun else None)
        except queue.Empty:
            yield b": ping\n\n"
            continue
        match item:
            case str():
                begun = True
                yield format_sse_event(event="step", data_str=to_json(StepEnded(item, round(time.monotonic() - started, 1))))
            case ExecutionShown():
                yield format_sse_event(event="done", data_str=to_json(ExecutionEnded(item)))
                return
            case KennisbankError() if begun:
                yield format_sse_event(event="error", data_str=to_json(problem(item)))
                return
            case KennisbankError():
                raise item  # nothing was sent yet: the status can still tell
            case None:
                raise RuntimeError("the execution ended without a result")
