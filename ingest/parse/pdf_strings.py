"""What a PDF says outside its pages' text: properties, XMP, outline, annotations, form values, links, attachments."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, get_args

from ingest.parse.reading import Reading
from ingest.parse.safe_xml import is_element, parse_xml
from kb.types import DetectedLanguage

_PROPERTIES = {
    "Title": "title",
    "Author": "author",
    "Subject": "subject",
    "Keywords": "keywords",
    "Creator": "program",
    "Producer": "program",
}
_XMP = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)
_WORDS = re.compile(r"[^\W\d_]{3}")
_NO_WORDS = re.compile(r"(?:uuid:|xmp\.|adobe:|https?://ns\.|x-default|Adobe XMP|application/|image/|\d{4}-\d\d-\d\dT)")
_ANNOTATION_KEYS = {"Contents": "comment", "T": "comment.author", "Subj": "comment", "RC": "comment", "TU": "form.name"}
_TAGS = re.compile(r"<[^>]+>")
_DEEPEST_OUTLINE = 15


def document_strings(document: Any, data: bytes, reading: Reading) -> None:
    """Properties, XMP metadata that is not compressed, outline titles and names of attachments."""
    for key, value in document.get_metadata_dict(skip_empty=True).items():
        kind = _PROPERTIES.get(key)
        if kind is not None:
            reading.add_string(kind, value)
        if key == "Title":
            reading.title = value
    reading.language = _language(document)
    xmp_strings(data, reading)
    for bookmark in document.get_toc(max_depth=_DEEPEST_OUTLINE):
        reading.add_string("outline", bookmark.get_title())


def _language(document: Any) -> DetectedLanguage | None:
    """What the document's catalogue says, such as ``en-GB``."""
    import pypdfium2.raw as raw

    size = raw.FPDFCatalog_GetLanguage(document, None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFCatalog_GetLanguage(document, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    said = buffer.raw.decode("utf-16-le", "replace").strip("\0 ").lower()
    return next((language for language in get_args(DetectedLanguage) if re.match(rf"{language}(?![a-z0-9])", said)), None)


def xmp_strings(data: bytes, reading: Reading) -> None:
    """Every word of the XMP packets in ``data`` that are not compressed."""
    for match in _XMP.finditer(data):
        root = parse_xml(match[0])
        for node in root.iter() if root is not None else ():
            if is_element(node):
                values = [node.text or "", *node.attrib.values()]
                reading.add_strings("metadata", (value for value in values if _WORDS.search(value) and not _NO_WORDS.match(value)))


def attachments(document: Any) -> Iterator[tuple[str, bytes | None]]:
    """Names and contents of the files that are attached; None where a content cannot be had."""
    import pypdfium2

    for index in range(document.count_attachments()):
        attached = document.get_attachment(index)
        try:
            yield attached.get_name(), bytes(attached.get_data())
        except pypdfium2.PdfiumError:
            yield attached.get_name(), None


def outline_levels(document: Any) -> dict[str, int]:
    """Titles of the outline without spaces and case, with their level from 1."""
    levels: dict[str, int] = {}
    for bookmark in document.get_toc(max_depth=_DEEPEST_OUTLINE):
        key = squeezed(bookmark.get_title())
        if len(key) >= 3:
            levels.setdefault(key, min(bookmark.level + 1, 6))
    return levels


def squeezed(text: str) -> str:
    """``text`` without spaces and case, to compare an outline title with a line of a page."""
    return "".join(text.split()).casefold()


def page_strings(page: Any, document: Any, reading: Reading) -> None:
    """Annotations with their authors, form values and link targets of one page."""
    import pypdfium2.raw as raw

    for index in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            _annotation_strings(annotation, document, reading)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _annotation_strings(annotation: Any, document: Any, reading: Reading) -> None:
    import pypdfium2.raw as raw

    is_field = raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET
    for key, kind in _ANNOTATION_KEYS.items():
        value = _wide(partial(raw.FPDFAnnot_GetStringValue, annotation, key.encode()))
        reading.add_string("form.name" if is_field and key == "T" else kind, _TAGS.sub(" ", value) if key == "RC" else value)
    if is_field and document.formenv is not None:
        value = _wide(partial(raw.FPDFAnnot_GetFormFieldValue, document.formenv.raw, annotation))
        reading.add_string("form.value", None if value in ("Off", "Yes", "On") else value)
    link = raw.FPDFAnnot_GetLink(annotation)
    action = raw.FPDFLink_GetAction(link) if link else None
    if action:
        reading.add_string("link", _narrow(partial(raw.FPDFAction_GetURIPath, document.raw, action)))


def _wide(ask: Callable[[Any, int], int]) -> str:
    """A UTF-16 string that PDFium writes into a buffer, whose size in bytes it tells first."""
    import pypdfium2.raw as raw

    size = ask(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def _narrow(ask: Callable[[Any, int], int]) -> str:
    size = ask(None, 0)
    if size <= 1:
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(buffer, size)
    return buffer.raw[: size - 1].decode("utf-8", "replace")
