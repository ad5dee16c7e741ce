"""What a person is known by: checked as it comes in, and the notations in which each is written. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kb.errors import InvalidIdentifier, TooManyIdentifiers
from kb.privacy.folding import fold as fold
from kb.privacy.names import forms_of, person_name
from kb.privacy.types import Identifier, IdentifierKind, Subject

MOST_IDENTIFIERS = 1_000
MOST_CHARACTERS = 500

_INVISIBLE = ("Cc", "Cf", "Cs")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")

_COMMON = (
    "roos groot klein lang kort wit zwart bruin jong jonge oud bakker koning keizer prins bos berg dijk brink vos haan wolf kok post "
    "hart dekker kuiper timmerman schipper jager boer zomer winter lente herfst mei juni april maart augustus iris bloem beer mol kraai "
    "vink mees valk zwaan arend leeuw steen zand veld meer dam poort kerk kamp huis hof molen mulder visser slager smit smid schilder "
    "snijder wever bol blok bom brand burg dood duin eik fort goed graaf heer hoek kers kroon kruis licht maas nacht pol raad rood "
    "ruiter stok storm tak tuin vrede vlieger vries vrij wal zee zorg joy may june rose hope grace mark will bill rich king white brown "
    "green black young long short baker cook hill wood stone park day price page best field fox bell ball cross church taylor miller "
    "carter walker turner"
)
COMMON_WORDS = frozenset(_COMMON.split())
"""Names that are words as well, folded: a review says that most places will be the word."""


def identifier(kind: IdentifierKind, value: str) -> Identifier:
    """The identifier as it is searched for: NFC, without signs that cannot be seen, white space as single spaces.

    Raises InvalidIdentifier for what is empty, has fewer than two letters or digits, or fails the checks of its kind.
    """
    seen = "".join(" " if one in "\t\n\r" else one for one in value if one in "\t\n\r" or unicodedata.category(one) not in _INVISIBLE)
    tidy = unicodedata.normalize("NFC", " ".join(seen.split()))
    if len(tidy) > MOST_CHARACTERS or not _fits(kind, tidy):
        raise InvalidIdentifier(kind=kind.value)
    return Identifier(kind, tidy)


def subject(identifiers: Iterable[Identifier]) -> Subject:
    """The person, each identifier once. Raises InvalidIdentifier where there is none, TooManyIdentifiers above MOST_IDENTIFIERS."""
    each = tuple(dict.fromkeys(identifiers))
    if not each:
        raise InvalidIdentifier(kind="")
    if len(each) > MOST_IDENTIFIERS:
        raise TooManyIdentifiers(count=len(each), most=MOST_IDENTIFIERS)
    return Subject(each)


def _fits(kind: IdentifierKind, value: str) -> bool:
    signs = plain(value)
    if len(signs) < 2:
        return False
    match kind:
        case IdentifierKind.NAME:
            return bool(person_name(value).surname) and any(one.isalpha() for one in signs)
        case IdentifierKind.EMAIL:
            return _EMAIL.fullmatch(value) is not None
        case IdentifierKind.PHONE:
            return 6 <= len(digits(value)) <= 17 and not any(one.isalpha() for one in signs)
        case IdentifierKind.BSN:
            return signs.isdecimal() and is_bsn(signs)
        case IdentifierKind.IBAN:
            return is_iban(signs)
        case IdentifierKind.NUMBER | IdentifierKind.ALIAS:
            return True


def plain(value: str) -> str:
    """Letters and digits of the folded value."""
    return "".join(one for one in fold(value) if one.isalnum())


def digits(value: str) -> str:
    """Digits of the folded value."""
    return "".join(one for one in fold(value) if one.isdecimal())


def is_bsn(signs: str) -> bool:
    """Whether eight or nine digits pass the eleven test of the citizen service number."""
    if not signs.isdecimal() or len(signs) not in (8, 9) or not int(signs):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(one) for weight, one in zip(weights, signs.zfill(9), strict=True)) % 11 == 0


def is_iban(signs: str) -> bool:
    """Whether letters and digits are an account number whose remainder by 97 is 1 (ISO 13616)."""
    if not re.fullmatch(r"[a-z]{2}\d{2}[a-z0-9]{11,30}", signs, re.ASCII | re.IGNORECASE):
        return False
    return int("".join(str(int(one, 36)) for one in signs[4:] + signs[:4])) % 97 == 1


def national_digits(value: str) -> tuple[str, str]:
    """Country code and the digits behind it of a telephone number; an empty country code where none can be told.

    ``06 1234 5678`` and ``+31 (0)6-12345678`` are both ("31", "612345678").
    """
    folded = fold(value).replace("(0)", "")
    number = digits(folded)
    international = folded.lstrip(" (").startswith("+") or number.startswith("00")
    number = number.removeprefix("00") if number.startswith("00") else number
    if international:
        return ("31", number[2:].removeprefix("0")) if number.startswith("31") else ("", number)
    return ("31", number[1:]) if number.startswith("0") and len(number) == 10 else ("", number)


def normalised(one: Identifier) -> str:
    """The same text for every notation of the same thing: what keyed hashes are made of.

    A name is its words folded, in the order given names, tussenvoegsels, surname; an e-mail address has no ``+`` part.
    """
    match one.kind:
        case IdentifierKind.NAME:
            name = person_name(one.value)
            return " ".join(fold(word) for word in (*name.given, *name.particles, *name.surname))
        case IdentifierKind.EMAIL:
            local, _, domain = fold(one.value).rpartition("@")
            return f"{local.partition('+')[0] or local}@{domain}"
        case IdentifierKind.PHONE:
            return "+" + "".join(national_digits(one.value))
        case IdentifierKind.BSN:
            return plain(one.value).zfill(9)
        case IdentifierKind.IBAN | IdentifierKind.NUMBER:
            return plain(one.value)
        case IdentifierKind.ALIAS:
            return " ".join(fold(one.value).split())


def written_forms(one: Identifier) -> tuple[str, ...]:
    """The notations in which it is usually written, the value itself first, each once.

    For whoever looks for bytes; finding in texts (``kb.privacy.matching``) knows more ways than a list can hold.
    """
    return tuple(dict.fromkeys((one.value, *_forms(one))))


def _forms(one: Identifier) -> Iterable[str]:
    signs = plain(one.value)
    match one.kind:
        case IdentifierKind.NAME:
            return forms_of(person_name(one.value))
        case IdentifierKind.EMAIL:
            return (normalised(one),)
        case IdentifierKind.PHONE:
            return _phone_forms(*national_digits(one.value))
        case IdentifierKind.BSN:
            whole = signs.zfill(9)
            return (
                whole,
                *(mark.join((whole[:3], whole[3:6], whole[6:])) for mark in (" ", ".", "-")),
                f"{whole[:4]} {whole[4:6]} {whole[6:]}",
            )
        case IdentifierKind.IBAN:
            upper = signs.upper()
            return (upper, " ".join(upper[at : at + 4] for at in range(0, len(upper), 4)))
        case IdentifierKind.NUMBER:
            return (signs,)
        case IdentifierKind.ALIAS:
            return ()


def _phone_forms(country: str, number: str) -> Iterable[str]:
    if not country:
        yield from (number, f"+{number}", f"00{number}")
        return
    for begin in ("0", f"+{country}", f"+{country} ", f"00{country}", f"00{country} ", f"+{country}(0)", f"+{country} (0)"):
        yield begin + number
        for split in (1, 2, 3):
            head, tail = number[:split], number[split:]
            for mark in ("-", " ", ".", " - "):
                yield f"{begin}{head}{mark}{tail}"
            for size in (2, 4):
                for mark in (" ", "."):
                    yield f"{begin}{head}{mark}{mark.join(tail[at : at + size] for at in range(0, len(tail), size))}"


def is_common_word(one: Identifier) -> bool:
    """Whether a name is also an everyday word, so that most places where it stands alone will not be the person."""
    if one.kind not in (IdentifierKind.NAME, IdentifierKind.ALIAS):
        return False
    words = person_name(one.value).surname
    return len(words) == 1 and fold(words[0]) in COMMON_WORDS
