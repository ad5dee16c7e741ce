"""Plain text and Markdown."""

from __future__ import annotations

import re

from ingest.parse.elements import by_depth, convert, never
from ingest.parse.encoding import decode
from ingest.parse.html import strings_of_html
from ingest.parse.offline import prepare_unstructured, without_judging_kinds
from ingest.parse.reading import Reading
from ingest.parse.within import Within
from kb.types import Element, ElementKind

_NUMBER = re.compile(r"(\d+(?:\.\d+)*)\.?\s+\S")
_UNDERLINE = re.compile(r"(=|-|~){3,}")
_COLUMNS = re.compile(r"\S(?: {3,}|\t+)\S")
_BULLET = re.compile(r"\s*(?:[-*•·–▪◦]|\d{1,3}[.)]|[a-zA-Z][.)])\s+")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_MATTER_TITLE = re.compile(r"(?m)^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$")
_BEGINS_HEADING = re.compile(r"[^\W_a-z]")
_NOT_AT_END = (".", ",", ";", ":", "!", "?", "-")
LONGEST_HEADING_CHARACTERS = 70
SHORTEST_WRAPPED_CHARACTERS = 45
"""A line that is shorter was ended by its writer, not by the width of a window."""


def read_text(data: bytes, within: Within) -> Reading:
    """Paragraphs, list items and the few lines that are surely headings. Lines broken by width are joined again."""
    reading = Reading()
    text, guessed = decode(data)
    if guessed:
        reading.warn("encoding_guessed")
    if text.strip():
        levels = heading_lines(text)
        reading.elements = [_as_heading(element, levels) for element in elements_of_text(text)]
    return reading


def elements_of_text(text: str) -> list[Element]:
    """Paragraphs and list items; nothing is a heading."""
    prepare_unstructured()
    from unstructured.partition.text import partition_text

    with without_judging_kinds():
        return list(convert(partition_text(text=text, paragraph_grouper=unwrap, languages=[""]), never))


def read_markdown(data: bytes, within: Within) -> Reading:
    """Headings, lists, tables, code and paragraphs; comments and link targets are strings."""
    prepare_unstructured()
    import markdown
    from unstructured.partition.md import partition_md

    reading = Reading()
    text, guessed = decode(data)
    if guessed:
        reading.warn("encoding_guessed")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if front := _FRONT_MATTER.match(text):
        reading.add_string("metadata", front[1])
        title = _FRONT_MATTER_TITLE.search(front[1])
        reading.title = title[1] if title else None
        text = text[front.end() :]
    if text.strip():
        with without_judging_kinds():
            reading.elements = list(convert(partition_md(text=text, languages=[""]), by_depth))
        strings_of_html(markdown.markdown(text, extensions=["tables", "fenced_code"]), reading)
    return reading


def unwrap(text: str) -> str:
    """One paragraph per line: lines that were broken by the width of a window are joined, others stay apart."""
    paragraphs: list[str] = []
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")):
        lines = [line.rstrip() for line in block.split("\n") if line.strip()]
        width = max((len(line) for line in lines), default=0)
        current = ""
        for index, line in enumerate(lines):
            if _UNDERLINE.fullmatch(line.strip()):
                continue
            previous = lines[index - 1] if index else ""
            wrapped = (
                len(previous) >= max(SHORTEST_WRAPPED_CHARACTERS, 0.7 * width)
                and width <= 200
                and not _BULLET.match(line)
                and not _COLUMNS.search(previous)
                and not _COLUMNS.search(line)
            )
            if current and wrapped:
                current = f"{current} {line.strip()}"
            else:
                paragraphs.append(current)
                current = line.strip()
        paragraphs.append(current)
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def heading_lines(text: str) -> dict[str, int]:
    """The lines that head what follows, with their level: short, unpunctuated, first after an empty line, and with running text,
    a list or an underline below; or all in capitals. The first line of the text is level 1, others 2 and deeper by their number.
    """
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    filled = [index for index, line in enumerate(lines) if line]
    found: dict[str, int] = {}
    for place, index in enumerate(filled[:-1]):
        line, following = lines[index], lines[filled[place + 1]]
        first = index == 0 or not lines[index - 1]
        if not (first and 2 <= len(line) <= LONGEST_HEADING_CHARACTERS) or line.endswith(_NOT_AT_END) or not _BEGINS_HEADING.match(line):
            continue
        heads_text = len(following) >= SHORTEST_WRAPPED_CHARACTERS or _UNDERLINE.fullmatch(following)
        if heads_text or (line.isupper() and sum(character.isalpha() for character in line) >= 4):
            number = _NUMBER.match(line)
            found[line] = 1 if place == 0 else min(2 + (number[1].count(".") if number else 0), 6)
    return found


def _as_heading(element: Element, levels: dict[str, int]) -> Element:
    level = levels.get(element.text.strip())
    return element if level is None else Element(ElementKind.HEADING, element.text, level=level)
