"""HTML and XML: text split over elements, attributes, comments. Used for whole files and for the parts of Office files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ingest.parse.encoding import decode
from ingest.parse.safe_xml import is_element, local_name, parse_html
from ingest.redact.blackener import Blackener

_HTML_NAMES = """
address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header
hr html label legend li main nav ol option p pre script section select style summary table tbody td textarea tfoot th thead title tr ul
"""
_XML_NAMES = """
p si is c row br cr tab h s table-cell table-row list-item line-break note annotation sectPr tc tr comment author title subject creator
description keywords lastModifiedBy property Company Manager
"""
HTML_BREAKS = frozenset(_HTML_NAMES.split())
XML_BREAKS = frozenset(_XML_NAMES.split())
"""Of Word, Excel, PowerPoint and OpenDocument together: what ends a paragraph, a cell or a word."""

_TRACKED = frozenset({"del", "ins", "moveFrom", "moveTo", "change-start", "change-end", "deletion"})
_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?[\w.:-]+")
_DECLARED = re.compile(rb"(?i)<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)")
_OFFICE = ("{http://schemas.openxmlformats.org/", "{http://purl.oclc.org/ooxml/", "{http://schemas.microsoft.com/office/")
_OFFICE_TEXT = frozenset({"t", "delText", "instrText", "v", "f"})
_NUMERIC_CELL = (None, "n")


@dataclass(slots=True)
class _Piece:
    text: str
    put: Callable[[str], None] | None
    """None: a break between words, which is in no element."""


def redact_html(data: bytes, blackener: Blackener) -> bytes | None:
    """The page in UTF-8, blackened; None where there is nothing that a browser would read."""
    declared = _DECLARED.search(data[:4096])
    text = decode(data, declared[1].decode("ascii", "replace") if declared else None)[0]
    root = parse_html(text)
    if root is None:
        return None
    before = _serialised(root)
    redact_tree(root, blackener, lambda node: local_name(node) in HTML_BREAKS)
    if _serialised(root) == before:
        return data
    for meta in root.iter("meta"):
        if meta.get("charset"):
            meta.set("charset", "utf-8")
        elif "charset" in (meta.get("content") or "").lower():
            meta.set("content", _CHARSET.sub("charset=utf-8", meta.get("content")))
    out = _serialised(root, method="html", doctype=root.getroottree().docinfo.doctype or None)
    return out if declared else b"\xef\xbb\xbf" + out


def redact_xml(data: bytes, blackener: Blackener) -> bytes | None:
    """The document in UTF-8, blackened; None where it is not well-formed. Nothing is fetched, no entity expanded."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    before = _serialised(root)
    if any(str(node.tag).startswith((*_OFFICE, "{urn:oasis:")) for node in root.iter()):
        redact_tree(root, blackener, lambda node: local_name(node) in XML_BREAKS)
        # A deleted word stands against the one that took its place; a word may also be half inserted.
        redact_tree(root, blackener, lambda node: local_name(node) in XML_BREAKS or local_name(node) in _TRACKED)
    else:
        # Of an unknown format nobody knows which elements part words: both readings count.
        redact_tree(root, blackener, _stands_in_no_text)
        redact_tree(root, blackener, lambda node: True)
    after = _serialised(root, xml_declaration=True, standalone=root.getroottree().docinfo.standalone)
    # A part that holds none of it stays byte for byte.
    return data if _serialised(root) == before else after


def _serialised(root: Any, **how: Any) -> bytes:
    from lxml import etree

    out: Any = etree.tostring(root.getroottree(), encoding="utf-8", **how)
    return bytes(out)


def redact_tree(root: Any, blackener: Blackener, parts: Callable[[Any], bool]) -> None:
    """Blacken every text, attribute, comment and instruction below ``root``, words that run through several elements too.

    ``parts``: whether an element parts the words before it from those in it and after it.
    """
    pieces: list[_Piece] = []
    _collect(root, pieces, parts)
    for before in root.itersiblings(preceding=True):
        pieces += [_Piece("\n", None), _Piece(before.text or "", _text_of(before))]
    for piece, black in zip(pieces, blackener.blacken_pieces([one.text for one in pieces]), strict=True):
        if piece.put is not None and black != piece.text:
            piece.put(black)
    for node in root.iter():
        for name, value in node.attrib.items() if is_element(node) else ():
            black = blackener.blacken(value)
            if black != value:
                node.set(name, black)


def _collect(root: Any, pieces: list[_Piece], parts: Callable[[Any], bool]) -> None:
    """In document order; a loop and no recursion, for files of strangers are deep."""
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        apart = not is_element(node) or parts(node)
        if apart:
            pieces.append(_Piece("\n", None))
        if leaving:
            if node is not root and node.tail and _counts(node.tail, node.getparent()):
                pieces.append(_Piece(node.tail, _tail_of(node)))
            continue
        if node.text and _counts(node.text, node):
            pieces.append(_Piece(node.text, _text_of(node)))
        stack.append((node, True))
        stack += [(child, False) for child in reversed(node)] if is_element(node) else []


def _stands_in_no_text(node: Any) -> bool:
    """Whether the element is not within a sentence: its parent has no text of its own."""
    above = node.getparent()
    return above is None or not ((above.text or "").strip() or any((child.tail or "").strip() for child in above))


def _counts(text: str, node: Any) -> bool:
    """Whether ``text`` in ``node`` is read at all: white space between the elements of an Office file is only layout of its XML."""
    return bool(text.strip()) or not str(node.tag).startswith(_OFFICE) or local_name(node) in _OFFICE_TEXT


def _text_of(node: Any) -> Callable[[str], None]:
    def put(text: str) -> None:
        node.text = text
        cell = node.getparent()
        if local_name(node) == "v" and cell is not None and cell.get("t") in _NUMERIC_CELL:
            cell.set("t", "str")  # black blocks are no number: a spreadsheet program would call the file damaged

    return put


def _tail_of(node: Any) -> Callable[[str], None]:
    def put(text: str) -> None:
        node.tail = text

    return put
