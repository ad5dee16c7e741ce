"""In which order files are read: those that hold text first, those that need text recognition after, the newest first."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.folder import Located
from ingest.plan.kinds import HEAD_BYTES, kind_of_head


def newest_text_first(files: Iterable[Located]) -> list[Located]:
    """``files`` in the order in which they are worth reading: most of what people ask about is searchable soon."""

    def rank(file: Located) -> tuple[bool, int, str]:
        head = file.folder.head(file.entry, HEAD_BYTES)
        return kind_of_head(head, file.entry.path, file.entry.size).needs_ocr, -file.entry.modified_ns, file.path

    return sorted(files, key=rank)
