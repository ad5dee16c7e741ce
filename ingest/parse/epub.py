"""Electronic books (.epub): their chapters in reading order."""

from __future__ import annotations

import posixpath
from typing import Any
from urllib.parse import unquote

from ingest.parse.html import read_html
from ingest.parse.ooxml import Package
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.safe_xml import is_element, local_name
from ingest.parse.within import Within

_META = {"creator": "author", "contributor": "author", "title": "title", "subject": "keywords", "description": "description"}
_META |= {"publisher": "company", "rights": "metadata", "source": "metadata", "identifier": "identifier"}
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def read_book(data: bytes, within: Within) -> Reading:
    """Headings, paragraphs, lists and tables of every chapter in the order of the book. Its particulars are strings."""
    package = Package(data, may_have_doctype=True)
    if _is_protected(package):
        raise Unreadable("encrypted")
    reading = Reading()
    where = _package_file(package)
    root = package.xml(where)
    if root is None:
        raise Unreadable("damaged")
    targets: dict[str, str] = {}
    for node in root.iter():
        if not is_element(node):
            continue
        name = local_name(node)
        if name in _META and "dc" in node.tag.lower():
            reading.add_string(_META[name], node.text)
            if name == "title":
                reading.title = reading.title or (node.text or "").strip() or None
        elif name == "item":
            targets[node.get("id") or ""] = posixpath.normpath(posixpath.join(posixpath.dirname(where), unquote(node.get("href") or "")))
    chapters = [targets.get(node.get("idref") or "", "") for node in root.iter("{*}itemref")]
    for chapter in dict.fromkeys(chapters):
        if chapter in package.names:
            _add(read_html(package.read(chapter), within), reading)
    for name in package.names:
        if name.lower().endswith((".xhtml", ".html", ".htm")) and name not in chapters:
            other = read_html(package.read(name), within)
            reading.add_strings("other", (element.text for element in other.elements))
    return reading


def _add(chapter: Reading, reading: Reading) -> None:
    reading.elements.extend(chapter.elements)
    reading.strings.extend(chapter.strings)
    for warning in chapter.warnings:
        reading.warn(warning)


def _package_file(package: Package) -> str:
    container = package.xml("META-INF/container.xml")
    for node in container.iter("{*}rootfile") if container is not None else ():
        path = str(node.get("full-path") or "")
        if path in package.names:
            return path
    found = next((name for name in package.names if name.endswith(".opf")), None)
    if found is None:
        raise Unreadable("damaged")
    return found


def _is_protected(package: Package) -> bool:
    """Whether more than its fonts is encrypted."""
    root: Any = package.xml("META-INF/encryption.xml")
    return root is not None and any(node.get("Algorithm") not in _FONTS for node in root.iter("{*}EncryptionMethod"))
