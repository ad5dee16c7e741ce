"""The programs that some files need: LibreOffice for old Office files, tesseract for text in pictures. Where one is missing,
those files fail with a code that names it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("nld", "eng")
"""What tesseract recognises, where their files are installed."""

_PATH = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"
_OFFICE_HOMES = (
    "/usr/lib/libreoffice/program/soffice.bin",
    "/usr/lib64/libreoffice/program/soffice.bin",
    "/opt/libreoffice/program/soffice.bin",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_PARENT_DEATH_SIGNAL = 1
_LIST_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Program:
    """A program that helps to read some files. ``path`` is None where it is not installed; ``lacks`` names missing parts."""

    name: str
    reads: str
    packages: str
    path: str | None
    version: str | None = None
    lacks: tuple[str, ...] = ()


class ProgramFailed(Exception):
    """A program ended with an error, or was stopped because it took too long."""

    def __init__(self, *, timed_out: bool = False, exit_status: int | None = None) -> None:
        self.timed_out = timed_out
        self.exit_status = exit_status
        super().__init__("timed out" if timed_out else f"ended with status {exit_status}")


def installed_programs() -> tuple[Program, ...]:
    """Every program that reading may need, whether it is there or not, for ``kb doctor`` and the status page."""
    return _libreoffice(), _tesseract()


@cache
def libreoffice_path() -> str | None:
    """Where LibreOffice's own program is. Not its starting script: that leaves children behind when it is killed."""
    found = next((home for home in _OFFICE_HOMES if Path(home).is_file()), None)
    if found is not None:
        return found
    script = shutil.which("soffice", path=_PATH) or shutil.which("libreoffice", path=_PATH)
    if script is None:
        return None
    beside = Path(script).resolve().parent / "soffice.bin"
    return str(beside) if beside.is_file() else script


@cache
def tesseract_path() -> str | None:
    """Where tesseract is."""
    return shutil.which("tesseract", path=_PATH)


@cache
def tesseract_languages() -> tuple[str, ...]:
    """The languages and scripts whose files tesseract has."""
    path = tesseract_path()
    if path is None:
        return ()
    try:
        listed = run([path, "--list-langs"], seconds=_LIST_SECONDS)
    except ProgramFailed:
        return ()
    return tuple(line.strip() for line in listed.decode("utf-8", "replace").splitlines()[1:] if line.strip())


def run(arguments: Sequence[str], *, seconds: float, stdin: bytes = b"", folder: Path | None = None) -> bytes:
    """What a program writes to its standard output. It gets no environment of ours but a path, and ends when we end.

    Raises ProgramFailed.
    """
    environment = {"PATH": _PATH, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "SAL_USE_VCLPLUGIN": "svp"}
    if folder is not None:
        environment |= {"HOME": str(folder), "TMPDIR": str(folder)}
    libc = _libc()

    def die_with_parent() -> None:
        if libc is not None:
            libc.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)

    try:
        process = subprocess.Popen(  # a fixed program, a list of arguments, no shell
            list(arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=folder,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    except OSError as error:
        raise ProgramFailed from error
    with process:
        try:
            output, _ = process.communicate(stdin, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise ProgramFailed(timed_out=True) from error
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode != 0:
        raise ProgramFailed(exit_status=process.returncode)
    return output


@cache
def own_network_prefix() -> tuple[str, ...]:
    """What to put before a command so that it runs without any network, where this system allows that."""
    unshare, setpriv = shutil.which("unshare", path=_PATH), shutil.which("setpriv", path=_PATH)
    if unshare is None or setpriv is None:
        return ()
    # A new user namespace forgets that the program is to end when we do; setpriv says it again.
    prefix = (unshare, "--user", "--map-current-user", "--net", setpriv, "--pdeathsig", "KILL")
    try:
        run([*prefix, "true"], seconds=_LIST_SECONDS)
    except ProgramFailed:
        return ()
    return prefix


@cache
def _libc() -> ctypes.CDLL | None:
    try:
        libc = ctypes.CDLL(None)
    except OSError:
        return None
    return libc if hasattr(libc, "prctl") else None


def _libreoffice() -> Program:
    packages = "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
    return Program("LibreOffice", "doc, ppt, xlsb", packages, libreoffice_path())


def _tesseract() -> Program:
    path = tesseract_path()
    packages = "tesseract-ocr tesseract-ocr-nld tesseract-ocr-eng"
    if path is None:
        return Program("tesseract", "png, jpg, tiff, heic, scanned pdf", packages, None)
    try:
        said = run([path, "--version"], seconds=_LIST_SECONDS).decode("utf-8", "replace")
    except ProgramFailed:
        said = ""
    version = re.search(r"tesseract v?([\d.]+)", said)
    lacks = tuple(language for language in LANGUAGES if language not in tesseract_languages())
    return Program("tesseract", "png, jpg, tiff, heic, scanned pdf", packages, path, version[1] if version else None, lacks)
