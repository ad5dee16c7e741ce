"""Strings of an Office file that are outside its running text: properties, comments with authors, and every word of a part that
no other reader looks at, so that nothing a file says is hidden from a search for a person."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ingest.parse.ole_properties import open_ole
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.safe_xml import is_element, local_name, parse_xml
from ingest.parse.seen import Seen
from ingest.parse.within import Within

LARGEST_PART_BYTES = 256 << 20
LARGEST_TOTAL_BYTES = 1 << 30
"""Above these an archive unpacks to more than any office document: a bomb."""

_PROPERTIES = {
    "creator": "author",
    "lastModifiedBy": "last_modified_by",
    "title": "title",
    "subject": "subject",
    "keywords": "keywords",
    "description": "description",
    "category": "category",
    "contentStatus": "status",
    "identifier": "identifier",
    "Company": "company",
    "Manager": "manager",
    "HyperlinkBase": "link",
    "Template": "template",
}
_NO_WORDS = re.compile(
    r"(?:^|/)(?:styles|theme\d*|fontTable|webSettings|numbering|tableStyles|viewProps|presProps|calcChain|stylesWithEffects|\[Content_Types\]"
    r"|slideLayout\d+|slideMaster\d+|notesMaster\d+|handoutMaster\d+|printerSettings\d+|colors\d+|quickStyle\d+|layout\d+|style\d+)\.xml(?:\.rels)?$"
)
"""Parts that hold looks, not words of this document."""

_AUTHOR_ATTRIBUTES = frozenset({"author", "initials", "userId", "lastModifiedBy", "providerId", "displayName", "personId"})
_TEXT_ATTRIBUTES = {"descr": "image.alt", "title": "image.alt", "alt": "image.alt", "tooltip": "tooltip", "prompt": "form.hint"}
_PICTURE = re.compile(r"(?i)(?:^|/)(?:media|pictures)/[^/]+\.(?:png|jpe?g|tiff?|bmp|gif|webp)$")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARAGRAPHS = frozenset({"p", "si", "is"})


_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, KeyError, OSError, ValueError, EOFError, NotImplementedError, RuntimeError)


class Package:
    """The parts of an Office file. Raises Unreadable where the archive is broken, encrypted or a bomb."""

    def __init__(self, data: bytes, *, may_have_doctype: bool = False) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            infos = self._archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Unreadable("damaged") from error
        if any(info.flag_bits & 1 for info in infos):
            raise Unreadable("encrypted")
        sizes = [info.file_size for info in infos]
        if max(sizes, default=0) > LARGEST_PART_BYTES or sum(sizes) > LARGEST_TOTAL_BYTES:
            raise Unreadable("too_large", size=str(sum(sizes)), limit=str(LARGEST_TOTAL_BYTES))
        self.names = tuple(info.filename for info in infos)
        if not may_have_doctype and any(_has_doctype(self._head(name)) for name in self.names if name.endswith((".xml", ".rels", ".vml"))):
            raise Unreadable("damaged")  # the format forbids it; whoever puts one there is after entities

    def _head(self, name: str) -> bytes:
        try:
            with self._archive.open(name) as part:
                return part.read(2048)
        except _ZIP_ERRORS as error:
            raise Unreadable("damaged") from error

    def read(self, name: str) -> bytes:
        """The bytes of a part. Raises Unreadable("damaged")."""
        try:
            return self._archive.read(name)
        except _ZIP_ERRORS as error:
            raise Unreadable("damaged") from error

    def xml(self, name: str) -> Any:
        """The root of an XML part, or None where it is missing or not well-formed."""
        return parse_xml(self.read(name)) if name in self.names else None


def _has_doctype(head: bytes) -> bool:
    return b"<!doctype" in head.replace(b"\x00", b"").lower()


def properties(package: Package, reading: Reading) -> None:
    """Core, application and custom properties; the title is the reading's title."""
    for name in ("docProps/core.xml", "docProps/app.xml"):
        root = package.xml(name)
        for node in root.iter() if root is not None else ():
            kind = _PROPERTIES.get(local_name(node))
            if kind is not None:
                reading.add_string(kind, node.text)
                if kind == "title":
                    reading.title = reading.title or (node.text or "").strip() or None
    custom = package.xml("docProps/custom.xml")
    for node in custom.iter() if custom is not None else ():
        if local_name(node) == "property":
            reading.add_string("custom_property", f"{node.get('name', '')}: {''.join(node.itertext())}")


