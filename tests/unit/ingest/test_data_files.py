"""XML and JSON: records as rows, nothing fetched, nothing expanded."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.parse import FileParser
from kb.types import ParsedFile
from tests.unit.ingest.made_files import every_word, failure, lines, parsed, strings
from tests.unit.ingest.made_formats import NAMESPACES, OPEN_TEXT


def test_a_list_of_records_is_a_table() -> None:
    data = json.dumps([{"naam": "Bel", "prijs": 3}, {"naam": "Rem", "prijs": 12.5, "kleur": None}]).encode()
    assert lines(parsed(data, "a.json")) == ["table_header: naam | prijs", "table_row: Bel | 3", "table_row: Rem | 12.5"]


def test_a_record_on_each_line_is_the_same_table() -> None:
    data = b'{"naam": "Bel", "prijs": 3}\n\n{"naam": "Rem", "prijs": 4}\n'
    assert lines(parsed(data, "a.ndjson")) == ["table_header: naam | prijs", "table_row: Bel | 3", "table_row: Rem | 4"]


def test_an_object_is_told_by_its_names_and_its_larger_parts_under_headings() -> None:
    data = json.dumps({"title": "Reglement", "versie": 2, "artikel": {"tekst": {"nl": "Verlof vraag je aan bij je leidinggevende. " * 4}}})
    file = parsed(data.encode(), "a.json")
    assert lines(file)[0] == "paragraph: title: Reglement\nversie: 2"
    assert lines(file)[1:3] == ["heading1: artikel", "heading2: tekst"]
    assert file.title == "Reglement"


def test_places_on_a_map_are_a_table_of_what_is_said_of_them_without_coordinates() -> None:
    features = [{"type": "Feature", "geometry": {"coordinates": [5.1, 52.3]}, "properties": {"naam": n, "plaats": "Ede"}} for n in "AB"]
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    assert lines(parsed(data, "a.geojson")) == ["table_header: naam | plaats", "table_row: A | Ede", "table_row: B | Ede"]


def test_json_that_is_none_is_damaged_and_so_is_one_without_end() -> None:
    assert failure(b'{"naam": ', "a.json").code == "damaged"
    assert failure(b"[" * 100_000, "a.json").code == "damaged"
    assert failure(b"[" * 500 + b'"tekst"' + b"]" * 500, "a.json").code == "damaged"


def test_records_in_xml_are_a_table_and_other_text_is_in_order() -> None:
    data = b"""<?xml version="1.0"?><lijst><titel>Prijzen</titel><!-- van Carla --><uitleg>Let <b>goed</b> op.</uitleg>
    <rijen><rij id="1"><naam>Bel</naam><prijs>3</prijs></rij><rij id="2"><naam>Rem</naam><prijs>4</prijs></rij></rijen></lijst>"""
    file = parsed(data, "a.xml")
    assert lines(file) == [
        "paragraph: Prijzen",
        "paragraph: Let goed op.",
        "table_header: naam | prijs | id",
        "table_row: Bel | 3 | 1",
        "table_row: Rem | 4 | 2",
    ]
    assert strings(file, "comment") == ["van Carla"]
    assert file.title == "Prijzen"


def test_entities_are_not_expanded_and_files_not_read() -> None:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><a><b>&l9;</b><c>tekst</c></a>'.encode()
    assert failure(bomb, "a.xml").code == "damaged"
    outside = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a><b>&f;</b><c>tekst</c></a>'
    assert "root:" not in every_word(parsed(outside, "a.xml"))


def test_an_opendocument_file_in_one_xml_is_read_as_a_document() -> None:
    body = f"<office:body><office:text>{OPEN_TEXT}</office:text></office:body>"
    flat = f'<?xml version="1.0"?><office:document {NAMESPACES}>{body}</office:document>'
    assert "heading1: Vergoeding" in lines(parsed(flat.encode(), "a.fodt"))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(values.filter(lambda value: isinstance(value, dict | list)))
def test_every_word_of_any_json_is_read(value: object) -> None:
    found = FileParser().parse(json.dumps(value).encode(), "a.json")
    if isinstance(found, ParsedFile):
        said = "".join(every_word(found).split())
        words = [part for text in _texts(value) for part in text.split() if part.isascii() and part.isalnum()]
        assert all(word in said for word in words)
    else:
        assert not any(character.isalnum() and character.isascii() for text in _texts(value) for character in text)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []
