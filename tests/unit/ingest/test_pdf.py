"""PDF: paragraphs, headings, tables and lists by how the page looks, with boxes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import Flowable, ListFlowable, PageBreak, Paragraph, SimpleDocTemplate, Table

from ingest.parse import FileParser
from ingest.parse.limits import Limits
from ingest.parse.pdf_layout import join_lines
from kb.types import ElementKind, ParsedFile, ParseFailure
from tests.unit.ingest.made_files import failure, lines, parsed, strings, texts

STYLES = getSampleStyleSheet()
BODY = STYLES["BodyText"]
LONG = (
    "Deze alinea is lang genoeg om over meer dan een regel te lopen, zodat de regels weer aan elkaar moeten worden gezet tot een geheel. "
)


def _built(flow: Sequence[Flowable], **properties: str) -> bytes:
    out = io.BytesIO()

    def furniture(page: canvas.Canvas, document: SimpleDocTemplate) -> None:
        page.setFont("Helvetica", 8)
        page.drawString(60, 815, "Handboek van Rijwielfabriek")
        page.drawString(500, 25, f"pagina {document.page} van 9")

    SimpleDocTemplate(out, pagesize=A4, **properties).build(list(flow), onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()


@pytest.fixture(scope="module")
def file() -> ParsedFile:
    rows = [
        ["Onderdeel", "Omschrijving", "Prijs"],
        ["Rem", Paragraph("Een schijfrem met een omschrijving die over meerdere regels in zijn cel loopt.", BODY), "12,50"],
        ["Bel", Paragraph("Een bel.", BODY), "3,00"],
    ]
    flow = [
        Paragraph("Onderhoud", STYLES["Heading1"]),
        Paragraph(LONG * 3, BODY),
        Paragraph("Onderdelen", STYLES["Heading2"]),
        Table(rows, colWidths=[80, 150, 60]),
        Paragraph("Na de tabel gaat de tekst verder.", BODY),
        ListFlowable([Paragraph("eerste punt", BODY), Paragraph("tweede punt", BODY)], bulletType="bullet"),
        PageBreak(),
        Paragraph("Veiligheid", STYLES["Heading1"]),
        Paragraph("Draag een bril.", BODY),
        PageBreak(),
        Paragraph("Op de laatste bladzijde staat nog iets.", BODY),
    ]
    return parsed(_built(flow, title="Onderhoudsboek", author="Olga Onderhoud", keywords="rem, bel"), "onderhoud.pdf")


def test_a_pdf_is_read_as_headings_paragraphs_table_rows_and_list_items(file: ParsedFile) -> None:
    assert lines(file) == [
        "heading1: Onderhoud",
        f"paragraph: {(LONG * 3).strip()}",
        "heading2: Onderdelen",
        "table_header: Onderdeel | Omschrijving | Prijs",
        "table_row: Rem | Een schijfrem met een omschrijving die over meerdere regels in zijn cel loopt. | 12,50",
        "table_row: Bel | Een bel. | 3,00",
        "paragraph: Na de tabel gaat de tekst verder.",
        "list_item: eerste punt",
        "list_item: tweede punt",
        "heading1: Veiligheid",
        "paragraph: Draag een bril.",
        "paragraph: Op de laatste bladzijde staat nog iets.",
    ]


def test_each_element_knows_its_page_and_where_it_stands_from_the_top_left(file: ParsedFile) -> None:
    assert [element.page for element in file.elements][-3:] == [2, 2, 3]
    assert (file.pages, file.pages_with_text) == (3, 3)
    heading, paragraph = file.elements[0].boxes[0], file.elements[1].boxes[0]
    assert 60 < heading.left < 90
    assert 70 < heading.top < heading.bottom < paragraph.top + 3 < paragraph.bottom < 300
    assert paragraph.right < 595
    assert all(box.page == element.page for element in file.elements for box in element.boxes)


def test_running_headers_and_page_numbers_are_no_text_but_are_kept(file: ParsedFile) -> None:
    assert not any("Rijwielfabriek" in line or "pagina" in line for line in lines(file))
    assert sorted(strings(file, "page_header")) == ["Handboek van Rijwielfabriek", "pagina 1 van 9"]


def test_properties_of_a_pdf_are_strings(file: ParsedFile) -> None:
    assert file.title == "Onderhoudsboek"
    assert strings(file, "author") == ["Olga Onderhoud"]
    assert strings(file, "keywords") == ["rem, bel"]


def _drawn(draw: object, **options: object) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4, **options)
    draw(page)  # type: ignore[operator]
    page.save()
    return out.getvalue()


def test_outline_titles_annotations_links_and_form_values_are_strings() -> None:
    def draw(page: canvas.Canvas) -> None:
        page.drawString(72, 700, "Tekst op de bladzijde.")
        page.bookmarkPage("k")
        page.addOutlineEntry("Hoofdstuk van Otto", "k")
        page.textAnnotation("Opmerking van Petra", Rect=[10, 10, 20, 20])
        page.linkURL("https://example.org/doel", (72, 690, 200, 710))
        page.acroForm.textfield(name="naam", value="Ingevulde Ingrid", x=100, y=500)

    file = parsed(_drawn(draw), "formulier.pdf")
    assert strings(file, "outline") == ["Hoofdstuk van Otto"]
    assert strings(file, "comment") == ["Opmerking van Petra"]
    assert strings(file, "link") == ["https://example.org/doel"]
    assert strings(file, "form.value") == ["Ingevulde Ingrid"]


def test_a_dotted_number_puts_a_heading_of_the_same_size_under_its_chapter() -> None:
    flow = [Paragraph(text, STYLES["Heading2"] if text[0].isdigit() else BODY) for text in ("1 Inkoop", LONG, "1.1 Leveranciers", LONG)]
    headings = [element for element in parsed(_built(flow), "a.pdf").elements if element.kind is ElementKind.HEADING]
    assert [(heading.text, heading.level) for heading in headings] == [("1 Inkoop", 1), ("1.1 Leveranciers", 2)]


def test_a_pdf_with_a_password_says_so() -> None:
    data = _drawn(lambda page: page.drawString(72, 700, "geheim"), encrypt=StandardEncryption("wachtwoord"))
    assert failure(data, "a.pdf").code == "encrypted"


def test_a_pdf_that_only_its_owner_may_change_is_read() -> None:
    data = _drawn(lambda page: page.drawString(72, 700, "Leesbaar."), encrypt=StandardEncryption("", ownerPassword="x"))
    assert texts(parsed(data, "a.pdf"), ElementKind.PARAGRAPH) == ["Leesbaar."]


def test_a_scan_without_text_is_a_failure_and_a_page_without_text_a_warning() -> None:
    def scan(page: canvas.Canvas) -> None:
        page.rect(10, 10, 100, 100)

    def half(page: canvas.Canvas) -> None:
        page.drawString(72, 700, "Alleen hier staat tekst.")
        page.showPage()
        page.rect(10, 10, 100, 100)

    assert failure(_drawn(scan), "scan.pdf").code == "no_text"
    assert failure(_drawn(lambda page: page.drawString(72, 700, "§ %")), "scan.pdf").code == "no_text"
    file = parsed(_drawn(half), "half.pdf")
    assert (file.pages, file.pages_with_text, file.warnings) == (2, 1, ("pages_without_text",))


def test_a_pdf_that_was_cut_off_is_damaged_or_read_but_never_an_exception() -> None:
    whole = _built([Paragraph(LONG, BODY)])
    assert failure(whole[:300], "a.pdf").code == "damaged"
    assert failure(b"%PDF-1.4\n" + bytes(200), "a.pdf").code == "damaged"


def test_a_turned_page_is_read_in_its_reading_order_with_boxes_as_it_is_shown() -> None:
    def draw(page: canvas.Canvas) -> None:
        page.setPageSize((800, 600))
        page.saveState()
        page.translate(800, 0)
        page.rotate(90)
        page.setFont("Helvetica", 12)
        page.drawString(50, 700, "Bovenste regel.")
        page.drawString(50, 500, "Onderste regel.")
        page.restoreState()
        page.setPageRotation(90)

    file = parsed(_drawn(draw), "a.pdf")
    assert texts(file, ElementKind.PARAGRAPH) == ["Bovenste regel.", "Onderste regel."]
    upper, lower = (element.boxes[0] for element in file.elements)
    assert upper.left == lower.left == pytest.approx(50, abs=1)
    assert lower.top - upper.top == pytest.approx(200, abs=1)


def test_two_threads_may_read_at_once() -> None:
    data = _built([Paragraph(LONG, BODY)])
    with ThreadPoolExecutor(2) as pool:
        assert len({tuple(lines(file)) for file in pool.map(lambda _: parsed(data, "a.pdf"), range(8))}) == 1


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("vergoe", "ding", "vergoeding"),
        ("in", "en uitgang", "in- en uitgang"),
        ("Noord", "Holland", "Noord-Holland"),
        ("e", "mail", "e-mail"),
        ("A4", "formaat", "A4-formaat"),
    ],
)
def test_a_word_cut_at_the_end_of_a_line_is_made_whole(before: str, after: str, joined: str) -> None:
    assert join_lines(before, after, hyphenated=True) == joined


LEFT = (
    "De linkerkolom vertelt over de",
    "vergoeding die een medewerker",
    "krijgt voor elke reis die hij",
    "maakt met de eigen auto, ook",
    "wanneer hij onderweg is naar",
    "een klant in het buitenland.",
)
RIGHT = (
    "Rechts staat wat er geldt voor",
    "het openbaar vervoer, waarvan",
    "alle kosten worden vergoed tot",
    "aan de tweede klas, mits de",
    "kaartjes zijn bewaard en binnen",
    "een maand zijn ingeleverd.",
)


def _two_columns(page: canvas.Canvas, order: str) -> None:
    page.setFont("Helvetica", 11)
    page.drawString(72, 740, "Een kop die over beide kolommen van de bladzijde heen loopt, van links naar rechts.")
    rows = [(72, 700 - 14 * n, text) for n, text in enumerate(LEFT)], [(320, 698 - 14 * n, text) for n, text in enumerate(RIGHT)]
    by_row = [place for pair in zip(*rows, strict=True) for place in pair]
    for x, y, text in {"by row": by_row, "by column": rows[0] + rows[1], "right first": rows[1] + rows[0]}[order]:
        page.drawString(x, y, text)
    page.drawString(72, 580, "Onder de kolommen gaat de tekst weer over de volle breedte van de bladzijde verder.")


@pytest.mark.parametrize("order", ["by row", "by column", "right first"])
def test_columns_are_read_one_after_the_other_in_whatever_order_the_file_holds_them(order: str) -> None:
    file = parsed(_drawn(lambda page: _two_columns(page, order)), "a.pdf")
    assert texts(file, ElementKind.PARAGRAPH) == [
        "Een kop die over beide kolommen van de bladzijde heen loopt, van links naar rechts.",
        " ".join(LEFT),
        " ".join(RIGHT),
        "Onder de kolommen gaat de tekst weer over de volle breedte van de bladzijde verder.",
    ]
    left, right = file.elements[1].boxes[0], file.elements[2].boxes[0]
    assert left.right < right.left


def test_a_table_of_two_columns_is_no_page_of_two_columns() -> None:
    def draw(page: canvas.Canvas) -> None:
        for n in range(8):
            page.drawString(72, 700 - 14 * n, f"Onderdeel nummer {n}")
            page.drawString(320, 700 - 14 * n, f"Prijs is {n} euro")

    assert f"table_row: Onderdeel nummer {3} | Prijs is 3 euro" in lines(parsed(_drawn(draw), "a.pdf"))


def test_lines_in_no_order_are_read_from_top_to_bottom() -> None:
    places = [5, 0, 7, 2, 9, 4, 1, 8, 3, 6]

    def draw(page: canvas.Canvas) -> None:
        for n in places:
            page.drawString(72, 700 - 40 * n, f"Regel nummer {n} van de bladzijde.")

    assert texts(parsed(_drawn(draw), "a.pdf"), ElementKind.PARAGRAPH) == [f"Regel nummer {n} van de bladzijde." for n in range(10)]


def test_a_table_that_goes_on_over_the_page_keeps_its_header_and_gets_no_second_one() -> None:
    rows = [["Onderdeel", "Plaats", "Kleur"], *([f"Deel {chr(65 + n % 26)}", "magazijn", f"kleur {n}"] for n in range(110))]
    found = lines(parsed(_built([Table(rows, colWidths=[120, 120, 120])]), "a.pdf"))
    assert [line for line in found if line.startswith("table_header")] == ["table_header: Onderdeel | Plaats | Kleur"]
    assert sum(line.startswith("table_row") for line in found) == 110


def test_a_pdf_whose_tables_are_lost_is_read_from_what_is_left() -> None:
    whole = _drawn(lambda page: page.drawString(72, 700, "Nog te lezen."))
    broken = whole[: whole.rindex(b"xref", 0, whole.rindex(b"startxref"))].replace(b"/Type /Catalog", b"/Type /Katalog")
    broken = broken.replace(b"/Type /Pages", b"/Type /Blader")
    file = parsed(broken, "a.pdf")
    assert texts(file, ElementKind.PARAGRAPH) == ["Nog te lezen."]
    assert file.warnings == ("repaired",)


def test_a_pdf_of_too_many_pages_is_refused_with_both_numbers() -> None:
    def draw(page: canvas.Canvas) -> None:
        for _ in range(5):
            page.drawString(72, 700, "x")
            page.showPage()

    found = FileParser(limits=Limits(pdf_pages=4)).parse(_drawn(draw), "a.pdf")
    assert found == ParseFailure("too_many_pages", (("pages", "5"), ("limit", "4")))


def test_a_pdf_without_pages_says_so() -> None:
    assert failure(
        _pdf_of(b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n", b"2 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\n"), "a.pdf"
    ).code == ("no_pages")


def _pdf_of(*objects: bytes) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for each in objects:
        places.append(len(data))
        data += each
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return data + head + table + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(data))


def test_files_attached_to_a_pdf_are_read_under_their_names() -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(_drawn(lambda page: page.drawString(72, 700, "Zie de bijlage.")))
    document.new_attachment("bijlage.txt").set_data(b"Het hek gaat om zes uur dicht.")
    out = io.BytesIO()
    document.save(out)
    document.close()
    file = parsed(out.getvalue(), "a.pdf")
    assert lines(file) == ["paragraph: Zie de bijlage.", "heading1: bijlage.txt", "paragraph: Het hek gaat om zes uur dicht."]
    assert strings(file, "attachment.name") == ["bijlage.txt"]


@pytest.mark.parametrize(("said", "language"), [("en-GB", "en"), ("NL", "nl"), ("nld", None), ("tlh", None), ("", None)])
def test_the_language_that_a_pdf_says_it_is_in_is_known(said: str, language: str | None) -> None:
    data = _drawn(lambda page: page.drawString(100, 700, "Lease 2031"), lang=said)

    assert parsed(data, "a.pdf").language == language
