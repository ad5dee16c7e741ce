"""OpenDocument files: text (.odt), sheets (.ods) and slides (.odp), read from their XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.parse.elements import DEEPEST_LEVEL
from ingest.parse.ooxml import Package, pictures
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.safe_xml import is_element, local_name, parse_xml
from ingest.parse.seen import Seen
from ingest.parse.table import row_text, table_elements
from ingest.parse.within import Within
from kb.types import Element, ElementKind

MOST_REPEATED_COLUMNS = 256
MOST_REPEATED_ROWS = 1_000
"""A sheet repeats its last empty row a million times; a filled one seldom repeats."""

_META = {
    "creator": "last_modified_by",
    "initial-creator": "author",
    "printed-by": "author",
    "title": "title",
    "subject": "subject",
    "description": "description",
    "keyword": "keywords",
    "user-defined": "custom_property",
    "template": "template",
}
_NOT_SHOWN = frozenset({"annotation", "annotation-end", "note", "tracked-changes", "change", "change-start", "change-end", "forms"})
_IN_PARAGRAPH = frozenset({"p", "h"})
_NO_NAME = ("Sheet", "Blad", "Table", "Tabel", "page", "Tabelle", "Feuille")


def read_open_document(data: bytes, within: Within) -> Reading:
    """Headings, paragraphs, lists, tables, notes, and per slide its speaker notes. Comments, what was deleted, hidden text, headers,
    footers and properties are strings. A slide is a page; texts and sheets have none."""
    package = Package(data, may_have_doctype=True)
    if b"encryption-data" in (package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in package.names else b""):
        raise Unreadable("encrypted")
    content = package.xml("content.xml")
    if content is None:
        raise Unreadable("damaged")
    reading = Reading()
    for name in ("meta.xml", "styles.xml"):
        root = package.xml(name)
        if root is not None:
            _outside_text(root, reading, is_meta=name == "meta.xml")
    read_body(content, reading)
    for name in package.names:
        if name.startswith(("Object ", "ObjectReplacements/Object ")) and name.endswith("content.xml"):
            root = package.xml(name)
            seen = Seen(reading.elements, (string.value for string in reading.strings))
            words = (_text(node) for node in root.iter("{*}p")) if root is not None else ()
            reading.add_strings("other", (text for text in words if not seen.has(text)))
    pictures(package, reading, within)
    return reading


def read_flat(root: Any) -> Reading:
    """A document that is one XML file (.fodt, .fods, .fodp)."""
    reading = Reading()
    _outside_text(root, reading, is_meta=True)
    read_body(root, reading)
    return reading


def read_body(root: Any, reading: Reading) -> None:
    """The elements and strings of ``office:body``."""
    body = next((node for node in root.iter("{*}body") if "office" in node.tag), None)
    main = next((node for node in body if is_element(node)), None) if body is not None else None
    if main is None:
        raise Unreadable("damaged")
    hidden = _hidden_styles(root)
    _changes(root, reading)
    _comments(root, reading)
    kind = local_name(main)
    if kind == "presentation":
        _slides(main, reading, hidden)
    elif kind == "spreadsheet":
        _sheets(main, reading, hidden)
    else:
        reading.elements.extend(_blocks(main, reading))
    for note in main.iter("{*}note-body"):
        text = "\n".join(filter(None, (_text(paragraph).strip() for paragraph in note.iter("{*}p"))))
        if text:
            reading.elements.append(Element(ElementKind.PARAGRAPH, text))
    for node in main.iter():
        if is_element(node):
            _attributes(node, reading)


def _outside_text(root: Any, reading: Reading, *, is_meta: bool) -> None:
    """Properties; headers and footers of the pages."""
    for node in root.iter():
        if not is_element(node):
            continue
        name = local_name(node)
        if is_meta and name in _META and (above := node.getparent()) is not None and local_name(above) == "meta":
            label = next((value for key, value in node.attrib.items() if local_name(key) == "name"), "")
            text = "".join(node.itertext()).strip()
            reading.add_string(_META[name], f"{label}: {text}" if label and text else text)
            if name == "title":
                reading.title = reading.title or text or None
        elif name.startswith(("header", "footer")) and any(is_element(child) and local_name(child) in _IN_PARAGRAPH for child in node):
            kind = "header" if name.startswith("header") else "footer"
            reading.add_strings(kind, (_text(child) for child in node if is_element(child)))


def _changes(root: Any, reading: Reading) -> None:
    for region in root.iter("{*}changed-region"):
        for change in region:
            for node in change.iter():
                if is_element(node) and local_name(node) == "creator":
                    reading.add_string("tracked.author", node.text)
                elif is_element(node) and local_name(node) in _IN_PARAGRAPH and local_name(change) == "deletion":
                    reading.add_string("tracked.deleted", _text(node))
        reading.warn("tracked_changes")


def _comments(root: Any, reading: Reading) -> None:
    for comment in root.iter("{*}annotation"):
        for node in comment.iter():
            if is_element(node) and local_name(node) in ("creator", "sender-initials"):
                reading.add_string("comment.author", node.text)
        reading.add_string("comment", "\n".join(_text(node) for node in comment.iter("{*}p")))


def _hidden_styles(root: Any) -> set[str]:
    """Names of table and page styles that are not shown."""
    hidden = set()
    for style in root.iter("{*}style"):
        for properties in style:
            if is_element(properties) and any(
                local_name(key) in ("display", "visibility") and value in ("false", "hidden") for key, value in properties.attrib.items()
            ):
                hidden.add(_attribute(style, "name"))
    return hidden


def _slides(main: Any, reading: Reading, hidden: set[str]) -> None:
    pages = [node for node in main if is_element(node) and local_name(node) == "page"]
    for number, page in enumerate(pages, start=1):
        before = len(reading.elements)
        if _attribute(page, "style-name") in hidden:
            reading.add_string("hidden_slide", "\n".join(_text(node) for node in page.iter("{*}p")))
            reading.warn("hidden_sheets")
            continue
        for frame in page:
            if not is_element(frame) or local_name(frame) in ("notes", "annotation", "forms"):
                continue
            is_title = _attribute(frame, "class") == "title"
            for element in _blocks(frame, reading):
                kind = ElementKind.HEADING if is_title and element.kind is ElementKind.PARAGRAPH else element.kind
                level = 1 if kind is ElementKind.HEADING else None
                reading.elements.append(Element(kind, element.text, level=level, page=number))
        for notes in page.iter("{*}notes"):
            for paragraph in notes.iter("{*}p"):
                if (text := _text(paragraph).strip()) and not text.startswith("<"):
                    reading.elements.append(Element(ElementKind.PARAGRAPH, text, page=number))
        reading.pages_with_text = (reading.pages_with_text or 0) + (len(reading.elements) > before)
    reading.pages = len(pages)


def _sheets(main: Any, reading: Reading, hidden: set[str]) -> None:
    tables = [node for node in main.iter("{*}table") if local_name(node.getparent()) in ("spreadsheet", "shapes")]
    visible = [table for table in tables if _attribute(table, "style-name") not in hidden]
    for table in tables:
        name = _attribute(table, "name")
        rows = _rows(table)
        if table not in visible:
            reading.add_string("hidden_sheet", "\n".join([name, *(row_text(row) for row in rows)]))
            reading.warn("hidden_sheets")
            continue
        elements = [element for block in _parted(rows) for element in table_elements(block)]
        if elements and (len(visible) > 1 or not name.rstrip(" 0123456789").endswith(_NO_NAME)):
            reading.elements.append(Element(ElementKind.HEADING, name, level=1))
        else:
            reading.add_string("sheet.name", name)
        reading.elements.extend(elements)


def _parted(rows: list[list[str]]) -> Iterator[list[list[str]]]:
    """The tables of a sheet: they are parted by empty rows."""
    block: list[list[str]] = []
    for row in rows:
        if any(cell.strip() for cell in row):
            block.append(row)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _blocks(parent: Any, reading: Reading, in_list: bool = False) -> Iterator[Element]:
    for node in parent:
        if not is_element(node):
            continue
        name = local_name(node)
        if name in _NOT_SHOWN or name in ("title", "desc"):
            continue
        if name == "h":
            level = _attribute(node, "outline-level")
            yield from _with_frames(node, Element(ElementKind.HEADING, _text(node), level=_level(level)), reading)
        elif name == "p":
            is_title = _attribute(node, "style-name") == "Title"
            kind = ElementKind.TITLE if is_title else ElementKind.LIST_ITEM if in_list else ElementKind.PARAGRAPH
            yield from _with_frames(node, Element(kind, _text(node)), reading)
        elif name == "table":
            yield from table_elements(_rows(node))
        elif name in ("section", "hidden-paragraph") and _attribute(node, "display") == "none":
            reading.add_string("hidden_text", "\n".join(_text(inner) for inner in node.iter("{*}p")))
        else:
            yield from _blocks(node, reading, in_list or name == "list-item")


def _with_frames(node: Any, element: Element, reading: Reading) -> Iterator[Element]:
    """A paragraph, then the text boxes that are anchored in it."""
    if element.text.strip():
        yield element
    for box in node.iter("{*}text-box"):
        if not any(local_name(above) in ("text-box", "note", "annotation") for above in _until(box, node)):
            yield from _blocks(box, reading)


def _until(node: Any, end: Any) -> Iterator[Any]:
    above = node.getparent()
    while above is not None and above is not end:
        yield above
        above = above.getparent()


def _level(said: str) -> int:
    return min(max(int(said), 1), DEEPEST_LEVEL) if said.isdigit() else 1


def _rows(table: Any) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in table.iter("{*}table-row"):
        if next((above for above in row.iterancestors("{*}table")), None) is not table:
            continue
        cells: list[str] = []
        for cell in row:
            if is_element(cell) and local_name(cell) in ("table-cell", "covered-table-cell"):
                text = " ".join(filter(None, (_text(part).strip() for part in cell.iter("{*}p", "{*}h") if _belongs(part, cell))))
                cells.extend([text] * _repeated(cell, "number-columns-repeated", MOST_REPEATED_COLUMNS if text else 1024))
        while cells and not cells[-1]:
            cells.pop()
        rows.extend([cells] * (_repeated(row, "number-rows-repeated", MOST_REPEATED_ROWS) if cells else 1))
    return rows


def _belongs(paragraph: Any, cell: Any) -> bool:
    return not any(local_name(above) in ("annotation", "note") for above in _until(paragraph, cell))


def _repeated(node: Any, name: str, most: int) -> int:
    said = _attribute(node, name)
    return min(int(said), most) if said.isdigit() and int(said) > 0 else 1


def _attribute(node: Any, name: str) -> str:
    return next((value for key, value in node.attrib.items() if local_name(key) == name), "")


def _text(paragraph: Any) -> str:
    """The words of a paragraph: its spaces, tabs and line breaks are elements; notes, comments and text boxes are not in it."""
    parts: list[str] = [paragraph.text or ""]
    for child in paragraph:
        name = local_name(child) if is_element(child) else ""
        if name == "s":
            said = _attribute(child, "c")
            parts.append(" " * (min(int(said), 100) if said.isdigit() else 1))
        elif name in ("tab", "line-break"):
            parts.append("\t" if name == "tab" else "\n")
        elif name and name not in _NOT_SHOWN and name not in ("text-box", "frame", "custom-shape", "title", "desc"):
            parts.append(_text(child))
        elif name in ("frame", "custom-shape") and child.find(".//{*}text-box") is None:
            parts.extend(_text(inner) for inner in child.iter("{*}p") if name == "custom-shape")
        parts.append(child.tail or "")
    return "".join(parts)


def _attributes(node: Any, reading: Reading) -> None:
    name = local_name(node)
    if name == "a":
        reading.add_string("link", _attribute(node, "href"))
    elif name in ("title", "desc") and node.text:
        reading.add_string("image.alt", node.text)
    elif name in ("text", "textarea", "formatted-text", "listbox", "combobox", "checkbox", "radio") and "form" in node.tag:
        reading.add_strings("form.value", (_attribute(node, key) for key in ("current-value", "value", "label")))
        reading.add_string("form.name", _attribute(node, "name"))
    elif name in ("hidden-text", "hidden-paragraph", "conditional-text"):
        reading.add_string("hidden_text", _attribute(node, "string-value") or "".join(node.itertext()))


def is_flat(data: bytes) -> Any:
    """The root of ``data`` where it is an OpenDocument file in one XML, else None."""
    root = parse_xml(data)
    return root if root is not None and local_name(root) == "document" and "opendocument" in root.tag else None
