"""Word documents (.docx)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from ingest.parse import ooxml
from ingest.parse.elements import DEEPEST_LEVEL, by_depth, convert
from ingest.parse.offline import prepare_unstructured
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.safe_xml import local_name
from ingest.parse.within import Within
from kb.types import Element, ElementKind

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_UNWRAPPED = frozenset({"ins", "moveTo", "sdt", "sdtContent", "smartTag", "customXml", "fldSimple", "dir", "bdo"})
"""Wrappers whose content counts as if they were not there; unstructured passes over what is in them."""

_DROPPED = frozenset({"del", "moveFrom", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr", "Fallback"})


def read_word(data: bytes, within: Within) -> Reading:
    """The text with tracked changes accepted, content controls and text boxes in place, and notes at the end.

    Headers and footers are strings, not text: they repeat on every page. Word stores no pages, so there are none.
    """
    package = ooxml.Package(data)
    main = _main_part(package)
    root = package.xml(main)
    if root is None:
        raise Unreadable("damaged")
    reading = Reading()
    ooxml.properties(package, reading)
    _tracked_changes(root, reading)
    outline = _outline_levels(root, package)
    found = _partitioned(_accepted(package, main, root))
    reading.elements = [_as_heading(element, outline) for element in convert(found, by_depth)]
    for element in found:
        if type(element).__name__ in ("Header", "Footer"):
            reading.add_string(type(element).__name__.lower(), element.text)
    for name, kind in (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")):
        _notes(package, name, kind, reading)
    _comments(package, reading)
    ooxml.links(package, reading)
    ooxml.embedded(package, reading, within)
    ooxml.leftovers(package, reading)
    ooxml.pictures(package, reading, within)
    return reading


def _partitioned(data: bytes) -> list[Any]:
    """Unstructured's elements. What it looks for beyond kind and depth, by reading every paragraph as language, is not asked."""
    return list(_partitioner()(data))


@cache
def _partitioner() -> Callable[[bytes], Iterable[Any]]:
    prepare_unstructured()
    from unstructured.partition.docx import DocxPartitionerOptions, _DocxPartitioner

    class ByStyle(_DocxPartitioner):
        def _parse_paragraph_text_for_element_type(self, paragraph: Any) -> None:
            """Narrative, an address, an e-mail address: all are paragraphs here."""
            return

        def _paragraph_emphasis(self, paragraph: Any) -> tuple[list[str], list[str]]:
            return [], []

    def partition(data: bytes) -> Iterable[Any]:
        options = DocxPartitionerOptions.load(file=io.BytesIO(data), file_path=None, include_page_breaks=False, infer_table_structure=True)
        found: Iterable[Any] = ByStyle.iter_document_elements(options)
        return found

    return partition


def _main_part(package: ooxml.Package) -> str:
    if "word/document.xml" in package.names:
        return "word/document.xml"
    root = package.xml("_rels/.rels")
    for node in root.iter() if root is not None else ():
        target = (node.get("Target") or "").lstrip("/")
        if (node.get("Type") or "").endswith("/officeDocument") and target in package.names:
            return target
    raise Unreadable("damaged")


def _tracked_changes(root: Any, reading: Reading) -> None:
    for node in root.iter(f"{_W}ins", f"{_W}del", f"{_W}moveFrom", f"{_W}moveTo"):
        kind = "tracked.inserted" if local_name(node) in ("ins", "moveTo") else "tracked.deleted"
        text = "".join(part.text or "" for part in node.iter(f"{_W}t", f"{_W}delText"))
        if text.strip():
            reading.add_string(kind, text)
            reading.warn("tracked_changes")
        reading.add_string("tracked.author", node.get(f"{_W}author"))


