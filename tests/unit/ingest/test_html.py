"""HTML pages."""

from __future__ import annotations

from tests.unit.ingest.made_files import lines, parsed, strings

PAGE = """<!doctype html><html><head><title>Verlof | Intranet</title><meta name="author" content="Wim Webredacteur"></head><body>
<nav>Menu met Navigatie Nelis</nav>
<main><h1>Verlof</h1><p>Vraag   verlof <b>op tijd</b> aan.</p><h2>Hoe</h2><ol><li>Inloggen</li><li>Aanvragen</li></ol>
<table><tr><th>Soort</th><th>Dagen</th></tr><tr><td rowspan="2">Vakantie</td><td>27</td></tr><tr><td>20</td></tr></table>
<p><a href="https://example.org/verlof" title="Naar het formulier">formulier</a><img src="a.png" alt="Foto van Ali"></p>
<!-- Nog nakijken door Petra --><script>var naam = "Sem";</script></main></body></html>"""


def test_a_page_is_read_with_headings_lists_and_table_rows() -> None:
    file = parsed(PAGE.encode(), "verlof.html")
    assert lines(file) == [
        "heading1: Verlof",
        "paragraph: Vraag verlof op tijd aan.",
        "heading2: Hoe",
        "list_item: Inloggen",
        "list_item: Aanvragen",
        "table_header: Soort | Dagen",
        "table_row: Vakantie | 27",
        "table_row: Vakantie | 20",
        "paragraph: formulier",
    ]
    assert file.title == "Verlof"


def test_what_a_page_says_outside_its_text_is_kept_as_strings() -> None:
    file = parsed(PAGE.encode(), "verlof.html")
    assert strings(file, "author") == ["Wim Webredacteur"]
    assert strings(file, "comment") == ["Nog nakijken door Petra"]
    assert strings(file, "link") == ["https://example.org/verlof", "a.png"]
    assert strings(file, "image.alt") == ["Foto van Ali"]
    assert strings(file, "tooltip") == ["Naar het formulier"]
    assert strings(file, "nav") == ["Menu met Navigatie Nelis"]
    assert 'var naam = "Sem";' in strings(file, "script")


def test_the_charset_that_a_page_declares_is_used() -> None:
    page = '<html><head><meta charset="iso-8859-15"></head><body><p>Prijs in € per café</p></body></html>'
    assert lines(parsed(page.encode("iso-8859-15"), "a.html")) == ["paragraph: Prijs in € per café"]


def test_a_page_without_an_extension_is_known_by_its_content() -> None:
    assert lines(parsed(b"<html><body><h1>Kop</h1><p>Tekst.</p></body></html>", "opgeslagen pagina"))[0] == "heading1: Kop"
