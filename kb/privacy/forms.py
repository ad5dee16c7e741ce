"""How a person's identifiers look as bytes: the needles of the scan, and the search for all of them in one pass.

What is searched are folded bytes (``kb.privacy.byte_folding``), for a scan meets more than texts; in texts whole words are found.
"""

from __future__ import annotations

import base64
import html
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.entities import codepoint2name
from urllib.parse import quote, quote_plus

import ahocorasick_rs

from kb.privacy.byte_folding import FoldedBytes, fold_bytes
from kb.privacy.folding import FoldedText, fold
from kb.privacy.types import Identifier, Subject

SHORTEST_RAW = 5
"""Bytes: what is shorter stands in random bytes by chance, and is looked for in texts alone."""

_SHORTEST_BASE64 = 8


@dataclass(frozen=True, slots=True)
class Needle:
    """Bytes to look for. ``whole``: what stands beside it must not be a letter or digit, ``step`` bytes each."""

    data: bytes
    identifier: int
    form: str
    whole: bool = True
    step: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A needle in a haystack; offsets of the original bytes. ``loose``: it is a part of a longer word there."""

    start: int
    end: int
    identifier: int
    form: str
    loose: bool = False


@dataclass(frozen=True, slots=True, order=True)
class FoundText:
    """An identifier in a text: code points, end exclusive."""

    start: int
    end: int
    identifier: int


def needles(subject: Subject, written: Callable[[Identifier], Iterable[str]]) -> tuple[list[Needle], list[Needle]]:
    """What to look for in the bytes as they are, and what in the folded ones; each pattern of an identifier once."""
    exact: dict[tuple[bytes, int], Needle] = {}
    folded: dict[tuple[bytes, int], Needle] = {}
    for number, identifier in enumerate(subject.identifiers):
        for form in written(identifier):
            for needle in _folded_needles(form, number):
                if len(needle.data) >= SHORTEST_RAW * needle.step:
                    folded.setdefault((needle.data, number), needle)
            for needle in _base64_needles(form, number):
                exact.setdefault((needle.data, number), needle)
    return list(exact.values()), list(folded.values())


def too_short(subject: Subject) -> list[int]:
    """The identifiers that are looked for in texts alone."""
    return [i for i, one in enumerate(subject.identifiers) if len(fold(one.value).encode()) < SHORTEST_RAW]


def _spellings(form: str) -> tuple[str, ...]:
    """A form as it may be typed: as given, small, capital; composed, taken apart, without marks."""
    bare = "".join(one for one in unicodedata.normalize("NFD", form) if not unicodedata.combining(one))
    cased = [form, form.lower(), form.upper(), form.title(), bare.lower()]
    return tuple(dict.fromkeys(unicodedata.normalize(kind, one) for one in cased for kind in ("NFC", "NFD")))


def _folded_needles(form: str, number: int) -> Iterator[Needle]:
    yield Needle(fold_bytes(form.encode()), number, "utf-8")
    yield Needle(fold(form).encode(), number, "utf-8")
    for spelling in _spellings(form):
        for encoding in ("utf-16-le", "utf-16-be"):
            yield Needle(fold_bytes(spelling.encode(encoding)), number, encoding, step=2)
        if not spelling.isascii():
            for encoding in ("cp1252", "latin-1"):
                yield Needle(fold_bytes(spelling.encode(encoding, "replace")), number, encoding)
            yield Needle(fold_bytes(spelling.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00")), number, "json")
            for named in (True, False):
                yield Needle(fold_bytes(_entities(spelling, named=named)), number, "html")
            yield Needle(fold_bytes(_entities(spelling, named=False, base="x")), number, "html")
        for escaped in {quote(spelling, safe=""), quote(spelling, safe="@,+.()"), quote_plus(spelling), quote_plus(spelling, safe="@,.()")}:
            yield Needle(fold_bytes(escaped.encode()), number, "url")
        for encoding in ("utf-8", "cp1252"):
            raw = spelling.encode(encoding, "replace")
            for space in (b" ", b"_", b"=20"):
                printable = b"".join(b"=%02X" % byte if byte > 126 or byte == 61 else bytes([byte]) for byte in raw).replace(b" ", space)
                yield Needle(fold_bytes(printable), number, "quoted-printable")


def _entities(text: str, *, named: bool, base: str = "d") -> bytes:
    def one(character: str) -> str:
        code = ord(character)
        if character.isascii():
            return html.escape(character)
        if named and code in codepoint2name:
            return f"&{codepoint2name[code]};"
        return f"&#x{code:x};" if base == "x" else f"&#{code};"

    return "".join(map(one, text)).encode()


def _base64_needles(form: str, number: int) -> Iterator[Needle]:
    for spelling in dict.fromkeys((form, form.lower(), form.upper())):
        raw = spelling.encode()
        for shift in range(3):
            coded = base64.b64encode(bytes(shift) + raw)
            # The first signs mix with what stands before, the last with what comes after: they are not ours to expect.
            core = coded[(0, 2, 3)[shift] : (shift + len(raw)) * 8 // 6]
            if len(core) >= _SHORTEST_BASE64:
                for data in {core, core.translate(bytes.maketrans(b"+/", b"-_"))}:
                    yield Needle(data, number, "base64", whole=False)


class ByteSearch:
    """Finds every form of every identifier in a block of bytes, in one pass over the folded block."""

    def __init__(self, subject: Subject, written: Callable[[Identifier], Iterable[str]]) -> None:
        exact, folded = needles(subject, written)
        # Base64 is ASCII, which folding changes in its capitals alone: found small, then compared with what really stands there.
        self._needles = [*folded, *exact]
        self._exact_from = len(folded)
        patterns = [one.data for one in folded] + [one.data.lower() for one in exact]
        contiguous = ahocorasick_rs.Implementation.ContiguousNFA
        self._search = ahocorasick_rs.BytesAhoCorasick(patterns, implementation=contiguous) if patterns else None
        self.longest = max((len(one.data) for one in self._needles), default=0) * 3
        """Bytes that blocks must overlap, so that nothing falls between two; marks that folding drops are reckoned in."""

    def find(self, block: bytes) -> list[Found]:
        """What stands in ``block``, in order; of one identifier at one place the longest."""
        if self._search is None:
            return []
        folded = FoldedBytes(block)
        hits = self._search.find_matches_as_indexes(folded.data, overlapping=True)
        if not hits:
            return []
        place = folded.place()
        found = []
        for index, start, end in hits:
            needle = self._needles[index]
            first, last = place(start, end)
            if index < self._exact_from or block[first:last] == needle.data:
                loose = needle.whole and not _stands_alone(folded.data, start, end, needle.step)
                found.append(Found(first, last, needle.identifier, needle.form, loose))
        return _longest(found)


def _stands_alone(block: bytes, start: int, end: int, step: int) -> bool:
    before, after = block[max(0, start - step) : start], block[end : end + step]
    first, last = block[start : start + step], block[end - step : end]
    return not (_is_word(before) and _is_word(first)) and not (_is_word(after) and _is_word(last))


def _is_word(unit: bytes) -> bool:
    signs = unit.replace(b"\0", b"")
    return len(signs) == 1 and signs.isalnum()


def _longest(found: Iterable[Found]) -> list[Found]:
    """Hits of one identifier that overlap are one: the first, longest one; one that stands alone before one that does not."""
    kept: list[Found] = []
    for hit in sorted(found, key=lambda one: (one.identifier, one.start, -one.end, one.loose)):
        last = kept[-1] if kept else None
        if last is None or last.identifier != hit.identifier or hit.start >= last.end:
            kept.append(hit)
        elif last.loose and not hit.loose:
            kept[-1] = hit
    return sorted(kept)


class TextSearch:
    """Finds every written form of every identifier in texts: capitals, marks and white space do not count, whole words alone."""

    def __init__(self, subject: Subject, written: Callable[[Identifier], Iterable[str]]) -> None:
        forms = {
            (" ".join(fold(form).split()), number) for number, identifier in enumerate(subject.identifiers) for form in written(identifier)
        }
        self._forms = sorted(one for one in forms if one[0])
        self._search = ahocorasick_rs.AhoCorasick([form for form, _ in self._forms]) if self._forms else None

    def find(self, text: str) -> list[FoundText]:
        """What stands in ``text``, in order."""
        if self._search is None:
            return []
        folded = FoldedText(text)
        hits = self._search.find_matches_as_indexes(folded.text, overlapping=True)
        found = {
            FoundText(*folded.place(start, end), self._forms[index][1]) for index, start, end in hits if _is_whole(folded.text, start, end)
        }
        kept: list[FoundText] = []
        for hit in sorted(found, key=lambda one: (one.identifier, one.start, -one.end)):
            if not kept or kept[-1].identifier != hit.identifier or hit.start >= kept[-1].end:
                kept.append(hit)
        return sorted(kept)


def _is_whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() and text[start].isalnum()) and not (after.isalnum() and text[end - 1].isalnum())
