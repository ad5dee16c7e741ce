"""What stands beside a person: identifiers that a request does not name yet, proposed with where they were seen. Pure.

An e-mail address whose local part is the name; an address or a number on the same line or the one after; the rest of a signature. A
proposal is searched for only after an officer took it over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.errors import InvalidIdentifier
from kb.privacy.folding import fold
from kb.privacy.identifiers import identifier, normalised, plain
from kb.privacy.names import person_name
from kb.privacy.types import How, Identifier, IdentifierKind, Match, Subject

EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
PHONE = re.compile(r"(?<![\w+])(?:(?:\+|00)\d{1,3}[ .\-]?(?:\(0\))?|\(?0)\d?(?:[ .\-/)]{0,3}\d){6,11}(?!\w)")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}\b")
BSN = re.compile(r"(?<![\d.\-])\d{3,4}[ .]?\d{2,3}[ .]?\d{2,3}(?![\d\-]|\.\d)")
NUMBER = re.compile(r"\b[A-Z]{1,3}-?\d{3,8}\b")
ADDRESS = re.compile(
    r"\b[A-Z][\w'’.\-]*(?:straat|laan|weg|pad|plein|kade|gracht|singel|dijk|hof|park|steeg|dreef|markt|baan|street|road|lane|avenue)"
    r"[ ]\d{1,5}[ ]?[a-zA-Z]?\b"
)
CELLS = " | "
"""Between the cells of a table's row, as texts of versions are written."""

_CLOSING = re.compile(
    r"(?:^|\n)[ \t]*(?:met (?:vriendelijke|hartelijke|collegiale) groet(?:en)?|hartelijke groet(?:en)?|vriendelijke groet(?:en)?|"
    r"groet(?:en|jes)?|mvg|(?:kind|best|warm) regards|regards|cheers|sincerely|best)\b[ ,.!]*",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"\s*([^\W\d_][\w'’.\-]*(?:[ ][\w'’.\-]+){0,4})[ ]*(?:\n|$)")
_KINDS = (
    (IdentifierKind.EMAIL, EMAIL),
    (IdentifierKind.IBAN, IBAN),
    (IdentifierKind.PHONE, PHONE),
    (IdentifierKind.BSN, BSN),
    (IdentifierKind.NUMBER, NUMBER),
    (IdentifierKind.ALIAS, ADDRESS),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """An identifier beside a known one; ``start`` and ``end`` are where it stands in that text."""

    identifier: Identifier
    start: int
    end: int


def beside(text: str, matches: Iterable[Match], subject: Subject) -> Iterator[Seen]:
    """What stands in ``text`` beside the matches and is not among the subject's identifiers; the same thing as often as it stands there."""
    known = {(one.kind, normalised(one)) for one in subject.identifiers}
    names = [one for one in subject.identifiers if one.kind is IdentifierKind.NAME]
    places = list(matches)
    told: set[tuple[int, int]] = set()
    for match in places:
        for seen in _around(text, match, names):
            is_known = (seen.identifier.kind, normalised(seen.identifier)) in known
            within = any(seen.start < one.end and one.start < seen.end for one in places if one.how in (How.EXACT, How.NORMALISED))
            address = seen.identifier.kind is IdentifierKind.EMAIL  # n.quist@… holds the name itself
            if not is_known and (seen.start, seen.end) not in told and (address or not within):
                told.add((seen.start, seen.end))
                yield seen


def _around(text: str, match: Match, names: list[Identifier]) -> Iterator[Seen]:
    begin = text.rfind("\n", 0, match.start) + 1
    end = _end_of_next_line(text, match.end)
    # The line of a table without line ends can be a page long.
    begin, end = max(begin, match.start - 200), min(end, match.end + 300)
    for kind, pattern in _KINDS:
        for found in pattern.finditer(text, begin, end):
            if kind is not IdentifierKind.EMAIL or _near(found.group(), text, match, found.start(), names):
                yield from _seen(kind, found.group(), found.start(), found.end())
    yield from _signature(text, match)


def _end_of_next_line(text: str, at: int) -> int:
    first = text.find("\n", at)
    if CELLS in text[text.rfind("\n", 0, at) + 1 : first if first >= 0 else len(text)]:
        return first if first >= 0 else len(text)  # The next row of a table is about somebody else.
    for _ in range(2):
        at = text.find("\n", at)
        if at < 0:
            return len(text)
        while at < len(text) and text[at] == "\n":
            at += 1
    return at


def _near(address: str, text: str, match: Match, start: int, names: list[Identifier]) -> bool:
    """Whether an address is the person's by its local part, or else stands right behind the match, as in ``Name <address>``."""
    if any(is_address_of(address, one) for one in names):
        return True
    between = text[match.end : start] if start >= match.end else ""
    return bool(between) and len(between) <= 30 and not re.search(r"[;,\n]|\w+@", between)


def is_address_of(address: str, name: Identifier) -> bool:
    """Whether the local part of an address is made of the name: noelle.vo, n.vanoosterhuizen, oosterhuizen."""
    local = plain(address.partition("@")[0].partition("+")[0])
    parts = person_name(name.value)
    given, particles, surname = ([fold(word) for word in words] for words in (parts.given, parts.particles, parts.surname))
    last, lead = "".join(surname), "".join(particles)
    if len(last) >= 4 and last in local:
        return True
    first = given[0] if given else ""
    letters = "".join(word[0] for word in (*particles, *surname))
    return bool(first) and local in {
        first + lead + last,
        first[0] + lead + last,
        first + letters,
        lead + last,
        last + first,
        first + last[0],
    }


def _signature(text: str, match: Match) -> Iterator[Seen]:
    """The name under a greeting in whose two lines a match stands: “Groet, Xandrine”."""
    for closing in _CLOSING.finditer(text, max(0, match.start - 120), match.end + 400):
        signed = _SIGNED.match(text, closing.end())
        if signed is None or not signed.group(1)[0].isupper():
            continue
        near = closing.start() <= match.start <= signed.end() + 200
        if near and not (match.start < signed.end(1) and signed.start(1) < match.end):
            yield from _seen(IdentifierKind.ALIAS, signed.group(1).rstrip(".,"), *signed.span(1))


def _seen(kind: IdentifierKind, value: str, start: int, end: int) -> Iterator[Seen]:
    try:
        yield Seen(identifier(kind, value), start, end)
    except InvalidIdentifier:
        return  # It looked like one and its check digits say that it is none.
