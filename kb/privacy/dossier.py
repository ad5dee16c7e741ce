"""The dossier of a closed case: the one thing that still names the person, sealed, outside the data directory, for a set term."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kb.age_files import SealingKey, seal_for
from kb.durable import sync_folder, write_durably
from kb.ledger.requests import StepDone
from kb.privacy.case import Case
from kb.privacy.stored import CaseFiles, pack
from kb.privacy.types import Hit, Judgement, Plan, Subject, Unsearched

_NAME = re.compile(r"[0-9]{4}-[0-9]+\.until-(\d{4}-\d{2}-\d{2})\.dossier\.age")


class Dossiers:
    """The sealed dossiers in one folder. Their names tell the number of the request and the last day, so no list is needed."""

    def __init__(self, folder: Path, key: SealingKey) -> None:
        """``folder`` lies outside the data directory; ``key`` seals where no recipient is named."""
        self._folder = folder
        self._key = key

    def write(self, number: str, keep_until: date, content: bytes, recipient: str | None) -> str:
        """Seal ``content`` and give the file's name; durable on return. Raises SealBroken for a recipient that is none."""
        sealed = seal_for(content, recipient) if recipient is not None else self._key.seal(content)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{number}.until-{keep_until.isoformat()}.dossier.age"
        write_durably(self._folder / name, sealed)
        return name

    def destroy_expired(self, today: date) -> int:
        """Remove those whose last day is over. Returns how many."""
        gone = self.expired(today)
        for name in gone:
            (self._folder / name).unlink()
        if gone:
            sync_folder(self._folder)
        return len(gone)

    def expired(self, today: date) -> list[str]:
        """Names of those whose last day is over."""
        names = [path.name for path in self._folder.iterdir()] if self._folder.is_dir() else []
        dated = ((name, found[1]) for name in sorted(names) if (found := _NAME.fullmatch(name)))
        return [name for name, until in dated if date.fromisoformat(until) < today]


def content_of(
    case: Case, files: CaseFiles, steps: Mapping[str, StepDone], report: Mapping[str, Any] | None, *, keep_until: date, now: datetime
) -> bytes:
    """Everything of the case as one JSON object, to be read by a person or a court after years."""
    plan = files.plan
    return json.dumps(
        {
            "format": "kennisbank-dossier-1",
            "made_at": now.isoformat(),
            "destroy_after": keep_until.isoformat(),
            "case": json.loads(pack(Case, case)),
            "subject": json.loads(pack(Subject, files.subject)),
            "notes": files.notes,
            "hits": json.loads(pack(tuple[Hit, ...], files.hits)),
            "judgements": json.loads(pack(dict[str, Judgement], files.judgements)),
            "unsearched": json.loads(pack(tuple[Unsearched, ...], files.unsearched)),
            "unsearched_decisions": files.unsearched_decisions,
            "plan": json.loads(pack(Plan, plan)) if plan is not None else None,
            "steps": [{"step": one.step, "at": one.at.isoformat(), "counts": dict(one.counts)} for one in steps.values()],
            "report": report,
        },
        ensure_ascii=False,
        indent=1,
    ).encode()
