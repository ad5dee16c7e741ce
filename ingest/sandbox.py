"""The port ``kb.ports.BatchParser`` with files read in processes of their own, forked from one that has the readers loaded.

A file that crashes, hangs or swells costs itself. Bytes go to the child in memory, what it read comes back as checked JSON; its
temporary files lie in a folder of its own that is removed with it. Needs Linux.

A fork costs more than reading a page of plain text does, so small files that surely are plain text, which no vendor's parser will
touch, share a child. Whatever goes wrong there (an end, a wait, an answer that is not one), what was read before it stands, the file
at hand is read once more in a child of its own, under limits of its own, and the files after it go into a new one.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.parse.plain_text import is_plain_text
from ingest.sandbox_server import OUT_OF_MEMORY
from ingest.sandbox_wire import Frames, NotUnderstood, bundle, understood
from kb.errors import ShuttingDown
from kb.logs import get_logger
from kb.settings import SandboxSettings
from kb.types import ParsedFile, ParseFailure

FILE_PARSER = "ingest.parse.files:FileParser"
PRELOAD = "ingest.parse.preload:preload"

SLOW_AFTER_SECONDS = 0.5
"""A file that takes longer gives up its place to the next one, and is finished beside it."""

TOGETHER_SECONDS = 2.0
"""A small text that takes longer in a shared child is read in one of its own."""

START_SECONDS = 120.0
LONGEST_NAME_BYTES = 1_000
_GOODBYE_SECONDS = 10.0
_ATTEMPTS = 2
_NICENESS = 5
"""Reading gives way to answering questions."""

_PIECE = 1 << 20

log = get_logger(__name__)


class _ServerGone(Exception):
    """The fork server ended before it said how the child did."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a child ended: what it wrote, its exit code (negative: the signal), its largest resident size."""

    written: bytes
    exit: int
    peak_bytes: int


