"""How many tokens a text takes, without the model's tokenizer.

Models that do not tell their tokenizer are counted on the safe side: letters in threes, as the vocabularies of common models cut Dutch
(English comes longer), capitals in a row in pairs, each digit and sign for one, other scripts by their bytes.
"""

from __future__ import annotations

import math
import re

_PART = re.compile(
    r"(?P<capitals>[A-Z]{2,})|(?P<letters>[A-Za-z]+)|(?P<digit>\d)|(?P<space>[ ]+)|(?P<lines>[\t\r\n]+)|(?P<other>.)", re.DOTALL
)
_LETTERS_PER_TOKEN = 3
_CAPITALS_PER_TOKEN = 1.6


def estimate_tokens(text: str) -> int:
    """An upper estimate of the tokens of ``text``, without a model's own frame around a message."""
    total = 0
    for part in _PART.finditer(text):
        length = part.end() - part.start()
        match part.lastgroup:
            case "letters":
                total += math.ceil(length / _LETTERS_PER_TOKEN)
            case "capitals":
                total += math.ceil(length / _CAPITALS_PER_TOKEN)
            case "space":
                total += 0 if length == 1 else 1
            case "lines":
                total += math.ceil(length / 2)
            case "other":
                total += max(1, len(part[0].encode(errors="replace")) - 1)
            case _:
                total += 1
    return total
