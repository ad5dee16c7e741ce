"""Words that go, in Office files, OpenDocument, PDF, pictures and archives: in every corner, and the rest stays."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from ingest.redact import FormatRedactor
from kb.privacy.types import REDACTED
from tests.unit.ingest.made_files import every_word, parsed, rewritten, slides_file, word_file, workbook_file
from tests.unit.ingest.made_formats import OPEN_TEXT, open_document, outlook_message, zipped

NAME = "Xandrine Quist"


def redacted(data: bytes, name: str, *words: str) -> bytes:
    out = FormatRedactor().redact(data, "", name, words or (NAME,))
    assert out is not None
    return out


def unpacked(data: bytes) -> bytes:
    """Every part of an archive, one after the other."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


# --- Office ------------------------------------------------------------------------------------------------------------


def test_a_name_split_over_runs_of_word_goes_and_its_neighbours_stay() -> None:
    split = "Door Xan</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>drine Qu</w:t></w:r><w:r><w:t>ist en Jan de Vries"
    file = rewritten(word_file(), {"word/document.xml": lambda xml: xml.replace("Geldig vanaf ", split)})
    assert NAME in every_word(parsed(file, "a.docx"))
    out = redacted(file, "a.docx")
    said = every_word(parsed(out, "a.docx"))
    assert "Door ██████████████ en Jan de Vries" in said
    assert b"drine" not in unpacked(out)


@pytest.mark.parametrize(
    "who", ["Anna Auteur", "Wim Wijziger", "Carla Commentator", "Vertrouwelijk", "Klopt dit nog", "eerste", "Tekst in een kader"]
)
def test_authors_comments_tracked_changes_headers_and_boxes_of_word_are_redacted(who: str) -> None:
    out = redacted(word_file(), "a.docx", who)
    assert who not in every_word(parsed(out, "a.docx"))
    assert who.encode() not in unpacked(out)
    assert "De vergoeding is 23 cent per kilometer." in every_word(parsed(out, "a.docx"))


@pytest.mark.parametrize("who", ["Receptie", "Inkoop bij Jansen", "Carla Commentator", "Bo Boekhouder", "1250.5", "Marges"])
def test_cells_hidden_sheets_comments_and_numbers_of_a_workbook_are_redacted(who: str) -> None:
    out = redacted(workbook_file(), "a.xlsx", who)
    assert who not in every_word(parsed(out, "a.xlsx"))
    assert "Prijslijst in euro" in every_word(parsed(out, "a.xlsx"))
    import openpyxl

    assert openpyxl.load_workbook(io.BytesIO(out)).active is not None


@pytest.mark.parametrize("who", ["Noem ook de levertijd", "Piet Presentator", "Naast de dia", "6.700"])
def test_notes_authors_and_tables_of_slides_are_redacted(who: str) -> None:
    out = redacted(slides_file(), "a.pptx", who)
    assert who not in every_word(parsed(out, "a.pptx"))
    assert "Meer fietsen bouwen" in every_word(parsed(out, "a.pptx"))


@pytest.mark.parametrize(
    "who", ["Anna Auteur", "Teun Toezicht", "Carla Commentator", "Verborgen Vincent", "Vera", "Tekst in een kader", "is 23 cent"]
)
def test_every_corner_of_an_open_document_is_redacted(who: str) -> None:
    out = redacted(open_document("text", OPEN_TEXT), "a.odt", who)
    assert who not in every_word(parsed(out, "a.odt"))
    assert zipfile.ZipFile(io.BytesIO(out)).infolist()[0].filename == "mimetype"
    assert "Een voetnoot." in every_word(parsed(out, "a.odt"))


def test_the_picture_of_the_first_page_goes() -> None:
    file = rewritten(word_file(), {}, {"Thumbnails/thumbnail.png": "a picture with a name on it"})
    assert b"a picture with a name" not in unpacked(redacted(file, "a.docx"))


def test_a_part_that_nobody_can_rewrite_and_holds_the_name_has_the_whole_file_replaced() -> None:
    file = rewritten(word_file(), {}, {"word/vbaProject.bin": NAME})
    assert FormatRedactor().redact(file, "", "a.docm", [NAME]) is None


def test_old_formats_are_not_rewritten() -> None:
    assert FormatRedactor().redact(outlook_message(), "", "a.msg", [NAME]) is None
    assert FormatRedactor().redact(b"{\\rtf1 Xandrine Quist}", "", "a.rtf", [NAME]) is None


