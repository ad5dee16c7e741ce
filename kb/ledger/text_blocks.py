"""Texts of a table some at a time, and the strings within a JSON value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.privacy.types import Field

_BLOCK_CHARACTERS = 1_000_000
_BLOCK_TEXTS = 4_000


class TextBlock:
    """Some texts of one table. What a text is the value of is worked out when it is asked: most texts are of no interest."""

    def __init__(self, store: str) -> None:
        self.store = store
        self.texts: list[str] = []
        self._keys: list[tuple[Any, ...]] = []
        self._names: list[str] = []
        self._characters = 0

    def add(self, key: tuple[Any, ...], name: str, text: str) -> None:
        """Take one more text in."""
        self._keys.append(key)
        self._names.append(name)
        self.texts.append(text)
        self._characters += len(text)

    @property
    def full(self) -> bool:
        """Whether it is time for the next block."""
        return self._characters >= _BLOCK_CHARACTERS or len(self.texts) >= _BLOCK_TEXTS

    def field(self, at: int) -> Field:
        """What ``texts[at]`` is the value of."""
        return Field(self.store, tuple(str(part) for part in self._keys[at]), self._names[at])


def strings_within(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Every string in a JSON value with the way to it, steps escaped as in RFC 6901. Keys are the program's own words."""
    if isinstance(value, str):
        if value:
            yield name, value
    elif isinstance(value, dict):
        for key, within in value.items():
            step = str(key).replace("~", "~0").replace("/", "~1")
            yield from strings_within(within, f"{name}/{step}")
    elif isinstance(value, list):
        for at, within in enumerate(value):
            yield from strings_within(within, f"{name}/{at}")
