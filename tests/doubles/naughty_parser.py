"""A parser that does what its file says: everything that a reader of strangers' files might do to its process."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kb.types import Box, Element, ElementKind, FileString, ParsedFile, ParseFailure


def says(text: str) -> ParsedFile:
    element = Element(ElementKind.PARAGRAPH, text, None, 3, (Box(3, 1.5, 2.0, 3.25, 4.0),))
    return ParsedFile((element,), (FileString("author", "Noor"),), "Titel", 3, 1, ("hidden_sheets",), "text/plain")


class NaughtyParser:
    """Its files hold one word and perhaps an argument."""

    def parse(self, data: bytes, file_name: str) -> ParsedFile | ParseFailure:
        word, _, argument = data.decode().partition(" ")
        found: ParsedFile | ParseFailure = getattr(self, word)(argument)
        return found

    def say(self, text: str) -> ParsedFile:
        return says(text)

    def fail(self, code: str) -> ParseFailure:
        return ParseFailure(code, (("type", "abc"),))

    def end(self, code: str) -> ParsedFile:
        os._exit(int(code))

    def die(self, name: str) -> ParsedFile:
        os.kill(os.getpid(), signal.Signals[name])
        signal.pause()
        raise AssertionError

    def err(self, text: str) -> ParsedFile:
        raise ValueError(text)

    def spin(self, _: str) -> ParsedFile:
        while True:
            pass

    def announce(self, pipe: str) -> ParsedFile:
        """Tell its number and its parent's, then wait for ever."""
        Path(pipe).write_text(f"{os.getpid()} {os.getppid()}")
        signal.pause()
        raise AssertionError

    def number(self, _: str) -> ParsedFile:
        """Which process this is."""
        return says(str(os.getpid()))

    def wait(self, _: str) -> ParsedFile:
        signal.pause()
        raise AssertionError

    def compute(self, seconds: str) -> ParsedFile:
        until = time.process_time() + float(seconds)
        while time.process_time() < until:
            pass
        return says("done")

    def once(self, pipe: str) -> ParsedFile:
        """Announce where somebody listens, and read on where nobody does."""
        return self.announce(pipe) if Path(pipe).exists() else says("again")

    def swell(self, _: str) -> ParsedFile:
        held = []
        while True:
            held.append(bytearray(1 << 24))

    def flood(self, size: str) -> ParsedFile:
        return says("x" * int(size))

    def lie(self, text: str) -> ParsedFile:
        for descriptor in range(3, 16):
            with contextlib.suppress(OSError):
                os.write(descriptor, text.encode("latin-1", "replace"))
        os._exit(0)

    def reach(self, how: str) -> ParsedFile:
        """What comes of an attempt to get out of the machine."""
        here = {
            "tcp": "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
            "udp": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
            "ipv6": "import socket; socket.socket(socket.AF_INET6)",
            "name": "import socket; socket.getaddrinfo('localhost', 80)",
        }
        try:
            exec(here[how])
        except OSError as error:
            return says(type(error).__name__)
        return says("reached")

    def reach_from_program(self, _: str) -> ParsedFile:
        code = "import socket\ntry: socket.socket(); print('reached')\nexcept PermissionError as e: print('PermissionError')"
        return says(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip())

    def local(self, _: str) -> ParsedFile:
        """Programs talk among themselves over sockets without a network."""
        one, other = socket.socketpair()
        one.send(b"hallo")
        return says(other.recv(5).decode())

    def environment(self, _: str) -> ParsedFile:
        return says(" ".join(sorted(name for name in subprocess.run(["env"], capture_output=True, text=True, check=True).stdout.split())))

    def litter(self, _: str) -> ParsedFile:
        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.write(b"left behind")
        return says(f"{file.name} {Path.cwd()}")

    def litter_and_die(self, _: str) -> ParsedFile:
        self.litter("")
        return self.die("SIGSEGV")

    def spawn(self, _: str) -> ParsedFile:
        child = subprocess.Popen(["/bin/sleep", "1000"], start_new_session=True)
        return says(str(child.pid))

    def limits(self, _: str) -> ParsedFile:
        return says(" ".join(str(resource.getrlimit(which)[1]) for which in (resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)))

    def descriptors(self, _: str) -> ParsedFile:
        return says(str(sum(1 for _ in Path("/proc/self/fd").iterdir())))
