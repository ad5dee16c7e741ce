"""HTML pages."""

from __future__ import annotations

import copy
import re

from ingest.parse.elements import by_depth, convert
from ingest.parse.encoding import decode
from ingest.parse.offline import prepare_unstructured
from ingest.parse.reading import Reading
from ingest.parse.safe_xml import is_element, parse_html
from ingest.parse.within import Within

_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""")
_XML_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
_ROWSPAN = re.compile(r"<t[dh]\b[^>]*\browspan", re.IGNORECASE)
MOST_ROWS_OF_A_CELL = 200
_READ_ATTRIBUTES = {"alt": "image.alt", "title": "tooltip", "placeholder": "form.hint", "aria-label": "label", "value": "form.value"}


def read_html(data: bytes, within: Within) -> Reading:
    """Headings, paragraphs, lists and tables of the main part; head, comments, attributes and link targets are strings."""
    prepare_unstructured()
    from unstructured.partition.html import partition_html

    declared = _CHARSET.search(data[:4096]) or _XML_ENCODING.search(data[:256])
    text, guessed = decode(data, declared[1].decode("ascii") if declared else None)
    text = _XML_DECLARATION.sub("", text)
    reading = Reading()
    if guessed:
        reading.warn("encoding_guessed")
    if not text.strip():
        return reading
    reading.elements = list(convert(partition_html(text=with_whole_rows(text), languages=[""]), by_depth))
    strings_of_html(text, reading)
    return reading


def with_whole_rows(text: str) -> str:
    """The page with every table cell that runs over several rows repeated in each: unstructured forgets that it does."""
    root = parse_html(text) if _ROWSPAN.search(text) else None
    if root is None:
        return text
    from lxml import etree

    for cell in list(root.iter("td", "th")):
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
    if root is None:
        return
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
        href = node.get("href") or node.get("src")
        if href and tag != "link" and not href.startswith(("data:", "#")):
            reading.add_string("link", href)
        for attribute, kind in _READ_ATTRIBUTES.items():
            reading.add_string(kind, node.get(attribute))
    main = root.find(".//main")
    body = root.find(".//body")
    if main is not None and body is not None:
        for node in body.iter("header", "footer", "nav", "aside"):
            if not any(ancestor is main for ancestor in node.iterancestors()):
                reading.add_string(node.tag, " ".join(" ".join(node.itertext()).split()))
