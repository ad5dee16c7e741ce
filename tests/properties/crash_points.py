"""Boundaries at which a process can be killed, in this process: from the chosen one on, nothing is written any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from kb.ledger.ledger import Ledger, Transaction
from kb.originals import Originals
from kb.privacy.journal import Journal
from kb.privacy.vault import CaseVault
from kb.search.chroma_vectors import ChromaVectorIndex
from kb.search.tantivy_words import TantivyWordIndex

BOUNDARIES = 40
"""About as many as an ingest of a few files passes."""


class Killed(BaseException):
    """No handler of an ordinary error may see it: a killed process handles nothing."""


class CrashPoints:
    """Counts the boundaries; ``killed_after(n)`` kills at the n-th and at every later one, in whatever thread."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._guard = threading.Lock()

    @contextmanager
    def killed_after(self, boundaries: int | None) -> Iterator[None]:
        """Within the block the process dies at the boundary of this number; None: it lives."""
        self._left = boundaries
        try:
            yield
        finally:
            self._left = None

    def pass_one(self) -> None:
        """A boundary."""
        with self._guard:
            if self._left is None:
                return
            self._left -= 1
            if self._left <= 0:
                self.die()

    def die(self) -> None:
        """What happens at the chosen boundary."""
        raise Killed

    @contextmanager
    def laid(self) -> Iterator[None]:
        """Put them around everything that writes: transactions, originals, both indexes."""
        with ExitStack() as stack:
            stack.enter_context(patch.object(Ledger, "writing", self._around_transaction(Ledger.writing)))
            for owner, name in (
                (Originals, "_put"),
                (Originals, "put_all"),
                (Originals, "destroy"),
                (CaseVault, "write"),
                (Journal, "intend"),
                (Journal, "copy_to"),
                (Journal, "complete"),
                (Ledger, "compact"),
                (ChromaVectorIndex, "add"),
                (ChromaVectorIndex, "remove"),
                (TantivyWordIndex, "add"),
                (TantivyWordIndex, "remove"),
            ):
                stack.enter_context(patch.object(owner, name, self._around(getattr(owner, name))))
            yield

    def _around(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def written(owner: object, *args: Any) -> Any:
            self.pass_one()
            result = write(owner, *args)
            self.pass_one()
            return result

        return written

    def _around_transaction(self, writing: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def transaction(ledger: Ledger) -> Iterator[Transaction]:
            self.pass_one()
            with writing(ledger) as tx:
                yield tx
                self.pass_one()  # everything was said, nothing is committed
            self.pass_one()

        return transaction
