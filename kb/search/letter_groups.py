"""Groups of four letters within a word: what compounds, inflections and typing errors of one word share.

“Vakantiedagen” and “vakantie” share five groups, “fietsvergoeding” and “fietsvegoeding” most; no dictionary is needed.

Source: McNamee & Mayfield, "Character N-Gram Tokenization for European Language Text Retrieval", Information Retrieval 7 (2004), who
found groups of four the best single choice for Dutch and seven other European languages.
"""

from __future__ import annotations

SIZE = 4


def letter_groups(word: str) -> list[str]:
    """The groups of ``word`` from left to right; a word of SIZE letters or fewer is its own only group."""
    if len(word) <= SIZE:
        return [word]
    return [word[start : start + SIZE] for start in range(len(word) - SIZE + 1)]
