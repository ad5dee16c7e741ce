"""Whether a question is Dutch or English, by the small words that only one of the two has: questions are short, and names in them mislead
a detector that counts letters."""

from __future__ import annotations

import re

from kb.answering.words import word_set
from kb.types import Language

_ONLY: dict[Language, frozenset[str]] = {
    "nl": word_set(
        """
        de het een en ik je jij jouw u uw wij ons onze hun hen zij hij er dat dit deze wat wie waar wanneer hoe hoeveel hoelang waarom
        welke welk niet geen wel ook nog maar als dan voor van met naar bij uit om op aan tot te door zijn heb heeft hebben kan kun
        kunnen mag mogen moet moeten wordt worden krijg krijgt krijgen zit staat gaat komt mijn mij wil
        """
    ),
    "en": word_set(
        """
        the a an and i you your he she they them their it its this that these those what who whom whose where when how why which not no
        do does did can could may might must shall should will would are were be been being has have my our us from with without about
        into there for if than then by to get gets
        """
    ),
}


def language_by_small_words(text: str) -> Language | None:
    """The language with more small words of its own in ``text``; None where neither has more."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    dutch, english = (sum(word in _ONLY[language] for word in words) for language in ("nl", "en"))
    if dutch == english:
        return None
    return "nl" if dutch > english else "en"
