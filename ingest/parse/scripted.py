"""A parser for tests: it answers what it was told, and reads everything else as lines of plain text."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.parse.clean import clean
from kb.types import Element, ElementKind, ParsedFile, ParseFailure


class ScriptedParser:
    """The port ``kb.ports.Parser`` without vendors. ``answers`` holds what to say of a file by its name."""

    def __init__(self, answers: Mapping[str, ParsedFile | ParseFailure] | None = None) -> None:
        self._answers = dict(answers or {})

    def parse(self, data: bytes, file_name: str) -> ParsedFile | ParseFailure:
        """The answer for ``file_name``; else a line that begins with ``#`` is a heading and any other line a paragraph."""
        if file_name in self._answers:
            return self._answers[file_name]
        if not data.strip():
            return ParseFailure("empty_file")
        elements = tuple(_element(line) for line in clean(data.decode("utf-8", "replace")).split("\n") if line.strip("# "))
        if not elements:
            return ParseFailure("no_text")
        return ParsedFile(elements, title=elements[0].text, media_type="text/plain")


def _element(line: str) -> Element:
    hashes = len(line) - len(line.lstrip("#"))
    if hashes:
        return Element(ElementKind.HEADING, line.lstrip("#").strip(), level=min(hashes, 6))
    return Element(ElementKind.PARAGRAPH, line.strip())
