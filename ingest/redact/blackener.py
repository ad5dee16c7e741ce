"""Finding the words that go, however a format writes them, and blackening them without moving anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from urllib.parse import quote, quote_plus

from kb.privacy.folding import FoldedText
from kb.privacy.types import REDACTED

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")


class Blackener:
    """The words of one file that go. Capitals, accents, white space and hyphens at line ends do not matter, whole words do."""

    def __init__(self, words: Iterable[str]) -> None:
        """``words``: stretches of the file's text as it was read."""
        self._words = [word for word in dict.fromkeys(words) if word.strip()]

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where they stand in ``text``, merged and in order."""
        found: list[tuple[int, int]] = []
        if self._pattern is None:
            return found
        readings = [FoldedText(text)]
        if "-" in text and "\n" in text:
            readings.append(FoldedText(text, joined=True))
        for reading in readings:
            found += [reading.place(*match.span()) for match in self._pattern.finditer(reading.text)]
        return _merged(found)

    def found(self, text: str) -> bool:
        """Whether any of them stands in ``text``."""
        return bool(self.places(text))

    def blacken(self, text: str) -> str:
        """``text`` with REDACTED for each of their characters; line ends stay."""
        return _blackened(text, self.places(text))

    def blacken_pieces(self, pieces: Sequence[str]) -> list[str]:
        """Pieces that are read as one text, each blackened where a word lies in it or runs through it."""
        whole = "".join(pieces)
        places = self.places(whole)
        if not places:
            return list(pieces)
        black = _blackened(whole, places)
        out, start = [], 0
        for piece in pieces:
            out.append(black[start : start + len(piece)])
            start += len(piece)
        return out

    def in_bytes(self, data: bytes) -> bool:
        """Whether any of them stands in ``data``, of which nothing is known, in a usual encoding."""
        lowered = data.lower()
        for word in self._words:
            for form in {word, word.lower(), word.upper(), quote(word)}:
                if any(_encoded(form, encoding) in lowered for encoding in _ENCODINGS):
                    return True
        return False

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        forms: dict[str, None] = {}
        for word in sorted(self._words, key=len, reverse=True):
            for form in (word, quote(word), quote_plus(word), quote(word, safe="@")):
                folded = FoldedText(form).text.strip()
                if folded:
                    forms[_whole_word(folded)] = None
        return re.compile("|".join(forms)) if forms else None


def _whole_word(folded: str) -> str:
    """Not within a longer word: “Jan” is not in “januari”. An underscore parts words, as in the names of files."""
    before = r"(?<![^\W_])" if folded[0].isalnum() else ""
    after = r"(?![^\W_])" if folded[-1].isalnum() else ""
    return before + re.escape(folded) + after


def _encoded(form: str, encoding: str) -> bytes:
    try:
        return form.encode(encoding).lower()
    except UnicodeEncodeError:
        return form.encode("utf-8").lower()


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        elif start < end:
            merged.append((start, end))
    return merged


def _blackened(text: str, places: Iterable[tuple[int, int]]) -> str:
    parts: list[str] = []
    last = 0
    for start, end in places:
        parts.append(text[last:start])
        parts.append("".join(one if one in "\r\n" else REDACTED for one in text[start:end]))
        last = end
    return "".join([*parts, text[last:]])


Within = Callable[[bytes, str], bytes | None]
"""Redacts a file within a file: its bytes and its name. None where it cannot be rewritten and may hold the words."""
