"""The residue scan: every byte of given folders is read again, raw and through each format, after an erasure.

It runs in a process of its own: questions go on meanwhile, a hostile file costs the child alone, and closing a database file here would
drop the locks that this process holds on it. The person goes there and the findings come back through pipes, never through a file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kb.errors import ScanFailed
from kb.ports import Vectors
from kb.privacy.forms import ByteSearch, TextSearch, too_short
from kb.privacy.identifiers import written_forms
from kb.privacy.residue_files import FileScan, Tally
from kb.privacy.residue_folder import FolderScan
from kb.privacy.stored import pack, unpack
from kb.privacy.types import Place, Scan, Subject
from kb.privacy.vector_search import VectorSearch

_NICE = 5


@dataclass(frozen=True, slots=True)
class _Errand:
    """What the child is told. The vectors follow it as bytes."""

    folders: tuple[str, ...]
    subject: Subject
    expected: tuple[Place, ...]
    dimensions: int


class ResidueScan:
    """Scans folders for a person."""

    def __init__(self, *, ledger_on_disk: bool = True) -> None:
        """``ledger_on_disk``: False where the ledger is a PostgreSQL server, whose files are out of reach: the scan says so."""
        self._ledger_on_disk = ledger_on_disk

    def scan(self, folders: Sequence[Path], subject: Subject, vectors: Vectors | None, expected: Collection[Place]) -> Scan:
        """Read everything below ``folders``; paths in the result are relative to theirs. ``vectors``: (n, dimensions), erased ones.

        ``expected``: places that were kept or are another person's; what is found there is counted and marked. Raises ScanFailed.
        """
        rows = np.empty((0, 0), dtype=np.float32) if vectors is None else vectors
        errand = _Errand(tuple(str(folder) for folder in folders), subject, tuple(expected), int(rows.shape[1]) if rows.size else 0)
        told = pack(_Errand, errand) + b"\n" + np.ascontiguousarray(rows, dtype="<f4").tobytes()
        command = [sys.executable, "-m", __name__]
        child = subprocess.run(command, input=told, capture_output=True, check=False)
        if child.returncode != 0:
            # What the child wrote on stderr may quote what it read.
            raise ScanFailed(reason=f"exit {child.returncode}")
        scan: Scan = unpack(Scan, child.stdout)
        if self._ledger_on_disk:
            return scan
        return replace(scan, unread=(*scan.unread, "ledger: PostgreSQL"))


def scan_here(folders: Sequence[Path], subject: Subject, vectors: Vectors | None, expected: Collection[Place]) -> Scan:
    """The scan itself, in this process: for the child, and for tests."""
    started = time.perf_counter()
    tally = Tally()
    wanted = VectorSearch(vectors) if vectors is not None and vectors.size else None
    files = FileScan(ByteSearch(subject, written_forms), TextSearch(subject, written_forms), wanted, tally)
    for number in too_short(subject):
        tally.unread.append(f"identifier {number + 1}: too short for bytes, looked for in texts alone")
    for folder in folders:
        FolderScan(folder, files, subject, expected).run()
    return Scan(
        files=tally.files,
        bytes_read=tally.bytes_read,
        containers=tally.containers,
        vectors_compared=tally.vectors_compared,
        seconds=time.perf_counter() - started,
        residue=tuple(tally.residue),
        unread=tuple(tally.unread),
    )


def main() -> None:
    """The child: an errand on stdin, a scan on stdout."""
    os.nice(_NICE)
    line, _, raw = sys.stdin.buffer.read().partition(b"\n")
    errand: _Errand = unpack(_Errand, line)
    vectors = np.frombuffer(raw, dtype="<f4").reshape(-1, errand.dimensions).astype(np.float32) if errand.dimensions else None
    scan = scan_here([Path(folder) for folder in errand.folders], errand.subject, vectors, errand.expected)
    sys.stdout.buffer.write(pack(Scan, scan))


if __name__ == "__main__":
    main()
