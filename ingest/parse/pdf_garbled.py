"""Whether the text in a PDF is what the page shows. Fonts without a table of letters give words that nobody can read."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

FEWEST_SIGNS = 20
SHARE_OF_ODD_SIGNS = 0.15
FEWEST_WORDS = 25
SHARE_WITHOUT_VOWEL = 0.5
"""In Dutch and English fewer than one word in twenty has no vowel; in shifted letters most have none."""

_LATIN_WORD = re.compile(r"[a-zA-Z\u00c0-\u024f]{3,}")
_BULLETS = frozenset("\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf0a8")
_VOWELS = frozenset("aeiouy")


def is_garbled(text: str) -> bool:
    """Whether many signs stand for no letter, or most words have no vowel."""
    signs = {sign: count for sign, count in Counter(text).items() if not sign.isspace() and sign not in _BULLETS}
    total = sum(signs.values())
    if total < FEWEST_SIGNS:
        return False
    if sum(count for sign, count in signs.items() if _is_odd(sign)) > SHARE_OF_ODD_SIGNS * total:
        return True
    words = _LATIN_WORD.findall(text)
    return len(words) >= FEWEST_WORDS and sum(not _has_vowel(word) for word in words) > SHARE_WITHOUT_VOWEL * len(words)


def _is_odd(sign: str) -> bool:
    return sign == "\ufffd" or unicodedata.category(sign) in ("Co", "Cn", "Cc", "Cs")


def _has_vowel(word: str) -> bool:
    folded = word.casefold()
    return not _VOWELS.isdisjoint(folded if folded.isascii() else unicodedata.normalize("NFD", folded))
