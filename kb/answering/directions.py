"""Words that turn a sentence around without denying it: before and after, at least and at most, more and less, up and down.

A sentence that says “at least” where its source says “at most” is wrong though every figure is right. Only what is plain is judged: the
one sentence has a word of one side and none of the other, the other sentence the reverse.
"""

from __future__ import annotations

import re

_TIME = (
    r"(?=\s+(?:\d|één|een|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
    r"|jan|feb|m(?:aart|ei)|apr|jun|jul|aug|sep|okt|nov|dec))"
)

_SIDES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for one, other in (
        (
            rf"\bvóór\b|\bvoor{_TIME}|\beerder dan\b|\buiterlijk\b|\bbefore\b|\bearlier than\b|\bno later than\b|\bby{_TIME}",
            rf"\bna{_TIME}|\bna afloop\b|\blater dan\b|\bafter\b|\b(?<!no )later than\b",
        ),
        (
            r"\bminimaal\b|\bminstens\b|\bten minste\b|\btenminste\b|\b(?:niet|geen) minder dan\b|\bat least\b|\bminimum\b"
            r"|\b(?:not|no) (?:less|fewer) than\b",
            r"\bmaximaal\b|\bhoogstens\b|\bten hoogste\b|\b(?:niet|geen) meer dan\b|\bat most\b|\bmaximum\b|\b(?:not"
            r"|no) more than\b|\bup to\b",
        ),
        (
            r"(?<!niet )(?<!geen )\b(?:meer|hoger|langer|groter|vaker) dan\b|(?<!not )(?<!no )\b(?:more|higher|longer|greater"
            r"|larger) than\b|\bboven de\b|\babove\b",
            r"(?<!niet )(?<!geen )\b(?:minder|lager|korter|kleiner) dan\b|(?<!not )(?<!no )\b(?:less|fewer|lower|shorter"
            r"|smaller) than\b|\bonder de\b|\bbelow\b",
        ),
        (r"\bbinnen\b|\bwithin\b|\binside\b", r"\bbuiten\b|\boutside\b"),
        (r"\b(?:stijg\w*|steeg|verhoog\w*|hoger|increase\w*|rise\w*|rose|raise\w*)\b", r"\b(?:daal\w*|daling\w*|verlaag\w*"
        r"|lager|decrease\w*|fell|falls|reduce\w*|lower\w*)\b"),
        (r"\b(?:altijd|always)\b", r"\b(?:soms|sometimes|nooit|never)\b"),
        (r"\b(?:verplicht|mandatory|compulsory|required)\b", r"\b(?:vrijwillig|optional|voluntary)\b"),
    )
)  # fmt: skip


def points_otherwise(claim: str, quote: str) -> bool:
    """Whether ``claim`` and ``quote`` say opposite sides of the same thing."""
    return any(
        (_only(here, there, claim) and _only(there, here, quote)) or (_only(there, here, claim) and _only(here, there, quote))
        for here, there in _SIDES
    )


def _only(side: re.Pattern[str], other: re.Pattern[str], text: str) -> bool:
    return side.search(text) is not None and other.search(text) is None
