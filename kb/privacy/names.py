"""Dutch names taken apart: given names or initials, tussenvoegsels, surname; and the ways in which they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.privacy.folding import fold

_TITLES = (
    "dhr mw mevr mej hr heer mevrouw mejuffrouw meneer mijnheer juf juffrouw meester familie fam "
    "drs dr ir ing mr prof professor ds mrs ms miss sir"
)
TITLES = tuple(_TITLES.split())
"""Words before a name, folded. “de heer” ends in one."""

_PARTICLES = (
    "van de der den het t ter ten te in op aan bij onder uit over voor tot vd vande vander vanden la le du des von zu el al ben bin "
    "da dos das do del della di st"
)
PARTICLES = frozenset(_PARTICLES.split())
"""Tussenvoegsels, folded."""

_SHORTENED = {"van": "van|v", "de": "de|d", "der": "der|d", "den": "den|d", "vande": "vande|vd", "het": "het|t"}
_MARKS = "\u0300-\u036f"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")
_HYPHENATED = re.compile(rf"{_WORD.pattern}(?:[-‐‑–]{_WORD.pattern})*")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in its parts, as written. ``given`` are given names or initials; ``surname`` has a word per part of a double name."""

    given: tuple[str, ...]
    particles: tuple[str, ...]
    surname: tuple[str, ...]

    @property
    def first(self) -> str | None:
        """The first given name, where more than an initial is known."""
        return self.given[0] if self.given and len(fold(self.given[0])) > 1 else None


def person_name(value: str) -> PersonName:
    """The parts of ``value``: “Jan de Vries”, “Vries, J. de”, “dhr. De Vries”, “J.P. de Vries”, “Femke de Groot-Janssen”.

    Without a tussenvoegsel the last word is the surname and all before it are given names; a single word is a surname.
    """
    front, comma, back = (part.strip() for part in value.partition(","))
    words = _HYPHENATED.findall(front)
    behind = _HYPHENATED.findall(back)
    if comma and words and behind:
        lead = _particles_before(words)
        tail = [word for word in behind if _is_particle(word)]
        given = [word for word in behind if not _is_particle(word)]
        return PersonName(_apart(given), (*tail, *words[:lead]), _apart(words[lead:]))
    while len(words) > 1 and (fold(words[0]) in TITLES or (fold(words[0]) == "de" and fold(words[1]) in TITLES)):
        words = words[1:]
    at = next((i for i in range(len(words) - 1) if _is_particle(words[i]) or (i > 0 and fold(words[i]) == "t")), None)
    if at is None:
        return PersonName(_apart(words[:-1]), (), _apart(words[-1:]))
    end = at + _particles_before(words[at:])
    return PersonName(_apart(words[:at]), tuple(words[at:end]), _apart(words[end:]))


def _is_particle(word: str) -> bool:
    folded = fold(word)
    return len(folded) > 1 and folded in PARTICLES


def _particles_before(words: Sequence[str]) -> int:
    """How many words are tussenvoegsels, before at least one that is not."""
    count = 0
    while count < len(words) - 1 and fold(words[count]) in PARTICLES:
        count += 1
    return count


