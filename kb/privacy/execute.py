"""An erasure carried out: the steps of decision 8, one after the other, each of which a killed run does again or finds done.

Questions go on meanwhile. From the first step that changes anything nothing of the plan is found, cited or opened; what is done is
never taken back, so whatever breaks off is run again until it is done.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from kb.errors import ErasureError, NotEnoughDisk, PlanOutdated, StepNotPossible
from kb.logs import get_logger
from kb.privacy.erase_rows import Beforehand, changed_since, chunks_at_stake, erase_rows, longest_first, look_beforehand, words_of
from kb.privacy.execution_steps import Counts, Heard, Run, Step, Tools
from kb.privacy.journal import JournalEntry
from kb.privacy.proof import Proof
from kb.privacy.stored import CaseFiles
from kb.privacy.tombstones import show_redacted, tombstone, version_of

ROOM = 3
"""Times the ledger's size that must be free: ``VACUUM`` writes it twice beside itself, and the log may grow as far."""

_WORDS = "words"
"""In the vault: what is to go from each original, for the rows that said it are redacted before the originals are."""

log = get_logger(__name__)


def free_bytes(folder: Path) -> int:
    """What this user may still write on the disk of ``folder``."""
    return shutil.disk_usage(folder).free


class Executor:
    """Carries out approved plans, one at a time. Whether a case may be executed is asked elsewhere (``kb.privacy.case``)."""

    def __init__(self, tools: Tools, turn: threading.Lock | None = None) -> None:
        """``turn``: shared with whatever may not run beside an erasure (``kb.backup``)."""
        self._tools = tools
        self._proof = Proof(tools)
        self._turn = turn or threading.Lock()
        self._steps: Mapping[Step, Callable[[Run], Counts]] = {
            Step.CHECK: self._check,
            Step.TOMBSTONE: self._tombstone,
            Step.JOURNAL: self._journal,
            Step.ROWS: self._rows,
            Step.ORIGINALS: self._originals,
            Step.INDEXES: self._indexes,
            Step.VACUUM: self._vacuum,
            Step.SCAN: self._scan,
            Step.REPORT: self._proof.report,
            Step.COMPLETE: self._complete,
        }

    def run(self, request_id: str, heard: Heard = lambda step, counts: None) -> dict[str, Any]:
        """Carry out the plan of a case, from the step after the last that is done, and give the signed report.

        A second time gives the same report and changes nothing. Raises PlanOutdated and NotEnoughDisk before anything is touched;
        JournalCopyFailed, LedgerKeptBusy, ResidueLeft, ScanFailed, DiskFull, EmbedderError, SearchIndexError in between: run it again.
        """
        with self._turn:
            run = self._begin(request_id)
            for step, do in self._steps.items():
                with self._tools.ledger.reading() as tx:
                    done = tx.requests.steps(request_id)
                if step.value not in done:
                    counts = do(run)
                    if step is not Step.ROWS:  # which records itself, in the transaction that changes the rows
                        self._record(request_id, step, counts)
                    log.info("execution_step", request_id=request_id, state=step.value)
                    heard(step, counts)
            with self._tools.ledger.reading() as tx:
                report = tx.requests.report(request_id)
            assert report is not None
            return report

    def _begin(self, request_id: str) -> Run:
        files = CaseFiles(self._tools.vault, request_id)
        plan = files.plan
        if plan is None:
            raise StepNotPossible(step="execute", state="-", possible="review, approve")
        run = Run(request_id, plan, files, files.subject)
        with self._tools.ledger.writing() as tx:
            done = tx.requests.steps(request_id)
            if Step.CHECK.value in done and done[Step.CHECK.value].counts.get("plan") != run.plan_fingerprint:
                # Residue was found, and the officer reviewed again: what is done stays done, and the rest of the new plan follows.
                for step in done:
                    tx.requests.forget_step(request_id, step)
        return run

    def _record(self, request_id: str, step: Step, counts: Counts) -> None:
        with self._tools.ledger.writing() as tx:
            tx.requests.step_done(request_id, step.value, counts)

    # --- before anything is touched ----------------------------------------------------------------------------------

    def _check(self, run: Run) -> Counts:
        tools = self._tools
        ledger = sum(path.stat().st_size for path in tools.directory.path.glob(f"{tools.directory.ledger.name}*"))
        indexes = sum(_size(tools.directory.indexes / space_id) for space_id in self._spaces(run))
        needed, free = ROOM * ledger + indexes, tools.free_bytes(tools.directory.path)
        if free < needed:
            raise NotEnoughDisk(needed=needed, free=free, path=tools.directory.path)
        with tools.ledger.reading() as tx:
            changed = changed_since(tx, run.plan, run.files.hits)
        if changed:
            raise PlanOutdated(places=changed)
        return {"plan": run.plan_fingerprint, "needed_bytes": needed, "free_bytes": free}

    def _spaces(self, run: Run) -> list[str]:
        """The spaces of everything that changes: of the plan, and of the documents that it names."""
        with self._tools.ledger.reading() as tx:
            versions = {version for place in run.plan.redactions if (version := version_of(place)) is not None}
            named = {place.field.key[0] for place in run.plan.redactions if place.field.store == "documents"}
            documents = {*run.plan.documents, *tx.erasing.documents_of(versions), *named}
            return sorted({*run.plan.spaces, *tx.erasing.spaces_of(documents)})

    # --- hidden from here on -----------------------------------------------------------------------------------------

    def _tombstone(self, run: Run) -> Counts:
        tools = self._tools
        with tools.ledger.writing() as tx:
            before = look_beforehand(tx, run.plan)
            self._keep_words(run, before)
            hidden = tombstone(tx, run.request_id, run.plan)
            until = _years_after(tools.clock.now().date(), tools.suppression_years)
            tools.suppression.remember(tx, run.request_id, run.subject, before.originals, until)
            tx.kept.keep(run.request_id, run.plan.kept)
        return {"hidden": hidden, "files_refused": len(before.originals)}

    def _keep_words(self, run: Run, before: Beforehand) -> None:
        """A run of an earlier plan may have redacted some of them already: those are kept."""
        words, apart = self._kept_words(run)
        both = {version: longest_first({*words.get(version, ()), *before.words.get(version, ())}) for version in {*words, *before.words}}
        kept = Beforehand(both, apart | before.apart, ())
        self._tools.vault.write(run.request_id, _WORDS, kept.to_json())

    def _kept_words(self, run: Run) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
        raw = self._tools.vault.read(run.request_id, _WORDS)
        return words_of(raw) if raw is not None else ({}, frozenset())

    def _journal(self, run: Run) -> Counts:
        """Every destination has the copy before anything is deleted."""
        tools = self._tools
        with tools.ledger.reading() as tx:
            rows = [row for row in tx.suppressions.all() if row.request_id == run.request_id]
            erased = tx.erasing.versions_of(run.plan.documents)
        redacted = sorted({version for place in run.plan.redactions if (version := version_of(place)) is not None})
        before = tools.journal.entry(run.request_id)
        entry = JournalEntry(
            request_id=run.request_id,
            begun_at=before.begun_at if before is not None else tools.clock.now(),
            documents=_joined(before.documents if before else (), run.plan.documents),
            redactions=_joined(before.redactions if before else (), run.plan.redactions),
            answers=_joined(before.answers if before else (), run.plan.answers),
            originals=_joined(before.originals if before else (), [*erased, *redacted]),
            suppressions=tuple(rows),
            kept=_joined(before.kept if before else (), [place.field.key[0] for place, _ in run.plan.kept]),
        )
        tools.journal.intend(entry)
        return {"copies": tools.journal.copy_to(tools.destinations())}

    # --- changed from here on ----------------------------------------------------------------------------------------

    def _rows(self, run: Run) -> Counts:
        with self._tools.ledger.writing() as tx:
            # In the vault before they go: the scan looks for them.
            chunks = chunks_at_stake(tx, run.plan)
            vectors = self._proof.keep_vectors(run.request_id, tx.erasing.vectors(chunks))
            counts = {**erase_rows(tx, run.plan), **vectors}
            # Asked here, where every one of them is known: the scan passes over a vector that a text which stays has as well.
            if tx.erasing.vectors(chunks):
                raise ErasureError
            tx.requests.step_done(run.request_id, Step.ROWS.value, counts)
        return counts

    def _originals(self, run: Run) -> Counts:
        tools = self._tools
        with tools.ledger.reading() as tx:
            erased = tx.erasing.versions_of(run.plan.documents)
        words, apart = self._kept_words(run)
        redacted = {version: of_version for version, of_version in words.items() if version not in set(erased)}
        return {"destroyed": tools.originals.destroy(erased), **tools.originals.redact(redacted, apart)}

    def _indexes(self, run: Run) -> Counts:
        spaces = self._spaces(run)
        indexes = self._tools.indexes() if spaces else None
        for space_id in spaces if indexes is not None else ():
            assert indexes is not None
            indexes.rebuild_fresh(space_id)
        with self._tools.ledger.writing() as tx:
            show_redacted(tx, run.request_id, run.plan)
        return {"spaces": len(spaces)}

    def _vacuum(self, run: Run) -> Counts:
        return {"seconds": round(self._tools.ledger.compact(), 1)}

    # --- proven ------------------------------------------------------------------------------------------------------

    def _scan(self, run: Run) -> Counts:
        return self._proof.scan(run, frozenset(self._kept_words(run)[0]))

    def _complete(self, run: Run) -> Counts:
        """The copies of the completed entry are there before the execution counts as done."""
        self._tools.journal.complete(run.request_id, self._tools.clock.now())
        return {"copies": self._tools.journal.copy_to(self._tools.destinations())}


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)


def _joined(before: Any, now: Any) -> Any:
    """What an earlier run of this request erased and what this one does, each once."""
    return tuple(sorted({*before, *now}))
