"""One identifier as a pattern over folded text, with the letters and digits that every match holds in one piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kb.privacy.folding import FoldedText
from kb.privacy.identifiers import COMMON_WORDS, fold, is_common_word, national_digits, normalised, plain
from kb.privacy.names import bare_pattern, certain_pattern, person_name
from kb.privacy.types import How, Identifier, IdentifierKind, Match

_BEGIN, _END = r"(?<![^\W_])", r"(?![^\W_])"
_BETWEEN_DIGITS = r"[ .\-/()_–]{0,3}"
_AT = r"(?:@|%40|[ ]?[(\[]at[)\]][ ]?)"
_AROUND = 200
"""Folded characters looked at on either side of a core, besides the identifier's own several times: more than any way of writing it."""


@dataclass(frozen=True)
class Pattern:
    """How an identifier is found. ``anchors``: UTF-8 of letters and digits, one of which stands in the squeezed text of any match."""

    identifier: Identifier
    anchors: tuple[bytes, ...]
    certain: str
    cores: tuple[str, ...] = ()
    bare: str | None = None
    first_name: str | None = None

    def find(self, folded: FoldedText, number: int) -> Iterator[Match]:
        """Every match in the text; ``number`` is the identifier's place in its subject."""
        for begin, end in self._windows(folded.text):
            for found in self._certain.finditer(folded.text, begin, end):
                yield self._match(folded, found, number, None)
            if self._bare is not None:
                for found in self._bare.finditer(folded.text, begin, end):
                    if not self._common or _capital(folded, found):
                        yield self._match(folded, found, number, How.FUZZY)

    def given_in(self, folded: FoldedText, number: int) -> Iterator[Match]:
        """Where the first name stands alone, with a capital where it is a common word."""
        if self._first is not None and self.first_name is not None and self.first_name in folded.text:
            for found in self._first.finditer(folded.text):
                if self.first_name in COMMON_WORDS and not _capital(folded, found):
                    continue
                yield self._match(folded, found, number, How.FUZZY)

    def _match(self, folded: FoldedText, found: re.Match[str], number: int, how: How | None) -> Match:
        start, end = folded.place(*found.span())
        if how is None:
            how = How.EXACT if folded.original[start:end] == self.identifier.value else How.NORMALISED
        return Match(start, end, how, number)

    def _windows(self, text: str) -> Iterator[tuple[int, int]]:
        """Stretches of ``text`` around each core; the whole text where the identifier has no core that stands in one piece."""
        if not self.cores:
            yield 0, len(text)
            return
        begin = end = -1
        around = _AROUND + 6 * len(self.identifier.value)
        for at in sorted(place for core in self.cores for place in _places(text, core)):
            if at - around > end:
                if end >= 0:
                    yield begin, end
                begin = max(0, at - around)
            end = min(len(text), at + around)
        if end >= 0:
            yield begin, end

    @cached_property
    def _certain(self) -> re.Pattern[str]:
        # Compiled when it is first needed: of a thousand identifiers few stand in any text.
        return re.compile(self.certain)

    @cached_property
    def _bare(self) -> re.Pattern[str] | None:
        return None if self.bare is None else re.compile(self.bare)

    @cached_property
    def _first(self) -> re.Pattern[str] | None:
        return None if self.first_name is None else re.compile(rf"{_BEGIN}{re.escape(self.first_name)}{_END}")

    @cached_property
    def _common(self) -> bool:
        return is_common_word(self.identifier)


def _capital(folded: FoldedText, found: re.Match[str]) -> bool:
    start, end = folded.place(*found.span())
    return any(one.isupper() for one in folded.original[start:end])


def _places(text: str, core: str) -> Iterator[int]:
    at = text.find(core)
    while at >= 0:
        yield at
        at = text.find(core, at + 1)


def pattern_of(one: Identifier) -> Pattern:
    """The pattern of an identifier that ``kb.privacy.identifiers.identifier`` let in."""
    match one.kind:
        case IdentifierKind.NAME:
            return _name(one)
        case IdentifierKind.EMAIL:
            return _email(one)
        case IdentifierKind.PHONE:
            return _phone(one)
        case IdentifierKind.BSN:
            signs = plain(one.value).lstrip("0")
            # Zeros in front may be left out, and one digit too many in front is another number.
            return Pattern(one, (signs.encode(),), rf"(?<!\d)(?:0{_BETWEEN_DIGITS})?{_spread(signs, _BETWEEN_DIGITS)}(?!\d)")
        case IdentifierKind.IBAN:
            signs = plain(one.value)
            return Pattern(one, (signs.encode(),), _BEGIN + _spread(signs, r"[ .\-_]{0,2}") + _END)
        case IdentifierKind.NUMBER:
            return _number(one)
        case IdentifierKind.ALIAS:
            words = re.findall(r"[^\W_]+", fold(one.value))
            return Pattern(one, (max(words, key=len).encode(),), _BEGIN + r"[\W_]{0,4}".join(map(re.escape, words)) + _END)


def _name(one: Identifier) -> Pattern:
    name = person_name(one.value)
    cores = tuple(dict.fromkeys(fold(part) for part in name.surname))
    return Pattern(
        one,
        tuple(core.encode() for core in cores),
        certain_pattern(name),
        cores,
        bare_pattern(name) if name.given else None,
        fold(name.first) if name.first is not None else None,
    )


def _email(one: Identifier) -> Pattern:
    local, _, domain = normalised(one).rpartition("@")
    before = r"(?<![^\W_])(?<![^\W_][.+\-_])"
    certain = rf"{before}{re.escape(local)}(?:\+[^\s@]*)?{_AT}{re.escape(domain)}(?![^\W_]|[.\-][^\W_]+@)"
    # A + part stands between the two in the squeezed text, so the longer half is what every notation has.
    longer = max(plain(local), plain(domain), key=len)
    return Pattern(one, (longer.encode(),), certain)


def _phone(one: Identifier) -> Pattern:
    country, number = national_digits(one.value)
    digits = _spread(number, _BETWEEN_DIGITS)
    if country:
        begin = (
            rf"(?:(?:\+|00){_BETWEEN_DIGITS}{_spread(country, _BETWEEN_DIGITS)}{_BETWEEN_DIGITS}(?:0{_BETWEEN_DIGITS})?|0{_BETWEEN_DIGITS})"
        )
    else:
        begin = rf"(?:(?:\+|00){_BETWEEN_DIGITS})?"
    return Pattern(one, (number.encode(),), rf"(?<!\d)[(]?{begin}{digits}(?!\d)")


def _number(one: Identifier) -> Pattern:
    value = fold(one.value)
    signs = plain(value)
    pieces = re.findall(r"[^\W\d_]+|\d+", value)
    # A short number with signs anywhere between would be found in amounts and dates.
    certain = _spread(signs, r"[ .\-/_]{0,2}") if len(signs) >= 6 else r"[ .\-/_]{0,2}".join(map(re.escape, pieces))
    return Pattern(one, (signs.encode(),), _BEGIN + certain + _END)


def _spread(signs: str, between: str) -> str:
    return between.join(map(re.escape, signs))
