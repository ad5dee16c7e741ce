"""From what the office knows to what an officer is shown. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from kb.privacy import case as cases
from kb.privacy import deadlines, letters
from kb.privacy.case import Case
from kb.privacy.shown import FoundShown, HitShown, RequestShown, ReviewShown, SearchShown
from kb.privacy.types import Hit, How, Judgement, Unsearched


def request_shown(case: Case, today: date) -> RequestShown:
    """A case with its clock, its possible steps and letters."""
    return RequestShown(
        request_id=case.request_id,
        kind=case.kind,
        state=case.state,
        deadline=case.deadline,
        number=case.number,
        clock=deadlines.clock(case.deadline, today, paused=case.paused_on is not None, stopped=case.answered),
        received_on=case.received_on,
        ground=case.ground,
        extended=case.extended,
        identity_method=case.identity_method,
        paused_on=case.paused_on,
        hold_ground=case.hold_ground,
        refusal_ground=case.refusal_ground,
        approvals=tuple(one.actor for one in case.approvals),
        closed_at=case.closed_at,
        possible=tuple(step.value for step in cases.possible(case)),
        letters=tuple(letter.value for letter in letters.possible(case)),
    )


def found_shown(
    hits: Sequence[Hit], judgements: Mapping[str, Judgement], unsearched: Sequence[Unsearched], search: SearchShown
) -> FoundShown:
    """What was found, each hit with its decision."""
    return FoundShown(
        hits=tuple(hit_shown(hit, judgements.get(hit.hit_id)) for hit in hits),
        unsearched=tuple(unsearched),
        by_store=dict(sorted(Counter(hit.place.field.store for hit in hits).items())),
        proposals=search.proposals,
        common=search.common,
        bare_unlisted=search.bare_unlisted,
        seconds=search.seconds,
    )


def hit_shown(hit: Hit, judgement: Judgement | None) -> HitShown:
    """One hit."""
    return HitShown(
        hit_id=hit.hit_id,
        store=hit.place.field.store,
        document_id=hit.document_id,
        chunk_id=hit.chunk_id,
        matched=hit.matched,
        how=hit.how,
        excerpt=hit.excerpt,
        group=hit.group,
        where=hit.where,
        kind=hit.kind,
        answer_id=hit.answer_id,
        space_id=hit.space_id,
        decision=judgement.decision if judgement else None,
        ground=judgement.ground if judgement else None,
        until=judgement.until if judgement else None,
    )


def per_how(hits: Iterable[Hit | HitShown]) -> dict[str, int]:
    """How many were found in each way, the surest first."""
    found = Counter(hit.how for hit in hits)
    return {how.value: found[how] for how in How if found[how]}


def review_shown(
    case: Case,
    hits: Sequence[Hit],
    judgements: Mapping[str, Judgement],
    unsearched: Sequence[Unsearched],
    decided: Mapping[str, str],
    taken: Sequence[Hit] = (),
) -> ReviewShown:
    """How far a review is. ``taken``: the hits of the order that brought it there."""
    judged = [judgements[hit.hit_id].decision.value for hit in hits if hit.hit_id in judgements]
    return ReviewShown(
        request_id=case.request_id,
        state=case.state,
        decided=len(judged),
        undecided=len(hits) - len(judged),
        unread=sum(one.version_id not in decided for one in unsearched),
        decisions=dict(sorted(Counter(judged).items())),
        taken=per_how(taken),
    )
