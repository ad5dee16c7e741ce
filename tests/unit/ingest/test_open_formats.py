"""OpenDocument, rich text, books and old mail programs' files: text in order, everything else as strings."""

from __future__ import annotations

import pytest

from tests.unit.ingest.made_files import every_word, failure, lines, parsed, strings
from tests.unit.ingest.made_formats import (
    OPEN_TEXT,
    RICH_TEXT,
    book,
    open_document,
    open_sheet,
    open_slides,
    outlook_message,
    zipped,
)


def test_an_odt_is_read_as_headings_paragraphs_lists_rows_boxes_and_notes() -> None:
    assert lines(parsed(open_document("text", OPEN_TEXT), "a.odt")) == [
        "heading1: Vergoeding",
        "paragraph: De vergoeding is 23 cent per kilometer.",
        "list_item: Fiets",
        "table_header: Vervoer | Bedrag",
        "table_row: Auto | 0,23",
        "paragraph: Tekst in een kader",
        "paragraph: Zie de regeling.",
        "paragraph: Een voetnoot.",
    ]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("author", "Anna Auteur"),
        ("last_modified_by", "Wim Wijziger"),
        ("comment", "Klopt dit?"),
        ("comment.author", "Carla Commentator"),
        ("tracked.deleted", "geschrapte zin"),
        ("tracked.author", "Teun Toezicht"),
        ("hidden_text", "Verborgen Vincent"),
        ("footer", "Voettekst van Vera"),
        ("link", "https://example.org/regeling"),
    ],
)
def test_what_an_odt_says_beside_its_text_is_a_string(kind: str, value: str) -> None:
    assert strings(parsed(open_document("text", OPEN_TEXT), "a.odt"), kind) == [value]


def test_an_ods_gives_its_visible_sheet_and_keeps_the_hidden_one_and_repeated_emptiness_costs_nothing() -> None:
    file = parsed(open_sheet(), "a.ods")
    assert lines(file) == ["heading1: Prijzen", "table_header: Artikel | Prijs", "table_row: Bel | € 12,50"]
    assert strings(file, "hidden_sheet") == ["Marges\nInkoop bij Jansen"]
    assert file.warnings == ("hidden_sheets",)


def test_an_odp_has_a_page_for_each_slide_with_its_notes() -> None:
    file = parsed(open_slides(), "a.odp")
    assert [(element.page, str(element.kind), element.text) for element in file.elements] == [
        (1, "heading", "Jaarplan"),
        (1, "list_item", "Meer fietsen"),
        (1, "paragraph", "Noem de levertijd."),
        (2, "paragraph", "Slot"),
    ]
    assert (file.pages, file.pages_with_text) == (2, 2)


def test_a_hidden_slide_is_kept_but_not_read() -> None:
    style = '<style:style style:name="weg"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    slide = "<draw:page{}><draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame></draw:page>"
    file = parsed(
        open_document("presentation", slide.format("", "Open") + slide.format(' draw:style-name="weg"', "Geheim"), style), "a.odp"
    )
    assert lines(file) == ["paragraph: Open"]
    assert strings(file, "hidden_slide") == ["Geheim"]


def test_an_encrypted_opendocument_file_says_so() -> None:
    assert failure(open_document("text", "", manifest="<manifest><encryption-data/></manifest>"), "a.odt").code == "encrypted"


def test_an_opendocument_file_without_content_is_damaged() -> None:
    assert failure(zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "a.odt").code == "damaged"


def test_rich_text_is_read_by_its_words_styles_and_tables() -> None:
    assert lines(parsed(RICH_TEXT, "a.rtf")) == [
        "heading1: Vergoeding",
        "paragraph: De vergoeding is 23€ per café, zei René.",
        "paragraph: Een voetnoot.",
        "list_item: Fiets",
        "paragraph: ł slot",
        "table_header: Vervoer | Bedrag",
        "table_row: Auto | 0,23",
        "paragraph: Einde 😀.",
    ]


def test_properties_comments_deleted_and_hidden_words_of_rich_text_are_strings() -> None:
    file = parsed(RICH_TEXT, "a.rtf")
    assert strings(file, "author") == ["Anna Auteur"]
    assert strings(file, "last_modified_by") == ["Wim Wijziger"]
    assert strings(file, "company") == ["Fietsfabriek"]
    assert strings(file, "header") == ["Vertrouwelijk"]
    assert strings(file, "comment") == ["Klopt dit?"]
    assert strings(file, "comment.author") == ["Carla Commentator"]
    assert strings(file, "tracked.deleted") == ["geschrapt"]
    assert strings(file, "hidden_text") == ["verborgen"]
    assert "onbekend" not in every_word(file)


def test_a_hundred_thousand_braces_of_rich_text_are_refused_not_followed() -> None:
    assert failure(b"{\\rtf1 " + b"{" * 100_000, "a.rtf").code == "damaged"


def test_a_book_is_read_in_its_own_order_with_its_author() -> None:
    file = parsed(book(), "a.epub")
    assert lines(file) == ["heading1: Een", "paragraph: Tekst van een.", "heading1: Twee", "paragraph: Tekst van twee."]
    assert file.title == "Het boek"
    assert strings(file, "author") == ["Anna Auteur"]


def test_an_outlook_message_is_read_with_who_wrote_to_whom_and_what_is_attached() -> None:
    assert lines(parsed(outlook_message(), "a.msg")) == [
        "title: Levering café",
        "paragraph: Van: Zoë Çelik <z.celik@example.org>\nAan: Jan de Vries <j.devries@example.org>",
        "paragraph: Beste Jan,",
        "paragraph: De levering is uitgesteld.",
        "heading1: notitie.txt",
        "paragraph: Inhoud van de notitie.",
        "heading1: Doorgestuurd",
        "paragraph: Het eerste bericht.",
    ]


def test_headers_and_every_other_property_of_an_outlook_message_are_strings() -> None:
    file = parsed(outlook_message(), "a.msg")
    assert strings(file, "mail.x-projectcode") == ["Kompas"]
    assert "Eigenschap van Emma" in strings(file, "mail.property")
    assert strings(file, "attachment.name") == ["notitie.txt", "Doorgestuurd"]
