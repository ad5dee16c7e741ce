"""Letters, ready to be read over and sent by a person: plain text in Dutch (B1) and English. Pure but for reading its templates.

A letter names the person, so it is made when it is asked for, while the case is open, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from string import Template

from kb.errors import StepNotPossible
from kb.privacy import letter_words as words
from kb.privacy.case import Case
from kb.privacy.letter_words import day_in_words, said
from kb.privacy.types import IdentifierKind, RequestKind, RequestState, Subject
from kb.types import Language

_AFTERWARDS = (RequestState.VERIFIED, RequestState.REPORTED)


class Letter(StrEnum):
    """What a letter is for."""

    RECEIPT = "receipt"
    IDENTITY = "identity"
    EXTENSION = "extension"
    REFUSAL = "refusal"
    COMPLETION = "completion"
    RECIPIENTS = "recipients"
    HOLD = "hold"
    """A receipt for the file, not for the person."""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a letter says besides the case. ``backups``: names and last days of backups of before. ``kept``: grounds, once per place."""

    organisation: str
    contact: str
    notes: Mapping[str, str] = field(default_factory=dict)
    executed_on: date | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    kept: Sequence[str] = ()
    backups: Sequence[tuple[str, date]] = ()
    outside: int = 0
    held_on: date | None = None


def possible(case: Case) -> tuple[Letter, ...]:
    """The letters that there is something to write in now."""
    told = {
        Letter.RECEIPT: case.open,
        Letter.IDENTITY: case.state is RequestState.RECEIVED,
        Letter.EXTENSION: case.extended and case.open,
        Letter.REFUSAL: case.state is RequestState.REFUSED,
        Letter.COMPLETION: case.state is RequestState.REPORTED,
        Letter.RECIPIENTS: case.kind in words.DONE and case.state in _AFTERWARDS,
        Letter.HOLD: case.hold_ground is not None and case.open,
    }
    return tuple(letter for letter, is_told in told.items() if is_told)


def write(letter: Letter, case: Case, subject: Subject, facts: LetterFacts, language: Language) -> str:
    """The letter. Raises StepNotPossible, which names those that can be written now."""
    if letter not in possible(case):
        raise StepNotPossible(step=f"letters {letter.value}", state=case.state.value, possible=", ".join(possible(case)) or "–")
    kinds = words.DONE if letter is Letter.RECIPIENTS else words.KINDS
    return _template(_name(letter, case), language).substitute(
        addressee=_addressee(subject, language),
        number=case.number,
        kind=said(kinds[case.kind], language),
        received_on=day_in_words(case.received_on, language),
        deadline=day_in_words(case.deadline, language),
        executed_on=day_in_words(facts.executed_on or case.received_on, language),
        ground=said(words.GROUNDS[case.refusal_ground], language) if case.refusal_ground else "",
        reason=facts.notes.get(_NOTE.get(letter, ""), ""),
        reason_paragraph=_reason(facts.notes.get("identity"), language),
        hold_ground=said(words.HOLDS[case.hold_ground], language) if case.hold_ground else "",
        held_on=day_in_words(facts.held_on, language) if facts.held_on else said(words.DAY_UNKNOWN, language),
        complaint=said(words.COMPLAINT, language),
        counts=_counts(facts.counts, language),
        kept=_kept(facts.kept, language),
        backups=_backups(facts.backups, language),
        outside=said(words.OUTSIDE, language, count=facts.outside) if facts.outside else "",
        contact_line=said(words.CONTACT, language, contact=facts.contact) if facts.contact else said(words.NO_CONTACT, language),
        organisation=facts.organisation or said(words.NO_ORGANISATION, language),
    )


_NOTE = {Letter.EXTENSION: "extend", Letter.REFUSAL: "refuse", Letter.HOLD: "hold"}
"""Under which note of the case the reason of a letter lies."""


def _name(letter: Letter, case: Case) -> str:
    if letter is not Letter.COMPLETION:
        return letter.value
    kind = RequestKind.ACCESS if case.kind is RequestKind.PORTABILITY else case.kind
    return f"completion-{kind.value}"


@cache
def _template(name: str, language: Language) -> Template:
    return Template((files("kb.privacy") / "letter_texts" / f"{name}.{language}.txt").read_text(encoding="utf-8"))


def _addressee(subject: Subject, language: Language) -> str:
    names = (one.value for one in subject.identifiers if one.kind is IdentifierKind.NAME)
    return next(names, None) or said(words.NO_NAME, language)


def _reason(reason: str | None, language: Language) -> str:
    return said(words.REASON, language, reason=reason) if reason else ""


def _counts(counts: Mapping[str, int], language: Language) -> str:
    lines = [
        said(one if counts[name] == 1 else more, language, count=counts[name])
        for name, (one, more) in words.COUNTS.items()
        if counts.get(name)
    ]
    return "\n".join(lines) or said(words.NOTHING, language)


def _kept(grounds: Sequence[str], language: Language) -> str:
    if not grounds:
        return ""
    named = "; ".join(said(words.GROUNDS[ground], language) if ground in words.GROUNDS else ground for ground in sorted(set(grounds)))
    return said(words.KEPT, language, count=len(grounds), grounds=named)


def _backups(backups: Sequence[tuple[str, date]], language: Language) -> str:
    if not backups:
        return said(words.NO_BACKUPS, language)
    lines = [said(words.BACKUP, language, name=name, day=day_in_words(day, language)) for name, day in backups]
    return "\n".join([said(words.BACKUPS, language), *lines])
