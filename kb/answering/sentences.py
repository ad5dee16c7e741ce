"""Cutting Dutch and English text into sentences: whole texts with exact offsets, and streams as they come.

Both use one scanner. It decides on a boundary only once everything that could change the decision has been read, so a stream
gives the same sentences however it was cut into pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.answering.words import word_set

_TERMINATORS = ".!?…"
_CLOSERS = "\"'”’»)"
_OPENERS = "\"'“‘„«(["
_MARKER = re.compile(r"\[\d{1,3}(?:[ ]?[,;–-][ ]?\d{1,3}){0,8}\]")
_MARKER_BEGUN = re.compile(r"\[[\d ,;–-]{0,60}\Z")
_LIST_ITEM = re.compile(r"(?:[-•*▪◦–—·]|\(?\d{1,2}[.)]|[a-z][.)])[ \t]{1,3}\S")
_LIST_NUMBER = re.compile(r"\s*\(?\d{1,3}")
_WORD = re.compile(r"\w+")
_WORD_BEFORE = re.compile(r"[^\s\"'“‘„«(\[|/]*\Z")
_BARE_ANSWER = re.compile(r"(?:ja|nee|neen|jazeker|zeker|klopt|yes|no|correct)[.!](?:\s*\[[\d ,;–-]+\])*\.?", re.IGNORECASE)

_NEVER_LAST = word_set(
    """
    bijv bv b.v d.w.z dwz m.a.w m.b.t m.b.v i.v.m i.p.v i.o.m i.h.b i.c t.a.v t.b.v t.g.v t.o.v t.h.v t/m t.n.v o.a
    o.b.v o.g.v o.l.v o.i.d n.a.v n.o.t.k v.a vgl zgn z.g z.s.m c.q evt incl excl resp ca plm gem gemm art artt nr nrs
    fig afb blz pag hfst bijl dhr hr mevr mw mej mr mrs ms dr drs ir ing prof ds fam st e.g i.e vs cf approx
    """
)
"""Abbreviations that something always follows."""

_BEFORE_NUMBERS = word_set("no nos p pp vol lid par max min ch sec ext tel dl dept est")
"""Abbreviations before a number, words of their own elsewhere (“No. You may not.”)."""

_SOMETIMES_LAST = word_set(
    """
    enz etc e.d e.a a.m p.m am pm jr sr s.v.p svp n.v.t nvt a.u.b aub b.v n.v bv nv inc ltd co corp u.s e.u
    """
)
"""Abbreviations that may end a sentence: they do when a capital follows."""

_MONTHS = word_set(
    """
    januari februari maart april mei juni juli augustus september oktober november december january february march may
    june july august october
    """
)
_RUNS_ON = word_set(
    """
    de het een van voor met op en of aan in uit bij naar om te tot door over onder tegen zonder per als dat die dan is
    zijn wordt worden the a an for with on and or to from by at as that which are be was were their your our its this
    these
    """
)
"""Words that never end a line of their own: after them a single line break is a wrapped line."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and where it stands: ``text`` is the whole text from ``start`` to ``end``."""

    start: int
    end: int
    text: str


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of ``text`` in order, without the white space between them.

    A list item is at least one sentence of its own; a table row (``a | b``) is exactly one.
    """
    sentences = []
    position = _skip_space(text, 0)
    while position < len(text):
        end = _sentence_end(text, position, final=True, whole_lines=True)
        assert end is not None
        sentences.append(Sentence(position, end, text[position:end]))
        position = _skip_space(text, end)
    return sentences


class SentenceStream:
    """Takes pieces of text and gives sentences as soon as they are complete, white space inside them folded to single spaces.

    Citation markers stay with the sentence before them. A bare “Ja.” or “No.” waits and is joined to what follows.
    """

    def __init__(self) -> None:
        self._buffer = ""
        self._waiting = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that ``piece`` completed."""
        self._buffer += piece
        return self._take(final=False)

    def close(self) -> list[str]:
        """What is left when nothing more comes."""
        left = self._take(final=True)
        if self._waiting:
            left.append(self._waiting)
            self._waiting = ""
        return left

    def _take(self, *, final: bool) -> list[str]:
        sentences = []
        position = _skip_space(self._buffer, 0)
        while position < len(self._buffer):
            end = _sentence_end(self._buffer, position, final=final, whole_lines=False)
            if end is None:
                break
            sentence = " ".join(self._buffer[position:end].split())
            position = _skip_space(self._buffer, end)
            if _BARE_ANSWER.fullmatch(sentence) and not self._waiting:
                self._waiting = sentence
                continue
            sentences.append(f"{self._waiting} {sentence}" if self._waiting else sentence)
            self._waiting = ""
        self._buffer = self._buffer[position:]
        return sentences


