"""What is looked for in the word index for a question: weighted terms in its own language, and in the other by the lexicon.

In the question's own language every word counts by its stem, as it stands, and by its letter groups, which share one word's weight. In
the other language the renderings of a word, and the word itself, are alternatives: the best counts (see ``kb.lexicon.bilingual``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.lexicon.bilingual import OTHER, renderings
from kb.search.letter_groups import letter_groups
from kb.search.stop_words import STOP_WORDS

PLAIN_BOOST = 0.4
"""Of a word as it stands, beside its stem."""

GROUP_BOOST = {"nl": 2.0, "en": 0.5}
"""Of all letter groups of a word together, beside its stem: Dutch writes compounds as one word, English does not."""

CODE_BOOST = 8.0
"""Of a code with a figure, such as 4711-B, found whole."""

HYPHENATED_BOOST = 1.0
"""Of letters joined by a hyphen, such as btw-tarief, found whole."""

Analyse = Callable[[str, str], Sequence[str]]
"""The terms of a text by an analyser of the index: plain, code, nl or en."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a field. ``counted``: its field is part of the highest score that can be reached."""

    field: str
    text: str
    boost: float
    counted: bool = True


Alternatives = tuple[tuple[Term, ...], ...]
"""Ways to say one thing, of which the best counts; the terms of one way are added up."""


def own_language(text: str, language: str, analyse: Analyse) -> tuple[Alternatives, ...]:
    """What to look for in passages of the question's ``language``; everything is added up."""
    words = list(dict.fromkeys(analyse("plain", text)))
    telling = [word for word in words if word not in STOP_WORDS.get(language, ())] or words
    terms: list[Term] = []
    if language in OTHER:
        stems = dict.fromkeys(stem for word in telling for stem in analyse(language, word))
        terms += [Term(f"text_{language}", stem, 1.0) for stem in stems]
        terms += [term for word in telling for term in (Term("text_plain", word, PLAIN_BOOST), *_groups(word, GROUP_BOOST[language]))]
    else:
        terms += [term for word in telling for term in (Term("text_plain", word, 1.0), *_groups(word, GROUP_BOOST["en"]))]
    return tuple(((term,),) for term in (*terms, *_codes(text, analyse)))


def other_language(text: str, language: str, analyse: Analyse) -> tuple[Alternatives, ...]:
    """What to look for in passages of the language beside the question's: nothing where there is no lexicon."""
    if language not in OTHER:
        return ()
    other = OTHER[language]
    wanted: list[Alternatives] = []
    for rendering in renderings(text, language, STOP_WORDS[language]):
        ways = [_way(analyse("plain", one), other, analyse) for one in rendering.alternatives]
        itself = tuple(term for word in rendering.words for term in (Term("text_plain", word, 1.0), *_groups(word, GROUP_BOOST[other])))
        wanted.append((*ways, tuple(Term(t.field, t.text, t.boost, counted=not ways) for t in itself)))
    return (*wanted, *(((term,),) for term in _codes(text, analyse)))


def _way(words: Sequence[str], language: str, analyse: Analyse) -> tuple[Term, ...]:
    share = 1.0 / max(len(words), 1)
    terms: list[Term] = []
    for word in words:
        terms += [Term(f"text_{language}", stem, share) for stem in analyse(language, word)]
        terms += _groups(word, share * GROUP_BOOST[language])
    return tuple(terms)


def _groups(word: str, boost: float) -> list[Term]:
    groups = letter_groups(word)
    return [Term("groups", group, boost / len(groups)) for group in groups]


def _codes(text: str, analyse: Analyse) -> list[Term]:
    codes = dict.fromkeys(analyse("code", text))
    return [Term("code", code, CODE_BOOST if any(c.isdigit() for c in code) else HYPHENATED_BOOST) for code in codes]
