"""What a file is follows from its bytes, whatever its name says."""

from __future__ import annotations

import io
import zipfile

import pytest

from ingest.parse.detect import MEDIA_TYPES, FileKind, detect
from ingest.parse.reading import Unreadable
from tests.unit.ingest.made_files import mail_file, slides_file, word_file, workbook_file

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _zip(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PDF, "rapport.docx", FileKind.PDF),
        (b"junk\n" + PDF, "rapport", FileKind.PDF),
        (word_file(), "brief.pdf", FileKind.WORD),
        (slides_file(), "x", FileKind.SLIDES),
        (workbook_file(), "x.csv", FileKind.WORKBOOK),
        (mail_file(), "x.txt", FileKind.MAIL),
        (b"<!DOCTYPE html><html></html>", "x.txt", FileKind.HTML),
        (b"# Kop\n\ntekst", "x.md", FileKind.MARKDOWN),
        (b"a;b\n1;2\n", "x.csv", FileKind.CSV),
        (b"Beste Jan: hoe gaat het?\n", "x.txt", FileKind.TEXT),
        (b"Doel: uitleg\nPlaats: kantine\n\nTekst.\n", "x.txt", FileKind.TEXT),
        (b"zomaar tekst", "LEESMIJ", FileKind.TEXT),
        ("BM staat voor bedrijfsmiddelen: één laptop.".encode(), "x.txt", FileKind.TEXT),
        ("GIF, één notitie".encode("cp1252"), "x.md", FileKind.MARKDOWN),
        (b"MZ en BZh zijn afkortingen", "LEESMIJ", FileKind.TEXT),
        (b"BM" + bytes(60), "x.txt", FileKind.IMAGE),
        (b"<p>geen pagina maar Markdown</p>", "x.md", FileKind.MARKDOWN),
        (OLE + "WordDocument".encode("utf-16-le"), "brief", FileKind.OLD_WORD),
        (OLE + "PowerPoint Document".encode("utf-16-le"), "a.doc", FileKind.OLD_SLIDES),
        (OLE + "Workbook".encode("utf-16-le"), "a.doc", FileKind.OLD_WORKBOOK),
        (OLE + "__properties_version1.0".encode("utf-16-le"), "a.doc", FileKind.OUTLOOK),
        (_zip(a="b"), "a.zip", FileKind.ARCHIVE),
        (_zip(mimetype="application/vnd.oasis.opendocument.text"), "a.zip", FileKind.OPEN_TEXT),
        (_zip(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "a", FileKind.OPEN_SHEET),
        (_zip(mimetype="application/vnd.oasis.opendocument.presentation-template"), "a", FileKind.OPEN_SLIDES),
        (_zip(mimetype="application/epub+zip"), "a", FileKind.BOOK),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 30, "scan.pdf", FileKind.IMAGE),
        (b'{"a": 1}', "a", FileKind.JSON),
        (b"{geen json", "a", FileKind.TEXT),
        (b"<?xml version='1.0'?><a/>", "export", FileKind.XML),
        (b"{\\rtf1 tekst}", "brief", FileKind.RICH_TEXT),
        (b"From a@example.org Mon Mar  9 2026\nSubject: x\n\ntekst\n\nFrom b@example.org Mon Mar  9 2026\n", "a", FileKind.MAILBOX),
        (b"<html><table><tr><td>a</td></tr></table></html>", "export.xls", FileKind.HTML),
        (b"a\tb\n1\t2\n", "export.xls", FileKind.CSV),
    ],
)
def test_a_file_is_what_its_bytes_are(data: bytes, name: str, kind: FileKind) -> None:
    assert detect(data, name) is kind
    assert kind in MEDIA_TYPES


@pytest.mark.parametrize(
    ("data", "name", "code", "params"),
    [
        (b"", "a.pdf", "empty_file", ()),
        (b"\xef\xbb\xbf \r\n\t\n", "a.txt", "empty_file", ()),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.docx", "encrypted", ()),
        (_zip(a="b"), "a.docx", "damaged", ()),
        (_zip(mimetype="application/vnd.oasis.opendocument.graphics"), "a.odg", "unsupported_type", (("type", "odg"),)),
        (b"PK\x03\x04kapot", "a.docx", "damaged", ()),
        (b"\x7fELF" + bytes(range(256)), "a.docx", "unsupported_type", (("type", "elf"),)),
        (bytes(range(1, 32)) * 20, "a.docx", "wrong_type", (("expected", "docx"),)),
        (b"gewone tekst", "a.xlsx", "wrong_type", (("expected", "xlsx"),)),
        (b"import os\n", "a.py", "unsupported_type", (("type", "py"),)),
    ],
)
def test_what_is_not_read_is_refused_with_the_reason(data: bytes, name: str, code: str, params: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(Unreadable) as refusal:
        detect(data, name)
    assert (refusal.value.code, refusal.value.params) == (code, params)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("repeated", ["<!-- x -->\n", "<!--x-->", "<!--", "\n", "<?xml "])
def test_no_opening_takes_longer_than_its_length(repeated: str) -> None:
    assert detect((repeated * 6_000 + "geen pagina").encode(), "x.txt") in (FileKind.TEXT, FileKind.XML)


def test_a_page_may_open_with_many_comments() -> None:
    assert detect(b"<!-- a -->\n<!-- b --><html><p>tekst</p></html>", "x") is FileKind.HTML
