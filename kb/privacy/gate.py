"""Suppression at the door: what ingest asks, and what an officer may do with a file that was held back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from threading import Lock

from kb.authorise import Actor
from kb.errors import CannotRedact, TaskNotFound
from kb.incoming import SUPPRESSED, Incoming
from kb.ledger.ledger import Ledger, Transaction
from kb.ledger.suppressions import Stamp
from kb.ledger.tasks import Task, TaskKind
from kb.originals import Originals
from kb.ports import OriginalRedactor, Parser
from kb.privacy.suppression import Suppressed, Suppression
from kb.privacy.types import REDACTED
from kb.types import ParseFailure

_REMEMBERED = 10_000


class SuppressionGate:
    """The gate of ingest. What was asked when the file was read is not reckoned again at its commit, unless suppressions changed."""

    def __init__(self, ledger: Ledger, suppression: Suppression) -> None:
        self._ledger = ledger
        self._suppression = suppression
        self._seen: dict[str, tuple[Stamp, Suppressed | None]] = {}
        self._guard = Lock()

    def check(self, incoming: Incoming) -> ParseFailure | None:
        """Why it may not come in, or None."""
        with self._ledger.reading() as tx:
            return _failure(self._verdict(tx, incoming))

    def settle(self, tx: Transaction, incoming: Incoming) -> ParseFailure | None:
        """The same at the commit; a bare name becomes a task."""
        verdict = self._verdict(tx, incoming)
        with self._guard:
            self._seen.pop(incoming.version_id, None)
        if verdict is not None and not verdict.holds_back:
            tx.tasks.add(TaskKind.BARE_NAME, verdict.request_id, "version", incoming.version_id)
        return _failure(verdict)

    def held(self, tx: Transaction, version_id: str, failure: ParseFailure) -> None:
        """Open the officer's task. What was reckoned is forgotten: the officer may have the file read again."""
        with self._guard:
            self._seen.pop(version_id, None)
        tx.tasks.add(TaskKind.SUPPRESSED, dict(failure.params).get("request"), "version", version_id)

    def _verdict(self, tx: Transaction, incoming: Incoming) -> Suppressed | None:
        stamp = self._suppression.stamp(tx)
        if not stamp[0]:
            return None
        with self._guard:
            seen = self._seen.get(incoming.version_id)
        if seen is not None and seen[0] == stamp:
            return seen[1]
        verdict = self._suppression.check(incoming.sha256, incoming.text, incoming.strings, tx=tx)
        if verdict is not None and tx.tasks.ended_with(TaskKind.SUPPRESSED, incoming.version_id, "released"):
            verdict = None
        with self._guard:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[incoming.version_id] = (stamp, verdict)
        return verdict


def _failure(verdict: Suppressed | None) -> ParseFailure | None:
    if verdict is None or not verdict.holds_back:
        return None
    return ParseFailure(SUPPRESSED, (("request", verdict.request_id),))


class HeldBack:
    """What an officer may do with a file that was held back. Each ends its task; whoever may is asked by the caller."""

    def __init__(
        self,
        ledger: Ledger,
        suppression: Suppression,
        originals: Originals,
        parser: Callable[[], Parser],
        redactor: Callable[[], OriginalRedactor],
        resume: Callable[[], object],
    ) -> None:
        """``resume`` finishes pending files (``Pipeline.resume``)."""
        self._ledger = ledger
        self._suppression = suppression
        self._originals = originals
        self._parser = parser
        self._redactor = redactor
        self._resume = resume

    def release(self, task_id: str, actor: Actor) -> None:
        """Let it in after all. Raises TaskNotFound."""
        with self._ledger.writing() as tx:
            version_id = _version(tx.tasks.one(task_id))
            tx.tasks.done(task_id, "released")
            tx.held_back.again(version_id)
            tx.audit.append(actor.id, "suppression.release", version_id)
        self._resume()

    def redact(self, task_id: str, actor: Actor) -> None:
        """Let it in without what it was held back for. Raises TaskNotFound, CannotRedact where its format does not allow it."""
        with self._ledger.reading() as tx:
            version_id = _version(tx.tasks.one(task_id))
            version = tx.held_back.version(version_id)
        data = self._originals.get(version_id)
        parsed = self._parser().parse(data, version.file_name) if data is not None else None
        if data is None or parsed is None or isinstance(parsed, ParseFailure):
            raise CannotRedact(task_id=task_id)
        text = "\n".join(element.text for element in parsed.elements)
        strings = [version.source, parsed.title or "", *(one.value for one in parsed.strings)]
        found = self._suppression.check(version.sha256, text, strings)
        if found is None or not found.matched:
            raise CannotRedact(task_id=task_id)
        rewritten = self._redactor().redact(data, parsed.media_type, version.file_name, found.matched)
        if rewritten is None:
            raise CannotRedact(task_id=task_id)
        self._originals.put(version_id, rewritten)
        with self._ledger.writing() as tx:
            tx.tasks.done(task_id, "redacted")
            tx.held_back.rename(version_id, _without(version.source, found.matched), _without(version.file_name, found.matched))
            tx.held_back.again(version_id, hashlib.sha256(rewritten).hexdigest(), len(rewritten))
            tx.audit.append(actor.id, "suppression.redact", version_id)
        self._ledger.empty_log()  # of its old name
        self._resume()

    def reject(self, task_id: str, actor: Actor) -> None:
        """Throw it away: its rows and its bytes; an earlier version of the same document stays. Raises TaskNotFound."""
        with self._ledger.writing() as tx:
            version_id = _version(tx.tasks.one(task_id))
            tx.tasks.done(task_id, "rejected")
            tx.held_back.discard(version_id)
            tx.audit.append(actor.id, "suppression.reject", version_id)
        self._originals.destroy(version_id)
        self._ledger.empty_log()


def _without(name: str, words: Sequence[str]) -> str:
    """A source or a file's name, redacted."""
    for word in words:
        name = re.sub(re.escape(word), lambda found: REDACTED * len(found[0]), name, flags=re.IGNORECASE)
    return name


def _version(task: Task) -> str:
    if task.kind is not TaskKind.SUPPRESSED or task.done_at is not None or task.object_id is None:
        raise TaskNotFound(task_id=task.task_id)
    return task.object_id
