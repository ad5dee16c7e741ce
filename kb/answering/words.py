"""The words of a Dutch or English text that carry meaning, folded so that forms of one word meet.

The folding is light and errs towards meeting: it serves overlap between sentences that were already found for one question,
not search.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TOKEN = re.compile(r"[^\W_]+(?:['’.-](?=[^\W_])[^\W_]+)*")


def word_set(text: str) -> frozenset[str]:
    """The words of ``text`` between white space."""
    return frozenset(text.split())


NEGATIONS = word_set(
    """
    niet geen nooit niets niks niemand nergens zonder noch evenmin geenszins nimmer not no never nothing nobody none
    nowhere without neither nor cannot
    """
)
"""Words that turn a clause around. Forbidding does too: see FORBIDDING."""

FORBIDDING = {
    "verboden": "toegestaan",
    "verbiedt": "toegestaan",
    "verbod": "toegestaan",
    "forbidden": "allowed",
    "prohibited": "allowed",
    "prohibits": "allowed",
    "prohibit": "allowed",
    "forbids": "allowed",
    "banned": "allowed",
}
"""Words that say “not” and something else at once, with that something."""

_FUNCTION_WORDS = (
    word_set(
        """
    de het een der des den ik je jij jou jouw u uw hij zij ze wij we ons onze jullie hun hen haar hem zijn mijn men zich
    zichzelf elkaar dit dat deze die daar hier er waar waarin waarop wat wie welk welke wanneer hoe hoeveel waarom
    waarvoor waarmee hoelang en of maar want dus als dan toen terwijl omdat doordat hoewel tenzij indien zodat zowel
    echter ook nog al wel toch slechts in op aan bij van voor met naar uit over onder tegen tot te om door per via sinds
    tussen tijdens binnen buiten volgens na naast af is was waren ben bent wordt worden werd werden geworden heb hebt
    heeft hebben had hadden gehad kan kun kunt kunnen kon konden mag mogen mocht mochten moet moeten moest moesten zal
    zult zullen zou zouden wil wilt willen wilde ga gaat gaan doe doet doen deed kom komt komen krijg krijgt krijgen
    geldt gelden hoort horen zo heel erg zeer meer minder veel alle alles iets iemand ieder iedere elk elke ja nee neen
    jazeker hiervan daarvan ervan hiervoor daarvoor ervoor daarbij hierbij erbij hiermee daarmee ermee t s n the a an i
    me my you your he she it its our us they them their this that these those there here what who whom whose which when
    how why where and or but if then than because although while unless until so both however also too still yet only
    just on at by for with to from into onto out under against about since between during within after before as up off
    were are am be been being has have do does did done can could may might must shall should will would need needs get
    gets got such very much many more less most all any some each every other own same few several yes re ve ll d m
    """
    )
    | NEGATIONS
)


def fold(text: str) -> str:
    """``text`` without case and diacritics."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def tokens(text: str) -> list[str]:
    """The words of ``text`` as written; hyphens, apostrophes and dots inside a word stay."""
    return _TOKEN.findall(text)


def is_function_word(word: str) -> bool:
    """Whether ``word`` says nothing on its own."""
    return fold(word) in _FUNCTION_WORDS


def content_words(text: str) -> list[str]:
    """The stems of the words of ``text`` that say something, in order, repeats included. Parts of ``a-b`` count apart.

    A word such as “forbidden” gives the stem of what it denies.
    """
    stems = []
    for token in tokens(text):
        for part in re.split(r"['’.-]", token):
            folded = fold(part)
            if folded in FORBIDDING:
                stems.append(stem(FORBIDDING[folded]))
            elif folded not in _FUNCTION_WORDS and (len(folded) > 1 or folded.isdigit()):
                stems.append(stem(folded))
    return stems


def count_negations(text: str) -> int:
    """How often ``text`` turns itself around. “No. 5” is a number, and a leading “No.” or “Nee,” an answer, not a denial."""
    text = re.sub(r"\A\s*(?:nee|neen|no)\b[.,!:]?", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\bno\.(?=\s*\d)", "", text, flags=re.IGNORECASE)
    count = len(re.findall(r"n['’]t\b", text, re.IGNORECASE))
    for token in tokens(text):
        folded = fold(token)
        count += folded in NEGATIONS or folded in FORBIDDING
    return count


def meets(word: str, others: frozenset[str] | set[str]) -> float:
    """How far the stem ``word`` occurs among the stems ``others``: 1 as it is, half as the beginning or end of a compound."""
    if word in others:
        return 1.0
    if len(word) < 4 or word.isdigit():
        return 0.0
    for other in others:
        if len(other) >= 4 and (other.startswith(word) or other.endswith(word) or word.startswith(other) or word.endswith(other)):
            return 0.5
    return 0.0


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The folded ``word`` cut back to what its Dutch and English forms share, roughly. Not a word for people."""
    if len(word) <= 2 or not word.isalpha():
        return word
    base = re.sub(r"^(aan|op|af|uit|in|toe|mee|na|door|voor|terug)ge(?=.{4})", r"\1", word)
    base = _without_s(re.sub(r"ies$", "y", base) if len(base) > 5 else base)
    for suffix in _ENDINGS:
        left = base[: -len(suffix)]
        if (
            base.endswith(suffix)
            and not base.endswith("oed")
            and (len(left) >= 3 or (len(left) == 2 and left[0] in "aeiou"))
            and any(c in "aeiouy" for c in left)
        ):
            base = left
            break
    base = _without_s(base[:-1] + {"v": "f", "z": "s"}.get(base[-1], base[-1]))
    while len(base) > 3 and base[-1] in "td":
        base = base[:-1]
    if base.startswith("ge") and len(base) > 4:
        base = base[2:]
    base = re.sub(r"(aa|ee|oo|uu)(?=[^aeiou]|$)", lambda double: double[0][0], base)
    return re.sub(r"([^aeiou])\1$", r"\1", base)


_ENDINGS = ("ingen", "ing", "heden", "heid", "enden", "ende", "ten", "den", "en", "ed", "er", "te", "de", "e", "ly")


def _without_s(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
