"""Properties of files in Microsoft's compound format (.doc, .ppt, .xls, .msg): who wrote them, for whom, when they were last saved."""

from __future__ import annotations

import io
from typing import Any

from ingest.parse.reading import Reading, Unreadable

_PROPERTIES = {
    "title": "title",
    "subject": "subject",
    "author": "author",
    "keywords": "keywords",
    "comments": "description",
    "template": "template",
    "last_saved_by": "last_modified_by",
    "category": "category",
    "manager": "manager",
    "company": "company",
}


def open_ole(data: bytes) -> Any:
    """The open compound file. Raises Unreadable("damaged")."""
    import olefile

    try:
        return olefile.OleFileIO(io.BytesIO(data))
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise Unreadable("damaged") from error


def ole_properties(data: bytes, reading: Reading) -> None:
    """Keep the properties of ``data`` where it is a compound file; the title becomes that of the reading."""
    if not data.startswith(b"\xd0\xcf\x11\xe0"):
        return
    with open_ole(data) as file:
        found = file.get_metadata()
    for name, kind in _PROPERTIES.items():
        value = getattr(found, name, None)
        text = _decoded(value, getattr(found, "codepage", None)) if isinstance(value, bytes) else value
        reading.add_string(kind, text)
        if name == "title" and isinstance(text, str):
            reading.title = reading.title or text.strip() or None


def _decoded(value: bytes, codepage: object) -> str:
    encoding = "utf-8" if codepage in (65001, -535) else f"cp{codepage}" if isinstance(codepage, int) and codepage > 0 else "cp1252"
    try:
        return value.rstrip(b"\x00").decode(encoding, "replace")
    except LookupError:
        return value.rstrip(b"\x00").decode("cp1252", "replace")
