"""An officer's judgements on what was found: by hit, by group, or all at once. Pure.

Hits are places, so two people of one name in one paragraph are judged apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from kb.errors import HitNotFound, JudgementUnfounded
from kb.privacy.types import Decision, Hit, How, Judgement, Unsearched

Unread = Literal["erase", "keep"]
"""What is decided of an original that could not be read."""


def judge(
    hits: Sequence[Hit],
    judgements: Mapping[str, Judgement],
    decision: Decision,
    *,
    by: str,
    at: datetime,
    hit_ids: Collection[str] = (),
    groups: Collection[str] = (),
    everything: bool = False,
    ground: str | None = None,
    until: date | None = None,
) -> dict[str, Judgement]:
    """``judgements`` with this one on each hit named by itself, by its group or by ``everything`` (related hits included).

    A later judgement takes the place of an earlier one. Raises HitNotFound for an id or group that is not among ``hits``, and
    JudgementUnfounded for KEEP without a ground or without a day after the day of ``at``.
    """
    if decision is Decision.KEEP and (not ground or until is None or until <= at.date()):
        raise JudgementUnfounded
    for unknown in sorted({*hit_ids} - {hit.hit_id for hit in hits}) + sorted({*groups} - {hit.group for hit in hits}):
        raise HitNotFound(hit=unknown)
    kept = decision is Decision.KEEP
    judgement = Judgement(decision, by, at, ground if kept else None, until if kept else None)
    chosen = [hit.hit_id for hit in hits if everything or hit.hit_id in hit_ids or hit.group in groups]
    return {**judgements, **dict.fromkeys(chosen, judgement)}


def judge_unread(
    unsearched: Sequence[Unsearched], decided: Mapping[str, Unread], decision: Unread, version_ids: Collection[str]
) -> dict[str, Unread]:
    """``decided`` with this decision on originals that could not be read, by version. Raises HitNotFound."""
    for unknown in sorted({*version_ids} - {one.version_id for one in unsearched}):
        raise HitNotFound(hit=unknown)
    return {**decided, **dict.fromkeys(version_ids, decision)}


def waiting(hits: Sequence[Hit], judgements: Mapping[str, Judgement]) -> list[Hit]:
    """Hits without a judgement, the sure ones first."""
    return sorted((hit for hit in hits if hit.hit_id not in judgements), key=lambda hit: list(How).index(hit.how))


def unread_waiting(unsearched: Sequence[Unsearched], decided: Mapping[str, str]) -> list[Unsearched]:
    """Originals that could not be read and wait for a decision: a case is not closed before there is none."""
    return [one for one in unsearched if one.version_id not in decided]


def still_valid(hits: Sequence[Hit], judgements: Mapping[str, Judgement]) -> dict[str, Judgement]:
    """The judgements whose hits are still there after another search: those of a text that changed are to be given anew."""
    there = {hit.hit_id for hit in hits}
    return {hit_id: judgement for hit_id, judgement in judgements.items() if hit_id in there}
