"""Makers of values for tests of answering."""

from __future__ import annotations

from kb.ports import NumberedPassage
from kb.types import Passage


def passage(
    text: str,
    *,
    title: str = "Personeelshandboek",
    headings: tuple[str, ...] = (),
    table_header: str | None = None,
    language: str = "nl",
    start: int = 0,
    similarity: float | None = None,
    name: str = "a",
) -> Passage:
    return Passage(
        chunk_id=f"chunk-{name}",
        document_id=f"document-{name}",
        version_id=f"version-{name}",
        document_title=title,
        version=1,
        space="algemeen",
        source=f"{name}.md",
        page=None,
        headings=headings,
        table_header=table_header,
        language=language,
        start=start,
        end=start + len(text),
        text=text,
        score=1.0,
        similarity=similarity,
    )


def numbered(
    n: int, text: str, *, title: str = "Personeelshandboek", section: str | None = None, table_header: str | None = None
) -> NumberedPassage:
    return NumberedPassage(n, title, section, text, table_header)
