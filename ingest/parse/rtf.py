"""Rich Text Format (.rtf), read by its control words: text with headings, lists and tables; what stands outside the text as strings."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.parse.elements import DEEPEST_LEVEL
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.table import table_elements
from ingest.parse.within import Within
from kb.types import Element, ElementKind

DEEPEST_GROUP = 2_000
"""Real files stay under 50; deeper is made to break readers."""

_TOKEN = re.compile(r"\\(?:([a-zA-Z]{1,32})(-?\d{1,10})? ?|'([0-9a-fA-F]{2})|\*|([^a-zA-Z']))|([{}])|([^\\{}\r\n]+)|[\r\n]+")
_STRINGS = {
    "title": "title",
    "subject": "subject",
    "author": "author",
    "operator": "last_modified_by",
    "manager": "manager",
    "company": "company",
    "category": "category",
    "keywords": "keywords",
    "comment": "description",
    "doccomm": "description",
    "hlinkbase": "link",
    "annotation": "comment",
    "atnauthor": "comment.author",
    "atnid": "comment.author",
    "header": "header",
    "headerl": "header",
    "headerr": "header",
    "headerf": "header",
    "footer": "footer",
    "footerl": "footer",
    "footerr": "footer",
    "footerf": "footer",
    "fldinst": "field",
    "xe": "index",
    "bkmkstart": "bookmark",
    "ffname": "form.name",
    "ffdeftext": "form.value",
    "staticval": "custom_property",
    "propname": "custom_property",
    "userprops": "custom_property",
}
"""Destinations whose words are kept outside the text."""

_SKIPPED = frozenset(
    [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "listtable",
        "listoverridetable",
        "rsidtbl",
        "generator",
        "pict",
        "objdata",
        "object",
        "themedata",
        "colorschememapping",
        "datastore",
        "latentstyles",
        "xmlnstbl",
        "mmathPr",
        "wgrffmtfilter",
        "filetbl",
        "revtbl",
        "pnseclvl",
        "pntext",
        "listtext",
        "nonshppict",
        "datafield",
        "bkmkend",
        "sp",
        "sn",
        "sv",
        "fontemb",
        "fontfile",
        "blipuid",
        "passwordhash",
        "htmltag",
        "mhtmltag",
        "background",
    ]
)
_SHOWN_THOUGH_STARRED = frozenset({"shppict", "shptxt", "shpinst", "footnote", "ud", "upr", "annotation", "atnauthor", "atnid"})
_SIGNS = {
    "tab": "\t",
    "line": "\n",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
}
_CHARSETS = {0: 1252, 77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256}
_CHARSETS |= {186: 1257, 204: 1251, 222: 874, 238: 1250}
_HEADING_STYLE = re.compile(r"(?:heading|kop|berschrift|titre)\s*(\d)", re.IGNORECASE)


@dataclass(slots=True)
class _Group:
    """What holds between two braces."""

    target: str = "text"
    """``text``, ``skip``, or the kind of the string that is being read."""

    after_unicode: int = 1
    encoding: str = "cp1252"
    deleted: bool = False
    hidden: bool = False
    html: bool = False
    starred: bool = False


@dataclass(slots=True)
class _Paragraph:
    """What is known of the paragraph that is being read."""

    text: list[str] = field(default_factory=list)
    level: int | None = None
    in_table: bool = False
    is_item: bool = False


class _Reader:
    def __init__(self, text: str) -> None:
        self.reading = Reading()
        self._text = text
        self._group = _Group()
        self._stack: list[_Group] = []
        self._paragraph = _Paragraph()
        self._cells: list[str] = []
        self._rows: list[list[str]] = []
        self._outside: dict[int, list[str]] = {}
        """Words of the strings that are being read, by the depth of the group that holds them."""
        self._fallback = 0
        self._bytes = bytearray()
        self._fonts: dict[int, str] = {}
        self._font: int | None = None
        self._styles: dict[int, int] = {}
        self._style: int | None = None
        self._style_name: list[str] | None = None
        self._deleted: list[str] = []
        self._hidden: list[str] = []
        self._default_encoding = "cp1252"
        self._found_notes: list[str] = []
        self._info_depth: int | None = None
        self._words: dict[str, Callable[[int | None], None]] = {
            "par": lambda _: self._end_paragraph(),
            "sect": lambda _: self._end_paragraph(),
            "page": lambda _: self._end_paragraph(),
            "cell": lambda _: self._end_cell(),
            "nestcell": lambda _: self._end_cell(),
            "row": lambda _: self._end_row(),
            "nestrow": lambda _: self._end_row(),
            "pard": lambda _: self._plain_paragraph(),
        }

    def read(self) -> Reading:
        """All of it."""
        place = 0
        while place < len(self._text):
            match = _TOKEN.match(self._text, place)
            if match is None:
                place += 1
                continue
            place = match.end()
            word, number, hexadecimal, symbol, brace, words = match.groups()
            if hexadecimal is not None:
                self._byte(int(hexadecimal, 16))
                continue
            if words is not None and not self._bytes:
                self._put_raw(words)
                continue
            self._flush_bytes()
            if brace == "{":
                self._open()
            elif brace == "}":
                self._close()
            elif word is not None:
                if word == "bin" and number and int(number) > 0:
                    place += int(number)
                self._word(word, int(number) if number else None)
            elif symbol is not None:
                self._symbol(symbol)
            elif words is not None:
                self._put_raw(words)
            elif match[0] == "\\*":
                self._group.starred = True
        self._flush_bytes()
        while self._stack:
            self._close()
        self._end_paragraph()
        self._end_table()
        self.reading.add_string("tracked.deleted", "".join(self._deleted))
        self.reading.add_string("hidden_text", "".join(self._hidden))
        return self.reading

    def _open(self) -> None:
        if len(self._stack) >= DEEPEST_GROUP:
            raise Unreadable("damaged")
        now = self._group
        self._stack.append(now)
        self._group = _Group(now.target, now.after_unicode, now.encoding, now.deleted, now.hidden, now.html)
        self._fallback = 0

    def _close(self) -> None:
        if not self._stack:
            return
        depth = len(self._stack)
        ended = self._group
        if depth in self._outside:
            words = _whole(self._outside.pop(depth))
            if ended.target == "footnote" and words.strip():
                self._found_notes.append(words)
            elif ended.target != "field" or '"' in words:
                self.reading.add_string(ended.target, words)
                if ended.target == "title":
                    self.reading.title = self.reading.title or words.strip() or None
        self._group = self._stack.pop()
        self._fallback = 0

    def _word(self, word: str, number: int | None) -> None:
        starred, self._group.starred = self._group.starred, False
        if word == "u" and number is not None:
            self._put(chr(number & 0xFFFF))
            self._fallback = self._group.after_unicode
        elif word == "uc":
            self._group.after_unicode = max(0, min(number or 0, 8))
        elif word in ("ansicpg", "fcharset", "f", "cchs"):
            self._encoding(word, number)
        elif word in ("deleted", "v", "htmlrtf"):
            on = number != 0
            if word == "deleted":
                self._group.deleted = on
            elif word == "v":
                self._group.hidden = on
            else:
                self._group.html = on
        elif word == "plain":
            self._group.hidden = self._group.deleted = False
        elif self._group.target == "stylesheet" and word in ("s", "cs", "ds"):
            self._style, self._style_name = (number, []) if word == "s" else (None, None)
        elif word in _STRINGS or word == "footnote":
            self._begin_string(word)
        elif word == "stylesheet":
            self._group.target = "stylesheet"
        elif word == "fonttbl":
            self._group.target = "fonttbl"
        elif word in _SKIPPED or (starred and word not in _SHOWN_THOUGH_STARRED):
            if word in ("objdata", "pict") and self._group.target == "text" and word == "objdata":
                self.reading.warn("attachments_not_read")
            self._group.target = "skip"
        elif self._group.target == "text":
            self._layout(word, number)
        elif word in ("par", "line", "tab"):
            self._put(_SIGNS.get(word, "\n"))
        elif word in _SIGNS:
            self._put(_SIGNS[word])

    def _begin_string(self, word: str) -> None:
        if self._group.target in ("skip", "stylesheet", "fonttbl"):
            return
        if (
            word in ("title", "subject", "author", "operator", "comment", "keywords", "company", "category", "manager")
            and not self._in_info
        ):
            return
        self._group.target = _STRINGS.get(word, "footnote")
        self._outside[len(self._stack)] = []

    @property
    def _in_info(self) -> bool:
        return self._info_depth is not None and len(self._stack) > self._info_depth

    def _layout(self, word: str, number: int | None) -> None:
        if word in self._words:
            self._words[word](number)
        elif word in _SIGNS:
            self._put(_SIGNS[word])
        elif word == "intbl":
            self._paragraph.in_table = True
        elif word == "outlinelevel" and number is not None and 0 <= number < 9:
            self._paragraph.level = min(number + 1, DEEPEST_LEVEL)
        elif word == "s" and number in self._styles:
            self._paragraph.level = min(max(self._styles[number], 1), DEEPEST_LEVEL)
        elif word in ("ls", "pnlvlblt", "pnlvlbody"):
            self._paragraph.is_item = True
        elif word == "info":
            self._info_depth = len(self._stack) - 1

    def _encoding(self, word: str, number: int | None) -> None:
        if word == "ansicpg":
            self._default_encoding = self._group.encoding = f"cp{number}"
        elif word == "f":
            self._font = number
            if self._group.target != "fonttbl" and number is not None:
                self._group.encoding = self._fonts.get(number, self._default_encoding)
        elif word == "fcharset" and self._group.target == "fonttbl" and self._font is not None and number in _CHARSETS and number:
            self._fonts[self._font] = f"cp{_CHARSETS[number]}"

    def _byte(self, value: int) -> None:
        if self._fallback:
            self._fallback -= 1
        else:
            self._bytes.append(value)

    def _flush_bytes(self) -> None:
        if self._bytes:
            data = bytes(self._bytes)
            self._bytes.clear()
            try:
                self._put(data.decode(self._group.encoding, "replace"))
            except LookupError:
                self._put(data.decode("cp1252", "replace"))

    def _put_raw(self, words: str) -> None:
        self._flush_bytes()
        if self._fallback:
            left = max(self._fallback - len(words), 0)
            words, self._fallback = words[self._fallback :], left
        # Bytes beyond ASCII that were written without being escaped.
        if words and not words.isascii():
            with contextlib.suppress(LookupError, UnicodeEncodeError):
                words = words.encode("latin-1").decode(self._group.encoding, "replace")
        self._put(words)

    def _put(self, words: str) -> None:
        group = self._group
        if not words or group.html:
            return
        if group.target == "text":
            if group.deleted:
                self._deleted.append(words)
                self.reading.warn("tracked_changes")
            elif group.hidden:
                self._hidden.append(words)
            else:
                self._paragraph.text.append(words)
        elif group.target == "stylesheet":
            if self._style_name is not None:
                self._style_name.append(words)
                if ";" in words:
                    heading = _HEADING_STYLE.search("".join(self._style_name))
                    if heading and self._style is not None:
                        self._styles[self._style] = int(heading[1])
                    self._style_name = None
        elif group.target != "skip":
            depth = max((depth for depth in self._outside if depth <= len(self._stack)), default=None)
            if depth is not None:
                self._outside[depth].append(words)

    def _symbol(self, symbol: str) -> None:
        if symbol in "\r\n":
            self._word("par", None)
        elif symbol == "~":
            self._put(" ")
        elif symbol == "_":
            self._put("-")
        elif symbol in "\\{}":
            self._put(symbol)

    def _plain_paragraph(self) -> None:
        self._paragraph.in_table = self._paragraph.is_item = False
        self._paragraph.level = None

    def _take(self) -> str:
        text = _whole(self._paragraph.text)
        self._paragraph.text = []
        return text

    def _end_paragraph(self) -> None:
        if self._paragraph.in_table:
            self._paragraph.text.append("\n")
            return
        text = self._take().strip()
        if text:
            self._end_table()
            if self._paragraph.level is not None:
                self.reading.elements.append(Element(ElementKind.HEADING, text, level=self._paragraph.level))
            else:
                kind = ElementKind.LIST_ITEM if self._paragraph.is_item else ElementKind.PARAGRAPH
                self.reading.elements.append(Element(kind, text))
        if self._found_notes and not self._paragraph.in_table:
            self._end_notes()

    def _end_cell(self) -> None:
        self._cells.append(" ".join(self._take().split()))

    def _end_row(self) -> None:
        if self._cells:
            self._rows.append(self._cells)
            self._cells = []
        self._paragraph.in_table = False

    def _end_table(self) -> None:
        if self._cells:
            self._end_row()
        self.reading.elements.extend(table_elements(self._rows))
        self._rows = []

    def _end_notes(self) -> None:
        for words in self._found_notes:
            self.reading.elements.append(Element(ElementKind.PARAGRAPH, " ".join(words.split())))
        self._found_notes.clear()


def _whole(parts: list[str]) -> str:
    """The parts as one text; a sign that stands as two halves becomes one."""
    return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_rtf(data: bytes, within: Within) -> Reading:
    """Paragraphs, headings by style or outline level, list items, table rows and notes. Properties, comments with their authors,
    headers, footers, hidden and deleted text and field instructions are strings; pictures and objects are not read."""
    start = data.find(b"{\\rtf")
    if start < 0:
        raise Unreadable("damaged")
    return _Reader(data[start:].decode("latin-1")).read()
