"""Pictures and scanned pages: their text is recognised, with its place; the rest of a file does not wait for it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from ingest.parse import FileParser, images, ocr, pdf
from ingest.parse.limits import Limits
from ingest.parse.pdf_garbled import is_garbled
from kb.types import ParseFailure
from tests.unit.ingest.made_files import failure, parsed, strings, texts
from tests.unit.ingest.made_formats import zipped

SENTENCE = "De vergoeding voor een dienstreis is vastgesteld."


def _scan(text: str = SENTENCE, size: tuple[int, int] = (1654, 2339)) -> Image.Image:
    """A page scanned at 200 dots per inch."""
    picture = Image.new("L", size, 250)
    ImageDraw.Draw(picture).text((150, 400), text, fill=10, font=ImageFont.load_default(44))
    return picture


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _read(file: Any) -> str:
    return " ".join(element.text for element in file.elements)


@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_the_text_of_a_picture_is_recognised_with_its_place(kind: str) -> None:
    file = parsed(_saved(_scan(), kind, dpi=(200, 200)), "scan")
    assert _read(file) == SENTENCE
    assert (file.pages, file.pages_with_text, file.warnings) == (1, 1, ("recognised",))
    assert file.media_type == f"image/{kind.lower()}"
    (box,) = file.elements[0].boxes
    assert box.left == pytest.approx(150 * 72 / 200, abs=4)
    assert box.top == pytest.approx(410 * 72 / 200, abs=8)


@pytest.mark.usefixtures("tesseract")
def test_each_page_of_a_tiff_is_a_page() -> None:
    data = _saved(_scan(), "TIFF", save_all=True, append_images=[_scan("Een tweede bladzijde met woorden.")])
    file = parsed(data, "fax.tiff")
    assert [element.page for element in file.elements] == [1, 2]
    assert file.pages == 2


@pytest.mark.usefixtures("tesseract")
def test_a_photograph_of_a_telephone_is_read_the_right_way_up() -> None:
    """``page.heic`` is the sentence on a grey page, held sideways: made with Pillow and pillow-heif, with EXIF that says so."""
    file = parsed((Path(__file__).parent / "files" / "page.heic").read_bytes(), "foto.jpg")
    assert _read(file) == SENTENCE
    assert file.media_type == "image/heic"
    assert "Fred Fotograaf" in [string.value for string in file.strings]


def test_a_photograph_of_a_telephone_that_was_cut_off_is_damaged() -> None:
    assert failure(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64), "foto.heic").code == "damaged"


@pytest.mark.usefixtures("tesseract")
def test_what_a_picture_says_of_itself_is_a_string() -> None:
    exif = Image.Exif()
    exif[315], exif[270], exif[40093] = "Fred Fotograaf", "Het hek", "Xandra".encode("utf-16-le")
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a><b>Betty Beeldredacteur</b></a></x:xmpmeta>"
    file = parsed(_saved(_scan(), "JPEG", exif=exif, xmp=xmp, comment=b"Opmerking van Olga"), "a.jpg")
    assert strings(file, "author") == ["Fred Fotograaf", "Xandra"]
    assert strings(file, "description") == ["Het hek"]
    assert "Betty Beeldredacteur" in strings(file, "metadata")
    assert "Opmerking van Olga" in strings(file, "comment")


@pytest.mark.usefixtures("tesseract")
def test_a_picture_without_words_has_no_text() -> None:
    assert failure(_saved(Image.new("RGB", (400, 300), "red"), "PNG"), "a.png").code == "no_text"


def _said_by_tesseract(*words: tuple[str, float]) -> str:
    head = "level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext\n"
    return head + "".join(f"5\t1\t1\t1\t{n}\t1\t10\t{40 * n}\t90\t20\t{sure}\t{word}\n" for n, (word, sure) in enumerate(words))


def test_a_line_of_which_tesseract_is_unsure_is_left_out_and_a_page_of_which_it_is_unsure_altogether() -> None:
    sure = ocr._lines(_said_by_tesseract(("Vergoeding", 96.0), ("dienstreis", 91.0), ("|Gf", 34.0)), 1, 0.24)
    assert [line.text for line in sure] == ["Vergoeding", "dienstreis"]
    assert ocr._lines(_said_by_tesseract(("Cd", 70.0), ("FIGDHHHIA", 31.0), ("ONOFY", 34.0)), 1, 0.24) == []


def _pdf(*pages: str | Image.Image, stamp: str = "") -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    for content in pages:
        if isinstance(content, str):
            page.drawString(72, 700, content)
        else:
            page.drawImage(ImageReader(content), 0, 0, *A4)
            page.drawString(500, 20, stamp)
        page.showPage()
    page.save()
    return out.getvalue()


@pytest.mark.usefixtures("tesseract")
def test_of_a_pdf_only_the_pages_without_text_are_recognised() -> None:
    file = parsed(_pdf("Deze bladzijde heeft tekst.", _scan()), "half.pdf")
    assert [(element.page, element.text) for element in file.elements] == [(1, "Deze bladzijde heeft tekst."), (2, SENTENCE)]
    assert (file.pages, file.pages_with_text, file.warnings) == (2, 2, ("recognised",))
    (box,) = file.elements[1].boxes
    assert (box.page, box.left) == (2, pytest.approx(150 / 1654 * A4[0], abs=4))


@pytest.mark.usefixtures("tesseract")
def test_a_stamp_on_a_scan_does_not_pass_for_its_text() -> None:
    file = parsed(_pdf(_scan(), stamp="blz. 1"), "scan.pdf")
    assert SENTENCE in _read(file)
    assert strings(file, "page_text") == ["blz. 1"]


def test_without_tesseract_a_scan_says_what_is_needed_and_a_half_one_is_read_by_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ocr, images, pdf):
        monkeypatch.setattr(module, "can_recognise", lambda: False)
    assert failure(_saved(_scan(), "PNG"), "a.png") == ParseFailure("needs_tesseract")
    assert failure(_pdf(_scan()), "a.pdf") == ParseFailure("needs_tesseract")
    file = parsed(_pdf("Deze bladzijde heeft tekst.", _scan()), "a.pdf")
    assert file.warnings == ("pages_need_tesseract", "pages_without_text")


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    found = FileParser(limits=Limits(pixels=1_000_000)).parse(_saved(_scan(), "PNG"), "a.png")
    assert found == ParseFailure("picture_too_large", (("limit", "1000000"),)) or found == ParseFailure("needs_tesseract")
    assert failure(_saved(Image.new("1", (20_000, 20_000)), "PNG"), "a.png").code in ("picture_too_large", "needs_tesseract")


def test_a_page_of_ten_kilometres_is_not_drawn() -> None:
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(28_346_457, 28_346_457))
    page.drawString(72, 700, "Tekst op een enorm vel.")
    page.showPage()
    page.rect(0, 0, 1000, 1000)
    page.save()
    file = parsed(out.getvalue(), "a.pdf")
    assert texts(file, file.elements[0].kind) == ["Tekst op een enorm vel."]
    assert "page_too_large" in file.warnings or "pages_need_tesseract" in file.warnings


@pytest.mark.usefixtures("tesseract")
def test_a_document_that_is_only_a_pasted_scan_is_recognised() -> None:
    import docx

    document = docx.Document()
    document.add_picture(io.BytesIO(_saved(_scan(), "PNG")))
    out = io.BytesIO()
    document.save(out)
    assert SENTENCE in _read(parsed(out.getvalue(), "a.docx"))


@pytest.mark.usefixtures("tesseract")
def test_a_scan_in_an_archive_is_recognised() -> None:
    assert SENTENCE in _read(parsed(zipped({"scan.png": _saved(_scan(), "PNG")}), "a.zip"))


def test_letters_that_nobody_can_read_are_told_from_language() -> None:
    assert is_garbled("7KH KRWHO ZDV YHU\\ QLFH DQG WKH IRRG ZDV JRRG " * 6)
    assert is_garbled("\ue001\ue002\ue003\ue004\ue005 " * 8)
    assert not is_garbled("De vergoeding voor een dienstreis is vastgesteld op 23 cent. " * 6)
    assert not is_garbled("NL91 ABNA 0417 1643 00 BTW KVK " * 4)
    assert not is_garbled("\uf0b7 punt " * 30)
