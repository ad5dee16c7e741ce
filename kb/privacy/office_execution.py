"""The office: what was approved is carried out, verified and reported."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from kb.errors import KennisbankError, NotCorrected, OnLegalHold, PersonGone, PlanOutdated, ResidueLeft, StepNotPossible
from kb.ledger.hidden import HiddenObject
from kb.ledger.tasks import TaskKind
from kb.privacy import case as cases
from kb.privacy.case import Case, Step
from kb.privacy.desk import Desk
from kb.privacy.identifiers import identifier, subject
from kb.privacy.report import verify_report
from kb.privacy.report_page import report_page
from kb.privacy.shown import ExecutionShown, VerifyShown
from kb.privacy.stored import CaseFiles
from kb.privacy.types import Decision, Hidden, Identifier, RequestKind, RequestState, Scan, Subject
from kb.types import Language

Heard = Callable[[str], None]

_NOT_WRONG = (Decision.OTHER_PERSON, Decision.KEEP)


class Executes(Protocol):
    """Carries an approved plan out (``kb.privacy.execute``)."""

    def run(self, request_id: str, heard: Callable[[Any, Mapping[str, Any]], None]) -> Mapping[str, Any]:
        """The steps that are not done yet, the scan and the report among them. Raises ResidueLeft and the other ErasureErrors."""
        ...


class Looks(Protocol):
    """Reads every byte again (``kb.privacy.proof``)."""

    def look(self, request_id: str, subject: Subject) -> Scan:
        """What is left of ``subject`` in the data directory."""
        ...


class ExecutionOffice:
    """Executes, verifies, reports."""

    def __init__(self, desk: Desk, executor: Callable[[], Executes], proof: Callable[[], Looks], public_key: Callable[[], str]) -> None:
        """``public_key`` is that of the reports; the others are made when they are called for."""
        self._desk = desk
        self._executor = executor
        self._proof = proof
        self._public_key = public_key

    def execute(self, request: str, by: str, heard: Heard | None = None) -> ExecutionShown:
        """See PrivacyOperations.execute."""
        started = time.perf_counter()
        before = self._begin(request, by)
        after = self._correct(before, by) if before.kind is RequestKind.RECTIFICATION else self._erase(before, by, heard)
        with self._desk.ledger.reading() as tx:
            steps = tx.requests.steps(before.request_id)
        counts = {name: dict(step.counts) for name, step in steps.items()}
        return ExecutionShown(before.request_id, after.state, counts, round(time.perf_counter() - started, 1))

    def verify(self, request: str, identifiers: Sequence[Identifier], by: str) -> VerifyShown:
        """See PrivacyOperations.verify. A closed case is verified with identifiers that are given anew; nothing of them is kept."""
        case = self._desk.case(request)
        if case.open:
            cases.check(case, Step.VERIFY)
            person = self._desk.files(case).subject
        elif not identifiers:
            raise PersonGone
        else:
            person = subject(identifier(one.kind, one.value) for one in identifiers)
        scan = self._proof().look(case.request_id, person)
        with self._desk.acting(request, by, "verify", {"clean": scan.clean, "residue": len(scan.residue)}) as (tx, now):
            same = tx.requests.commitment(now.request_id) == self._desk.commitment(person)
            report = tx.requests.report(now.request_id)
            after = cases.verified(now, clean=scan.clean) if now.open else now
            tx.requests.save(after)
        return VerifyShown(
            request_id=case.request_id,
            clean=scan.clean,
            residue=tuple(one for one in scan.residue if not one.expected),
            expected=sum(one.expected for one in scan.residue),
            files=scan.files,
            bytes_read=scan.bytes_read,
            containers=scan.containers,
            vectors_compared=scan.vectors_compared,
            seconds=round(scan.seconds, 1),
            unread=scan.unread,
            report_valid=verify_report(report, self._public_key()) if report is not None else None,
            same_person=same,
            state=after.state,
        )

    def report(self, request: str, by: str) -> dict[str, Any]:
        """See PrivacyOperations.report."""
        case = self._desk.case(request)
        with self._desk.ledger.reading() as tx:
            report = tx.requests.report(case.request_id)
        if report is None or case.kind is not RequestKind.ERASURE:
            cases.check(case, Step.REPORT)
            raise StepNotPossible(step="report", state=case.state.value, possible=", ".join(cases.possible(case)) or "–")
        if case.open:
            self._desk.change(request, by, "report", cases.reported)
        return report

    def report_page(self, request: str, language: Language, by: str) -> str:
        """See PrivacyOperations.report_page."""
        return report_page(self.report(request, by), language)

    def _begin(self, request: str, by: str) -> Case:
        """The case as it was before; that somebody tried to execute under a hold is written down as well."""
        try:
            with self._desk.acting(request, by, "execute") as (tx, before):
                tx.requests.save(cases.executing(before))
        except OnLegalHold:
            with self._desk.acting(request, by, "execute.held"):
                pass
            raise
        return before

    def _erase(self, before: Case, by: str, heard: Heard | None) -> Case:
        def tell(step: Any, counts: Mapping[str, Any]) -> None:
            if heard is not None:
                heard(str(step))

        try:
            self._executor().run(before.request_id, tell)
        except KennisbankError as error:
            self._broke_off(before, by, error)
            raise
        with self._desk.acting(before.request_id, by, "executed") as (tx, case):
            # Another call may have waited for the same execution and written its end down already.
            after = cases.verified(cases.executed(case), clean=True) if case.state is RequestState.EXECUTING else case
            tx.requests.save(after)
            for document_id in _changed(self._desk.files(case)):
                tx.tasks.add(TaskKind.OUTSIDE_COPY, case.request_id, "document", document_id)
        return after

    def _broke_off(self, before: Case, by: str, error: KennisbankError) -> None:
        """Where nothing was touched the case is as it was; where something is left it can be reviewed again; else it is resumed."""
        with self._desk.acting(before.request_id, by, "execute.broke_off", {"code": error.code}) as (tx, case):
            if case.state is not RequestState.EXECUTING:
                return
            if not case.begun:
                tx.requests.save(before)
            elif isinstance(error, ResidueLeft | PlanOutdated):
                tx.requests.save(cases.executed(case))

    def _correct(self, before: Case, by: str) -> Case:
        """The corrected files are there; answers that rest on the old ones are shown no more."""
        files = self._desk.files(before)
        judged = files.judgements
        wrong = [hit for hit in files.hits if hit.hit_id in judged and judged[hit.hit_id].decision not in _NOT_WRONG]
        versions = {hit.version_id for hit in wrong if hit.version_id is not None}
        with self._desk.acting(before.request_id, by, "rectified", {"versions": len(versions)}) as (tx, case):
            current = tx.requests.still_current(versions)
            if current:
                tx.requests.save(before)
            else:
                answers = {hit.answer_id for hit in wrong if hit.answer_id is not None} | tx.requests.answers_citing(versions)
                tx.hidden.hide(case.request_id, Hidden.RESTRICTED, [HiddenObject("answer", one) for one in sorted(answers)])
                after = cases.executed(replace(case, begun=True))
                tx.requests.step_done(case.request_id, "rectified", {"versions": len(versions), "answers": len(answers)})
                tx.requests.save(after)
        if current:
            raise NotCorrected(count=len(current))
        return after


def _changed(files: CaseFiles) -> list[str]:
    """The documents that lost something: copies of each may lie elsewhere, where only a person can see to them."""
    judged = files.judgements
    found = {hit.document_id for hit in files.hits if hit.hit_id in judged and judged[hit.hit_id].decision not in _NOT_WRONG}
    return sorted(one for one in found if one is not None)
