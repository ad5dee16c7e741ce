"""The copy that a person gets: of all that is kept about him (article 15), or of his own data to take along (article 20)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from kb.ledger.ledger import Ledger
from kb.originals import Originals
from kb.ports import Clock
from kb.privacy.case import Case
from kb.privacy.export_content import ExportContent, Holding, gather
from kb.privacy.export_page import ExportFrame, export_page
from kb.privacy.export_tables import csv_table, xlsx_table
from kb.privacy.stored import CaseFiles
from kb.privacy.types import RequestKind
from kb.settings import Settings

FORMAT = "kennisbank-subject-export/1"

_RETAINED = ("answers", "feedback", "superseded_versions", "failed_uploads", "audit_details", "requests")


class Exporter:
    """Makes zips for people. What is being erased is not in them, and how much that is, is said."""

    def __init__(self, ledger: Ledger, originals: Originals, settings: Settings, clock: Clock) -> None:
        self._ledger = ledger
        self._originals = originals
        self._settings = settings
        self._clock = clock

    def make(self, case: Case, files: CaseFiles, *, release_others: bool) -> bytes:
        """A zip with everything of the person of ``case``, or for portability the data alone. Others are masked unless released."""
        hits, judgements, subject = files.hits, files.judgements, files.subject
        with self._ledger.reading() as tx:
            content = gather(tx, subject, hits, judgements, release_others=release_others)
        frame = self._frame(case, len(files.unsearched), release_others=release_others)
        known = [{"kind": one.kind.value, "value": one.value} for one in subject.identifiers]
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self._parts(case.kind, content, frame, known):
                archive.writestr(_entry(name, frame.made_at), data, zipfile.ZIP_DEFLATED)
        return file.getvalue()

    def _parts(
        self, kind: RequestKind, content: ExportContent, frame: ExportFrame, known: list[dict[str, str]]
    ) -> Iterator[tuple[str, bytes]]:
        if kind is RequestKind.PORTABILITY:
            yield "data.json", _json({"format": FORMAT, "request": frame.number, "person": known, "data": [*map(_held, content.holdings)]})
        else:
            yield "overzicht.html", export_page(content, frame, "nl").encode()
            yield "overview.html", export_page(content, frame, "en").encode()
            yield "data.json", _json(_everything(content, frame, known))
            rows = [("kind", "source", "space", "added", "store", "text"), *_rows(content)]
            yield "data.csv", csv_table(rows)
            yield "data.xlsx", xlsx_table(rows)
        for version_id, name in content.originals.items():
            data = self._originals.get(version_id)
            if data is not None:
                yield name, data

    def _frame(self, case: Case, unsearched: int, *, release_others: bool) -> ExportFrame:
        settings = self._settings
        return ExportFrame(
            number=case.number,
            received_on=case.received_on,
            made_at=self._clock.now(),
            organisation=settings.organisation,
            purpose=settings.purpose,
            contact=settings.privacy.contact,
            retention={name: int(getattr(settings.retention, name)) for name in _RETAINED},
            others_released=release_others,
            unsearched=unsearched,
        )


def _everything(content: ExportContent, frame: ExportFrame, known: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "request": frame.number,
        "received_on": frame.received_on.isoformat(),
        "made_at": frame.made_at.isoformat(),
        "controller": {"organisation": frame.organisation, "purpose": frame.purpose, "contact": frame.contact},
        "person": known,
        "data": [*map(_held, content.holdings)],
        "recipients": [
            {"actor": one.actor, "backend": one.backend, "model": one.model, "location": one.location, "answers": one.times}
            for one in content.recipients
        ],
        "accesses": [
            {"at": one.at.isoformat(), "actor": one.actor, "action": one.action, "source": one.source} for one in content.accesses
        ],
        "retention_days": dict(frame.retention),
        "withheld": content.withheld,
        "not_searched": frame.unsearched,
        "others": {"released": frame.others_released, "masked": content.masked},
    }


def _held(holding: Holding) -> dict[str, Any]:
    return {
        "kind": holding.kind,
        "source": holding.source,
        "space": holding.space,
        "added_at": holding.added_at.isoformat() if holding.added_at else None,
        "original": holding.original,
        "text": holding.whole_text,
        "passages": [{"store": one.store, "text": one.text} for one in holding.passages],
    }


def _rows(content: ExportContent) -> Iterator[tuple[str, ...]]:
    for holding in content.holdings:
        added = holding.added_at.date().isoformat() if holding.added_at else ""
        for passage in holding.passages:
            yield holding.kind, holding.source, holding.space, added, passage.store, passage.text


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"


def _entry(name: str, made_at: datetime) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, made_at.timetuple()[:6])
