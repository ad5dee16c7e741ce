"""Mail with attachments, mailboxes and archives: what is within is read, and what cannot be costs only itself."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import pytest

from ingest.parse import FileParser
from ingest.parse.limits import Limits
from kb.types import ElementKind, ParsedFile, ParseFailure
from tests.unit.ingest.made_files import every_word, failure, lines, mail_file, parsed, strings, word_file, workbook_file
from tests.unit.ingest.made_formats import zipped


def _mail(subject: str, body: str = "De tekst van het bericht.") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message["To"] = "b@example.org"
    message["Subject"] = subject
    message.set_content(body)
    return message


def test_an_archive_is_called_as_its_file_whatever_is_first_in_it() -> None:
    inner = zipped({"diep.txt": "De sleutel ligt bij de conciërge."})

    assert parsed(zipped({"binnen.zip": inner}), "notulen_2031.zip").title == "notulen 2031"


def test_attachments_of_a_mail_are_read_under_their_names_with_their_strings() -> None:
    message = _mail("Stukken")
    message.add_attachment(word_file(), maintype="application", subtype="octet-stream", filename="reis.docx")
    message.add_attachment(workbook_file(), maintype="application", subtype="octet-stream", filename="prijzen.xlsx")
    file = parsed(message.as_bytes(), "a.eml")
    said = lines(file)
    assert said.index("heading1: reis.docx") < said.index("heading2: Reisregeling") < said.index("heading1: prijzen.xlsx")
    assert "table_row: Trein | volledig | tweede klas" in said
    assert "Anna Auteur" in strings(file, "attachment.author")
    assert "Inkoop bij Jansen" in every_word(file)
    assert all(element.page is None for element in file.elements)


def test_an_attachment_that_cannot_be_read_is_a_warning_and_the_mail_is_read() -> None:
    file = parsed(mail_file(), "a.eml")
    assert file.warnings == ("attachments_not_read",)
    assert strings(file, "attachment.not_read") == ["offerte Jansen.xlsx: wrong_type"]
    assert any("accu's" in line for line in lines(file))


def test_a_forwarded_mail_is_read_and_its_headers_are_told_apart() -> None:
    outer = _mail("Doorgestuurd")
    inner = _mail("Oorspronkelijk", "Het hek gaat om zes uur dicht.")
    outer.add_attachment(inner)
    file = parsed(outer.as_bytes(), "a.eml")
    assert "heading1: Oorspronkelijk" in lines(file)
    assert "paragraph: Het hek gaat om zes uur dicht." in lines(file)
    assert strings(file, "mail.subject") == ["Doorgestuurd"]
    assert strings(file, "attachment.mail.subject") == ["Oorspronkelijk"]


def test_mails_fifty_deep_are_read_as_far_as_the_limit_and_say_so() -> None:
    message = _mail("Diep 0", "Bericht 0.")
    for depth in range(1, 51):
        around = _mail(f"Diep {depth}", f"Bericht {depth}.")
        around.add_attachment(message)
        message = around
    file = parsed(message.as_bytes(), "a.eml")
    said = lines(file)
    assert "paragraph: Bericht 50." in said
    assert "paragraph: Bericht 43." in said
    assert "paragraph: Bericht 41." not in said
    assert "nested_too_deep" in file.warnings


def test_a_mailbox_gives_each_message_under_its_subject() -> None:
    box = b"".join(
        f"From a@example.org Mon Mar  9 09:0{n}:00 2026\n".encode() + _mail(f"Onderwerp {n}", f"Bericht nummer {n}.").as_bytes() + b"\n"
        for n in range(3)
    )
    said = lines(parsed(box, "archief.mbox"))
    assert [line for line in said if line.startswith("heading1")] == [f"heading1: Onderwerp {n}" for n in range(3)]
    assert "paragraph: Bericht nummer 2." in said


def test_what_a_mail_thread_quotes_again_is_text_but_not_searched_twice() -> None:
    box = b"".join(
        b"From a@example.org Mon Mar  9 09:00:00 2026\n"
        + _mail(
            f"Vraag {n}", "\n\n".join(["> Wanneer komt de nieuwe kopieermachine eindelijk?"] * (n > 0)) + f"\n\nAntwoord {n} staat hier."
        ).as_bytes()
        for n in range(3)
    )
    quoted = [element for element in parsed(box, "a.mbox").elements if "kopieermachine" in element.text]
    assert [element.boilerplate for element in quoted] == [False, True]


def test_a_disclaimer_under_a_mail_is_boilerplate() -> None:
    body = "Het hek gaat om zes uur dicht.\n\nDit bericht is uitsluitend bestemd voor de geadresseerde."
    file = parsed(_mail("Hek", body).as_bytes(), "a.eml")
    assert [element.text for element in file.elements if element.boilerplate] == [
        "Dit bericht is uitsluitend bestemd voor de geadresseerde."
    ]


def test_members_of_an_archive_are_read_under_their_names_and_one_bad_one_is_a_warning() -> None:
    data = zipped({"map/reis.docx": word_file(), "lees.txt": "Het hek gaat om zes uur dicht.", "film.bin": bytes(range(32)) * 9})
    file = parsed(data, "a.zip")
    assert [element.text for element in file.elements if element.kind is ElementKind.HEADING and element.level == 1][:2] == [
        "map/reis.docx",
        "lees.txt",
    ]
    assert file.warnings == ("tracked_changes", "attachments_not_read")
    assert strings(file, "attachment.name") == ["map/reis.docx", "lees.txt", "film.bin"]


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "/etc/shadow.txt", "C:\\boot.txt", "x" * 300 + ".txt", "😀.txt", "a\x00b.txt"])
def test_a_name_in_an_archive_is_only_shown(name: str) -> None:
    file = parsed(zipped({name: "Inhoud van het bestand."}), "a.zip")
    assert "paragraph: Inhoud van het bestand." in lines(file)
    assert len(file.elements[0].text) <= 200


def test_an_archive_that_unpacks_to_gigabytes_is_refused_unopened() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nul.txt", bytes(64 << 20))
    assert failure(out.getvalue(), "a.zip").code == "too_large"


def test_archives_within_archives_share_one_limit() -> None:
    inner = zipped({f"{n}.txt": "tekst " * 2_000 for n in range(8)})
    outer = zipped({f"{n}.zip": inner for n in range(8)})
    found = FileParser(limits=Limits(bytes_within=100_000)).parse(outer, "a.zip")
    assert isinstance(found, ParsedFile)
    assert "too_much_within" in found.warnings
    assert sum(len(element.text) for element in found.elements) <= 110_000
    few = FileParser(limits=Limits(files_within=3)).parse(outer, "a.zip")
    assert isinstance(few, ParsedFile)
    assert [element.text for element in few.elements if element.kind is ElementKind.HEADING] == ["0.zip", "0.txt", "1.txt"]


def test_an_archive_with_a_password_says_so() -> None:
    data = bytearray(zipped({"a.txt": "geheim"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    assert failure(bytes(data), "a.zip") == ParseFailure("encrypted")


def test_a_workbook_behind_a_chart_is_kept_for_a_search_for_a_person() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("word/embeddings/Werkblad1.xlsx", workbook_file())
    file = parsed(out.getvalue(), "a.docx")
    assert "Artikel" not in "\n".join(lines(file))
    assert "Artikel" in "\n".join(strings(file, "attachment.text"))
    assert "embedded_objects" in file.warnings
