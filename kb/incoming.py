"""The port that ingest asks before a file becomes searchable: may this come in?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kb.types import ParseFailure

if TYPE_CHECKING:
    from kb.ledger.ledger import Transaction

SUPPRESSED = "suppressed"
"""The code of a file that was held back because of an erasure."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file on its way in. ``strings``: everything around its text, such as source, title, authors, headers. Empty where unread."""

    version_id: str
    sha256: str
    text: str = ""
    strings: tuple[str, ...] = ()


class Gate(Protocol):
    """Keeps out what may not come in. Safe to ask from several threads."""

    def check(self, incoming: Incoming) -> ParseFailure | None:
        """Why it may not come in, with code SUPPRESSED; None: it may. Asked once it was read."""
        ...

    def settle(self, tx: Transaction, incoming: Incoming) -> ParseFailure | None:
        """The same within the transaction that makes it searchable: it may have been suppressed meanwhile. Opens a task for a bare name."""
        ...

    def held(self, tx: Transaction, version_id: str, failure: ParseFailure) -> None:
        """It was held back, in this transaction: open the officer's task."""
        ...