def links(package: Package, reading: Reading) -> None:
    """Targets outside the file: web addresses, mail addresses and paths."""
    for name in package.names:
        root = package.xml(name) if name.endswith(".rels") else None
        for node in root.iter() if root is not None else ():
            if node.get("TargetMode") == "External":
                reading.add_string("link", node.get("Target"))


def embedded(package: Package, reading: Reading, within: Within) -> None:
    """Files within the file, such as the sheet behind a chart: every word is a string, since the file shows only a part of it."""
    for name in package.names:
        if "/embeddings/" in name and not name.endswith("/"):
            short = name.rpartition("/")[2]
            content = package.read(name)
            if short.startswith("oleObject") or short.endswith(".bin"):
                content, short = _native(content, short)
            within.keep(reading, short, content)


def pictures(package: Package, reading: Reading, within: Within) -> None:
    """The text in the pictures of a file that has no other: pasted scans. Where it has text, pictures are passed over."""
    if reading.elements:
        return
    for name in package.names:
        if _PICTURE.search(name):
            try:
                found = within.open(package.read(name), name.rpartition("/")[2], within)
            except Unreadable as reason:
                if reason.code == "needs_tesseract":
                    raise
                continue
            reading.elements.extend(replace(element, page=None, boxes=()) for element in found.elements)
            for warning in found.warnings:
                reading.warn(warning)
            if reading.pages is not None:
                reading.pages_with_text = min(reading.pages, (reading.pages_with_text or 0) + 1)


def _native(content: bytes, name: str) -> tuple[bytes, str]:
    """The file in an object of another program, with its own name, where that program packed it as one."""
    if not content.startswith(_OLE):
        return content, name
    with open_ole(content) as file:
        for stream in ("Package", "CONTENTS", "\x01Ole10Native"):
            if not file.exists(stream):
                continue
            inner = bytes(file.openstream(stream).read())
            if stream != "\x01Ole10Native":
                return inner, name
            label = inner[6 : inner.find(b"\x00", 6)].decode("cp1252", "replace")
            start = max((inner.find(mark, 6) for mark in (b"%PDF-", b"PK\x03\x04", _OLE)), default=-1)
            return (inner[start:] if start > 0 else inner), label or name
    return content, name


def leftovers(package: Package, reading: Reading, skip: Iterable[str] = ()) -> None:
    """Every word of every part that is neither in the elements nor in a string yet, under the kind ``other``."""
    skipped = set(skip)
    seen = Seen(reading.elements, (string.value for string in reading.strings))
    for name in package.names:
        if not name.endswith((".xml", ".vml")) or name in skipped or name.startswith("docProps/") or _NO_WORDS.search(name):
            continue
        root = package.xml(name)
        if root is None:
            continue
        for kind, text in _words(root):
            if not seen.has(text):
                reading.add_string(kind, text)
                seen.add(text)


def _words(root: Any) -> Iterator[tuple[str, str]]:
    for node in root.iter("*"):
        for attribute, value in node.items():
            name = local_name(attribute)
            if name in _AUTHOR_ATTRIBUTES:
                yield "other.author", value
            elif name in _TEXT_ATTRIBUTES:
                yield _TEXT_ATTRIBUTES[name], value
        tag = local_name(node)
        if tag == "instrText":
            yield "field", node.text if node.text and '"' in node.text else ""
        elif tag == "delText":
            yield "tracked.deleted", node.text or ""
        elif tag in _PARAGRAPHS:
            yield "other", paragraph_text(node)
        elif node.text and node.text.strip() and not any(local_name(above) in _PARAGRAPHS for above in node.iterancestors()):
            yield "other", node.text


def paragraph_text(paragraph: Any) -> str:
    """The text of a Word or drawing paragraph without what was deleted and paragraphs within it; tabs and breaks count as spaces."""
    parts: list[str] = []

    def walk(node: Any) -> None:
        for child in node:
            if not is_element(child):
                continue
            name = local_name(child)
            if name == "p":
                continue
            if name == "t":
                parts.append(child.text or "")
            elif name in ("tab", "br", "cr"):
                parts.append(" ")
            elif name == "noBreakHyphen":
                parts.append("-")
            walk(child)

    walk(paragraph)
    return "".join(parts)
