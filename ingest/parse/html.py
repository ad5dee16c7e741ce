"""HTML pages."""

from __future__ import annotations

import copy
import re
from typing import Any

from ingest.parse.elements import by_depth, convert
from ingest.parse.encoding import decode
from ingest.parse.offline import prepare_unstructured, without_judging_kinds
from ingest.parse.reading import Reading
from ingest.parse.safe_xml import is_element, parse_html
from ingest.parse.within import Within
from kb.types import Element

_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""")
_XML_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
MOST_ROWS_OF_A_CELL = 200
_READ_ATTRIBUTES = {"alt": "image.alt", "title": "tooltip", "placeholder": "form.hint", "aria-label": "label", "value": "form.value"}


def read_html(data: bytes, within: Within) -> Reading:
    """Headings, paragraphs, lists and tables of the main part; head, comments, attributes and link targets are strings."""
    declared = _CHARSET.search(data[:4096]) or _XML_ENCODING.search(data[:256])
    text, guessed = decode(data, declared[1].decode("ascii") if declared else None)
    reading = Reading()
    if guessed:
        reading.warn("encoding_guessed")
    text = _XML_DECLARATION.sub("", text)
    reading.elements = read_page(text, reading)
    return reading


def read_page(text: str, reading: Reading) -> list[Element]:
    """The main part of the page ``text``; everything else that it says is added to the strings of ``reading``."""
    if not text.strip():
        return []
    prepare_unstructured()
    from unstructured.partition.html import partition_html

    root = parse_html(text)
    if root is not None:
        _add_strings(root, reading)
        text = _with_whole_rows(root, text)
    with without_judging_kinds():
        return list(convert(partition_html(text=text, languages=[""]), by_depth))


def _with_whole_rows(root: Any, text: str) -> str:
    """The page with every table cell that runs over several rows repeated in each: unstructured forgets that it does."""
    tall = [cell for cell in root.iter("td", "th") if cell.get("rowspan")]
    if not tall:
        return text
    from lxml import etree

    for cell in tall:
        row, span = cell.getparent(), cell.get("rowspan") or ""
        if row is None or not span.isdigit():
            continue
        place = row.index(cell)
        rows = list(row.itersiblings("tr"))
        for below in rows[: min(int(span), MOST_ROWS_OF_A_CELL) - 1]:
            again = copy.deepcopy(cell)
            again.attrib.pop("rowspan", None)
            again.tail = None
            below.insert(place, again)
        cell.attrib.pop("rowspan", None)
    return str(etree.tostring(root, encoding="unicode", method="html"))


def strings_of_html(text: str, reading: Reading) -> None:
    """Everything that a page says outside its running text: title, meta tags, comments, attributes, link targets, and text that
    stands outside ``<main>``."""
    root = parse_html(text)
    if root is not None:
        _add_strings(root, reading)


def _add_strings(root: Any, reading: Reading) -> None:
    for node in root.iter():
        if not is_element(node):
            reading.add_string("comment", node.text)
            continue
        tag = node.tag.lower()
        if tag == "title":
            reading.add_string("title", node.text)
            reading.title = reading.title or (node.text or "").strip() or None
        elif tag == "meta":
            name = (node.get("name") or node.get("property") or "").lower()
            if node.get("content") and name not in ("viewport", ""):
                reading.add_string("author" if name == "author" else "metadata", node.get("content"))
        elif tag in ("script", "style", "noscript", "template"):
            reading.add_string(tag, node.text)
        elif tag == "del":
            reading.add_string("tracked.deleted", "".join(node.itertext()))
        said = dict(node.items())
        href = said.get("href") or said.get("src")
        if href and tag != "link" and not href.startswith(("data:", "#")):
            reading.add_string("link", href)
        for attribute in said.keys() & _READ_ATTRIBUTES.keys():
            reading.add_string(_READ_ATTRIBUTES[attribute], said[attribute])
    main = root.find(".//main")
    body = root.find(".//body")
    if main is not None and body is not None:
        for node in body.iter("header", "footer", "nav", "aside"):
            if not any(ancestor is main for ancestor in node.iterancestors()):
                reading.add_string(node.tag, " ".join(" ".join(node.itertext()).split()))
