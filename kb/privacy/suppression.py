"""What keeps an erased person from coming back: by a new upload, a synced folder, or a restored backup.

It fires on an erased original, on a text that is nearly one, and on a full name together with a second identifier in the same file. A bare
name raises a task and holds nothing back: other people have it too. Kept are keyed hashes; the key lies outside the data directory and
outside backups. A suppression has a basis and an end, and can be lifted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np

from kb.ledger.ledger import Ledger, Transaction
from kb.ledger.suppressions import Stamp, SuppressionRow
from kb.privacy.fingerprints import VERSION, Fingerprints, Hashes, Words, literal, similarity, sketch
from kb.privacy.folding import FoldedText
from kb.privacy.types import Subject

BASIS = "gdpr-5-1-c, 17-1, 25"
"""Why hashes may be kept: without them an erasure would not last. They name nobody."""

NEARLY = 0.7
"""Share of shingles that two texts have in common from which they count as the same."""

Kind = Literal["original", "near_duplicate", "person", "bare_name"]


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Why something may not come in. ``matched``: what of the text it was, for a redactor; in memory alone, never kept."""

    kind: Kind
    request_id: str
    suppression_id: str
    matched: tuple[str, ...] = ()

    @property
    def holds_back(self) -> bool:
        """False for a bare name: that is a task for a person, and no more."""
        return self.kind != "bare_name"


@dataclass(frozen=True, slots=True)
class _Person:
    row: SuppressionRow
    names: Sequence[dict[str, Any]]
    second: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Known:
    """The suppressions that hold, ready to be compared with."""

    stamp: Stamp
    on: date
    exact: Mapping[str, SuppressionRow]
    sketches: Sequence[tuple[SuppressionRow, Hashes]]
    persons: Sequence[_Person]

    @property
    def empty(self) -> bool:
        return not (self.exact or self.sketches or self.persons)

    def but_for(self, requests: Collection[str]) -> _Known:
        """Without the suppressions of these requests."""
        if not requests:
            return self
        return replace(
            self,
            exact={hash_: row for hash_, row in self.exact.items() if row.request_id not in requests},
            sketches=[one for one in self.sketches if one[0].request_id not in requests],
            persons=[one for one in self.persons if one.row.request_id not in requests],
        )


class Suppression:
    """Remembers and checks. Safe to use from several threads."""

    def __init__(self, ledger: Ledger, key: bytes) -> None:
        """``key``: of the secrets directory. With another key nothing that was remembered is known again."""
        self._ledger = ledger
        self._prints = Fingerprints(key)
        self._cached: _Known | None = None

    # --- remembering -------------------------------------------------------------------------------------------------

    def remember(
        self, tx: Transaction, request_id: str, subject: Subject, originals: Sequence[tuple[str, str]], expires_on: date
    ) -> list[str]:
        """Keep hashes of the person and of the originals (sha256, text) that are about to go. Twice for one request does no harm.

        Returns the ids. A BSN is not among what is kept.
        """
        rows = tx.suppressions
        ids = []
        for sha256, text in originals:
            ids.append(rows.add(request_id, "original", {"v": VERSION, "exact": self._prints.of("sha256", sha256)}, BASIS, expires_on))
            if text.strip():
                ids.append(rows.add(request_id, "near_duplicate", self._prints.text(text), BASIS, expires_on))
        person = self._prints.person(subject)
        if person["names"]:
            ids.append(rows.add(request_id, "person", person, BASIS, expires_on))
        return ids

    def lift(self, suppression_id: str, by: str) -> None:
        """End a suppression now: the person was hired again, or the erasure rested on an error. Raises SuppressionNotFound."""
        with self._ledger.writing() as tx:
            tx.suppressions.lift(suppression_id, by)
            tx.audit.append(by, "suppression.lift", suppression_id)

    # --- checking ----------------------------------------------------------------------------------------------------

    def check(
        self, sha256: str, text: str, strings: Sequence[str], *, tx: Transaction | None = None, but_for: Collection[str] = ()
    ) -> Suppressed | None:
        """Whether a file may not come in: by its bytes, its text, and the strings around it (title, authors, headers, its name).

        ``tx`` asks within a transaction that is open already; ``but_for``: requests whose officer looked at this file and kept it. Costs
        one count where nothing is suppressed.
        """
        if tx is None:
            with self._ledger.reading() as reading:
                known = self._known(reading)
        else:
            known = self._known(tx)
        known = known.but_for(but_for)
        if known.empty:
            return None
        same = known.exact.get(self._prints.of("sha256", sha256))
        if same is not None:
            return Suppressed("original", same.request_id, same.suppression_id)
        words = self._prints.words(text)
        near = self._near(known, words)
        if near is not None:
            return Suppressed("near_duplicate", near.request_id, near.suppression_id)
        return self._person(known.persons, "\n".join((text, *strings))) if known.persons else None

    def stamp(self, tx: Transaction) -> Stamp:
        """Changes when a check could have another outcome."""
        return tx.suppressions.stamp()

    def _near(self, known: _Known, words: Words) -> SuppressionRow | None:
        same = known.exact.get(self._prints.of("text", " ".join(words.words))) if words.words else None
        if same is not None or not known.sketches:
            return same
        of_this = sketch(words.hashes)
        for row, theirs in known.sketches:
            if len(of_this) and similarity(of_this, theirs) >= NEARLY:
                return row
        return None

    def _person(self, persons: Sequence[_Person], whole: str) -> Suppressed | None:
        words = self._prints.words(whole)
        bare: Suppressed | None = None
        for person in persons:
            seen = self._prints.names_in(words, person.names)
            if not seen:
                continue
            id_ = person.row.request_id, person.row.suppression_id
            second = self._prints.second_in(FoldedText(whole).text, person.second)
            if second:
                return Suppressed("person", *id_, literal(whole, second, [(one.start, one.end) for one in seen]))
            if any(one.full for one in seen):
                bare = bare or Suppressed("bare_name", *id_)
        return bare

    def _known(self, tx: Transaction) -> _Known:
        stamp, today = tx.suppressions.stamp(), tx.suppressions.today()
        known = self._cached
        if known is None or (known.stamp, known.on) != (stamp, today):
            known = self._cached = _ready(stamp, today, tx.suppressions.active() if stamp[0] else [])
        return known


def _ready(stamp: Stamp, today: date, rows: Sequence[SuppressionRow]) -> _Known:
    exact: dict[str, SuppressionRow] = {}
    sketches: list[tuple[SuppressionRow, Hashes]] = []
    persons: list[_Person] = []
    for row in rows:
        if "exact" in row.hashes:
            exact[row.hashes["exact"]] = row
        if "sketch" in row.hashes:
            sketches.append((row, np.array([int(one, 16) for one in row.hashes["sketch"]], dtype=np.uint64)))
        if row.kind == "person":
            persons.append(_Person(row, row.hashes["names"], row.hashes["second"]))
    return _Known(stamp, today, exact, sketches, persons)
