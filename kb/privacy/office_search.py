"""The office: the person is found, every hit is judged, and the plan is shown and approved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from kb.errors import DocumentNotFound, GroundUnknown, HitNotFound, IncompleteReview, InvalidRequest
from kb.ledger.ledger import Transaction
from kb.originals import Originals
from kb.privacy import case as cases
from kb.privacy import review
from kb.privacy.case import Case, Step
from kb.privacy.desk import Desk
from kb.privacy.find import Found
from kb.privacy.grounds import KEEP_GROUNDS
from kb.privacy.plan import make_plan
from kb.privacy.plan_facts import facts_for
from kb.privacy.shown import (
    DocumentPlanned,
    FoundShown,
    OriginalCopy,
    PlanShown,
    ProposalShown,
    RequestShown,
    ReviewOrder,
    ReviewShown,
    SearchShown,
)
from kb.privacy.stored import CaseFiles
from kb.privacy.tombstones import version_of
from kb.privacy.types import SURE, Decision, Hit, Place, Plan, RequestKind, RequestState, Subject
from kb.privacy.views import found_shown, request_shown, review_shown

OWN_DATA = "15"
"""The ground under which a hit is kept in a request that erases nothing: it is the person's, and goes into the copy."""

_A_YEAR = timedelta(days=365)


