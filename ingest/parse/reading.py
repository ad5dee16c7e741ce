"""What one file's reader collects, and how it says that the file cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kb.types import DetectedLanguage, Element, FileString


class Unreadable(Exception):
    """The file cannot be read; ``code`` is one of ``ingest.messages.FAILURES``. Never leaves ``ingest.parse``."""

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.params = tuple(params.items())
        super().__init__(code)


@dataclass(slots=True)
class Reading:
    """Elements in reading order, strings outside the running text, and what the reader wants people to know."""

    elements: list[Element] = field(default_factory=list)
    strings: list[FileString] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    title: str | None = None
    pages: int | None = None
    pages_with_text: int | None = None
    language: DetectedLanguage | None = None

    def add_string(self, kind: str, value: object) -> None:
        """Keep ``value`` unless it is empty or there already."""
        text = str(value).strip() if value is not None else ""
        if text:
            self.strings.append(FileString(kind, text))

    def add_strings(self, kind: str, values: Iterable[object]) -> None:
        """Keep every value that is not empty."""
        for value in values:
            self.add_string(kind, value)

    def warn(self, code: str) -> None:
        """Note a warning once."""
        if code not in self.warnings:
            self.warnings.append(code)
