"""Files that the tests make themselves: small, and holding one string of every kind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage

from ingest.parse import FileParser
from kb.types import Element, ElementKind, ParsedFile, ParseFailure


def parsed(data: bytes, name: str) -> ParsedFile:
    """What FileParser reads; the test fails where it cannot."""
    found = FileParser().parse(data, name)
    assert isinstance(found, ParsedFile), found
    return found


def failure(data: bytes, name: str) -> ParseFailure:
    """Why FileParser cannot read it; the test fails where it can."""
    found = FileParser().parse(data, name)
    assert isinstance(found, ParseFailure), found
    return found


def lines(file: ParsedFile) -> list[str]:
    """Each element as ``kind: text``, a heading with its level."""
    return [f"{element.kind}{element.level if element.kind is ElementKind.HEADING else ''}: {element.text}" for element in file.elements]


def texts(file: ParsedFile, kind: ElementKind) -> list[str]:
    """The texts of the elements of one kind."""
    return [element.text for element in file.elements if element.kind is kind]


def strings(file: ParsedFile, kind: str) -> list[str]:
    """The strings of one kind."""
    return [string.value for string in file.strings if string.kind == kind]


def every_word(file: ParsedFile) -> str:
    """All that a search for a person would look through."""
    return "\n".join([file.title or "", *(element.text for element in file.elements), *(string.value for string in file.strings)])


def rewritten(office_file: bytes, changes: Mapping[str, Callable[[str], str]], added: Mapping[str, str] | None = None) -> bytes:
    """An Office file with the XML of some parts changed, and parts added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office_file)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, changes[name](content.decode()) if name in changes else content)
        for name, text in (added or {}).items():
            new.writestr(name, text)
    return out.getvalue()


def word_file() -> bytes:
    """Title, headings, list, table, header, footer, comment, link, properties, a tracked change and a text box."""
    import docx

    document = docx.Document()
    document.core_properties.author = "Anna Auteur"
    document.core_properties.last_modified_by = "Wim Wijziger"
    document.core_properties.title = "Reisregeling"
    document.core_properties.keywords = "reizen, declareren"
    document.add_heading("Reisregeling", 0)
    document.add_heading("Vergoeding", 1)
    paragraph = document.add_paragraph("De vergoeding is 23 cent per kilometer.")
    document.add_comment(paragraph.runs, text="Klopt dit nog?", author="Carla Commentator", initials="CC")
    document.add_paragraph("Fiets", style="List Bullet")
    document.add_heading("Uitzonderingen", 2)
    table = document.add_table(rows=3, cols=3)
    for row, cells in enumerate((("Vervoer", "Bedrag", "Let op"), ("Auto", "0,23", ""), ("Trein", "volledig", "tweede klas"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    document.add_paragraph("Geldig vanaf TRACKED januari.")
    document.add_paragraph("BOXED")
    document.sections[0].header.paragraphs[0].text = "Vertrouwelijk"
    document.sections[0].footer.paragraphs[0].text = "Pagina van het handboek"
    out = io.BytesIO()
    document.save(out)
    tracked = (
        '</w:t></w:r><w:del w:id="1" w:author="Wim Wijziger"><w:r><w:delText>eerste</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="Wim Wijziger"><w:r><w:t>tweede</w:t></w:r></w:ins><w:r><w:t xml:space="preserve">'
    )
    box = (
        "</w:t></w:r><w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
        "<w:p><w:r><w:t>Tekst in een kader</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r><w:r><w:t>"
    )
    return rewritten(out.getvalue(), {"word/document.xml": lambda xml: xml.replace("TRACKED", tracked).replace("BOXED", "Erboven" + box)})


def slides_file() -> bytes:
    """Two slides with title, text, table and notes, and a shape beside the slide."""
    import pptx
    from pptx.util import Inches

    presentation = pptx.Presentation()
    presentation.core_properties.author = "Piet Presentator"
    first = presentation.slides.add_slide(presentation.slide_layouts[1])
    first.shapes.title.text = "Jaarplan"
    first.placeholders[1].text = "Meer fietsen bouwen"
    first.notes_slide.notes_text_frame.text = "Noem ook de levertijd."
    beside = first.shapes.add_textbox(Inches(-4), Inches(-2), Inches(2), Inches(1))
    beside.text_frame.text = "Naast de dia"
    second = presentation.slides.add_slide(presentation.slide_layouts[5])
    second.shapes.title.text = "Cijfers"
    table = second.shapes.add_table(3, 2, Inches(1), Inches(2), Inches(5), Inches(1)).table
    for row, cells in enumerate((("Jaar", "Aantal"), ("2025", "6.100"), ("2026", "6.700"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def workbook_file() -> bytes:
    """Two visible sheets and a hidden one; numbers, dates, leading zeros, a comment and ``NA``."""
    import datetime

    import openpyxl
    from openpyxl.comments import Comment

    book = openpyxl.Workbook()
    book.properties.creator = "Bo Boekhouder"
    prices = book.active
    assert prices is not None
    prices.title = "Prijzen"
    prices.append(["Prijslijst in euro"])
    prices.append(["Artikel", "Prijs", "Korting", "Datum", "Code"])
    prices.append(["Bel", 1250.5, 0.215, datetime.date(2026, 3, 1), "0612"])
    prices.append(["NA", 3, 0, None, 7])
    prices["B3"].number_format = '"€" #,##0.00'
    prices["C3"].number_format = "0.0%"
    prices["E4"].number_format = "0000"
    prices["A3"].comment = Comment("Navragen bij de leverancier", "Carla Commentator")
    phones = book.create_sheet("Telefoon")
    phones.append(["Naam", "Toestel"])
    phones.append(["Receptie", "0100"])
    secret = book.create_sheet("Marges")
    secret.append(["Bel", "Inkoop bij Jansen"])
    secret.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mail_file(body: str = "Beste Jan,\n\nDe levering van de accu's is uitgesteld tot volgende week vrijdag.") -> bytes:
    """A message with an attachment and a blind copy."""
    message = EmailMessage()
    message["From"] = "Zoë Çelik <z.celik@example.org>"
    message["To"] = "Jan de Vries <j.devries@example.org>"
    message["Bcc"] = "stil@example.org"
    message["Subject"] = "Levering café"
    message["Date"] = "Tue, 10 Mar 2026 09:30:00 +0100"
    message["X-Projectcode"] = "Kompas"
    message.set_content(body)
    message.add_attachment(b"geheim", maintype="application", subtype="octet-stream", filename="offerte Jansen.xlsx")
    return message.as_bytes()


def element_kinds(elements: tuple[Element, ...]) -> list[ElementKind]:
    """The kinds in order."""
    return [element.kind for element in elements]
