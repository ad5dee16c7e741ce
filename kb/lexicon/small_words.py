"""Whether a text is Dutch or English, by the small words that only one of the two has: questions are short, and names in them mislead
a detector that counts letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.types import Language

_DUTCH = """
de het een en ik je jij jou jouw u uw wij ons onze hun hen zij ze hij er dat dit deze wat wie waar wanneer hoe hoeveel hoelang waarom
welke welk niet geen wel ook nog maar als dan voor van met naar bij uit om op aan tot te door zijn heb heeft hebben kan kun kunt kunnen
mag mogen moet moeten wordt worden krijg krijgt krijgen zit staat gaat komt mijn mij wil wilt zoals omdat indien tijdens zonder volgens
"""

_ENGLISH = """
the a an and i you your he she they them their it its this that these those what who whom whose where when how why which not no do does
did can could may might must shall should will would are were be been being has have my our us from with without about into there for if
than then by to get gets of at because while during whether
"""

_ONLY: dict[Language, frozenset[str]] = {"nl": frozenset(_DUTCH.split()), "en": frozenset(_ENGLISH.split())}
_IN_NAMES = frozenset({"van", "de", "der", "den", "het", "ten", "ter", "in", "op", "aan"})
_WORD = re.compile(r"[^\W\d_]+")


def language_by_small_words(text: str) -> Language | None:
    """The language with more small words of its own in ``text``; None where neither has more.

    “van der” after a word with a capital is part of a name, in any language.
    """
    words = list(_outside_names(_WORD.findall(text)))
    dutch, english = (sum(word in _ONLY[language] for word in words) for language in ("nl", "en"))
    if dutch == english:
        return None
    return "nl" if dutch > english else "en"


def _outside_names(words: list[str]) -> Iterator[str]:
    in_name = False
    for word in words:
        particle = word in _IN_NAMES and in_name
        if not particle:
            in_name = word[0].isupper()
            yield word.lower()
