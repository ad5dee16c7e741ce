"""Data files: XML and JSON. Records become table rows, other values paragraphs, names of parts headings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.parse.elements import DEEPEST_LEVEL
from ingest.parse.encoding import decode
from ingest.parse.html import read_html
from ingest.parse.opendocument import is_flat, read_flat
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.safe_xml import is_element, local_name, parse_xml
from ingest.parse.table import row_text
from ingest.parse.within import Within
from kb.types import Element, ElementKind

DEEPEST_DATA = 60
MOST_COLUMNS = 40
FEWEST_RECORDS = 2
_WORD = re.compile(r"[^\W\d_]{2}")
_TITLES = ("title", "titel", "name", "naam", "label")
_MARKUP = frozenset(
    {"b", "i", "em", "strong", "u", "sub", "sup", "emph", "hi", "a", "span", "code", "ref", "link", "emphasis", "quote", "q"}
)

Row = dict[str, str]


def read_json(data: bytes, within: Within) -> Reading:
    """A list of records as a table; an object as ``name: value``, its larger parts under headings. A value per line is read too."""
    reading = Reading()
    text, guessed = decode(data)
    if guessed:
        reading.warn("encoding_guessed")
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise Unreadable("damaged") from error
    except ValueError:
        value = list(_lines(text))
    if isinstance(value, dict) and isinstance(value.get("features"), list):
        reading.title = str(value.get("name") or "") or None
        value = [_of_feature(feature) for feature in value["features"]]
    if isinstance(value, dict):
        reading.title = next((str(value[key]) for key in _TITLES if isinstance(value.get(key), str)), None)
    reading.elements = list(_of_value(value, 1))
    return reading


def _lines(text: str) -> Iterator[Any]:
    """The values of a file with one on each line. Raises Unreadable where a line is none."""
    for line in text.splitlines():
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError) as error:
                raise Unreadable("damaged") from error


def _of_feature(feature: Any) -> Any:
    """The properties of a place on a map; its coordinates say nothing in words."""
    if not isinstance(feature, dict):
        return feature
    properties = feature.get("properties")
    return {**({"id": feature["id"]} if "id" in feature else {}), **(properties if isinstance(properties, dict) else {})}


def _of_value(value: Any, level: int) -> Iterator[Element]:
    if level > DEEPEST_DATA:
        raise Unreadable("damaged")
    if isinstance(value, list):
        yield from _of_list(value, level)
    elif isinstance(value, dict):
        larger = {key: inner for key, inner in value.items() if isinstance(inner, dict | list) and inner and not _is_short(inner)}
        lines = [f"{key}: {_line(inner)}" for key, inner in value.items() if key not in larger and _line(inner)]
        if lines:
            yield Element(ElementKind.PARAGRAPH, "\n".join(lines))
        for key, inner in larger.items():
            yield Element(ElementKind.HEADING, str(key), level=min(level, DEEPEST_LEVEL))
            yield from _of_value(inner, level + 1)
    elif (text := _line(value)) and (_WORD.search(text) or level > 1):
        yield Element(ElementKind.PARAGRAPH, text)


def _of_list(values: Sequence[Any], level: int) -> Iterator[Element]:
    records = [_flat(value) for value in values if isinstance(value, dict)]
    columns = list(dict.fromkeys(key for record in records for key in record))
    flat = all(isinstance(value, dict) and _is_flat(value) for value in values)
    if flat and len(records) >= FEWEST_RECORDS and len(columns) <= MOST_COLUMNS and not _is_sparse(records, columns):
        yield from _table(records, columns)
        return
    for value in values:
        if isinstance(value, dict | list):
            yield from _of_value(value, level)
        elif text := _line(value):
            yield Element(ElementKind.LIST_ITEM, text)


def _is_sparse(records: Sequence[Row], columns: Sequence[str]) -> bool:
    """Whether most cells of the table would be empty: then each record is told on its own."""
    return sum(map(len, records)) < 0.5 * len(records) * len(columns)


def _table(records: Sequence[Row], columns: Sequence[str]) -> Iterator[Element]:
    if len(columns) == 1:
        yield from (Element(ElementKind.PARAGRAPH, text) for record in records if (text := record.get(columns[0], "").strip()))
        return
    yield Element(ElementKind.TABLE_HEADER, row_text(columns))
    for record in records:
        if any(value.strip() for value in record.values()):
            yield Element(ElementKind.TABLE_ROW, row_text([record.get(column, "") for column in columns]))


def _is_flat(value: Mapping[str, Any]) -> bool:
    return all(not isinstance(inner, dict | list) or _is_short(inner) for inner in value.values())


def _is_short(value: Any) -> bool:
    """Whether a list or object is small enough to stand on one line."""
    inner = value.values() if isinstance(value, dict) else value
    return len(value) <= 8 and all(not isinstance(one, dict | list) for one in inner) and sum(len(str(one)) for one in inner) <= 120


def _flat(record: Mapping[str, Any]) -> Row:
    return {str(key): text for key, inner in record.items() if (text := _line(inner))}


def _line(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(filter(None, map(_line, value)))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {text}" for key, inner in value.items() if (text := _line(inner)))
    return str(value)


def read_xml(data: bytes, within: Within) -> Reading:
    """Text of every element in order, records as table rows. Comments and attributes that hold words are strings, and text too where
    nothing else says them. XHTML and OpenDocument in one file are read as what they are. Entities are not expanded."""
    root = parse_xml(data)
    if root is None:
        text, _ = decode(data)
        root = parse_xml(re.sub(r"\A\s*<\?xml[^>]*\?>", "", text).encode("utf-8", "replace"))
        if root is None:
            raise Unreadable("damaged")
    if local_name(root) == "html":
        return read_html(data, within)
    if (flat := is_flat(data)) is not None:
        return read_flat(flat)
    reading = Reading()
    _outside(root, reading)
    reading.elements = list(_of_element(root, 1))
    return reading


def _outside(root: Any, reading: Reading) -> None:
    for node in root.iter():
        if not is_element(node):
            reading.add_string("comment", node.text)
            continue
        name = local_name(node).lower()
        reading.add_strings("attribute", (value for key, value in node.attrib.items() if _says(key, value)))
        if name in ("title", "titel") and reading.title is None:
            reading.title = "".join(node.itertext()).strip() or None
        elif name in ("author", "creator", "auteur"):
            reading.add_string("author", " ".join("".join(node.itertext()).split()))


def _says(key: str, value: str) -> bool:
    return bool(_WORD.search(value)) and local_name(key) not in ("schemaLocation", "type", "class", "style", "encoding", "space")


def _of_element(node: Any, level: int) -> Iterator[Element]:
    if level > DEEPEST_DATA:
        raise Unreadable("damaged")
    children = [child for child in node if is_element(child)]
    if not children or all(local_name(child).lower() in _MARKUP for child in children):
        text = " ".join(str(node.xpath("string()")).split())
        if text:
            heading = local_name(node).lower() in ("head", "heading", "h1", "h2", "h3", "title") and len(text) <= 200
            kind = ElementKind.HEADING if heading else ElementKind.PARAGRAPH
            yield Element(kind, text, level=min(level, DEEPEST_LEVEL) if heading else None)
        elif node.attrib and (words := _attributes(node)):
            yield Element(ElementKind.PARAGRAPH, words)
        return
    if (node.text or "").strip():
        yield Element(ElementKind.PARAGRAPH, " ".join(node.text.split()))
    records = [_record(child) for child in children]
    whole = [record for record in records if record is not None]
    if len(whole) == len(children) >= FEWEST_RECORDS and len({local_name(child) for child in children}) == 1:
        columns = list(dict.fromkeys(key for record in whole for key in record))
        if 2 <= len(columns) <= MOST_COLUMNS and not _is_sparse(whole, columns):
            yield from _table(whole, columns)
            return
    for child in children:
        if (record := _record(child)) is not None and record:
            yield Element(ElementKind.PARAGRAPH, "\n".join(f"{key}: {value}" for key, value in record.items()))
        else:
            yield from _of_element(child, level + 1)
        if (child.tail or "").strip():
            yield Element(ElementKind.PARAGRAPH, " ".join(child.tail.split()))


def _attributes(node: Any) -> str:
    return "\n".join(f"{local_name(key)}: {value}" for key, value in node.attrib.items() if _says(key, value))


def _record(node: Any) -> Row | None:
    """The fields of a record: children with short text and nothing in them, each once, and attributes."""
    fields: Row = {}
    children = [child for child in node if is_element(child)]
    if len(children) < 2 or (node.text or "").strip():
        return None
    for child in children:
        name = local_name(child)
        if len(child) or name in fields or (child.tail or "").strip() or len(child.text or "") > 400:
            return None
        fields[name] = " ".join((child.text or "").split())
    for key, value in node.attrib.items():
        fields.setdefault(local_name(key), value)
    return {key: value for key, value in fields.items() if value}
