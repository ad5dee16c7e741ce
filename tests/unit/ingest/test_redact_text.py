"""Words that go, in text, HTML, XML, JSON and mail: every one blackened, nothing moved, bystanders untouched."""

from __future__ import annotations

import json
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.redact import FormatRedactor
from ingest.redact.blackener import Blackener
from kb.privacy.types import REDACTED
from tests.unit.ingest.made_files import every_word, parsed

NAME = "Xandrine Quist"
MAIL = "x.quist@example.org"
BLACK_NAME = "████████ █████".replace(" ", REDACTED)


def redacted(data: bytes, name: str, *words: str) -> bytes:
    out = FormatRedactor().redact(data, "", name, words or (NAME, MAIL))
    assert out is not None
    return out


# --- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "Xandrine Quist",
        "XANDRINE QUIST",
        "xandrine  quist",
        "Xandrine\nQuist",
        "Xandrine\u00a0Quist",
        "Xándrine Quist",
        "Xa\u0301ndrine Quist",
        "Xan\u00addrine Quist",
    ],
)
def test_capitals_spaces_accents_and_composition_do_not_matter(written: str) -> None:
    black = Blackener([NAME]).blacken(f"Aan {written}, hierbij.")
    assert black.startswith("Aan █")
    assert black.endswith("█, hierbij.")
    assert len(black) == len(f"Aan {written}, hierbij.")
    assert set(black[4:-10]) <= {REDACTED, "\n"}


def test_a_word_within_a_longer_word_stays() -> None:
    assert Blackener(["Jan"]).blacken("Jan komt in januari naar Janssen; Jan's fiets, CV_Jan_2026") == (
        "███ komt in januari naar Janssen; ███'s fiets, CV_███_2026"
    )


def test_a_name_that_a_hyphen_breaks_is_found_and_keeps_its_line_end() -> None:
    assert Blackener([NAME]).blacken("van Xandri-\nne Quist.") == "van ███████\n████████."


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_else_changes_whatever_stands_around_it(before: str, after: str) -> None:
    text = f"{before} {NAME} {after}"
    black = Blackener([NAME]).blacken(text)
    assert len(black) == len(text)
    assert not Blackener([NAME]).found(black)
    assert all(was == now or now == REDACTED for was, now in zip(text, black, strict=True))


@given(st.lists(st.text(alphabet="Xandrine Quist.", max_size=9), max_size=9))
def test_pieces_are_read_as_one_text_and_each_keeps_its_length(pieces: list[str]) -> None:
    black = Blackener([NAME]).blacken_pieces(pieces)
    assert [len(piece) for piece in black] == [len(piece) for piece in pieces]
    assert "".join(black) == Blackener([NAME]).blacken("".join(pieces))


# --- text --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_file_keeps_its_lines_in_an_encoding_that_has_black_blocks(encoding: str) -> None:
    out = redacted(f"Notitie\r\nGebeld met {NAME} over café.\r\n".encode(encoding), "notitie.txt")
    text = out.decode("utf-8-sig")
    assert text == f"Notitie\r\nGebeld met {BLACK_NAME} over café.\r\n"
    assert "café" in every_word(parsed(out, "notitie.txt"))


def test_a_table_of_text_keeps_its_cells() -> None:
    out = redacted(f'Naam;Mail;Toestel\n"{NAME}";{MAIL};12\nJan de Vries;j@example.org;13\n'.encode(), "lijst.csv")
    assert out.decode() == f'Naam;Mail;Toestel\n"{BLACK_NAME}";{REDACTED * len(MAIL)};12\nJan de Vries;j@example.org;13\n'


def test_json_stays_json_also_where_a_name_is_written_with_escapes() -> None:
    out = redacted(b'{"naam": "No\\u00eblle Quist", "n": 7, "ander": "Jan \\"de\\" Vries"}', "a.json", "Noëlle Quist")
    assert json.loads(out) == {"naam": REDACTED * 12, "n": 7, "ander": 'Jan "de" Vries'}


# --- markup ------------------------------------------------------------------------------------------------------------


