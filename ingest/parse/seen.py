"""Which words of a file have been kept already, so that nothing is kept twice and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable

from kb.types import Element


def squeezed(text: str) -> str:
    """``text`` without white space, cell borders and case."""
    return "".join(text.replace("|", "").split()).casefold()


class Seen:
    """What has been kept, compared without spaces and case."""

    def __init__(self, elements: Iterable[Element], strings: Iterable[str]) -> None:
        texts = [squeezed(element.text) for element in elements] + [squeezed(value) for value in strings]
        self._whole = set(texts)
        self._text = "\n".join(texts)

    def has(self, text: str) -> bool:
        """Whether ``text`` stands in what was kept. Nothing and bare numbers always do."""
        key = squeezed(text)
        return not key or key.isdigit() or key in self._whole or key in self._text

    def add(self, text: str) -> None:
        """Remember ``text``."""
        self._whole.add(squeezed(text))
