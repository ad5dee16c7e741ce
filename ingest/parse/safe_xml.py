"""XML and HTML from files of strangers: no entities expanded, no DTD loaded, no network, no endless trees."""

from __future__ import annotations

from typing import Any


def parse_xml(data: bytes) -> Any:
    """The root element, or None where ``data`` is not well-formed XML. Entities are not expanded and nothing is fetched."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_pis=True)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def parse_html(text: str) -> Any:
    """The root element of an HTML document, or None where there is none. Nothing is fetched."""
    from lxml import etree

    parser = etree.HTMLParser(no_network=True, encoding="utf-8", huge_tree=False)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def is_element(node: Any) -> bool:
    """Whether ``node`` is an element, not a comment or a processing instruction."""
    return isinstance(node.tag, str)


def local_name(node: Any) -> str:
    """An element's or attribute's name without its namespace."""
    name = node if isinstance(node, str) else node.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""
