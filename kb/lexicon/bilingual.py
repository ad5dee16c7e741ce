"""What the words of a question are in the other language, by a list of pairs, word by word: a help to searching, not a translation.

Expanding a question by dictionary is the oldest way across languages; taking the alternatives of one word as one word, of which the
best counts, keeps a word with many translations from drowning the others.

Source: Pirkola, "The effects of query structure and dictionary setups in dictionary-based cross-language information retrieval",
SIGIR 1998.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb.lexicon.word_forms import form_key, words_of

PAIRS = Path(__file__).with_name("nl-en.tsv")

OTHER = {"nl": "en", "en": "nl"}
"""Languages that have a lexicon, each with the language on its other side."""

MOST_ALTERNATIVES = 5
_LONGEST_ENTRY_WORDS = 3

Entries = Mapping[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rendering:
    """One or more words of a question, folded, and what they may be in the other language; none where that is not known."""

    words: tuple[str, ...]
    alternatives: tuple[str, ...]


def renderings(text: str, language: str, passed_over: frozenset[str] = frozenset()) -> list[Rendering]:
    """The words of ``text`` in order, the longest entries first. Single words among ``passed_over`` are left out.

    A ``language`` without a lexicon gives every word without an alternative.
    """
    entries = _entries(language) if language in OTHER else {}
    words = words_of(text)
    keys = [form_key(word, language) for word in words]
    found: list[Rendering] = []
    place = 0
    while place < len(words):
        taken = _longest(entries, keys, place)
        if taken > 1 or words[place] not in passed_over:
            found.append(Rendering(tuple(words[place : place + max(taken, 1)]), entries.get(tuple(keys[place : place + taken]), ())))
        place += max(taken, 1)
    return found


def translate_query(text: str, from_language: str, to_language: str) -> str:
    """The words of ``text`` with, for each, every rendering that the lexicon knows: a bag of words to search or compare with.

    What is not in the lexicon (names, codes, numbers) stays as it is. Equal languages, and languages without a lexicon, give ``text``.
    """
    if OTHER.get(from_language) != to_language:
        return text
    return " ".join(" ".join(one.alternatives or one.words) for one in renderings(text, from_language))


def entry_of(words: Sequence[str], language: str) -> tuple[int, str | None]:
    """How many of the first folded ``words`` are one entry of ``language``, and its first rendering; (0, None) where none is."""
    entries = _entries(language)
    length = _longest(entries, [form_key(word, language) for word in words[:_LONGEST_ENTRY_WORDS]], 0)
    return (length, _first(entries, words[:length], language)) if length else (0, None)


def first_rendering(word: str, language: str) -> str | None:
    """What a folded word of ``language`` is in the other one, None where it is not in the list."""
    return _first(_entries(language), (word,), language)


def _first(entries: Entries, words: Sequence[str], language: str) -> str | None:
    found = entries.get(tuple(form_key(word, language) for word in words))
    return found[0] if found else None


def _longest(entries: Entries, keys: list[str], place: int) -> int:
    for length in range(min(_LONGEST_ENTRY_WORDS, len(keys) - place), 0, -1):
        if tuple(keys[place : place + length]) in entries:
            return length
    return 0


@cache
def _entries(language: str) -> Entries:
    """Keys of the words of ``language`` to their renderings, those first that mean the least else."""
    found: dict[tuple[str, ...], dict[str, None]] = {}
    meanings: dict[str, int] = {}
    for dutch, english in _pairs():
        source, target = (dutch, english) if language == "nl" else (english, dutch)
        found.setdefault(tuple(form_key(word, language) for word in words_of(source)), {})[target] = None
        meanings[target] = meanings.get(target, 0) + 1
    return {key: tuple(sorted(targets, key=lambda target: meanings[target])[:MOST_ALTERNATIVES]) for key, targets in found.items()}


def _pairs() -> Iterator[tuple[str, str]]:
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            dutch, _, english = line.partition("\t")
            yield dutch, english
