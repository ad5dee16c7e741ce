"""The report of execution ("verslag van uitvoering"): canonical JSON that names nobody, signed with Ed25519."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kb.durable import write_durably
from kb.ledger.backups import BackupRow
from kb.ledger.requests import StepDone
from kb.privacy.case import Case
from kb.privacy.types import Judgement, Place, Plan, Scan

FORMAT = "kennisbank-report-of-execution-1"

NOT_SEEN = (
    "snapshots",
    "swap",
    "ssd_remapping",
    "source_share",
    "mailboxes",
    "proxy_and_model_server_logs",
    "indirect_identification",
    "unread_originals",
)
"""What no scan of a data directory can see. ``kb.privacy.report_page`` has a sentence for each."""

_ORIGINAL = re.compile(r"originals/[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Executed:
    """Everything that a report is made of."""

    case: Case
    commitment: str
    plan: Plan
    steps: Sequence[StepDone]
    scan: Scan
    scanned: Sequence[str]
    backups: Sequence[BackupRow]
    unsearched_kept: int
    at: datetime


class ReportKey:
    """The key that signs reports, in a file of the secrets directory; made at its first use."""

    def __init__(self, path: Path) -> None:
        """``path``: 32 raw bytes, private; or where they will be."""
        self._path = path

    def sign(self, report: Mapping[str, Any]) -> dict[str, Any]:
        """``report`` with its signature, which covers every other field in canonical form."""
        key = self._key()
        public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        unsigned = {name: value for name, value in report.items() if name != "signature"}
        value = key.sign(canonical(unsigned))
        return {**unsigned, "signature": {"algorithm": "Ed25519", "public_key": _text(public), "value": _text(value)}}

    @property
    def public(self) -> str:
        """The public half, as it stands in reports."""
        return _text(self._key().public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))

    def _key(self) -> Ed25519PrivateKey:
        if not self._path.exists():
            raw = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
            )
            write_durably(self._path, raw)
        return Ed25519PrivateKey.from_private_bytes(self._path.read_bytes())


def canonical(report: Mapping[str, Any]) -> bytes:
    """The one form in which a report is signed: JSON in UTF-8, keys in order, no spaces."""
    return json.dumps(report, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def verify_report(report: Mapping[str, Any], public_key: str | None = None) -> bool:
    """Whether nothing was changed in ``report`` since it was signed; with ``public_key``: and it was signed by that key.

    Without it, only that the report is whole: whoever forges a report can sign it with a key of his own.
    """
    signature = report.get("signature")
    if not isinstance(signature, Mapping) or signature.get("algorithm") != "Ed25519":
        return False
    if public_key is not None and signature.get("public_key") != public_key:
        return False
    unsigned = {name: value for name, value in report.items() if name != "signature"}
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(str(signature.get("public_key")), validate=True))
        key.verify(base64.b64decode(str(signature.get("value")), validate=True), canonical(unsigned))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def report_of(done: Executed) -> dict[str, Any]:
    """The report without its signature. Numbers, codes, ids and dates: no text of documents, no paths that a person named."""
    case, plan, scan = done.case, done.plan, done.scan
    return {
        "format": FORMAT,
        "made_at": done.at.isoformat(),
        "request": {
            "id": case.request_id,
            "number": case.number,
            "kind": case.kind.value,
            "ground": case.ground,
            "received_on": case.received_on.isoformat(),
            "deadline": case.deadline.isoformat(),
            "extended": case.extended,
            "identity_method": case.identity_method,
            "approvals": len(case.approvals),
            "person": done.commitment,
        },
        "done": {
            "documents_erased": len(plan.documents),
            "places_redacted": len(plan.redactions),
            "answers_erased": len(plan.answers),
            "spaces": len(plan.spaces),
            "steps": [{"step": one.step, "at": one.at.isoformat(), "counts": _numbers(one.counts)} for one in done.steps],
        },
        "kept": _kept(plan.kept),
        "scan": {
            "folders": list(done.scanned),
            "files": scan.files,
            "bytes": scan.bytes_read,
            "containers": scan.containers,
            "vectors_compared": scan.vectors_compared,
            "seconds": round(scan.seconds, 1),
            "found_unexpected": sum(not one.expected for one in scan.residue),
            "found_expected": sum(one.expected for one in scan.residue),
            "unread": len(scan.unread),
            "unread_originals": sorted({found for one in scan.unread for found in _ORIGINAL.findall(one)}),
        },
        "unsearched_kept": done.unsearched_kept,
        "backups": [
            {"name": one.name, "made_at": one.created_at.isoformat(), "expires_on": one.expires_on.isoformat()} for one in done.backups
        ],
        "copies_outside": len(plan.outside),
        "not_seen": list(NOT_SEEN),
    }


def _kept(kept: Iterable[tuple[Place, Judgement]]) -> list[dict[str, Any]]:
    grouped = Counter((judgement.decision.value, judgement.ground, judgement.until) for _, judgement in kept)
    rows = [
        {"decision": decision, "ground": ground, "until": until.isoformat() if until else None, "places": places}
        for (decision, ground, until), places in grouped.items()
    ]
    return sorted(rows, key=lambda row: (str(row["decision"]), str(row["ground"]), str(row["until"])))


def _numbers(counts: Mapping[str, Any]) -> dict[str, int | float]:
    return {name: value for name, value in sorted(counts.items()) if isinstance(value, int | float)}


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
