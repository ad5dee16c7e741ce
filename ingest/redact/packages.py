"""Files that are archives: OOXML (.docx, .xlsx, .pptx), OpenDocument, EPUB, and plain .zip."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath

from ingest.parse.limits import Limits
from ingest.redact.blackener import Blackener, Within
from ingest.redact.markup import redact_html, redact_xml
from ingest.redact.plain import redact_json, redact_text

_XML = (".xml", ".rels", ".vml", ".opf", ".ncx", ".rdf", ".svg")
_HTML = (".xhtml", ".html", ".htm")
_TEXT = (".txt", ".css", ".js", ".csv", ".md", ".bas")
_NESTED = (".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".pptm", ".odt", ".ods", ".odp", ".pdf", ".eml", ".zip")
_THUMBNAIL = re.compile(r"(?i)(?:^|/)thumbnails?(?:/thumbnail)?\.(?:png|jpe?g|emf|wmf)$")
_BROKEN = (zipfile.BadZipFile, zlib.error, KeyError, OSError, ValueError, EOFError, NotImplementedError, RuntimeError)
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)

_BLANK_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63f80f00010101001bb6ee560000000049454e44ae426082"
)
"""One white dot."""


def redact_package(data: bytes, blackener: Blackener, within: Within) -> bytes | None:
    """Every part blackened: body, comments, tracked changes, shared strings, properties, links, files within.

    None where a part that cannot be rewritten may hold the words, or where a part is named after them.
    """
    return _rewritten(data, blackener, within, rename=False)


def redact_archive(data: bytes, blackener: Blackener, within: Within) -> bytes | None:
    """The same for a plain archive, whose members may have any name. One that cannot be rewritten and may hold the words goes."""
    return _rewritten(data, blackener, within, rename=True)


def _rewritten(data: bytes, blackener: Blackener, within: Within, *, rename: bool) -> bytes | None:
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            infos = old.infolist()
            if any(info.flag_bits & 1 for info in infos) or sum(info.file_size for info in infos) > Limits().bytes_within:
                return None
            for info in infos:
                name = blackener.blacken(info.filename)
                if name != info.filename and not rename:
                    return None
                content = old.read(info)
                part = content if info.is_dir() else _part(content, info.filename, blackener, within, archive=rename)
                if part is None and not rename:
                    return None
                if part is not None:
                    # Fresh entries: comments, extra fields and times of the old ones stay behind.
                    fresh = zipfile.ZipInfo(name, _FIXED_TIME)
                    fresh.compress_type = info.compress_type
                    fresh.external_attr = info.external_attr
                    new.writestr(fresh, part)
    except _BROKEN:
        return None
    return out.getvalue()


def _part(content: bytes, name: str, blackener: Blackener, within: Within, *, archive: bool) -> bytes | None:
    lower = name.lower()
    if archive:
        return within(content, PurePosixPath(name).name)
    if _THUMBNAIL.search(lower):
        return _BLANK_PNG  # a picture of the first page, with every name on it
    if lower.endswith(_XML):
        return redact_xml(content, blackener) if content.strip() else content
    if lower.endswith(_HTML):
        return redact_xml(content, blackener) or redact_html(content, blackener)
    if lower.endswith(_TEXT) or lower == "mimetype":
        return redact_text(content, blackener)
    if lower.endswith(".json"):
        return redact_json(content, blackener)
    if lower.endswith(_NESTED):
        return within(content, PurePosixPath(name).name)
    return None if blackener.in_bytes(content) else content