def sentences_of(pieces: Iterable[str]) -> Iterator[str]:
    """The sentences of a stream of ``pieces``, each as soon as it is complete."""
    stream = SentenceStream()
    for piece in pieces:
        yield from stream.feed(piece)
    yield from stream.close()


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _sentence_end(text: str, start: int, *, final: bool, whole_lines: bool) -> int | None:
    """Where the sentence that begins at ``start`` ends; None while more text could change that."""
    position = line_start = start
    row: bool | None = _is_row(text, start) if whole_lines else None
    while position < len(text):
        character = text[position]
        if character == "\n":
            breaks = _breaks_at_newline(text, line_start, position, final=final)
            if breaks is None:
                return None
            if breaks:
                return _trim(text, start, position)
            line_start = position + 1
            row = _is_row(text, line_start) if whole_lines else None
        elif character in _TERMINATORS:
            in_row = row if row is not None else _row_so_far(text, line_start, position)
            if not in_row:
                after = _after_terminator(text, line_start, position, final=final)
                if after is None:
                    return None
                ends, position = after
                if ends:
                    return position
                continue
        position += 1
    return _trim(text, start, len(text)) if final else None


def _trim(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _is_row(text: str, line_start: int) -> bool:
    line_end = text.find("\n", line_start)
    return " | " in text[line_start : line_end if line_end >= 0 else len(text)]


def _row_so_far(text: str, line_start: int, position: int) -> bool:
    line = text[line_start:position]
    return line.startswith("|") or " | " in line


def _breaks_at_newline(text: str, line_start: int, newline: int, *, final: bool) -> bool | None:
    """Whether a sentence ends at a line break: always, but for a wrapped line."""
    following = _skip_space(text, newline)
    if text.count("\n", newline, following) > 1:
        return True
    if following >= len(text):
        return True if final else None
    line_end = text.find("\n", following)
    rest = text[following : line_end if line_end >= 0 else len(text)]
    if not final and line_end < 0 and _MARKER_BEGUN.match(rest):
        return None
    if _LIST_ITEM.match(rest):
        return True
    line = text[line_start:newline].rstrip()
    if _row_so_far(text, line_start, newline) or rest.startswith("|") or _MARKER.search(line[-12:]) is not None:
        return True
    if rest[0].islower() or _MARKER.match(rest):
        return False
    last_word = _WORD_BEFORE.search(line)
    return not (line.endswith((",", "-", "–")) or (last_word is not None and last_word[0] in _RUNS_ON))


def _after_terminator(text: str, line_start: int, position: int, *, final: bool) -> tuple[bool, int] | None:
    """Whether the sentence ends with the terminator at ``position``, and where to go on; None while that is open."""
    end = position
    while end < len(text) and text[end] in _TERMINATORS:
        end += 1
    only_dot = text[position:end] == "."
    while end < len(text) and text[end] in _CLOSERS:
        end += 1
    end_with_markers = _past_markers(text, end, final=final)
    if end_with_markers is None:
        return None
    marked, end = end_with_markers > end, end_with_markers
    if end >= len(text):
        return (True, end) if final else None
    if not text[end].isspace():
        return (True, end) if marked else (False, end)
    if "\n" in text[end : _skip_space(text, end)]:
        abbreviated = only_dot and not marked and _word_before(text, line_start, position) in _NEVER_LAST
        return not abbreviated, end
    following = _skip_space(text, end)
    if following >= len(text):
        return (True, end) if final else None
    if marked:
        return True, end
    return _before_word(text, line_start, position, end, following, only_dot=only_dot, final=final)


def _before_word(
    text: str, line_start: int, position: int, end: int, following: int, *, only_dot: bool, final: bool
) -> tuple[bool, int] | None:
    beginning = following
    while beginning < len(text) and text[beginning] in _OPENERS and beginning - following < 3:
        beginning += 1
    if not final and beginning + 4 > len(text):
        return None
    if re.match(r"['’][snt] ?[A-Z]", text[following : following + 4]):
        starts = True
    else:
        starts = beginning >= len(text) or not text[beginning].islower()
    if not starts:
        return False, end
    if not only_dot:
        return True, end
    word = _word_before(text, line_start, position)
    if word in _SOMETIMES_LAST:
        return (beginning < len(text) and text[beginning].isupper()), end
    if word in _NEVER_LAST or (word in _BEFORE_NUMBERS and beginning < len(text) and text[beginning].isdigit()):
        return False, end
    if len(word) == 1 and word.isalpha() and text[position - 1].isupper():
        return False, end
    if re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word) and text[position - 1].isupper():
        return False, end
    if word.isdigit() and len(word) <= 2:
        if _LIST_NUMBER.fullmatch(text, line_start, position):
            return False, end
        next_word = _WORD.match(text, beginning)
        if not final and next_word is not None and next_word.end() >= len(text):
            return None
        if next_word is not None and next_word[0].lower() in _MONTHS:
            return False, end
    return True, end


def _word_before(text: str, line_start: int, position: int) -> str:
    word = _WORD_BEFORE.search(text[max(line_start, position - 40) : position])
    return word[0].lower() if word is not None else ""


def _past_markers(text: str, end: int, *, final: bool) -> int | None:
    """Past ``[2]`` markers that follow, and a full stop that is repeated after them; None while one may be coming."""
    while True:
        following = end
        while following < len(text) and text[following] in " \t\n":
            following += 1
        if "\n\n" in text[end:following]:
            return end
        if following >= len(text):
            return end if final else None
        if text[following] != "[":
            return end
        marker = _MARKER.match(text, following)
        if marker is None:
            return None if not final and _MARKER_BEGUN.match(text, following) else end
        end = marker.end()
        if not final and end >= len(text):
            return None
        while end < len(text) and text[end] in _TERMINATORS:
            end += 1
