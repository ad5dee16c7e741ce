"""The office: a case from its receipt to its end, all but searching and erasing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from kb.errors import IncompleteReview, ReasonNeeded
from kb.privacy import case as cases
from kb.privacy import letters
from kb.privacy.case import Case, Step
from kb.privacy.deadlines import months_after
from kb.privacy.desk import Desk
from kb.privacy.dossier import Dossiers, content_of
from kb.privacy.identifiers import identifier, subject
from kb.privacy.letters import Letter, LetterFacts
from kb.privacy.shown import ClosedShown, NewRequest, RequestShown
from kb.privacy.tombstones import restrict
from kb.privacy.types import Decision, How, Identifier, RequestKind, RequestState
from kb.privacy.views import request_shown
from kb.settings import Settings
from kb.types import Language

MOST_REASON = 2_000
"""Characters of a reason that are kept."""

_HELD_ON = "held_on"
"""The note that keeps the day of a hold, for its receipt."""

_STAYS_HIDDEN = (RequestKind.RESTRICTION, RequestKind.OBJECTION)


class CaseOffice:
    """Opens, confirms, extends, refuses, holds, restricts, writes to people, closes."""

    def __init__(self, desk: Desk, dossiers: Dossiers, settings: Settings) -> None:
        self._desk = desk
        self._dossiers = dossiers
        self._settings = settings

    def request(self, new: NewRequest, by: str) -> RequestShown:
        """See PrivacyOperations.request. The person goes to the vault before the ledger knows of the case."""
        person = subject(identifier(one.kind, one.value) for one in new.identifiers)
        request_id, received_on = self._desk.new_id(), new.received_on or self._desk.today
        case = cases.open_case(request_id, "", new.kind, received_on=received_on, ground=new.ground, by=by, now=self._desk.now)
        self._desk.vault.create(request_id)
        self._desk.files(case).write_subject(person)
        with self._desk.ledger.writing() as tx:
            case = replace(case, number=tx.requests.next_number(self._desk.today.year))
            tx.requests.add(case, self._desk.commitment(person))
            details = {"kind": case.kind.value, "ground": case.ground, "identifiers": len(person.identifiers)}
            tx.audit.append(by, "privacy.request", request_id, details)
        return self._shown(case)

    def requests(self) -> list[RequestShown]:
        """Every case, newest first."""
        with self._desk.ledger.reading() as tx:
            found = tx.requests.all()
        return [self._shown(case) for case in found]

    def show(self, request: str) -> RequestShown:
        """One case."""
        return self._shown(self._desk.case(request))

    def subject(self, request: str, by: str) -> tuple[Identifier, ...]:
        """Whom it is about."""
        with self._desk.acting(request, by, "subject") as (_, case):
            return self._desk.files(case).subject.identifiers

    def add_identifiers(self, request: str, identifiers: Sequence[Identifier], by: str) -> RequestShown:
        """The person is known by more."""
        case = self._desk.case(request)
        if case.state is not RequestState.RECEIVED:
            cases.check(case, Step.FIND)
        files = self._desk.files(case)
        known = files.subject.identifiers if files.knows_the_person else ()
        person = subject([*known, *(identifier(one.kind, one.value) for one in identifiers)])
        files.write_subject(person)
        with self._desk.acting(request, by, "identifiers", {"identifiers": len(person.identifiers)}) as (tx, now):
            # What was found before is not all of it any more.
            after = now if now.state is RequestState.RECEIVED else replace(cases.found(now), state=RequestState.IDENTIFIED)
            tx.requests.save(after)
            tx.requests.recommit(case.request_id, self._desk.commitment(person))
        return self._shown(after)

    def await_identity(self, request: str, reason: str, by: str) -> RequestShown:
        """The clock stands still."""
        self._note(request, Step.AWAIT_IDENTITY, "identity", reason)
        return self._change(request, by, Step.AWAIT_IDENTITY, lambda case: cases.await_identity(case, self._desk.today))

    def confirm(self, request: str, method: str, by: str) -> RequestShown:
        """The identity is confirmed."""
        return self._change(request, by, Step.CONFIRM, lambda case: cases.confirm(case, method, self._desk.today))

    def extend(self, request: str, reason: str, by: str) -> RequestShown:
        """Two months more."""
        self._note(request, Step.EXTEND, "extend", _reason(reason))
        return self._change(request, by, Step.EXTEND, lambda case: cases.extend(case, self._desk.today))

    def refuse(self, request: str, ground: str, reason: str, by: str) -> RequestShown:
        """Refuse, and show again what was hidden for the case."""
        said = _reason(reason)
        cases.refuse(self._desk.case(request), ground)
        self._note(request, Step.REFUSE, "refuse", said)
        with self._desk.acting(request, by, "refuse", {"ground": ground}) as (tx, case):
            after = cases.refuse(case, ground)
            tx.hidden.release(case.request_id)
            tx.requests.save(after)
        return self._shown(after)

    def hold(self, request: str, ground: str, reason: str, by: str) -> RequestShown:
        """Touch nothing. Audit row and letter `hold` are the receipt; day and reason go into the dossier."""
        cases.hold(self._desk.case(request), ground)
        # Both anew: those of an earlier hold are not this one's.
        self._note(request, Step.HOLD, "hold", reason or "–")
        self._note(request, Step.HOLD, _HELD_ON, self._desk.today.isoformat())
        held = self._desk.change(request, by, "hold", lambda case: cases.hold(case, ground), {"ground": ground, "touched": False})
        return self._shown(held)

    def release_hold(self, request: str, by: str) -> RequestShown:
        """The hold is over."""
        return self._change(request, by, Step.RELEASE, cases.release)

    def restrict(self, request: str, by: str) -> RequestShown:
        """Hide every sure hit, and every other that was judged to be the person; a hit judged as another person is left alone."""
        case = self._desk.case(request)
        cases.check(case, Step.RESTRICT)
        files = self._desk.files(case)
        judged = files.judgements
        meant = [
            hit
            for hit in files.hits
            if (
                judged[hit.hit_id].decision is not Decision.OTHER_PERSON if hit.hit_id in judged else hit.how in (How.EXACT, How.NORMALISED)
            )
        ]
        with self._desk.acting(request, by, "restrict", {"hits": len(meant)}) as (tx, now):
            after = cases.restricted(now)
            restrict(tx, now.request_id, meant)
            tx.requests.save(after)
        return self._shown(after)

    def uphold(self, request: str, by: str) -> RequestShown:
        """The objection is right."""
        return self._change(request, by, Step.UPHOLD, cases.upheld)

    def lift(self, request: str, by: str) -> RequestShown:
        """What a restriction or an objection hid is shown again; also after the case was closed."""
        with self._desk.acting(request, by, "lift") as (tx, now):
            case = cases.lifted(now)
            tx.hidden.release(case.request_id)
        return self._shown(case)

    def letter(self, request: str, letter: Letter, language: Language, by: str) -> str:
        """A letter."""
        with self._desk.acting(request, by, "letter", {"letter": letter.value, "language": language}) as (tx, case):
            files = self._desk.files(case)
            plan, steps = files.plan, tx.requests.steps(case.request_id)
            done_at = max((one.at for one in steps.values()), default=self._desk.now)
            backups = [(one.name, one.expires_on) for one in tx.backups.existing() if one.created_at <= done_at]
            kept = [judgement.ground or "" for _, judgement in plan.kept if judgement.decision is Decision.KEEP] if plan else []
            facts = LetterFacts(
                organisation=self._settings.organisation,
                contact=self._settings.privacy.contact,
                notes=files.notes,
                executed_on=max((one.at.astimezone().date() for one in steps.values()), default=None),
                counts={"documents": len(plan.documents), "redactions": len(plan.redactions), "answers": len(plan.answers)} if plan else {},
                kept=kept,
                backups=backups,
                outside=len(plan.outside) if plan else 0,
                held_on=date.fromisoformat(files.notes[_HELD_ON]) if _HELD_ON in files.notes else None,
            )
            return letters.write(letter, case, files.subject, facts, language)

    def close(self, request: str, *, dossier: bool, recipient: str | None, by: str) -> ClosedShown:
        """Seal the dossier, then destroy the vault: in that order a crash leaves a case that can be closed again."""
        case = self._desk.case(request)
        cases.check(case, Step.CLOSE)
        files = self._desk.files(case)
        self._refuse_open_ends(case)
        keep_until = months_after(self._desk.today, 12 * self._settings.privacy.dossier_years)
        name = self._seal(case, keep_until, recipient) if dossier else None
        with self._desk.acting(request, by, "close", {"dossier": dossier, "notes": len(files.notes)}) as (tx, now):
            after = cases.close(now, self._desk.now)
            if not now.begun and (now.kind not in _STAYS_HIDDEN or now.state is RequestState.REFUSED):
                tx.hidden.release(now.request_id)
            tx.requests.save(after)
        self._desk.vault.destroy(case.request_id)
        return ClosedShown(case.request_id, after.state, name, keep_until if dossier else None)

    def _seal(self, case: Case, keep_until: date, recipient: str | None) -> str:
        with self._desk.ledger.reading() as tx:
            steps, report = tx.requests.steps(case.request_id), tx.requests.report(case.request_id)
        content = content_of(case, self._desk.files(case), steps, report, keep_until=keep_until, now=self._desk.now)
        return self._dossiers.write(case.number, keep_until, content, recipient)

    def _refuse_open_ends(self, case: Case) -> None:
        files = self._desk.files(case)
        decided = files.unsearched_decisions
        open_ends = sum(one.version_id not in decided for one in files.unsearched)
        if case.kind is RequestKind.ERASURE and case.state is RequestState.REPORTED and open_ends:
            raise IncompleteReview(count=open_ends)

    def _note(self, request: str, step: Step, about: str, words: str) -> None:
        """Keep a sentence of the officer, if the step that it belongs to is possible."""
        case = self._desk.case(request)
        cases.check(case, step)
        if words:
            self._desk.files(case).note(about, words[:MOST_REASON])

    def _change(self, request: str, by: str, step: Step, take: cases.Take) -> RequestShown:
        return self._shown(self._desk.change(request, by, step.value.replace("-", "_"), take))

    def _shown(self, case: Case) -> RequestShown:
        return request_shown(case, self._desk.today)


def _reason(words: str) -> str:
    if len(words.split()) < 2:
        raise ReasonNeeded
    return words.strip()
