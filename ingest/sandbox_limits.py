"""What the kernel is asked to hold a process to: no network, no more than so much memory, time and disk, no life beyond its parent's.

Everything here works for an unprivileged user on Linux. What a kernel does not permit is passed over: the next line of defence holds.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000

OPEN_FILES = 256
_GRACE_SECONDS = 2


def die_with_parent() -> None:
    """Be killed when the thread that made this process ends, however it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of whatever a descendant leaves behind."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def limit(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Hold this process, and everything it starts, to ``memory_bytes`` on top of what is mapped now and to ``cpu_seconds``.

    RLIMIT_DATA counts what is private and writable, so what really costs memory; RLIMIT_AS also counts libraries and address
    space that is merely reserved, and gets twice the room. No file may be larger than ``memory_bytes``; no core is dumped.
    """
    mapped, private = _mapped_bytes()
    for which, most in (
        (resource.RLIMIT_DATA, private + memory_bytes),
        (resource.RLIMIT_AS, mapped + 2 * memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, memory_bytes),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(which)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # At the soft limit of time comes SIGXCPU, which tells why; at the hard one SIGKILL.
        ceiling = allowed + _GRACE_SECONDS if which == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else allowed
        resource.setrlimit(which, (allowed, ceiling))


def go_first_when_memory_runs_out() -> None:
    """Should the whole machine run out of memory, let the kernel take this process and not the service."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def children_of(pid: int) -> list[int]:
    """Processes whose parent is ``pid``."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def cut_network() -> None:
    """Leave this process and its children without a network, by every means that the kernel grants. While it has one thread."""
    _enter_empty_network()
    _refuse_sockets()
    sys.addaudithook(_refuse_internet)


def _enter_empty_network() -> None:
    """A network namespace of its own, with nothing in it. Needs privilege, or the right to make a user namespace."""
    user, group = os.getuid(), os.getgid()
    if _LIBC.unshare(_CLONE_NEWNET) == 0 or _LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return
    with contextlib.suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


_SYSCALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Per machine: its AUDIT_ARCH, and the number of socket(2)."""

_IO_URING_SETUP = 425
_RETURN, _JUMP_EQUAL, _JUMP_AT_LEAST, _LOAD = 0x06, 0x15, 0x35, 0x20
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Offsets in struct seccomp_data."""


def _refuse_sockets() -> None:
    """A seccomp filter (linux/seccomp.h): socket(2) gives EACCES for every family but AF_UNIX, and io_uring is not to be had."""
    if platform.machine() not in _SYSCALLS:
        return
    architecture, socket_call = _SYSCALLS[platform.machine()]
    program = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (_LOAD, 0, 0, _ARCHITECTURE),
            (_JUMP_EQUAL, 0, 7, architecture),  # another architecture's calls: refused
            (_LOAD, 0, 0, _NUMBER),
            (_JUMP_AT_LEAST, 5, 0, 0x40000000),  # x32: refused
            (_JUMP_EQUAL, 4, 0, _IO_URING_SETUP),
            (_JUMP_EQUAL, 0, 2, socket_call),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_JUMP_EQUAL, 0, 1, 1),  # AF_UNIX
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _REFUSE),
        )
    )
    buffer = ctypes.create_string_buffer(program)
    header = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(buffer)))
    if _prctl(_PR_SET_NO_NEW_PRIVS, 1):
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(header))


def _refuse_internet(event: str, args: tuple[object, ...]) -> None:
    """An audit hook: what Python itself is asked to reach, it refuses. It cannot be taken off again."""
    if event in ("socket.getaddrinfo", "socket.gethostbyname") or (
        event in ("socket.connect", "socket.bind", "socket.sendto") and not isinstance(args[1], str | bytes)
    ):
        raise PermissionError(errno.EACCES, "no network here")


def _mapped_bytes() -> tuple[int, int]:
    """Address space of this process, and the private writable part of it."""
    sizes = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(("VmSize:", "VmData:")))
    return int(sizes["VmSize"].split()[0]) * 1024, int(sizes["VmData"].split()[0]) * 1024


def _prctl(option: int, value: int, pointer: int = 0) -> bool:
    return bool(_LIBC.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(pointer), 0, 0) == 0)
