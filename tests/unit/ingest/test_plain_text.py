"""Which files may share a process: those that no reader with a library in another language would ever take."""

from __future__ import annotations

import pytest

from ingest.parse.detect import FileKind, detect
from ingest.parse.plain_text import MOST_BYTES, is_plain_text
from ingest.parse.reading import Unreadable
from tests.unit.ingest.made_files import mail_file, workbook_file
from tests.unit.ingest.made_formats import RICH_TEXT, zipped


@pytest.mark.parametrize(
    "data",
    [
        b"De kantine is open van twaalf tot een.",
        "\ufeffCafé – «één» 🚲\r\n\r\n\tingesprongen\fvolgende bladzijde".encode(),
        b"Bedragen < 100 euro, zie {bijlage} [1]",
        b"BM, zegt een bitmap, en zo begint ook deze zin",
    ],
)
def test_plain_text_shares(data: bytes) -> None:
    assert is_plain_text(data, "notitie.TXT")


@pytest.mark.parametrize(
    "data",
    [
        b"<html><body>tekst</body></html>",
        b"\n <?xml version='1.0'?><a>tekst</a>",
        b"{\\rtf1 tekst}",
        b'{"a": 1}',
        b"[1, 2]",
        b"tekst %PDF-1.4 tekst",
        b"From jan@example.org Mon Jan 1 00:00:00 2024\nSubject: a\n\ntekst",
        b"Subject: a\nFrom: b@example.org\n\ntekst",
        "één".encode("utf-16"),
        "één".encode("cp1252"),
        b"tekst\x00tekst",
        b"tekst \x1b[31m",
        b"a" * (MOST_BYTES + 1),
        mail_file(),
        workbook_file(),
        RICH_TEXT,
        zipped({"a.txt": "tekst"}),
    ],
)
def test_what_another_reader_might_take_does_not(data: bytes) -> None:
    assert not is_plain_text(data, "notitie.txt")


@pytest.mark.parametrize("name", ["a.md", "a.csv", "a.html", "a.json", "a.docx", "a", "a.txt.xml", "notes.yaml"])
def test_a_name_that_means_another_reader_does_not(name: str) -> None:
    assert not is_plain_text(b"tekst", name)


def test_whatever_shares_is_read_as_text() -> None:
    for data in (
        b"tekst",
        b"a: b",
        b"  <",
        b"GIF89a",
        b"MZ",
        b"Rar!\x1a",
        b"%!PS-Adobe",
        b"ID3",
        b"8BPS",
        b"wOFF",
        b"FWS",
        b"OggS",
        b"#!AMR\n",
    ):
        if is_plain_text(data, "a.txt"):
            try:
                assert detect(data, "a.txt") is FileKind.TEXT
            except Unreadable:
                pytest.fail(f"{data!r} is not read at all")
