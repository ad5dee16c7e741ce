"""Dutch put into English word by word: no translation, but enough for a model that reads only English to know what a text is about.

A word is looked up as it stands, by its form, and as a compound of words that are known (“reiskostenvergoeding”: travel expenses,
allowance). What is unknown stays: names, codes, and the many words that the two languages share.

Source: gloss translation as a baseline of cross-language retrieval: Oard & Hackett, "Document Translation for Cross-Language Text
Retrieval", TREC-6 (1997), who translate the documents, word by word, into the language that the retrieval system reads.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache
from pathlib import Path

from kb.lexicon.bilingual import PAIRS, entry_of, first_rendering
from kb.lexicon.small_words import language_by_small_words
from kb.lexicon.word_forms import fold, form_key

RUNNING = Path(__file__).with_name("nl-en-running.tsv")

_VERSION = "1"
_WORD = re.compile(r"[^\W_]+")
_SHORTEST_PART = 3
_SHORTEST_COMPOUND = 7
_JOINTS = ("", "s", "e", "en")
"""Letters between the parts of a Dutch compound."""


def gloss(text: str) -> str:
    """``text``, taken for Dutch, with its words in English; everything between the words stays."""
    found = list(_WORD.finditer(text))
    words = tuple(fold(match[0]) for match in found)
    parts: list[str] = []
    place, end = 0, 0
    while place < len(found):
        length, rendering = _longest(words, place)
        parts += (text[end : found[place].start()], rendering or found[place][0])
        end = found[place + length - 1].end()
        place += length
    return "".join((*parts, text[end:]))


def seems_dutch(text: str) -> bool:
    """Whether ``text`` is rather Dutch than English: by its small words, and where they do not tell by the words that are known."""
    told = language_by_small_words(text)
    if told is not None:
        return told == "nl"
    words = [fold(word) for word in _WORD.findall(text)]
    dutch = sum(_word(word) is not None and word not in _english() for word in words)
    return dutch > sum(word in _english() for word in words)


@cache
def gloss_fingerprint() -> str:
    """``sha256:…`` over everything that decides what a gloss says."""
    digest = hashlib.sha256(_VERSION.encode())
    for file in (PAIRS, RUNNING):
        digest.update(file.read_bytes())
    return "sha256:" + digest.hexdigest()


def _longest(words: tuple[str, ...], place: int) -> tuple[int, str | None]:
    """How many words from ``place`` on are one entry, and its rendering, None where the word is unknown."""
    length, rendering = entry_of(words[place:], "nl")
    if length > 1:
        return length, rendering
    return 1, _word(words[place])


@lru_cache(maxsize=50_000)
def _word(word: str) -> str | None:
    return _simple(word) or _compound(word)


@lru_cache(maxsize=50_000)
def _simple(word: str) -> str | None:
    as_it_stands, by_form = _running()
    return as_it_stands.get(word) or first_rendering(word, "nl") or by_form.get(form_key(word, "nl"))


@lru_cache(maxsize=50_000)
def _compound(word: str) -> str | None:
    """The renderings of the parts, the longest first part that is known with a known rest."""
    if len(word) < _SHORTEST_COMPOUND or not word.isalpha():
        return None
    for cut in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
        first = _first_part(word[:cut])
        rest = (_simple(word[cut:]) or _compound(word[cut:])) if first is not None else None
        if first is not None and rest is not None:
            return f"{first} {rest}"
    return None


@lru_cache(maxsize=50_000)
def _first_part(word: str) -> str | None:
    for joint in _JOINTS:
        bare = word.removesuffix(joint)
        if len(bare) >= _SHORTEST_PART and (not joint or bare != word):
            known = _simple(bare)
            if known is not None:
                return known
    return None


@cache
def _running() -> tuple[dict[str, str], dict[str, str]]:
    as_it_stands: dict[str, str] = {}
    by_form: dict[str, str] = {}
    for line in RUNNING.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            dutch, _, english = line.partition("\t")
            as_it_stands[fold(dutch)] = english
            by_form.setdefault(form_key(fold(dutch), "nl"), english)
    return as_it_stands, by_form


@cache
def _english() -> frozenset[str]:
    """The words on the English side of the lists."""
    lines = (line for file in (PAIRS, RUNNING) for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return frozenset(fold(word) for line in lines for word in line.partition("\t")[2].split())
