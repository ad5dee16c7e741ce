"""A document for reading, with a quote marked in it."""

from __future__ import annotations

from dataclasses import dataclass

from kb.types import DocumentText, Section


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A section, cut where the quote begins and ends. ``quoted`` is empty outside the quote."""

    section: Section
    before: str
    quoted: str
    after: str
    page_begins: bool
    quote_begins: bool


def source_lines(document: DocumentText, start: int = 0, end: int = 0) -> list[SourceLine]:
    """The sections of ``document`` with the code points ``start`` to ``end`` of its text marked."""
    lines: list[SourceLine] = []
    page: int | None = None
    found = False
    for section in document.sections:
        first = min(max(start - section.start, 0), len(section.text))
        last = max(min(end - section.start, len(section.text)), first)
        quoted = section.text[first:last]
        lines.append(
            SourceLine(
                section,
                section.text[:first] if quoted else section.text,
                quoted,
                section.text[last:] if quoted else "",
                page_begins=section.page is not None and section.page != page,
                quote_begins=bool(quoted) and not found,
            )
        )
        found = found or bool(quoted)
        page = section.page if section.page is not None else page
    return lines
