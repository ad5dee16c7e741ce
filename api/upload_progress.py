"""How an ingest gets on, as server-sent events: one per file as it ends, with throughput and time left, then the report."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from fastapi.sse import format_sse_event

from api.operations import Progress
from api.wire import StreamProblem, to_json
from kb.errors import KennisbankError
from kb.types import FileResult, IngestReport


@dataclass(frozen=True, slots=True)
class FileEnded:
    """Event: a file has ended. ``remaining_seconds`` is what is left at the pace so far."""

    result: FileResult
    done: int
    total: int
    seconds: float
    files_per_second: float
    remaining_seconds: float
    type: Literal["file"] = "file"


@dataclass(frozen=True, slots=True)
class IngestEnded:
    """Event: every file has ended. The last one."""

    report: IngestReport
    type: Literal["report"] = "report"


def ingest_events(
    ingest: Callable[[Progress], IngestReport], total: int, problem: Callable[[KennisbankError], StreamProblem]
) -> Iterator[bytes]:
    """The frames of one ingest of ``total`` files. A client that leaves does not stop it: what was sent is taken in.

    Raises what the ingest raises before its first file has ended; later errors are an event.
    """
    heard: queue.SimpleQueue[FileResult | IngestReport | KennisbankError] = queue.SimpleQueue()

    def run() -> None:
        try:
            heard.put(ingest(heard.put))
        except KennisbankError as error:
            heard.put(error)

    started = time.monotonic()
    threading.Thread(target=run, name="ingest").start()
    done = 0
    while True:
        item = heard.get()
        if isinstance(item, KennisbankError):
            if done == 0:
                raise item  # nothing was sent yet: the status can still tell
            yield format_sse_event(event="error", data_str=to_json(problem(item)))
            return
        if isinstance(item, IngestReport):
            yield format_sse_event(event="report", data_str=to_json(IngestEnded(item)))
            return
        done += 1
        seconds = time.monotonic() - started
        pace = done / seconds if seconds > 0 else 0.0
        ended = FileEnded(item, done, total, round(seconds, 2), round(pace, 2), round((total - done) / pace, 1) if pace else 0.0)
        yield format_sse_event(event="file", data_str=to_json(ended))
