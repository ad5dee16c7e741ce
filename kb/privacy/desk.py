"""What every part of the office works with: cases, their vaults, the days, and an audit row for every act."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from kb.ledger.ledger import Ledger, Transaction
from kb.ports import Clock
from kb.privacy.case import Case
from kb.privacy.identifiers import normalised
from kb.privacy.stored import CaseFiles
from kb.privacy.types import IdentifierKind, Subject
from kb.privacy.vault import CaseVault

_PURPOSE = b"kennisbank subject commitment"


class Desk:
    """Cases in the ledger, people in the vault."""

    def __init__(self, ledger: Ledger, vault: CaseVault, clock: Clock, key: bytes) -> None:
        """``key`` makes commitments: who lacks it cannot tell from one whom it is of."""
        self.ledger = ledger
        self.vault = vault
        self._clock = clock
        self._key = hmac.digest(key, _PURPOSE, "sha256")

    @property
    def now(self) -> datetime:
        """This moment, in UTC."""
        return self._clock.now()

    @property
    def today(self) -> date:
        """The day, where the office is: days of a term are days of a calendar on a wall."""
        return self.now.astimezone().date()

    @staticmethod
    def new_id() -> str:
        """An id for a case."""
        return uuid.uuid4().hex

    def case(self, request: str) -> Case:
        """The case with this id or number. Raises RequestNotFound."""
        with self.ledger.reading() as tx:
            return tx.requests.one(request)

    def files(self, case: Case) -> CaseFiles:
        """What lies in its vault. Reading from it raises PersonGone once the case is closed."""
        return CaseFiles(self.vault, case.request_id)

    @contextmanager
    def acting(self, request: str, by: str, act: str, details: Mapping[str, Any] | None = None) -> Iterator[tuple[Transaction, Case]]:
        """A transaction on a case, with its audit row ``privacy.<act>``. ``details``: ids, codes and counts alone."""
        with self.ledger.writing() as tx:
            case = tx.requests.one(request)
            yield tx, case
            tx.audit.append(by, f"privacy.{act}", case.request_id, details)

    def change(self, request: str, by: str, act: str, step: Callable[[Case], Case], details: Mapping[str, Any] | None = None) -> Case:
        """Take a step of the state machine, write it down, and give the case as it is now."""
        with self.acting(request, by, act, details) as (tx, case):
            after = step(case)
            tx.requests.save(after)
        return after

    def commitment(self, subject: Subject) -> str:
        """A keyed hash of what the person is known by, whatever its order and notation; a citizen service number is left out."""
        known = sorted({f"{one.kind.value}:{normalised(one)}" for one in subject.identifiers if one.kind is not IdentifierKind.BSN})
        return "hmac-sha256:" + hmac.new(self._key, "\n".join(known).encode(), hashlib.sha256).hexdigest()

    def sweep(self) -> int:
        """Destroy what a crash left: the vault of a closed case, and one that holds a subject alone and has no case. Returns how many.

        A vault with more in it whose case is unknown belongs to a ledger that a restore took back in time: it stays. An open case that
        came back with a backup gets an empty vault: it can be refused, closed, or taken up once its identifiers are given again.
        """
        with self.ledger.reading() as tx:
            known = {case.request_id: case.open for case in tx.requests.all()}
        left = [one for one in self.vault.all() if not known.get(one, self.vault.names(one) not in ((), ("subject",)))]
        for request_id in left:
            self.vault.destroy(request_id)
        for request_id, still_open in known.items():
            if still_open and not self.vault.exists(request_id) and not self.vault.names(request_id):
                self.vault.create(request_id)
        return len(left)
