"""Word documents: what becomes text, and what is kept as a string."""

from __future__ import annotations

import io

import pytest

from kb.types import ParsedFile
from tests.unit.ingest.made_files import failure, lines, parsed, rewritten, strings, word_file


@pytest.fixture(scope="module")
def file() -> ParsedFile:
    return parsed(word_file(), "reisregeling.docx")


def test_a_word_document_is_read_in_its_order_with_headings_lists_and_table_rows(file: ParsedFile) -> None:
    assert lines(file) == [
        "title: Reisregeling",
        "heading1: Vergoeding",
        "paragraph: De vergoeding is 23 cent per kilometer.",
        "list_item: Fiets",
        "heading2: Uitzonderingen",
        "table_header: Vervoer | Bedrag | Let op",
        "table_row: Auto | 0,23",
        "table_row: Trein | volledig | tweede klas",
        "paragraph: Geldig vanaf tweede januari.",
        "paragraph: Erboven",
        "paragraph: Tekst in een kader",
    ]
    assert file.title == "Reisregeling"
    assert file.pages is None


def test_properties_comments_headers_and_authors_are_strings(file: ParsedFile) -> None:
    assert strings(file, "author") == ["Anna Auteur"]
    assert strings(file, "last_modified_by") == ["Wim Wijziger"]
    assert strings(file, "keywords") == ["reizen, declareren"]
    assert strings(file, "comment") == ["Klopt dit nog?"]
    assert strings(file, "comment.author") == ["Carla Commentator"]
    assert strings(file, "header") == ["Vertrouwelijk"]
    assert strings(file, "footer") == ["Pagina van het handboek"]


def test_a_tracked_change_counts_as_accepted_and_both_wordings_and_the_author_are_kept(file: ParsedFile) -> None:
    assert strings(file, "tracked.inserted") == ["tweede"]
    assert strings(file, "tracked.deleted") == ["eerste"]
    assert strings(file, "tracked.author") == ["Wim Wijziger"]
    assert file.warnings == ("tracked_changes",)


def test_a_cell_over_two_rows_stands_in_both() -> None:
    import docx

    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    for row, cells in enumerate((("Afdeling", "Naam"), ("Lakkerij", "Tomasz"), ("", "Kees"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    out = io.BytesIO()
    document.save(out)
    assert lines(parsed(out.getvalue(), "a.docx")) == [
        "table_header: Afdeling | Naam",
        "table_row: Lakkerij | Tomasz",
        "table_row: Lakkerij | Kees",
    ]


def test_words_in_a_part_that_no_reader_looks_at_are_kept_all_the_same() -> None:
    part = '<d:root xmlns:d="urn:d"><d:naam>Verstopte Vera</d:naam></d:root>'
    file = parsed(rewritten(word_file(), {}, {"customXml/item9.xml": part}), "a.docx")
    assert "Verstopte Vera" in strings(file, "other")


def test_an_outline_level_makes_a_heading_of_a_style_with_any_name() -> None:
    def with_level(xml: str) -> str:
        return xml.replace("<w:p><w:r><w:t>Erboven", '<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>Erboven')

    assert "heading3: Erboven" in lines(parsed(rewritten(word_file(), {"word/document.xml": with_level}), "a.docx"))


def test_text_in_a_content_control_is_text() -> None:
    def in_control(xml: str) -> str:
        paragraph = "<w:p><w:r><w:t>Ingevuld in een besturingselement</w:t></w:r></w:p>"
        return xml.replace("<w:sectPr", f"<w:sdt><w:sdtContent>{paragraph}</w:sdtContent></w:sdt><w:sectPr", 1)

    assert "paragraph: Ingevuld in een besturingselement" in lines(
        parsed(rewritten(word_file(), {"word/document.xml": in_control}), "a.docx")
    )


def test_a_document_with_entities_is_refused_as_the_format_forbids_them() -> None:
    def hostile(xml: str) -> str:
        declaration, _, rest = xml.partition("?>")
        doctype = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "uitgevouwen">]>'
        return f"{declaration}?>{doctype}{rest}"

    assert failure(rewritten(word_file(), {"word/document.xml": hostile}), "a.docx").code == "damaged"


def test_a_document_that_was_cut_off_is_damaged() -> None:
    assert failure(word_file()[:3000], "a.docx").code == "damaged"
    assert failure(rewritten(word_file(), {"word/document.xml": lambda xml: xml[: len(xml) // 2]}), "a.docx").code == "damaged"