def test_a_page_loses_the_name_in_text_tags_attributes_comments_and_entities() -> None:
    page = (
        "<!doctype html><html><head><meta charset='windows-1252'><title>Van Xandrine Quist</title></head><body><!-- Xandrine Quist -->"
        "<p>Beste <b>Xandrine</b> <i>Qu</i>ist, zie caf&eacute;.</p><p>Xandrine</p><p>Quist is ook een plaats.</p>"
        "<a href='mailto:x.quist%40example.org' title='Xandrine&nbsp;Quist'>mail</a><p>Jan de Vries blijft.</p></body></html>"
    )
    out = redacted(page.encode("cp1252"), "pagina.html").decode()
    assert "Xandrine" not in out
    assert "quist%40" not in out
    assert "<b>████████</b>" in out
    assert "Jan de Vries blijft." in out
    assert 'charset="utf-8"' in out
    assert "café" in every_word(parsed(out.encode(), "pagina.html"))


def test_a_page_without_the_name_stays_byte_for_byte() -> None:
    page = b"<html><body><P>Jan  de Vries<br></body>"
    assert redacted(page, "pagina.html") == page


def test_xml_of_an_unknown_format_is_read_with_and_without_spaces_between_elements() -> None:
    out = redacted(
        b"<lijst><mens><voor>Xandrine</voor><na>Quist</na></mens><r>Xand<b>rine</b> Quist</r><mens>Jan</mens></lijst>", "a.xml"
    ).decode()
    assert "<voor>████████</voor><na>█████</na>" in out
    assert "<r>████<b>████</b>██████</r>" in out
    assert "<mens>Jan</mens>" in out


# --- mail --------------------------------------------------------------------------------------------------------------


def message() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"{NAME} <{MAIL}>"
    mail["To"] = "Jan de Vries <j.devries@example.org>"
    mail["Subject"] = f"Verlof van {NAME} – café"
    mail["X-Origin"] = MAIL
    mail.set_content(f"Beste Jan,\n\nIk ben er niet.\n\nGroet, {NAME}\n")
    mail.add_alternative(f"<p>Beste Jan,</p><p>Groet, <b>Xandrine</b> Quist</p><p>{MAIL}</p>", subtype="html")
    mail.add_attachment(f"Naam: {NAME}\nUren: 12\n".encode(), maintype="text", subtype="plain", filename=f"uren {NAME}.txt")
    mail.add_attachment(b"\x00\x01onbekend", maintype="application", subtype="octet-stream", filename="foto.bin")
    return mail


def test_mail_loses_the_name_in_headers_bodies_and_attachments_and_stays_mail() -> None:
    out = redacted(message().as_bytes(), "bericht.eml")
    said = every_word(parsed(out, "bericht.eml"))
    assert NAME not in said
    assert "quist" not in said.lower()
    assert b"Xandrine" not in out
    assert "Jan de Vries" in said
    assert "Uren: 12" in said
    assert "Ik ben er niet." in said


def test_an_attachment_that_nobody_can_read_is_emptied() -> None:
    assert b"onbekend" not in redacted(message().as_bytes(), "bericht.eml")


def test_an_attached_message_is_redacted_too() -> None:
    outer = EmailMessage()
    outer["Subject"] = "Doorgestuurd"
    outer["From"] = "j.devries@example.org"
    outer.set_content("Zie onder.")
    outer.add_attachment(message())
    out = redacted(outer.as_bytes(), "door.eml")
    assert "quist" not in every_word(parsed(out, "door.eml")).lower()
    assert b"quist" not in out.lower()
    assert "Ik ben er niet" in every_word(parsed(out, "door.eml"))


def test_a_mailbox_is_redacted_message_by_message() -> None:
    one = message().as_bytes()
    box = (
        b"From x.quist@example.org Tue Mar 10 09:30:00 2026\n"
        + one
        + b"\n\nFrom jan Tue Mar 10 09:31:00 2026\n"
        + b"Subject: Los\nFrom: j@example.org\n\nTekst.\n"
    )
    out = redacted(box, "post.mbox")
    assert b"quist" not in out.lower()
    assert out.count(b"\nFrom ") + out.startswith(b"From ") == 2
    assert b"Tekst." in out