class SandboxedParser:
    """Safe to call from several threads; so many files are read at once as the settings say, and the slow ones besides."""

    def __init__(self, settings: SandboxSettings, temporary: Path, *, parser: str = FILE_PARSER, preload: str | None = PRELOAD) -> None:
        """``temporary``: the folder for temporary files. ``parser`` and ``preload`` are ``module:name``, for the fork server."""
        self._settings = settings
        self._temporary = temporary
        self._order = {"parser": parser, "preload": preload}
        self._server: _Server | None = None
        self._guard = threading.Lock()
        self._closed = False
        self.workers = settings.workers or max(1, (os.cpu_count() or 1) - 1)
        """How many files are read at the same time."""
        self.threads = 2 * self.workers
        """How many may call ``parse`` at the same time to some purpose: the slow files are read besides."""
        self._places = threading.BoundedSemaphore(self.workers)
        self._slow_places = threading.BoundedSemaphore(self.workers)

    def parse(self, data: bytes, file_name: str) -> ParsedFile | ParseFailure:
        """What the file says, or a ParseFailure. Nothing that a file does to its reader reaches this process.

        Raises ShuttingDown after ``close``, also for a file that was being read: it is not the file's fault.
        """
        with ExitStack() as place:
            place.enter_context(self._places)
            for _ in range(_ATTEMPTS):  # another file, or a person, may have taken the server down: this one is then tried again
                try:
                    parsed = self._parsed(data, file_name, place)
                except _ServerGone:
                    log.warning("sandbox_gone", size_bytes=len(data))
                    continue
                if self._closed and isinstance(parsed, ParseFailure):
                    raise ShuttingDown
                return parsed
        return ParseFailure("parser_crashed")

    def shares(self, data: bytes, file_name: str) -> bool:
        """Whether the file may be read in one child with others."""
        return is_plain_text(data, file_name)

    def parse_many(self, files: Sequence[tuple[bytes, str]]) -> Iterator[tuple[int, ParsedFile | ParseFailure]]:
        """The place and the answer of each of ``files``: first those that share children, then those that need one of their own.

        Raises ShuttingDown after ``close``.
        """
        waiting = [place for place, file in enumerate(files) if self.shares(*file)]
        shared = set(waiting)
        alone = [place for place in range(len(files)) if place not in shared]
        while len(waiting) > 1:
            try:
                found = self._parsed_together([files[place] for place in waiting])
            except _ServerGone:
                break
            yield from zip(waiting, found, strict=False)
            alone += waiting[len(found) : len(found) + 1]
            waiting = waiting[len(found) + 1 :]
        for place in (*waiting, *alone):
            yield place, self.parse(*files[place])

    def start(self) -> None:
        """Begin to load the readers, and do not wait for it."""
        self._running()

    def close(self) -> None:
        """End the fork server and every child. Twice is allowed."""
        with self._guard:
            self._closed = True
            server, self._server = self._server, None
        if server is not None:
            server.end()

    def _running(self) -> _Server:
        with self._guard:
            if self._closed:
                raise ShuttingDown
            if self._server is None or not self._server.alive:
                if self._server is not None:
                    self._server.end()
                self._server = _Server(self._order)
            return self._server

    def _parsed(self, data: bytes, file_name: str, place: ExitStack) -> ParsedFile | ParseFailure:
        server = self._running()
        started = time.monotonic()
        with _private_folder(self._temporary) as folder:
            try:
                ended = self._run(server, data, self._request(folder, file_name), place)
            except TimeoutError:
                log.warning("sandbox_killed", reason="parser_timed_out", size_bytes=len(data))
                return ParseFailure("parser_timed_out", (("seconds", f"{self._settings.wall_seconds:g}"),))
            except BufferError:
                log.warning("sandbox_killed", reason="output_too_large", size_bytes=len(data))
                return ParseFailure("output_too_large", (("limit", str(self._settings.output_bytes)),))
        failure = self._failure(ended)
        if failure is not None:
            seconds = round(time.monotonic() - started, 3)
            log.warning("sandbox_failed", reason=failure.code, exit_code=ended.exit, size_bytes=len(data), parse_seconds=seconds)
            return failure
        try:
            return understood(ended.written)
        except NotUnderstood:
            log.warning("sandbox_failed", reason="not_understood", size_bytes=len(data))
            return ParseFailure("parser_crashed")

    def _parsed_together(self, files: Sequence[tuple[bytes, str]]) -> list[ParsedFile | ParseFailure]:
        """The answers of one child, in order, up to the first file that it did not do as it should. Raises _ServerGone."""
        server = self._running()
        found: list[ParsedFile | ParseFailure] = []
        frames = Frames(self._settings.output_bytes)
        seconds = min(TOGETHER_SECONDS, self._settings.wall_seconds)
        bundled = bundle([(data, _cut(file_name)) for data, file_name in files])
        with (
            self._places,
            _private_folder(self._temporary) as folder,
            _child(server, bundled, self._request(folder, together=True)) as (result, line),
        ):
            poll = select.poll()
            poll.register(result, select.POLLIN)
            until = time.monotonic() + seconds
            with contextlib.suppress(NotUnderstood):
                while len(found) < len(files) and poll.poll(max(0.0, 1000 * (until - time.monotonic()))):
                    if not (piece := os.read(result, _PIECE)):
                        break
                    for answer in frames.add(piece):
                        found.append(understood(answer))
                        until = time.monotonic() + seconds
            _kill(line)
        return found[: len(files)]

    def _request(self, folder: str, file_name: str = "", *, together: bool = False) -> dict[str, Any]:
        return {
            "folder": folder,
            "file_name": _cut(file_name),
            "together": together,
            "memory_bytes": self._settings.memory_bytes,
            "cpu_seconds": self._settings.cpu_seconds,
            "nice": _NICENESS,
        }

    def _failure(self, ended: _Ended) -> ParseFailure | None:
        if ended.exit == 0:
            return None
        if ended.exit == -signal.SIGXCPU:
            return ParseFailure("parser_timed_out", (("seconds", str(self._settings.cpu_seconds)),))
        # A library that gets no memory aborts or touches address 0; the kernel, short of memory, kills.
        near_the_limit = ended.peak_bytes > 0.8 * self._settings.memory_bytes
        if ended.exit in (OUT_OF_MEMORY, -signal.SIGKILL) or near_the_limit:
            return ParseFailure("parser_out_of_memory")
        return ParseFailure("parser_crashed")

    def _run(self, server: _Server, data: bytes, request: dict[str, Any], place: ExitStack) -> _Ended:
        """Have ``data`` read. Raises TimeoutError, BufferError for too much output, _ServerGone; the child is dead then."""
        with _child(server, data, request) as (result, line):
            deadline = time.monotonic() + self._settings.wall_seconds
            written = self._output(result, deadline, place)
            return _last_word(line, written, deadline)

    def _output(self, result: int, deadline: float, place: ExitStack) -> bytes:
        """What the child writes, to its end."""
        poll = select.poll()
        poll.register(result, select.POLLIN)
        slow_at = time.monotonic() + SLOW_AFTER_SECONDS
        pieces: list[bytes] = []
        size = 0
        while True:
            now = time.monotonic()
            if now >= deadline:
                raise TimeoutError
            if now >= slow_at:
                slow_at = now + SLOW_AFTER_SECONDS if not self._step_aside(place) else deadline
            if not poll.poll(max(1.0, 1000 * (min(deadline, slow_at) - now))):
                continue
            piece = os.read(result, _PIECE)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
            size += len(piece)
            if size > self._settings.output_bytes:
                raise BufferError

    def _step_aside(self, place: ExitStack) -> bool:
        """Let the next file begin while this one is read on, if not too many are slow already."""
        if not self._slow_places.acquire(blocking=False):
            return False
        place.close()
        place.callback(self._slow_places.release)
        return True