def _accepted(package: ooxml.Package, main: str, root: Any) -> bytes:
    """The file with its main part rewritten in memory: deletions gone, wrappers unwrapped, text boxes after their paragraph."""
    from lxml import etree

    for node in list(root.iter(*(f"{{*}}{name}" for name in _DROPPED))):
        if node.getparent() is not None:
            _remove(node)
    for node in list(root.iter(*(f"{_W}{name}" for name in _UNWRAPPED))):
        if node.getparent() is not None:
            _unwrap(node)
    for box in list(root.iter(f"{_W}txbxContent")):
        paragraph = next((above for above in box.iterancestors() if above.tag == f"{_W}p"), None)
        if paragraph is not None and paragraph.getparent() is not None:
            for child in reversed(list(box)):
                paragraph.addnext(child)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in package.names:
            archive.writestr(name, etree.tostring(root) if name == main else package.read(name))
    return out.getvalue()


def _remove(node: Any) -> None:
    parent = node.getparent()
    parent.remove(node)


def _unwrap(node: Any) -> None:
    parent = node.getparent()
    place = parent.index(node)
    for offset, child in enumerate(list(node)):
        parent.insert(place + offset, child)
    parent.remove(node)


def _outline_levels(root: Any, package: ooxml.Package) -> dict[str, int]:
    """Text of paragraphs that a style of any name, or the paragraph itself, gives an outline level, 1 to 6; 0 for the title."""
    by_style: dict[str, int] = {}
    based_on: dict[str, str] = {}
    styles = package.xml("word/styles.xml")
    for style in styles.iter(f"{_W}style") if styles is not None else ():
        style_id = style.get(f"{_W}styleId") or ""
        name = style.find(f"{_W}name")
        if name is not None and (name.get(f"{_W}val") or "").lower() == "title":
            by_style[style_id] = -1
            continue
        level = style.find(f"{_W}pPr/{_W}outlineLvl")
        parent = style.find(f"{_W}basedOn")
        if level is not None and (level.get(f"{_W}val") or "").isdigit():
            by_style[style_id] = int(level.get(f"{_W}val"))
        elif parent is not None:
            based_on[style_id] = parent.get(f"{_W}val") or ""
    found: dict[str, int] = {}
    for paragraph in root.iter(f"{_W}p"):
        own = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        level_text = own.get(f"{_W}val") if own is not None else None
        if level_text is None:
            style_node = paragraph.find(f"{_W}pPr/{_W}pStyle")
            style_id = style_node.get(f"{_W}val") or "" if style_node is not None else ""
            for _ in range(10):
                if style_id in by_style or style_id not in based_on:
                    break
                style_id = based_on[style_id]
            level = by_style.get(style_id, 9)
        else:
            level = int(level_text) if level_text.isdigit() else 9
        if level < 9:
            found[" ".join(ooxml.paragraph_text(paragraph).split())] = min(level + 1, DEEPEST_LEVEL)
    return found


def _as_heading(element: Element, outline: dict[str, int]) -> Element:
    if element.kind not in (ElementKind.PARAGRAPH, ElementKind.LIST_ITEM, ElementKind.HEADING) or len(element.text) > 200:
        return element
    text = " ".join(element.text.split())
    level = outline.get(text, outline.get(text.partition(" ")[2]))  # the second: after the number that Word counts
    if level is None:
        return element
    return Element(ElementKind.HEADING, element.text, level=level) if level else Element(ElementKind.TITLE, element.text)


def _notes(package: ooxml.Package, name: str, kind: str, reading: Reading) -> None:
    root = package.xml(name)
    for note in root if root is not None else ():
        if local_name(note) != kind or note.get(f"{_W}type") in ("separator", "continuationSeparator", "continuationNotice"):
            continue
        text = " ".join(ooxml.paragraph_text(paragraph) for paragraph in note.iter(f"{_W}p")).strip()
        if text:
            reading.elements.append(Element(ElementKind.PARAGRAPH, text))


def _comments(package: ooxml.Package, reading: Reading) -> None:
    root = package.xml("word/comments.xml")
    for comment in root.iter(f"{_W}comment") if root is not None else ():
        reading.add_string("comment", "\n".join(ooxml.paragraph_text(paragraph) for paragraph in comment.iter(f"{_W}p")))
        reading.add_string("comment.author", comment.get(f"{_W}author"))
