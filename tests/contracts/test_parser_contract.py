"""What every parser does, the scripted double and the real one alike: answers, never raises, fetches and writes nothing."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest

from ingest.messages import FAILURES, WARNINGS
from ingest.parse import FileParser, files
from ingest.parse.reading import Reading
from ingest.parse.scripted import ScriptedParser
from kb.ports import Parser
from kb.types import ParsedFile, ParseFailure
from tests.unit.ingest.made_files import mail_file, slides_file, word_file, workbook_file
from tests.unit.ingest.made_formats import OPEN_TEXT, RICH_TEXT, book, open_document, open_sheet, outlook_message, zipped


@pytest.fixture(params=[ScriptedParser, FileParser], ids=["scripted", "files"])
def parser(request: pytest.FixtureRequest) -> Parser:
    made: Parser = request.param()
    return made


def test_text_gives_elements_in_order_and_a_title(parser: Parser) -> None:
    found = parser.parse(b"# Kop\n\nEerste alinea.\n\nTweede alinea.\n", "a.md")
    assert isinstance(found, ParsedFile)
    assert [element.text for element in found.elements] == ["Kop", "Eerste alinea.", "Tweede alinea."]
    assert found.title == "Kop"
    assert found.media_type.startswith("text/")


def test_an_empty_file_is_a_failure_with_a_known_code(parser: Parser) -> None:
    assert parser.parse(b"", "a.txt") == ParseFailure("empty_file")
    assert parser.parse(b" \n ", "a.txt") == ParseFailure("empty_file")


def test_the_same_bytes_always_give_the_same_answer(parser: Parser) -> None:
    assert parser.parse(b"Zin een.\n\nZin twee.", "a.txt") == parser.parse(b"Zin een.\n\nZin twee.", "a.txt")


def test_no_element_is_empty_or_holds_a_control_character(parser: Parser) -> None:
    found = parser.parse(b"een\x00twee\n\n\x07\n\ndrie \xe2\x80\xae vier", "a.txt")
    assert isinstance(found, ParsedFile)
    assert all(element.text.strip() for element in found.elements)
    assert not any(character in element.text for element in found.elements for character in "\x00\x07\u202e")


def test_whatever_the_bytes_are_the_answer_is_a_value_with_a_known_code(parser: Parser) -> None:
    chance = random.Random(7)
    for name, whole in {
        "a.docx": word_file(),
        "a.pptx": slides_file(),
        "a.xlsx": workbook_file(),
        "a.eml": mail_file(),
        "a.pdf": b"%PDF-1.5\n",
        "a.odt": open_document("text", OPEN_TEXT),
        "a.ods": open_sheet(),
        "a.rtf": RICH_TEXT,
        "a.epub": book(),
        "a.msg": outlook_message(),
        "a.zip": zipped({"a.txt": "tekst", "b.rtf": RICH_TEXT}),
        "a.json": b'{"a": [1, {"b": "tekst"}]}',
        "a.xml": b"<?xml version='1.0'?><a><b>tekst</b></a>",
    }.items():
        for _ in range(6):
            broken = bytearray(whole)
            for _ in range(chance.randrange(1, 40)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            found = parser.parse(bytes(broken[: chance.randrange(1, len(broken) + 1)]), name)
            assert isinstance(found, ParsedFile) or found.code in FAILURES
            assert not isinstance(found, ParsedFile) or set(found.warnings) <= set(WARNINGS)


def test_whatever_a_vendor_raises_becomes_a_failure_and_its_message_is_not_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(data: bytes, within: object) -> Reading:
        raise ArithmeticError(f"cannot read {data.decode()}")

    monkeypatch.setattr(files, "_reader", lambda kind: broken)
    assert FileParser().parse(b"tekst over Jan", "a.txt") == ParseFailure("damaged")
    assert "ArithmeticError" in str([vars(record) for record in caplog.records])
    assert "over Jan" not in str([vars(record) for record in caplog.records])


def test_nothing_is_left_on_disk_and_no_text_is_logged(
    parser: Parser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level("DEBUG")
    for name, data in {"a.docx": word_file(), "a.xlsx": workbook_file(), "a.eml": mail_file(), "b.docx": word_file()[:4000]}.items():
        parser.parse(data, name)
    assert list(tmp_path.iterdir()) == []
    assert not any(word in caplog.text for word in ("Reisregeling", "Prijslijst", "Çelik", "Wijziger"))
