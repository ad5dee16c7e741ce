"""Figures of Dutch and English text in one normal form: numbers, amounts, percentages, times, dates, ordinals and codes.

A figure has one or more *readings*, because writing is ambiguous: “9.00” is a number and a time. Two figures meet when they share
a reading. A date with a year is two figures, its day and its year, since a title often gives the year. Readings look like
``n:1250.5`` (number), ``p:25`` (percent), ``t:540`` (minutes after midnight), ``d:1-5`` (1 May), ``m:5``, ``w:1`` (Monday), ``o:2``
(second) and ``c:4711b`` (code, address, phone number).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb.answering.words import fold


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a text: what it may mean, and where it stands."""

    readings: frozenset[str]
    start: int
    end: int


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb",
            "maart march mrt",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "augustus august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_AMBIGUOUS_MONTHS = frozenset({"may", "march", "jan", "mei", "maart", "dec", "mrt", "jun", "jul", "sep", "okt", "oct", "nov", "apr", "feb"})
"""Alone these may be other words or names; beside a day they are months."""
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "maandag monday maandagen mondays maandags",
            "dinsdag tuesday dinsdagen tuesdays",
            "woensdag wednesday woensdagen wednesdays",
            "donderdag thursday donderdagen thursdays",
            "vrijdag friday vrijdagen fridays",
            "zaterdag saturday zaterdagen saturdays",
            "zondag sunday zondagen sundays",
        ),
        1,
    )
    for name in names.split()
}
_CARDINALS = {
    "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9, "tien": 10, "elf": 11, "twaalf": 12,
    "dertien": 13, "veertien": 14, "vijftien": 15, "zestien": 16, "zeventien": 17, "achttien": 18, "negentien": 19, "twintig": 20,
    "vijfentwintig": 25, "dertig": 30, "veertig": 40, "vijftig": 50, "zestig": 60, "zeventig": 70, "tachtig": 80, "negentig": 90,
    "honderd": 100, "duizend": 1000, "anderhalf": 1.5, "anderhalve": 1.5,
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
}  # fmt: skip
"""Number words that are nothing else; “een” and “one” are not among them."""
_ORDINALS = {
    "tweede": 2, "derde": 3, "vierde": 4, "vijfde": 5, "zesde": 6, "zevende": 7, "achtste": 8, "negende": 9, "tiende": 10,
    "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip

_NAMES_OF_MONTHS = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_FIRST = rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th|e|de|ste|\.)?(?:\s+of)?\s+(?P<m1>{_NAMES_OF_MONTHS})\b\.?(?:,?\s+(?P<y1>\d{{4}})\b)?"
_MONTH_FIRST = rf"\b(?P<m2>{_NAMES_OF_MONTHS})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[.:]\d)(?:,?\s+(?P<y2>\d{{4}})\b)?"
_ISO = r"(?<![\d-])(?P<y3>\d{4})-(?P<m3>\d{2})-(?P<d3>\d{2})(?![\d-])"
_NUMERIC_DATE = r"(?<![\d./-])(?P<d4>\d{1,2})(?P<sep>[-/.])(?P<m4>\d{1,2})(?P=sep)(?P<y4>\d{4}|\d{2})(?![\d/-])"
_ADDRESS = r"(?P<address>[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s|)>\]]+|www\.[^\s|)>\]]+)"
_PHONE = r"(?<![\w.,-])(?P<phone>(?:\+\d{1,3}|0\d{1,3}|\(0\d{1,3}\))(?:[ -]{0,3}\(?\d+\)?){1,5})(?![\w-])"
_CODE = r"(?<![\w-])(?P<code>(?=[\w/-]*\d)(?=[\w/-]*[^\W\d_])[^\W_]+(?:[-/_][^\W_]+)*)(?![\w-])"
_CLOCK = (
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?:(?P<dots>[:.])(?P<minute>[0-5]\d))?"
    r"(?![\d,]|\.\d)(?:\s*(?P<oclock>uur|u\b\.?|h\b|o['’]clock)|\s*(?P<half>[ap])\.?m\b\.?)?"
)
_PERCENT = r"\s?(?P<percent>%|procent\b|percent\b|per cent\b|pct\b)"
_NUMBER = rf"(?P<number>\d+(?:[.,]\d+)*)(?:,[-–])?(?P<ordinal>(?:st|nd|rd|th|e|de|ste)\b)?(?:{_PERCENT})?"
_WORD = r"(?P<word>[^\W\d_]+)"
_FIGURE = re.compile(
    "|".join((_ADDRESS, _ISO, _NUMERIC_DATE, _DAY_FIRST, _MONTH_FIRST, _PHONE, rf"(?P<at>{_CLOCK})(?!\s?(?:%|procent|percent|per cent))")),
    re.IGNORECASE,
)
_REST = re.compile("|".join((r"(?P<ordinalnumber>\b\d{1,3}(?:st|nd|rd|th|e|de|ste)\b)", _CODE, _NUMBER, _WORD)), re.IGNORECASE)
_LIST_NUMBER = re.compile(r"\A\s*(?:[-•*–]\s+)?\(?\d{1,2}[.)]\s+")
_CURRENCY_BEFORE = re.compile(r"(?:€|\$|£|\bEUR|\beuro)\s?\Z", re.IGNORECASE)