def test_what_is_broken_or_locked_is_not_rewritten() -> None:
    assert FormatRedactor().redact(word_file()[:500], "", "a.docx", [NAME]) is None
    assert FormatRedactor().redact(b"", "", "a.txt", [NAME]) is None


def test_an_archive_loses_the_name_in_members_and_in_their_names_and_keeps_the_others() -> None:
    file = zipped(
        {f"{NAME}/brief.txt": f"Van {NAME}", "los.txt": "Jan de Vries", "diep.zip": zipped({"x.txt": NAME.upper()}), "vreemd.bin": NAME}
    )
    out = redacted(file, "a.zip")
    names = zipfile.ZipFile(io.BytesIO(out)).namelist()
    assert names == [f"{REDACTED * 14}/brief.txt", "los.txt", "diep.zip"]
    assert b"Jan de Vries" in unpacked(out)
    assert "XANDRINE" not in every_word(parsed(out, "a.zip"))


# --- PDF ---------------------------------------------------------------------------------------------------------------


def pdf(*pages: str, title: str = "", picture: Image.Image | None = None) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    page.setTitle(title)
    page.setAuthor(title)
    for text in pages:
        for number, line in enumerate(text.split("\n")):
            page.setFont("Helvetica", 14)
            page.drawString(72, 700 - 24 * number, line)
        page.showPage()
    if picture is not None:
        page.drawInlineImage(picture, 0, 0, *A4)
        page.showPage()
    page.save()
    return out.getvalue()


def test_a_page_with_the_name_becomes_a_picture_and_the_others_stay_text() -> None:
    file = pdf(f"Beoordeling van {NAME}\nZij deed het goed.", "De tweede bladzijde blijft.", title=f"Dossier {NAME}")
    out = redacted(file, "a.pdf")
    import pypdfium2

    document = pypdfium2.PdfDocument(out)
    texts = [page.get_textpage().get_text_bounded() for page in document]
    assert texts[0] == ""
    assert "De tweede bladzijde blijft." in texts[1]
    assert document.get_metadata_dict(skip_empty=True).get("Title") is None
    assert b"Xandrine" not in out


@pytest.mark.usefixtures("tesseract")
def test_of_the_picture_only_the_name_is_black() -> None:
    out = redacted(pdf(f"Beoordeling van {NAME} hier.\nZij deed het goed en Jan de Vries ook."), "a.pdf")
    said = every_word(parsed(out, "a.pdf"))
    assert "Quist" not in said
    assert "Beoordeling van" in said
    assert "Jan de Vries" in said


@pytest.mark.usefixtures("tesseract")
def test_a_scan_is_covered_where_the_name_is_recognised() -> None:
    out = redacted(pdf("Zie de scan.", picture=drawn(f"Brief van {NAME}", "aan de directie van het bedrijf", size=(1654, 2339))), "a.pdf")
    said = every_word(parsed(out, "a.pdf"))
    assert "Quist" not in said
    assert "directie" in said
    assert "Zie de scan." in said


def test_files_attached_to_a_pdf_are_rewritten_or_left_out() -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf("Zie de bijlage."))
    document.new_attachment("bijlage.txt").set_data(f"Van {NAME}, het hek gaat dicht.".encode())
    document.new_attachment("vreemd.bin").set_data(b"\x00\x07" + NAME.encode())
    out = io.BytesIO()
    document.save(out)
    said = every_word(parsed(redacted(out.getvalue(), "a.pdf"), "a.pdf"))
    assert "het hek gaat dicht" in said
    assert "Xandrine" not in said
    assert "vreemd" not in said


# --- pictures ----------------------------------------------------------------------------------------------------------


def drawn(*lines: str, size: tuple[int, int] = (1400, 500)) -> Image.Image:
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=48)
    for number, line in enumerate(lines):
        draw.text((60, 60 + 100 * number), line, fill="black", font=font)
    return picture


@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_picture_is_covered_where_the_name_stands_and_loses_what_it_says_of_itself(kind: str) -> None:
    out = io.BytesIO()
    note = PngImagePlugin.PngInfo()
    note.add_text("Author", NAME)
    drawn(f"Getekend door {NAME}", "voor de directie").save(out, kind, **({"pnginfo": note} if kind == "PNG" else {}))
    black = redacted(out.getvalue(), f"a.{kind.lower()}")
    said = every_word(parsed(black, f"a.{kind.lower()}"))
    assert "Quist" not in said
    assert "directie" in said
    assert b"Xandrine" not in black
