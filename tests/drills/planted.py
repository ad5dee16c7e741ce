"""A person put in every corner that a file has, beside people who stay: two of one name in one paragraph among them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from functools import cache

from ingest.parse.ocr import can_recognise
from kb.privacy.types import Decision, Hit
from kb.types import Upload
from tests.erasing import person
from tests.unit.ingest.made_files import rewritten, word_file

NAME, MAIL = "Xandrine Quist", "x.quist@example.org"
WHO = person(NAME, MAIL)
BYSTANDER = "De kantine van het oude pakhuis gaat om half negen open, zegt Jan de Vries van inkoop tegen Jan de Vries van verkoop."
KANTINE = f"# Kantine\n\n{BYSTANDER}\n".encode()


def word() -> bytes:
    """With the name as author, over two runs of a sentence, and in a deleted word."""
    split = "Opgesteld door Xan</w:t></w:r><w:r><w:t>drine Quist, "
    author = rewritten(word_file(), {"docProps/core.xml": lambda xml: xml.replace("Anna Auteur", NAME)})
    return rewritten(author, {"word/document.xml": lambda xml: xml.replace("Geldig vanaf ", split).replace("eerste", NAME)})


def workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Naam", "Toestel"])
    sheet.append([NAME, "4711"])
    sheet.append(["Jan de Vries", "4712"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"nota {NAME}.txt", f"De nota van {NAME} over de fietsenstalling.\n")
        archive.writestr("blijft.txt", "De fietsenstalling krijgt een nieuw dak.\n")
    return out.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["From"] = f"{NAME} <{MAIL}>"
    message["To"] = "Jan de Vries <j.devries@example.org>"
    message["Subject"] = "Sleutel van het magazijn"
    message.set_content(f"Beste Jan,\n\nDe sleutel ligt bij de balie.\n\nGroet, {NAME}\n")
    message.add_attachment(workbook(), maintype="application", subtype="vnd.ms-excel", filename="toestellen.xlsx")
    message.add_attachment(f"Uren van {NAME}: 12\n".encode(), maintype="text", subtype="plain", filename=f"uren {NAME}.txt")
    return message.as_bytes()


def pdf(*, scanned: bool = False) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    if scanned:
        from PIL import Image, ImageDraw, ImageFont

        picture = Image.new("RGB", (1654, 2339), "white")
        draw = ImageDraw.Draw(picture)
        for number, line in enumerate((f"Verklaring van {NAME}", "over het gebruik van de heftruck")):
            draw.text((150, 200 + 120 * number), line, fill="black", font=ImageFont.load_default(size=56))
        page.drawInlineImage(picture, 0, 0, *A4)
    else:
        page.setAuthor(NAME)
        page.setTitle(f"Beoordeling {NAME}")
        page.drawString(72, 700, f"Beoordeling van {NAME} over het jaar.")
        page.showPage()
        page.drawString(72, 700, "De tweede bladzijde gaat over de parkeerplaats.")
    page.save()
    return out.getvalue()


@cache
def uploads() -> tuple[Upload, ...]:
    """The same bytes every time: Office files and PDFs say when they were made."""
    return tuple(made())


def made() -> Iterator[Upload]:
    yield Upload("brieven/brief.txt", f"{NAME} woont aan de kade en heeft een rode fiets.\n\nGroet, {NAME}, {MAIL}\n".encode())
    yield Upload(f"verslagen/Verslag {NAME}.txt", b"Het verslag van de rondgang: alle brandblussers hangen op hun plaats.\n")
    yield Upload("reisregeling.docx", word())
    yield Upload("toestellen.xlsx", workbook())
    yield Upload("sleutel.eml", mail())
    yield Upload("archief.zip", packed())
    yield Upload("beoordeling.pdf", pdf())
    if can_recognise():
        yield Upload("scan.pdf", pdf(scanned=True))
    yield Upload("kantine.md", KANTINE)


def decide(hit: Hit) -> Decision:
    return Decision.ERASE if hit.answer_id or hit.where.endswith("brief.txt") else Decision.REDACT
