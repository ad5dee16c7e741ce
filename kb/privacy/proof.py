"""The end of an erasure: every byte is read again, and what was seen is written into the signed report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kb.errors import ResidueLeft
from kb.ledger.ledger import Transaction
from kb.ports import Vectors
from kb.privacy.execution_steps import Counts, Run, Tools
from kb.privacy.journal import JournalEntry
from kb.privacy.report import Executed, report_of
from kb.privacy.stored import pack, unpack
from kb.privacy.types import Plan, Residue, Scan, Subject
from kb.privacy.vector_search import NEAR

_SCAN = "scan"
_VECTORS = re.compile(r"vectors-(\d+)")
_ORIGINAL = re.compile(r"(?:^|/)originals/([0-9a-f]{32})$")


class Proof:
    """Scans for what is left, and reports. The erased vectors lie in the vault as ``vectors-<dimensions>``."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def keep_vectors(self, request_id: str, vectors: Mapping[int, bytes]) -> dict[str, int]:
        """Keep vectors beside those of an earlier run; those of the commonest length also as ``vectors``. Returns counts."""
        vault = self._tools.vault
        kept: dict[int, bytes] = {
            int(found[1]): vault.read(request_id, name) or b"" for name in vault.names(request_id) if (found := _VECTORS.fullmatch(name))
        }
        for dimensions, raw in vectors.items():
            kept[dimensions] = _distinct(kept.get(dimensions, b"") + raw, dimensions)
            vault.write(request_id, f"vectors-{dimensions}", kept[dimensions])
        if not kept:
            return {"vectors_kept": 0}
        most = max(kept, key=lambda dimensions: (len(kept[dimensions]) // dimensions, dimensions))
        vault.write(request_id, "vectors", kept[most])
        return {"vectors_kept": sum(len(raw) // (4 * dimensions) for dimensions, raw in kept.items()), "dimensions": most}

    def scan(self, run: Run, redacted: frozenset[str]) -> Counts:
        """Scan; an original that was rewritten and still says something is replaced by its text. Raises ResidueLeft, ScanFailed."""
        scan = self.look(run.request_id, run.subject)
        stubborn = {found[1] for one in _left(scan) if (found := _ORIGINAL.search(one.path))} & redacted
        if stubborn:
            self._tools.originals.replace_by_text(stubborn)
            self._tools.ledger.compact()
            scan = self.look(run.request_id, run.subject)
        left = _left(scan)
        if left:
            raise ResidueLeft(places=len(left), path=left[0].path)
        self._tools.vault.write(run.request_id, _SCAN, pack(Scan, scan))
        return {"files": scan.files, "bytes": scan.bytes_read, "seconds": round(scan.seconds, 1), "replaced": len(stubborn)}

    def look(self, request_id: str, subject: Subject) -> Scan:
        """Read every byte of the data directory again. Once the case is closed ``subject`` is given anew and no vectors are left."""
        with self._tools.ledger.reading() as tx:
            expected = tx.kept.kept(request_id)
            vectors = self._erased_vectors(tx, request_id)
        folders = [self._tools.directory.path]
        scan = self._tools.scanner.scan(folders, subject, vectors[0] if vectors else None, expected)
        for others in vectors[1:]:
            scan = _together(scan, self._tools.scanner.scan(folders, Subject(()), others, expected))
        return scan

    def report(self, run: Run) -> Counts:
        """Make and sign the report of execution."""
        tools = self._tools
        raw = tools.vault.read(run.request_id, _SCAN)
        entry = tools.journal.entry(run.request_id)
        assert raw is not None
        assert entry is not None
        with tools.ledger.writing() as tx:
            done = Executed(
                case=tx.requests.one(run.request_id),
                commitment=tx.requests.commitment(run.request_id),
                plan=_of_every_run(run, entry),
                steps=list(tx.requests.steps(run.request_id).values()),
                scan=unpack(Scan, raw),
                scanned=["data directory"],
                backups=tx.backups.existing(),
                unsearched_kept=sum(decision == "keep" for decision in run.files.unsearched_decisions.values()),
                at=tools.clock.now(),
            )
            tx.requests.set_report(run.request_id, tools.report_key.sign(report_of(done)))
        return {"backups": len(done.backups)}

    def _erased_vectors(self, tx: Transaction, request_id: str) -> list[Vectors]:
        """By length, without those that a text that stays has as well."""
        vault = self._tools.vault
        if not vault.exists(request_id):
            return []
        found = []
        for name in vault.names(request_id):
            if (matched := _VECTORS.fullmatch(name)) is not None:
                dimensions = int(matched[1])
                raw = vault.read(request_id, name) or b""
                rows = np.frombuffer(raw, dtype="<f4").reshape(-1, dimensions).astype(np.float32, copy=False)
                gone = rows[~_among(rows, tx, dimensions)] if len(rows) else rows
                if len(gone):
                    found.append(gone)
        return found


def _left(scan: Scan) -> list[Residue]:
    return [one for one in scan.residue if not one.expected]


def _of_every_run(run: Run, entry: JournalEntry) -> Plan:
    """The plan with what runs of earlier plans of this request erased."""
    return replace(run.plan, documents=entry.documents, redactions=entry.redactions, answers=entry.answers)


def _among(rows: Vectors, tx: Transaction, dimensions: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of ``rows`` the ledger has of what stays: a document may hold the very text of one that went, or little was redacted."""
    alike = np.zeros(len(rows), dtype=np.bool_)
    block: list[bytes] = []

    def compare() -> None:
        present = np.frombuffer(b"".join(block), dtype="<f4").reshape(-1, dimensions)
        np.logical_or(alike, (rows @ present.T).max(axis=1) >= NEAR, out=alike)
        block.clear()

    for vector in tx.erasing.every_vector(dimensions):
        block.append(vector)
        if len(block) == 4096:
            compare()
    if block:
        compare()
    return alike


def _distinct(raw: bytes, dimensions: int) -> bytes:
    size = 4 * dimensions
    return b"".join(sorted({raw[start : start + size] for start in range(0, len(raw), size)}))


def _together(one: Scan, other: Scan) -> Scan:
    """Two scans of the same folders for different things."""
    return Scan(
        files=one.files,
        bytes_read=one.bytes_read,
        containers=max(one.containers, other.containers),
        vectors_compared=one.vectors_compared + other.vectors_compared,
        seconds=one.seconds + other.seconds,
        residue=one.residue + other.residue,
        unread=tuple(dict.fromkeys(one.unread + other.unread)),
    )
