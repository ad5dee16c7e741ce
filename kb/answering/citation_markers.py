"""The ``[n]`` that a model puts after its sentences: read as a hint, and taken out of what is shown."""

from __future__ import annotations

import re

_MARKER = re.compile(r"[\[【](?:passages?\s*)?(\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,8})[\]】]", re.IGNORECASE)


def marked_numbers(sentence: str) -> tuple[int, ...]:
    """The passage numbers that ``sentence`` names, each once, in order. ``[1-3]`` names 1, 2 and 3."""
    numbers: dict[int, None] = {}
    for marker in _MARKER.finditer(sentence):
        for part in re.split(r"\s?[,;]\s?", marker[1]):
            first, *last = (int(number) for number in re.split(r"\s?[–-]\s?", part))
            numbers.update(dict.fromkeys(range(first, min(last[-1], first + 9) + 1) if last else (first,)))
    return tuple(numbers)


def without_markers(text: str) -> str:
    """``text`` without its markers and the space before them."""
    return re.sub(r"([.!?…])\s*[.]", r"\1", _spaced_out(text)) if _MARKER.search(text) else text


def _spaced_out(text: str) -> str:
    bare = re.sub(r"[ \t]*" + _MARKER.pattern, "", text, flags=re.IGNORECASE)
    return re.sub(r"[ \t]+([.,;:!?])", r"\1", bare).strip()