def figures(text: str) -> list[Figure]:
    """The figures of ``text`` in order. A number that only counts a list item (“1. …”) is none."""
    found: list[Figure] = []
    position = listed.end() if (listed := _LIST_NUMBER.match(text)) else 0
    special, rest = _FIGURE.search(text, position), _REST.search(text, position)
    while special is not None or rest is not None:
        if special is not None and (rest is None or (special.start(), -special.end()) <= (rest.start(), -rest.end())):
            found += _special(special, text)
            position = special.end()
        else:
            assert rest is not None
            found += _plain(rest)
            position = rest.end()
        # A match that lies ahead stays the next one of its kind: searching for it again would read the text over and over.
        if special is not None and special.start() < position:
            special = _FIGURE.search(text, position)
        if rest is not None and rest.start() < position:
            rest = _REST.search(text, position)
    return found


def readings(found: Iterable[Figure]) -> frozenset[str]:
    """Every reading of every figure."""
    return frozenset(reading for figure in found for reading in figure.readings)


def _special(match: re.Match[str], text: str) -> list[Figure]:
    groups = match.groupdict()
    if groups["address"]:
        return [_figure(match, "c:" + _squeezed(groups["address"].rstrip(".,;:")))]
    if groups["phone"]:
        digits = re.sub(r"\D", "", groups["phone"])
        return [_figure(match, "c:" + re.sub(r"^31(?=\d{9}$)", "0", digits))] if len(digits) >= 8 else _numbers_in(match)
    if groups["at"]:
        return [_clock(match, text)]
    for n in "1234":
        if groups[f"d{n}"]:
            return _date(match, groups[f"d{n}"], groups[f"m{n}"], groups[f"y{n}"])
    return []


def _numbers_in(match: re.Match[str]) -> list[Figure]:
    return [
        Figure(frozenset({"n:" + _normal(number[0])}), match.start() + number.start(), match.start() + number.end())
        for number in re.finditer(r"\d+", match[0])
    ]


def _date(match: re.Match[str], day: str, month: str, year: str | None) -> list[Figure]:
    number = _MONTHS[fold(month)] if not month.isdigit() else int(month)
    day_number = int(day)
    if number > 12 >= day_number:
        day_number, number = number, day_number
    found = [_figure(match, f"d:{day_number}-{number}")]
    if year is not None:
        found.append(_figure(match, "n:" + (year if len(year) == 4 else f"20{year}")))
    return found


def _clock(match: re.Match[str], text: str) -> Figure:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
        return _figure(match, f"t:{hour * 60 + minute}")
    time = f"t:{hour * 60 + minute}"
    plain = "n:" + _normal(f"{match['hour']}.{match['minute']}" if match["minute"] else match["hour"])
    if _CURRENCY_BEFORE.search(text, 0, match.start()) or (match["minute"] is None and not match["oclock"]):
        return _figure(match, plain)
    if match["dots"] == ":" or (match["minute"] and match["oclock"]):
        return _figure(match, time)
    return _figure(match, time, plain)


def _plain(match: re.Match[str]) -> list[Figure]:
    groups = match.groupdict()
    if groups["ordinalnumber"]:
        digits = re.sub(r"\D", "", groups["ordinalnumber"])
        return [_figure(match, f"o:{int(digits)}")]
    if groups["code"]:
        return [_figure(match, "c:" + _squeezed(groups["code"]))]
    if groups["number"]:
        value = _normal(groups["number"])
        return [_figure(match, ("p:" if groups["percent"] else "n:") + value)]
    word = fold(groups["word"])
    if word in _CARDINALS:
        return [_figure(match, f"n:{_CARDINALS[word]}")]
    if word in _ORDINALS:
        return [_figure(match, f"o:{_ORDINALS[word]}")]
    if word in _WEEKDAYS:
        return [_figure(match, f"w:{_WEEKDAYS[word]}")]
    if word in _MONTHS and word not in _AMBIGUOUS_MONTHS:
        return [_figure(match, f"m:{_MONTHS[word]}")]
    return []


def _figure(match: re.Match[str], *found: str) -> Figure:
    return Figure(frozenset(found), match.start(), match.end())


def _squeezed(code: str) -> str:
    return re.sub(r"[-_ /]", "", fold(code))


def _normal(number: str) -> str:
    """A number in either way of writing as digits with a dot: ``1.250,50`` and ``1,250.50`` are ``1250.5``, ``1.250`` is ``1250``."""
    separators = re.findall(r"[.,]", number)
    groups = re.split(r"[.,]", number)
    if len(set(separators)) == 2 and separators[-1] not in separators[:-1]:
        whole, fraction = "".join(groups[:-1]), groups[-1]
    elif len(separators) >= 1 and all(len(group) == 3 for group in groups[1:]) and groups[0] != "0" and len(groups[0]) <= 3:
        whole, fraction = "".join(groups), ""
    elif len(separators) == 1:
        whole, fraction = groups
    else:
        return number
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
