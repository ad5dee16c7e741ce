"""Texts made comparable: capitals, diacritics, widths, invisible characters and kinds of dashes and quotes do not count.

Folding goes code point by code point, so the fold of a text is the folds of its parts, and every place in it leads back to a place in
the original. ``squeezed`` keeps letters and digits alone: whatever matches a folded text in any notation stands together in it.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from bisect import bisect_right

_MARKS = ("Mn", "Me", "Cf")
"""Accents and vowel signs; and what cannot be seen: soft hyphens, zero-width and direction marks."""

_PLAIN = {
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys("‘’‚‛′´ʼʹ", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **{"ø": "o", "ł": "l", "đ": "d"},
}
"""What people use for one another and Unicode does not decompose. No ASCII: that folds to its lower case whatever stands beside it."""

_ASCII_KEPT = bytes(byte if byte >= 0x80 else ord(chr(byte).lower()) for byte in range(256))
_ASCII_DROPPED = bytes(byte for byte in range(0x80) if not chr(byte).isalnum() and byte != 0)

SEPARATOR = "\0"
"""Between strings that are folded together; a NUL within a string counts as white space."""


class _Folds(dict[int, str]):
    """The fold of each code point, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        fold = self[code] = _fold_one(chr(code))
        return fold


def _fold_one(character: str) -> str:
    if (plain := _PLAIN.get(character)) is not None:
        return plain
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    decomposed = unicodedata.normalize("NFKD", character)
    bare = "".join(one for one in decomposed if unicodedata.category(one) not in _MARKS)
    folded = unicodedata.normalize("NFKD", bare.casefold())
    return "".join(_PLAIN.get(one, one) for one in folded if unicodedata.category(one) not in _MARKS)


_FOLDS = _Folds()
_SQUEEZED_RUNS: dict[str, bytes] = {}
_MOST_RUNS, _LONGEST_RUN = 50_000, 16


def fold(text: str) -> str:
    """``text`` without capitals, marks and invisible characters; compatibility forms as their plain ones."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


def _squeeze_run(error: UnicodeError) -> tuple[bytes, int]:
    """What stands for signs beyond ASCII: their letters and digits, in UTF-8."""
    assert isinstance(error, UnicodeEncodeError)
    run = error.object[error.start : error.end]
    squeezed = _SQUEEZED_RUNS.get(run)
    if squeezed is None:
        squeezed = "".join(one for one in fold(run) if one.isalnum()).encode()
        if len(_SQUEEZED_RUNS) < _MOST_RUNS and len(run) <= _LONGEST_RUN:
            _SQUEEZED_RUNS[run] = squeezed
    return squeezed, error.end


# The encoder passes over ASCII at the speed of memory and asks for what it does not know, run by run.
_SQUEEZING = "kennisbank-squeezing"
codecs.register_error(_SQUEEZING, _squeeze_run)


def squeezed(text: str) -> bytes:
    """The letters and digits of the folded text and nothing else, in UTF-8. ``SEPARATOR`` stays, so texts can be squeezed together."""
    return text.encode("ascii", _SQUEEZING).translate(_ASCII_KEPT, _ASCII_DROPPED)


def _space_run(error: UnicodeError) -> tuple[bytes, int]:
    assert isinstance(error, UnicodeEncodeError)
    run = error.object[error.start : error.end]
    return "".join(one if one.isalnum() else " " for one in fold(run)).encode(), error.end


_SPACING = "kennisbank-spacing"
codecs.register_error(_SPACING, _space_run)
_ASCII_SPACED = bytes(byte if byte >= 0x80 or chr(byte).isalnum() else 0x20 for byte in _ASCII_KEPT)


def spaced(text: str) -> bytes:
    """The folded words of a text in UTF-8, with spaces for all that is neither letter nor digit."""
    return text.encode("ascii", _SPACING).translate(_ASCII_SPACED)


class FoldedText:
    """A folded text with the way back. Runs of white space are one space, so that a name may span lines and pages.

    ``joined``: a hyphen at the end of a line joins the letters around it, as in ``Ooster-⏎huizen``; a text that has such hyphens is to be
    read both ways.
    """

    def __init__(self, original: str, *, joined: bool = False) -> None:
        self.original = original
        parts: list[str] = []
        self._folded_at, self._original_at = [0], [0]
        length = last = 0
        for found in (_JOINED if joined else _UNEVEN).finditer(original):
            start, end = found.span()
            run = found.group()
            if run[0] == "-":
                folded = ""
            elif run[0].isspace() or run[0] == SEPARATOR:
                folded = " "
            else:
                folded = fold(run)
            plain = original[last:start].lower()
            parts += (plain, folded)
            length += len(plain)
            if len(folded) != end - start:
                self._note(length, start)
                self._note(length + len(folded), end)
            length += len(folded)
            last = end
        parts.append(original[last:].lower())
        self.text = "".join(parts)

    def _note(self, folded: int, original: int) -> None:
        self._folded_at.append(folded)
        self._original_at.append(original)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The original's stretch for a stretch of ``text``; the marks that belong to its last letter are within."""
        first = self._original(start)
        last = self._original(end - 1) + 1 if end > start else first
        while last < len(self.original) and not fold(self.original[last]):
            last += 1
        return first, last

    def _original(self, folded: int) -> int:
        at = bisect_right(self._folded_at, folded) - 1
        place = self._original_at[at] + folded - self._folded_at[at]
        # Within a run that folds to more than it was (ß), every place is the run's.
        return min(place, self._original_at[at + 1] - 1) if at + 1 < len(self._original_at) else place


_UNEVEN = re.compile(r"[\s\x00]{2,}|[^\S ]|\x00|[^\x00-\x7f]")
_JOINED = re.compile(r"(?<=[^\W\d_])-[ \t]*\r?\n\s*(?=[^\W\d_])|" + _UNEVEN.pattern)
BROKEN_WORD = re.compile(r"[^\W\d_]-[ \t]*\r?\n\s*[^\W\d_]")
"""A word that a hyphen breaks at the end of a line, or two that belong together."""
