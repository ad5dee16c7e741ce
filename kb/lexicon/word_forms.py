"""The key under which the forms of a word meet in the lexicon: light rules for endings, one set per language.

Keys are compared with keys only, so a key need not be a word. Where a rule is wrong it is wrong on both sides.

Source: for English the S-stemmer of Harman, "How effective is suffixing?", JASIS 42 (1991), with -ed and -ing; the Dutch rules undo
the plural, the doubled consonant, the single vowel and the participle of Dutch spelling in the same spirit.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_VOWELS = "aeiouy"


def fold(text: str) -> str:
    """``text`` without case and diacritics."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def words_of(text: str) -> list[str]:
    """The words of ``text``, folded, in order; ``a-b`` is two."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=20_000)
def form_key(word: str, language: str) -> str:
    """The key of a folded ``word`` of ``language`` (nl or en; others are their own key)."""
    if len(word) < 4 or not word.isalpha():
        return word
    if language == "en":
        return _english(word)
    return _dutch(word) if language == "nl" else word


def _english(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and any(letter in _VOWELS for letter in stem):
            word = _single_end(stem)
            break
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 and word[-2] not in _VOWELS else word


def _dutch(word: str) -> str:
    if word.startswith("ge") and len(word) > 6 and word.endswith(("d", "t", "en")):
        word = word[2:]
        word = word[:-1] if word[-1] in "dt" and word[-2] not in _VOWELS else word
    if word.endswith("s") and len(word) > 4 and word[-2] not in "aious" and word[-3:-1] != "ee":
        word = word[:-1]
    for ending in ("en", "e"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and stem[-1] != "e":
            word = stem
            break
    word = _single_end(word)
    if word.endswith(("dt", "kt", "gt", "pt", "nt", "lt", "rt", "ft")) and len(word) > 4:
        word = word[:-1]
    word = re.sub(r"([aeou])\1(?=[^aeiouy]$)", r"\1", word)
    return word.translate(_HARD) if word[-1] in "vz" else word


_HARD = str.maketrans({"v": "f", "z": "s"})


def _single_end(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in _VOWELS else word