class Finds(Protocol):
    """Searches every store (``kb.privacy.find``)."""

    def find(self, subject: Subject) -> Found:
        """Every place, in one transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Approvers:
    """Who may approve. ``second``: the settings ask for two. ``count``: how many there are now; one alone cannot be two."""

    second: bool
    count: Callable[[], int]

    @property
    def four_eyes(self) -> bool:
        """Whether two are asked, and there are two."""
        return self.second and self.count() > 1

    def needed(self, plan: Plan) -> int:
        """How many different people must agree with ``plan``."""
        return 2 if self.four_eyes and destroys_originals(plan) else 1


def destroys_originals(plan: Plan) -> bool:
    """Whether a file as it came in will be there no more, whole or as it was."""
    return bool(plan.documents) or any(version_of(place) is not None for place in plan.redactions)


class SearchOffice:
    """Finds, reviews, plans, approves."""

    def __init__(self, desk: Desk, finder: Finds, originals: Originals, approvers: Approvers) -> None:
        self._desk = desk
        self._finder = finder
        self._originals = originals
        self._approvers = approvers

    def find(self, request: str, by: str) -> FoundShown:
        """See PrivacyOperations.find. That somebody searched is written down before it is done: it is also a way to spy."""
        with self._desk.acting(request, by, "find") as (_, case):
            cases.check(case, Step.FIND)
        files = self._desk.files(case)
        found = self._finder.find(files.subject)
        judgements = review.still_valid(found.hits, files.judgements)
        files.write_hits(found.hits)
        files.write_judgements(judgements)
        files.write_unsearched(found.unsearched)
        files.write_search(_search_shown(found))
        counts = {"hits": len(found.hits), "unsearched": len(found.unsearched), "waiting": len(found.hits) - len(judgements)}
        with self._desk.acting(request, by, "found", counts) as (tx, now):
            after = cases.found(now)
            tx.requests.save(cases.reviewed(after, complete=len(judgements) == len(found.hits)))
        return found_shown(found.hits, judgements, found.unsearched, files.search)

    def hits(self, request: str, by: str) -> FoundShown:
        """See PrivacyOperations.hits."""
        with self._desk.acting(request, by, "hits") as (_, case):
            files = self._desk.files(case)
            return found_shown(files.hits, files.judgements, files.unsearched, files.search)

    def review(self, request: str, order: ReviewOrder, by: str) -> ReviewShown:
        """See PrivacyOperations.review."""
        case = self._desk.case(request)
        cases.check(case, Step.REVIEW)
        files = self._desk.files(case)
        hits, unsearched = files.hits, files.unsearched
        if order.unread:
            files.write_unsearched_decisions(review.judge_unread(unsearched, _unread(files), _on_unread(order.decision), order.unread))
        judgements = files.judgements
        taken: list[Hit] = []
        if order.everything or order.sure or order.hits or order.groups or order.documents:
            named = {*order.hits, *_in_documents(hits, order.documents), *(hit.hit_id for hit in hits if order.sure and hit.how in SURE)}
            taken = [hit for hit in hits if order.everything or hit.hit_id in named or hit.group in order.groups]
            ground, until = order.ground, order.until
            if order.decision is Decision.KEEP and case.kind is not RequestKind.ERASURE:
                ground, until = ground or OWN_DATA, until or self._desk.today + _A_YEAR
            elif order.decision is Decision.KEEP and ground and ground not in KEEP_GROUNDS:
                raise GroundUnknown(ground=ground, grounds=", ".join(KEEP_GROUNDS))
            judgements = review.judge(
                hits,
                judgements,
                order.decision,
                by=by,
                at=self._desk.now,
                hit_ids=named,
                groups=order.groups,
                everything=order.everything,
                ground=ground,
                until=until,
            )
            files.write_judgements(judgements)
        elif not order.unread:
            raise InvalidRequest(reason="review: all, sure, hits, groups, documents, unread")
        complete = not review.waiting(hits, judgements)
        after = self._desk.change(
            request,
            by,
            "review",
            lambda now: cases.reviewed(now, complete=complete),
            {"decision": order.decision.value, "decided": len(judgements), "ground": order.ground},
        )
        return review_shown(after, hits, judgements, unsearched, files.unsearched_decisions, taken)

    def plan(self, request: str, by: str) -> PlanShown:
        """See PrivacyOperations.plan."""
        with self._desk.acting(request, by, "plan") as (tx, case):
            return self._plan_shown(tx, case, self._plan(tx, case))

    def approve(self, request: str, by: str) -> RequestShown:
        """See PrivacyOperations.approve. What was approved is kept: just that is carried out."""
        case = self._desk.case(request)
        if case.state is RequestState.SEARCHED:
            waiting = len(review.waiting(self._desk.files(case).hits, self._desk.files(case).judgements))
            raise IncompleteReview(count=waiting)
        cases.check(case, Step.APPROVE)
        with self._desk.acting(request, by, "approve") as (tx, now):
            plan = self._plan(tx, now)
            after = cases.approve(now, by, self._desk.now, needed=self._approvers.needed(plan))
            self._desk.files(now).write_plan(plan)
            tx.requests.save(after)
        return request_shown(after, self._desk.today)

    def original(self, request: str, document_id: str, by: str) -> OriginalCopy:
        """See PrivacyOperations.original."""
        with self._desk.acting(request, by, "original", {"document": document_id[:32]}) as (_, case):
            hit = next((one for one in self._desk.files(case).hits if one.document_id == document_id and one.version_id), None)
        data = self._originals.get(hit.version_id) if hit is not None and hit.version_id is not None else None
        if hit is None or data is None:
            raise DocumentNotFound(document_id=document_id)
        return OriginalCopy(hit.where.rpartition("/")[2] or document_id, data)

    def _plan(self, tx: Transaction, case: Case) -> Plan:
        files = self._desk.files(case)
        hits, judgements = files.hits, files.judgements
        if case.state in (RequestState.RECEIVED, RequestState.IDENTIFIED):
            cases.check(case, Step.APPROVE)
        waiting = review.waiting(hits, judgements)
        if waiting:
            raise IncompleteReview(count=len(waiting))
        facts = facts_for(tx, hits, judgements, files.unsearched)
        return make_plan(hits, judgements, facts, unsearched=files.unsearched, unread=files.unsearched_decisions)

    def _plan_shown(self, tx: Transaction, case: Case, plan: Plan) -> PlanShown:
        spaces = {space.id: space.name for space in tx.spaces.uncounted()}
        wheres = {hit.document_id: hit for hit in self._desk.files(case).hits if hit.document_id}
        versions = {version for place in plan.redactions if (version := version_of(place)) is not None}
        redacted = {hit.document_id for hit in wheres.values() if hit.version_id in versions}

        def planned(document_id: str) -> DocumentPlanned:
            hit = wheres.get(document_id)
            return DocumentPlanned(document_id, hit.where if hit else "", spaces.get(hit.space_id or "", "") if hit else "")

        return PlanShown(
            request_id=case.request_id,
            documents=tuple(planned(one) for one in plan.documents),
            redactions=_per_store(plan.redactions),
            redacted_documents=tuple(planned(one) for one in sorted(one for one in redacted if one)),
            answers=len(plan.answers),
            kept=dict(sorted(Counter(judgement.decision.value for _, judgement in plan.kept).items())),
            spaces=tuple(sorted(spaces.get(one, one) for one in plan.spaces)),
            outside=plan.outside,
            approvals_needed=self._approvers.needed(plan),
            four_eyes=self._approvers.four_eyes,
            kind=case.kind,
        )


def _in_documents(hits: Sequence[Hit], documents: Sequence[str]) -> Iterator[str]:
    for document in documents:
        inside = [hit.hit_id for hit in hits if hit.document_id is not None and document in (hit.document_id, hit.where)]
        if not inside:
            raise HitNotFound(hit=document)
        yield from inside


def _per_store(places: tuple[Place, ...]) -> dict[str, int]:
    return dict(sorted(Counter(place.field.store for place in places).items()))


def _search_shown(found: Found) -> SearchShown:
    return SearchShown(
        proposals=tuple(ProposalShown(one.identifier.kind, one.identifier.value, one.times, one.hits) for one in found.proposals),
        common=tuple(one.value for one in found.common),
        bare_unlisted=found.bare_unlisted,
        seconds=round(found.seconds, 3),
    )


def _on_unread(decision: Decision) -> review.Unread:
    if decision is Decision.ERASE:
        return "erase"
    if decision is Decision.KEEP:
        return "keep"
    raise InvalidRequest(reason="unread: erase, keep")


def _unread(files: CaseFiles) -> dict[str, review.Unread]:
    return {version: "erase" if decision == "erase" else "keep" for version, decision in files.unsearched_decisions.items()}
