"""The words of a case as they lie in its vault: JSON, and back.

``CaseFiles`` is one case's vault with typed shelves; ``pack`` and ``unpack`` turn any of the dataclasses of ``kb.privacy.types`` into
bytes and back.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

import numpy as np
from pydantic import TypeAdapter, ValidationError

from kb.errors import CaseUnreadable, PersonGone
from kb.ports import Vectors
from kb.privacy.shown import SearchShown
from kb.privacy.types import Hit, Judgement, Plan, Subject, Unsearched
from kb.privacy.vault import CaseVault

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(cast(Any, kind))
    return adapter


def pack(kind: Any, value: object) -> bytes:
    """``value``, which is a ``kind`` (a dataclass, or a container of them), as JSON in UTF-8."""
    packed: bytes = _adapter(cast(Hashable, kind)).dump_json(value)
    return packed


def unpack(kind: Any, data: bytes) -> Any:
    """The reverse of ``pack``. Raises pydantic's ValidationError for anything else."""
    return _adapter(cast(Hashable, kind)).validate_json(data)


class CaseFiles:
    """What lies in the vault of one case. What was never written is empty; only the subject must be there."""

    def __init__(self, vault: CaseVault, request_id: str) -> None:
        self._vault = vault
        self._id = request_id

    @property
    def subject(self) -> Subject:
        """The person. Raises PersonGone, CaseUnreadable."""
        found: Subject | None = self._read("subject", Subject)
        if found is None:
            raise PersonGone
        return found

    @property
    def knows_the_person(self) -> bool:
        """Whether the subject is there. It is not in a case that came back with a backup."""
        return self._vault.read(self._id, "subject") is not None

    def write_subject(self, subject: Subject) -> None:
        """Keep the person."""
        self._vault.write(self._id, "subject", pack(Subject, subject))

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What was found last, in the order in which it was found."""
        return self._read("hits", tuple[Hit, ...]) or ()

    def write_hits(self, hits: Sequence[Hit]) -> None:
        """Keep what was found, instead of what was found before."""
        self._vault.write(self._id, "hits", pack(tuple[Hit, ...], tuple(hits)))

    @property
    def judgements(self) -> dict[str, Judgement]:
        """The officer's decisions by ``hit_id``."""
        return self._read("judgements", dict[str, Judgement]) or {}

    def write_judgements(self, judgements: Mapping[str, Judgement]) -> None:
        """Keep the decisions, instead of the earlier ones."""
        self._vault.write(self._id, "judgements", pack(dict[str, Judgement], dict(judgements)))

    @property
    def unsearched(self) -> tuple[Unsearched, ...]:
        """The originals that could not be read when it was searched."""
        return self._read("unsearched", tuple[Unsearched, ...]) or ()

    def write_unsearched(self, unsearched: Sequence[Unsearched]) -> None:
        """Keep which originals could not be read."""
        self._vault.write(self._id, "unsearched", pack(tuple[Unsearched, ...], tuple(unsearched)))

    @property
    def unsearched_decisions(self) -> dict[str, str]:
        """What was decided of originals that could not be read, by ``version_id``: ``erase`` or ``keep``."""
        return self._read("unsearched-decisions", dict[str, str]) or {}

    def write_unsearched_decisions(self, decisions: Mapping[str, str]) -> None:
        """Keep those decisions."""
        self._vault.write(self._id, "unsearched-decisions", pack(dict[str, str], dict(decisions)))

    @property
    def search(self) -> SearchShown:
        """What the last search gave besides its hits."""
        return self._read("search", SearchShown) or SearchShown()

    def write_search(self, search: SearchShown) -> None:
        """Keep that."""
        self._vault.write(self._id, "search", pack(SearchShown, search))

    @property
    def plan(self) -> Plan | None:
        """What was approved, or None."""
        plan: Plan | None = self._read("plan", Plan)
        return plan

    def write_plan(self, plan: Plan) -> None:
        """Keep the plan as it is approved."""
        self._vault.write(self._id, "plan", pack(Plan, plan))

    def vectors(self, dimensions: int) -> Vectors:
        """The erased vectors, one per row: what the scan compares with. Empty when none was kept."""
        raw = self._vault.read(self._id, "vectors") or b""
        return np.frombuffer(raw, dtype="<f4").reshape(-1, dimensions).astype(np.float32, copy=False)

    def write_vectors(self, vectors: Vectors) -> None:
        """Keep the erased vectors: little-endian float32, row after row."""
        self._vault.write(self._id, "vectors", np.ascontiguousarray(vectors, dtype="<f4").tobytes())

    @property
    def notes(self) -> dict[str, str]:
        """Sentences of the officer by what they are of: ``refuse``, ``extend``, ``hold``, ``release`` …; they may name people."""
        return self._read("notes", dict[str, str]) or {}

    def note(self, about: str, words: str) -> None:
        """Keep a sentence, instead of an earlier one about the same."""
        self._vault.write(self._id, "notes", pack(dict[str, str], {**self.notes, about: words}))

    def _read(self, name: str, kind: Any) -> Any:
        data = self._vault.read(self._id, name)
        if data is None:
            return None
        try:
            return unpack(kind, data)
        except ValidationError as error:
            raise CaseUnreadable(request=self._id) from error
