"""Other people out of what one person is given: article 15(4) protects their rights too.

There is no model of Dutch names here. People are known from authors and mail headers and by how names are written (a title, initials, a
tussenvoegsel); addresses and numbers by their form. What this misses a person must see: an officer reads the copy before it goes out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.errors import InvalidIdentifier
from kb.privacy.identifiers import identifier, is_bsn, is_iban, normalised, plain
from kb.privacy.matching import Matcher
from kb.privacy.names import person_name
from kb.privacy.related import ADDRESS, BSN, EMAIL, IBAN, PHONE
from kb.privacy.types import How, Identifier, IdentifierKind, Subject

MOST_PEOPLE = 20_000

_NAME = r"[^\W\d_a-zß-ÿ][\w'’]+(?:-[^\W\d_]['’\w]+)*"
_SMALL = r"(?:van|von|de|der|den|ten|ter|el|al|la|le|du|da|dos|['’]t|(?:in|op|aan|bij|uit|over|onder|voor)\s+(?:de[nr]?|['’]t|het))"
_PARTICLES = rf"(?:{_SMALL}[ ])+"
_TITLE = (
    r"(?:[Dd]hr\.?|[Mm](?:evr|w|ej|rs?|s)\.?|[Dd]e heer|[Mm]evrouw|[Mm]eneer|[Mm]ijnheer|[Jj]uf(?:frouw)?|[Ff]amilie|"
    r"[Dd]rs?\.|[Ii]r\.|[Ii]ng\.|[Pp]rof\.)"
)
_INITIALS = r"(?:[^\W\d_a-zß-ÿ]\.[ ]?){1,5}"
_TITLED = re.compile(rf"\b{_TITLE}[ ]+((?:{_INITIALS}|{_NAME}[ ])?(?:(?i:{_PARTICLES}))?{_NAME})")
_INITIALLED = re.compile(rf"\b({_INITIALS}(?:{_PARTICLES})?{_NAME})")
_JOINED = re.compile(rf"\b({_NAME}[ ]{_PARTICLES}{_NAME})")
_SHOWN = re.compile(r'(?:"([^"]+)"|([^"<>,;]+?))\s*<[^<>]*>')
"""The name that a mail header shows before an address."""

_WORDY = re.compile(r"[^\W\d_]{2,}")
_FORMS = (
    (IdentifierKind.EMAIL, EMAIL),
    (IdentifierKind.IBAN, IBAN),
    (IdentifierKind.PHONE, PHONE),
    (IdentifierKind.BSN, BSN),
    (IdentifierKind.ALIAS, ADDRESS),
)

_LABELS = {
    IdentifierKind.NAME: "persoon/person",
    IdentifierKind.EMAIL: "e-mail",
    IdentifierKind.PHONE: "telefoon/phone",
    IdentifierKind.BSN: "BSN",
    IdentifierKind.IBAN: "IBAN",
    IdentifierKind.ALIAS: "adres/address",
    IdentifierKind.NUMBER: "nummer/number",
}


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without other people, and how many stretches were masked."""

    text: str
    stretches: int


class Masker:
    """Masks other people in texts; the same one has the same label in all of them."""

    def __init__(self, subject: Subject, headers: Iterable[str] = (), texts: Iterable[str] = ()) -> None:
        """``headers``: strings that name people by what they are. ``texts``: those that will be masked, to learn names from."""
        self._own = Matcher(subject)
        people: dict[str, Identifier] = {}
        for name in _names(headers, texts):
            if len(people) < MOST_PEOPLE and not any(match.how is not How.FUZZY for match in self._own.find(name)):
                try:
                    one = identifier(IdentifierKind.NAME, name)
                except InvalidIdentifier:
                    continue
                people.setdefault(normalised(one), one)
        self._people = Subject(tuple(people.values()))
        self._others = Matcher(self._people) if people else None
        self._numbers: dict[tuple[IdentifierKind, str], int] = {}

    def mask(self, text: str, others: Collection[tuple[int, int]] = ()) -> Masked:
        """``text`` with other people as labels such as [persoon/person 3]. ``others`` are stretches that an officer knows to be theirs."""
        own = [(match.start, match.end) for match in (*self._own.find(text), *self._own.given_names(text))]
        own = [stretch for stretch in own if not _touches(stretch, others)]
        found = [(*stretch, IdentifierKind.NAME, text[slice(*stretch)]) for stretch in others]
        found += [one for one in self._found(text) if not _touches(one[:2], own)]
        parts: list[str] = []
        last = count = 0
        for start, end, kind, key in sorted(found, key=lambda one: (one[0], -one[1])):
            if start < last:
                # Partly within the one before: its rest goes too.
                last = max(last, end)
                continue
            parts += (text[last:start], f"[{_LABELS[kind]} {self._number(kind, key)}]")
            last = end
            count += 1
        return Masked("".join((*parts, text[last:])), count)

    def _found(self, text: str) -> Iterator[tuple[int, int, IdentifierKind, str]]:
        for kind, pattern in _FORMS:
            for found in pattern.finditer(text):
                if _is(kind, found.group()):
                    yield *found.span(), kind, plain(found.group())
        if self._others is not None:
            for match in (*self._others.find(text), *self._others.given_names(text)):
                if match.how is not How.FUZZY or any(one.isupper() for one in text[match.start : match.end]):
                    yield match.start, match.end, IdentifierKind.NAME, normalised(self._people.identifiers[match.identifier])
        for found in _by_form(text):
            yield *found.span(1), IdentifierKind.NAME, plain(found.group(1))

    def _number(self, kind: IdentifierKind, key: str) -> int:
        known = self._numbers.get((kind, key))
        if known is None:
            known = self._numbers[kind, key] = 1 + sum(1 for one, _ in self._numbers if one is kind)
        return known


def _is(kind: IdentifierKind, value: str) -> bool:
    if kind is IdentifierKind.BSN:
        return is_bsn(plain(value))
    return kind is not IdentifierKind.IBAN or is_iban(plain(value))


def _by_form(text: str) -> Iterator[re.Match[str]]:
    for pattern in (_TITLED, _INITIALLED, _JOINED):
        yield from pattern.finditer(text)


def _names(headers: Iterable[str], texts: Iterable[str]) -> Iterator[str]:
    """Names of people with more than a surname, from headers and by how names are written."""
    for header in headers:
        shown = [quoted or plain_name for quoted, plain_name in _SHOWN.findall(header)]
        yield from filter(_is_full, shown or ([] if "@" in header else [header]))
    for text in texts:
        yield from (found.group(1) for found in _by_form(text) if _is_full(found.group(1)))


def _is_full(name: str) -> bool:
    if any(one.isdigit() for one in name) or not 4 <= len(name) <= 80 or len(name.split()) > 6:
        return False
    parts = person_name(name)
    return bool(parts.given) and bool(parts.surname) and all(_WORDY.fullmatch(word) for word in parts.surname)


def _touches(stretch: Sequence[int], others: Collection[tuple[int, int]]) -> bool:
    return any(start < stretch[1] and stretch[0] < end for start, end in others)