class _Server:
    """A fork server as its client sees it."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._guard = threading.Lock()
        self._ready = False
        # No variable of ours goes along: some hold secrets, and readers need none of them.
        environment = {
            "PATH": os.pathsep.join(os.get_exec_path()),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "LANG": "C.UTF-8",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            # Memory in large pages: a fork copies the table of pages, and this halves its time.
            "PYTHONMALLOC": "malloc",
            "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        }
        with far:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ingest.sandbox_server", json.dumps({"control": far.fileno(), **order})],
                pass_fds=[far.fileno()],
                env=environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # libraries quote the file there
                start_new_session=True,  # an interrupt from the keyboard is for the service, which ends this in order
            )

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def send(self, request: dict[str, Any], descriptors: list[int]) -> None:
        """Have a child forked; waits until the readers are loaded. Raises _ServerGone."""
        with self._guard:
            try:
                if not self._ready:
                    self._control.settimeout(START_SECONDS)
                    if not self._control.recv(16):
                        raise _ServerGone
                    self._ready = True
                socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
            except OSError as error:
                raise _ServerGone from error

    def end(self) -> None:
        """End it with its children, and wait for that."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        try:
            self._process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def _child(server: _Server, data: bytes, request: dict[str, Any]) -> Iterator[tuple[int, socket.socket]]:
    """A child that reads ``data``: where it writes to, and its line. An error within the block kills it. Raises _ServerGone."""
    with _memory_file(data) as source, ExitStack() as ours:
        line, far_line = socket.socketpair()
        ours.enter_context(line)
        result, far_result = os.pipe2(os.O_CLOEXEC)
        ours.callback(os.close, result)
        try:
            server.send(request, [source, far_result, far_line.fileno()])
        finally:
            os.close(far_result)
            far_line.close()
        try:
            yield result, line
        except BaseException:  # an interrupt too: the child must not outlive the interest in it
            _kill(line)
            raise


def _cut(file_name: str) -> str:
    """The end of a name that is longer than any disk allows."""
    return file_name.encode("utf-8", "replace")[-LONGEST_NAME_BYTES:].decode("utf-8", "replace")


def _last_word(line: socket.socket, written: bytes, deadline: float) -> _Ended:
    line.settimeout(max(0.001, deadline - time.monotonic()))
    try:
        word = line.recv(4_096)
    except ConnectionError:
        word = b""
    if not word:
        raise _ServerGone
    said = json.loads(word)
    return _Ended(written, int(said["exit"]), int(said["peak_bytes"]))


def _kill(line: socket.socket) -> None:
    """Have the child killed, and wait until it is."""
    line.settimeout(_GOODBYE_SECONDS)
    with contextlib.suppress(OSError):
        line.send(b"x")
        line.recv(4_096)


@contextmanager
def _memory_file(data: bytes) -> Iterator[int]:
    """A descriptor of a file that lies in memory and has no name."""
    descriptor = os.memfd_create("file", os.MFD_CLOEXEC)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _private_folder(temporary: Path) -> Iterator[str]:
    """A folder that is gone afterwards, with whatever lies in it."""
    folder = tempfile.mkdtemp(prefix="read-", dir=temporary)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
