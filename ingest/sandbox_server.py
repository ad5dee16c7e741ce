"""The fork server of the sandbox: a process that has every reader loaded, and forks a child for each file or bundle of small ones.

It speaks over two kinds of sockets. Its *control* socket brings it work: a JSON object with three descriptors, the file's bytes,
where to write what was read, and a *line* that belongs to this one file. A byte on the line, or its end, kills the child; the
server's last word on it says how the child ended. When the control socket ends, so did the service, and everything here dies.

The server has one thread, so forking is safe, and holds no text of any file: the child alone reads it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from ingest import sandbox_limits as limits
from ingest.sandbox_wire import framed, prepare, unbundled, written
from kb.ports import Parser

IDLE_SECONDS = 600
"""So long without work and the server goes, with the memory that it takes; the next file starts another."""

LONGEST_REQUEST = 8_192
OUT_OF_MEMORY = 77
"""Exit code of a child that could get no more memory."""

_BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class _Child:
    pid: int
    handle: int
    line: socket.socket


def main(control: socket.socket, parser: str, preload: str | None) -> None:
    """Serve until ``control`` ends. ``parser`` and ``preload`` are ``module:name``."""
    os.unsetenv("PYTHONPATH")  # it brought this process here; programs that readers start have paths of their own
    limits.adopt_orphans()
    limits.cut_network()
    if preload is not None:
        _named(preload)()
    prepare()
    server = _Server(control, _named(parser)())
    gc.collect()
    gc.freeze()  # what is loaded stays shared between the children: a collection would write into its pages
    control.send(b"ready")
    server.run()


def _named(place: str) -> Callable[[], Any]:
    module, _, name = place.partition(":")
    found: Callable[[], Any] = getattr(importlib.import_module(module), name)
    return found


class _Server:
    def __init__(self, control: socket.socket, parser: Parser) -> None:
        self._control = control
        self._parser = parser
        self._children: dict[int, _Child] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)

    def run(self) -> None:
        while events := self._selector.select(None if self._children else IDLE_SECONDS):
            for key, _ in events:
                child: _Child | None = key.data
                if child is None:
                    if not self._take():
                        self._end()
                        return
                elif child.pid in self._children:
                    if key.fileobj == child.handle:
                        self._bury(child)
                    else:
                        _kill(child.pid)  # its handle will tell when it is gone

    def _take(self) -> bool:
        """Fork a child for the next file. False when there is nobody left to work for."""
        message, descriptors, _, _ = socket.recv_fds(self._control, LONGEST_REQUEST, 3)
        if not message:
            return False
        data, result, line = descriptors
        pid = os.fork()
        if pid == 0:
            self._read_file(json.loads(message), data, result)
        os.close(data)
        os.close(result)
        child = _Child(pid, os.pidfd_open(pid), socket.socket(fileno=line))
        self._children[pid] = child
        self._selector.register(child.handle, selectors.EVENT_READ, child)
        self._selector.register(child.line, selectors.EVENT_READ, child)
        return True

    def _read_file(self, request: dict[str, Any], data: int, result: int) -> NoReturn:
        """The life of a child."""
        code = 1
        try:
            os.setsid()
            limits.die_with_parent()
            limits.go_first_when_memory_runs_out()
            _close_all_but(data, result)
            os.chdir(request["folder"])
            tempfile.tempdir = request["folder"]
            os.putenv("TMPDIR", request["folder"])
            os.putenv("HOME", request["folder"])
            os.nice(request["nice"])
            limits.limit(memory_bytes=request["memory_bytes"], cpu_seconds=request["cpu_seconds"])
            if request["together"]:
                _read_each(self._parser, data, result)
            else:
                _read(self._parser, data, request["file_name"], result)
            code = 0
        except MemoryError:
            code = OUT_OF_MEMORY
        finally:
            os._exit(code)  # also on an exception: it must not reach the loop of the server, whose copy this is

    def _bury(self, child: _Child) -> None:
        """Take leave of a child that has ended, and of all that it started, and tell how it ended."""
        _kill(child.pid)  # before it is waited for: until then its number is nobody else's
        _, status, usage = os.wait4(child.pid, 0)
        self._kill_strays()
        self._selector.unregister(child.handle)
        self._selector.unregister(child.line)
        del self._children[child.pid]
        os.close(child.handle)
        exit_code = os.waitstatus_to_exitcode(status)
        with contextlib.suppress(OSError):
            child.line.send(json.dumps({"exit": exit_code, "peak_bytes": usage.ru_maxrss * 1024}).encode())
        child.line.close()

    def _kill_strays(self) -> None:
        """What a child started in a session of its own has become ours when the child ended."""
        while strays := [pid for pid in limits.children_of(os.getpid()) if pid not in self._children]:
            for pid in strays:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)

    def _end(self) -> None:
        for child in list(self._children.values()):
            _kill(child.pid)
            self._bury(child)


def _read(parser: Parser, data: int, file_name: str, result: int) -> None:
    with os.fdopen(data, "rb") as file:
        file.seek(0)
        read = written(parser.parse(file.read(), file_name))
    with os.fdopen(result, "wb", _BUFFER) as answer:
        answer.write(read)


def _read_each(parser: Parser, data: int, result: int) -> None:
    """Read a bundle. What was read of a file is on its way before the next is begun."""
    with os.fdopen(data, "rb") as file:
        file.seek(0)
        files = unbundled(file.read())
    with os.fdopen(result, "wb", _BUFFER) as answer:
        for content, file_name in files:
            answer.write(framed(written(parser.parse(content, file_name))))
            answer.flush()


def _close_all_but(*kept: int) -> None:
    start = 3
    for descriptor in sorted(kept):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))


def _kill(pid: int) -> None:
    """Kill the child and the processes of its session."""
    for end in (os.killpg, os.kill):  # it has no group of its own in its first moment
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)


if __name__ == "__main__":
    order = json.loads(sys.argv[1])
    main(socket.socket(fileno=order["control"]), order["parser"], order["preload"])
