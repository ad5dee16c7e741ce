"""Which language a text is in. Model-free, offline, the same answer for the same text."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

SHORTEST_CHARACTERS = 12
"""Below this a text says too little; its surroundings decide."""


@cache
def _detector() -> LanguageDetector:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = (IsoCode639_1.NL, IsoCode639_1.EN, IsoCode639_1.DE, IsoCode639_1.FR)
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()


def detect_language(text: str, otherwise: str = "nl") -> str:
    """ISO 639-1 code of the language of ``text`` (nl, en, de or fr); ``otherwise`` when there is too little to go by."""
    sample = text[:2_000]
    if not has_letters(sample, SHORTEST_CHARACTERS):
        return otherwise
    found = _detector().detect_language_of(sample)
    return found.iso_code_639_1.name.lower() if found is not None else otherwise


def has_letters(text: str, many: int) -> bool:
    """Whether ``text`` has at least so many letters, one or more. It is read no further than to the last of them."""
    return next(islice(filter(str.isalpha, text), many - 1, None), None) is not None
