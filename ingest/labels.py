"""Which kinds of sensitive content a text holds, by pattern and word list. Rules, not a model: they find the usual cases and say so.

A citizen service number or a bank account is sensitive by itself. Health, grades, guardians, conduct and belief are sensitive
where they stand with a person: a protocol on sick leave is not, a note that somebody is ill is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType

from kb.types import LabelAction

DEFAULT_ACTION = LabelAction.WARN
"""What a space does with a label that its policy does not name."""

_NEAR_CHARACTERS = 40

_PREFIX = r"(?:van(?:\s+(?:de|den|der|het|'t))?|de|den|der|ter|ten|te|el|von|'t|in\s+'t|op\s+de)"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ'’]+(?:-[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)?"
_PERSON = re.compile(
    rf"\b(?i:dhr|mevr|mw|mr|mrs|ms|dr|meneer|mevrouw|meester|juf|leerling|pupil|student|patiënt|cliënt|client|patient)\.?\s+{_CAPITAL}"
    rf"|\b(?:[A-Z]\.\s?){{1,4}}(?:{_PREFIX}\s+)?{_CAPITAL}"
    rf"|\b{_CAPITAL}\s+{_PREFIX}\s+{_CAPITAL}"
    rf"|(?<=[a-z,;:(]\s){_CAPITAL}\s+{_CAPITAL}",
)
"""A title with a name, initials with a name, a name with a tussenvoegsel, or two capitalised words within a sentence."""

_WORDS = {
    "health": r"ziek\w*|diagnose\w*|medicatie|medicijn\w*|depressi\w+|burn-?out|zwanger\w*|dyslexi\w+|adhd|autis\w+|allergi\w+|epilepsi\w+"
    r"|arbeidsongeschikt\w*|huisarts\w*|psycholo\w+|therapi\w+|operatie|gezondheid\w*"
    r"|sick(?:ness)?|ill(?:ness)?|diagnos\w+|medication|pregnan\w+|allerg\w+|surgery|depress\w+|therap\w+|disab\w+",
    "grades": r"cijfer\w*|rapportcijfer\w*|onvoldoende\w*|cito\w*|toetsresulta\w+|eindexamen\w*|zittenblijven|blijft zitten|schooladvies"
    r"|grades?|test scores?|exam results?|report card",
    "guardians": r"ouder\(s\)|ouders|voogd\w*|verzorger\w*|gescheiden|omgangsregeling|jeugdzorg|veilig thuis|pleeg\w+"
    r"|parents?|guardians?|custody|foster|divorced",
    "conduct": r"berisping\w*|officiële waarschuwing|schors\w+|ontslag op staande voet|disciplinair\w*|pestgedrag|gepest|strafblad"
    r"|reprimand\w*|suspen\w+|dismissed|misconduct|bullying|criminal record",
    "belief": r"geloofsovertuiging|moslim\w*|islamitisch\w*|christelijk\w*|joods\w*|hindoe\w*|vakbondslid\w*|geaardheid"
    r"|muslim|jewish|hindu|trade union member|sexual orientation",
}
_ABOUT_PEOPLE = {label: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for label, words in _WORDS.items()}

_BSN_SAID = re.compile(r"\b(?:bsn|burgerservicenummer|sofi-?nummer|citizen service number)\b", re.IGNORECASE)
_NINE_DIGITS = re.compile(r"(?<![\w.,-])(\d{9}|\d{3}[. ]\d{3}[. ]\d{3}|\d{4}[. ]\d{2}[. ]\d{3})(?![\w-])")
_IBAN = re.compile(r"\b([A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?)\b")


def find_labels(text: str) -> tuple[str, ...]:
    """The labels of ``text``, sorted: those of LABELS that it holds."""
    return tuple(label for label in sorted(LABELS) if LABELS[label](text))


def _has_bsn(text: str) -> bool:
    """A number of nine digits that passes the eleven-test, written as one or called one.

    Eleven-test: 9·d1 + 8·d2 + … + 2·d8 − d9 is divisible by 11 (Logisch ontwerp BSN, the register's own rule).
    """
    for match in _NINE_DIGITS.finditer(text):
        digits = [int(character) for character in match[1] if character.isdigit()]
        called_one = _BSN_SAID.search(text[max(0, match.start() - _NEAR_CHARACTERS) : match.start()]) is not None
        weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
        passes = any(digits) and sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11 == 0
        if passes and (called_one or "." in match[1]):
            return True
    return False


def _has_iban(text: str) -> bool:
    """An account number whose check digits are right (ISO 13616: the rearranged number modulo 97 is 1)."""
    for match in _IBAN.finditer(text):
        number = match[1].replace(" ", "")
        rearranged = number[4:] + number[:4]
        if len(number) >= 15 and int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1:
            return True
    return False


def _about_a_person(label: str) -> Callable[[str], bool]:
    return lambda text: _ABOUT_PEOPLE[label].search(text) is not None and _PERSON.search(text) is not None


LABELS = MappingProxyType({"bsn": _has_bsn, "iban": _has_iban, **{label: _about_a_person(label) for label in _WORDS}})
"""Label to the rule that finds it in a text."""
