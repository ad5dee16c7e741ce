"""Slips of the finger: whether two folded words are the same word, typed wrongly once."""

from __future__ import annotations

_SHORTEST_WORD = 5
_LOOK_ALIKE = frozenset({"o0", "0o", "l1", "1l", "i1", "1i", "s5", "5s", "b8", "8b"})


def one_slip_apart(word: str, other: str) -> bool:
    """Whether one letter was left out, typed twice, added, replaced, or swapped with its neighbour.

    Words have at least five letters and begin alike. In a word with a digit, which may be a code, a replaced character makes another code:
    there only swapped neighbours, a doubled or missing character, and characters that look alike count.
    """
    if word == other or min(len(word), len(other)) < _SHORTEST_WORD or abs(len(word) - len(other)) > 1 or word[0] != other[0]:
        return False
    code = any(c.isdigit() for c in word) or any(c.isdigit() for c in other)
    first = next((place for place in range(min(len(word), len(other))) if word[place] != other[place]), min(len(word), len(other)))
    if len(word) == len(other):
        swapped = word[first : first + 2] == other[first : first + 2][::-1] and word[first + 2 :] == other[first + 2 :]
        replaced = word[first + 1 :] == other[first + 1 :]
        return swapped or (replaced and (not code or word[first] + other[first] in _LOOK_ALIKE))
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    if longer[:first] + longer[first + 1 :] != shorter:
        return False
    return not code or longer[first] in (longer[first - 1 : first], longer[first + 1 : first + 2])