def _apart(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(part for word in words for part in _WORD.findall(word))


def forms_of(name: PersonName) -> Iterator[str]:
    """The usual ways of writing the name so that it names this person, the fullest first; some may be the same."""
    surname = "-".join(name.surname)
    lead = " ".join(name.particles)
    last = f"{lead} {surname}".strip()
    capital = last[:1].upper() + last[1:]
    if name.given:
        whole = " ".join(name.given)
        dotted = "".join(f"{word[0].upper()}." for word in name.given)
        first, initial = name.given[0], f"{name.given[0][0].upper()}."
        for given in dict.fromkeys((whole, first, dotted, initial, dotted.replace(".", ""), initial[0])):
            yield f"{given} {last}"
            yield f"{surname}, {given} {lead}".strip()
            yield f"{capital}, {given}"
        yield f"{dotted.replace('.', '. ').strip()} {last}"
    for title in ("dhr.", "mevr.", "mw.", "de heer", "mevrouw", "meneer", "mr.", "mrs.", "ms."):
        yield f"{title} {capital}"


# --- patterns over folded text -----------------------------------------------------------------------------------------

GAP = r"[ ]*(?:(?:[^\w ]|_)[ ]*){0,3}"
"""Between two words of a name: white space, and at most three other signs that are neither letter nor digit."""

_SOME_GAP = r"(?=[\W_])" + GAP
_END = r"(?![^\W_])"
_BEGIN = r"(?<![^\W_])"
_LONG = 6
"""Letters of a surname from which it may stand joined to a given name (jdevries): a shorter one would be found within words."""


def certain_pattern(name: PersonName) -> str:
    """A regular expression over folded text for the ways of writing that name this person: with a given name, an initial or a title.

    A name of one word is found wherever the word stands.
    """
    lead = _lead(name)
    surname = _surname(name)
    title = rf"(?:(?:de )?(?:{'|'.join(TITLES)}){_END}{GAP}){{1,3}}"
    if not name.given:
        return rf"{_BEGIN}(?:{title})?{lead}{surname}{_END}"
    joint = GAP if len("".join((*name.particles, *name.surname))) >= _LONG else _SOME_GAP
    given = _given(name)
    behind = _given_behind(name, joint)
    ways = (
        rf"(?:{title})?{given}{joint}{lead}{surname}",
        rf"(?:{title})?(?:{lead})?{surname}(?:{behind})(?:{GAP}{_particles(name)})?",
        rf"{title}{lead}{surname}",
    )
    return rf"{_BEGIN}(?:{'|'.join(ways)}){_END}"


def bare_pattern(name: PersonName) -> str:
    """The surname alone, with its tussenvoegsels where they stand before it."""
    return rf"{_BEGIN}(?:{_lead(name)})?{_surname(name)}{_END}"


def _particles(name: PersonName) -> str:
    return GAP.join(f"(?:{_SHORTENED.get(word, re.escape(word))})" for word in map(fold, name.particles))


def _lead(name: PersonName) -> str:
    if not name.particles:
        return ""
    lead = _particles(name) + GAP
    # Of a double name the parts may change places, and the tussenvoegsels with them: Janssen-de Groot.
    return f"(?:{lead})?" if len(name.surname) > 1 else lead


def _surname(name: PersonName) -> str:
    parts = [re.escape(fold(part)) for part in name.surname]
    if len(parts) == 1:
        return parts[0]
    between = f"{GAP}(?:{_particles(name)}{GAP})?" if name.particles else GAP
    return f"(?:{GAP.join(parts)}|{between.join(reversed(parts))}|{'|'.join(parts)})"


def _given(name: PersonName) -> str:
    """Given names before a surname: whole, some of them, or initials, with unknown further initials behind."""
    first, *others = (fold(word) for word in name.given)
    together = "".join(word[0] for word in (first, *others))
    known = "|".join(re.escape(word) for word in dict.fromkeys((first, together, first[0])))
    rest = "|".join([*(re.escape(word) for word in others if len(word) > 1), rf"[^\W\d_]{_END}"])
    whole = GAP.join(re.escape(word) for word in (first, *others))
    return rf"(?:{whole}|(?:{known})(?:{_SOME_GAP}(?:{rest})){{0,4}})"


def _given_behind(name: PersonName, joint: str) -> str:
    """Given names behind the surname. An initial alone counts there after a comma, or with its dot."""
    first = re.escape(fold(name.given[0]))
    letter = re.escape(fold(name.given[0])[0])
    initials = rf"(?:[ ]*,[ ]*{letter}{_END}|[ ]{letter}\.)(?:[ .]{{0,3}}[^\W\d_]{_END}\.?){{0,4}}"
    whole = GAP.join(re.escape(fold(word)) for word in name.given)
    return initials if len(fold(name.given[0])) == 1 else rf"{joint}(?:{whole}|{first}){_END}|{initials}"
