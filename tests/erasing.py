"""A subject request carried through without its ways in: what tests of erasing begin with."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.bootstrap import Kennisbank
from api.bootstrap_privacy import PrivacyParts
from kb.privacy import case as cases
from kb.privacy.execute import Executor
from kb.privacy.execution_steps import Tools
from kb.privacy.find import Finder
from kb.privacy.identifiers import identifier, subject
from kb.privacy.plan import make_plan
from kb.privacy.plan_facts import facts_for
from kb.privacy.stored import CaseFiles
from kb.privacy.types import Decision, Hit, IdentifierKind, Judgement, Plan, RequestKind, Subject

Decide = Callable[[Hit], Decision]


@dataclass(frozen=True, slots=True)
class Erasure:
    """A request of which the plan is approved. Open it again after a restart with ``reopened``."""

    request_id: str
    person: Subject
    plan: Plan
    hits: tuple[Hit, ...]


def person(name: str, mail: str | None = None) -> Subject:
    """Somebody known by a name and perhaps an address."""
    known = [identifier(IdentifierKind.NAME, name)]
    return subject([*known, *([identifier(IdentifierKind.EMAIL, mail)] if mail else [])])


def approved(kennisbank: Kennisbank, who: Subject, decide: Decide, *, unread: Sequence[str] = ()) -> Erasure:
    """Open a case, find ``who`` in every store, and have every hit decided; keeping is on the ground of a legal obligation.

    ``unread``: versions that could not be read and are to go.
    """
    parts = PrivacyParts(kennisbank)
    now = kennisbank.clock.now()
    request_id = uuid.uuid4().hex
    case = cases.open_case(request_id, "2026-0001", RequestKind.ERASURE, received_on=now.date(), ground="17(1)(a)", by="owner", now=now)
    parts.vault.create(request_id)
    with kennisbank.ledger.writing() as tx:
        case = replace(case, number=tx.requests.next_number(now.year))
        tx.requests.add(case, f"hmac-sha256:{request_id}")
    return judged(kennisbank, request_id, who, decide, unread=unread)


def judged(kennisbank: Kennisbank, request_id: str, who: Subject, decide: Decide, *, unread: Sequence[str] = ()) -> Erasure:
    """Find and judge (again) for a case that is there."""
    files = CaseFiles(PrivacyParts(kennisbank).vault, request_id)
    found = Finder(kennisbank.ledger).find(who)
    hits = found.hits
    now = kennisbank.clock.now()
    judgements = {hit.hit_id: _judgement(decide(hit), now) for hit in hits}
    with kennisbank.ledger.reading() as tx:
        facts = facts_for(tx, hits, judgements, found.unsearched)
        plan = make_plan(hits, judgements, facts, unsearched=found.unsearched, unread=dict.fromkeys(unread, "erase"))
    files.write_subject(who)
    files.write_hits(hits)
    files.write_judgements(judgements)
    files.write_plan(plan)
    return Erasure(request_id, who, plan, hits)


def executor(kennisbank: Kennisbank, **changed: Any) -> Executor:
    """What carries it out, with other tools where given."""
    return Executor(tools(kennisbank, **changed))


def tools(kennisbank: Kennisbank, **changed: Any) -> Tools:
    """The tools of production; ``changed`` puts others in their place."""
    return replace(PrivacyParts(kennisbank).tools, **changed)


def always(decision: Decision) -> Decide:
    """The same decision for every hit."""
    return lambda hit: decision


def by_document(decisions: Mapping[str, Decision], otherwise: Decision = Decision.REDACT) -> Decide:
    """A decision by the path that a document is known by."""
    return lambda hit: next((decision for where, decision in decisions.items() if where in hit.where), otherwise)


def _judgement(decision: Decision, now: Any) -> Judgement:
    return Judgement(decision, "owner", now, ground="17(3)(b)" if decision is Decision.KEEP else None)
