"""Mail: headers, body, attachments' names."""

from __future__ import annotations

from email.message import EmailMessage

from tests.unit.ingest.made_files import failure, lines, mail_file, parsed, strings


def test_a_mail_gives_its_subject_who_wrote_when_and_the_body() -> None:
    file = parsed(mail_file(), "bericht.eml")
    assert lines(file) == [
        "title: Levering café",
        "paragraph: Van: Zoë Çelik <z.celik@example.org>\nAan: Jan de Vries <j.devries@example.org>\nDatum: 2026-03-10 09:30",
        "paragraph: Beste Jan,",
        "paragraph: De levering van de accu's is uitgesteld tot volgende week vrijdag.",
    ]
    assert file.title == "Levering café"


def test_all_headers_and_the_names_of_attachments_are_strings() -> None:
    file = parsed(mail_file(), "bericht.eml")
    assert strings(file, "mail.from") == ["Zoë Çelik <z.celik@example.org>"]
    assert strings(file, "mail.bcc") == ["stil@example.org"]
    assert strings(file, "mail.x-projectcode") == ["Kompas"]
    assert strings(file, "attachment.name") == ["offerte Jansen.xlsx"]
    assert file.warnings == ("attachments_not_read",)


def test_the_html_body_is_read_and_what_only_the_plain_one_says_is_a_string() -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message["To"] = "b@example.org"
    message["Subject"] = "Twee lezingen"
    message.set_content("Dezelfde zin.\n\nAlleen in platte tekst.")
    message.add_alternative("<html><body><h2>Kop</h2><p>Dezelfde zin.</p><!-- notitie --></body></html>", subtype="html")
    file = parsed(message.as_bytes(), "x.eml")
    assert lines(file)[2:] == ["heading2: Kop", "paragraph: Dezelfde zin."]
    assert strings(file, "mail.alternative") == ["Alleen in platte tekst."]
    assert strings(file, "comment") == ["notitie"]


def test_a_mail_without_an_extension_is_known_by_its_headers() -> None:
    assert parsed(mail_file(), "bericht").title == "Levering café"


def test_an_unknown_charset_does_not_stop_the_reading() -> None:
    data = b"From: a@example.org\nTo: b@example.org\nSubject: Raar\nContent-Type: text/plain; charset=x-onbekend\n\nTekst met caf\xe9 erin."
    assert "paragraph: Tekst met café erin." in lines(parsed(data, "x.eml"))


def test_an_encrypted_mail_says_so() -> None:
    data = (
        b"From: a@example.org\nTo: b@example.org\nSubject: Geheim\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nAAAA"
    )
    assert failure(data, "x.eml").code == "encrypted"
