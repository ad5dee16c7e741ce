"""Plain text and Markdown, in every encoding that people use."""

from __future__ import annotations

import codecs

import pytest

from kb.types import ElementKind
from tests.unit.ingest.made_files import lines, parsed, strings, texts

MINUTES = """Notulen overleg

1. Opening
Vandaag is het overleg iets later begonnen omdat de
voorzitter in de file stond bij de brug over het kanaal.

- eerste actie
- tweede actie

NIEUWE PLANNEN

Er komt een nieuwe hal.
"""


def test_plain_text_gives_paragraphs_list_items_and_sure_headings() -> None:
    assert lines(parsed(MINUTES.encode(), "notulen.txt")) == [
        "paragraph: Notulen overleg",
        "heading2: 1. Opening",
        "paragraph: Vandaag is het overleg iets later begonnen omdat de voorzitter in de file stond bij de brug over het kanaal.",
        "list_item: eerste actie",
        "list_item: tweede actie",
        "heading2: NIEUWE PLANNEN",
        "paragraph: Er komt een nieuwe hal.",
    ]


def test_short_lines_that_their_writer_ended_stay_apart() -> None:
    assert texts(parsed(b"Jan Jansen\nDorpsstraat 1\n1234 AB Ergens\n", "adres.txt"), ElementKind.PARAGRAPH) == [
        "Jan Jansen",
        "Dorpsstraat 1",
        "1234 AB Ergens",
    ]


@pytest.mark.parametrize(
    "data",
    [
        "Café Zoë, één euro.".encode(),
        codecs.BOM_UTF8 + "Café Zoë, één euro.".encode(),
        "Café Zoë, één euro.".encode("utf-16"),
        codecs.BOM_UTF16_BE + "Café Zoë, één euro.".encode("utf-16-be"),
        "Café Zoë, één euro.".encode("utf-32"),
        codecs.BOM_UTF32_BE + "Café Zoë, één euro.".encode("utf-32-be"),
        "Café Zoë, één euro.".encode("utf-16-le"),
        "Café Zoë, één euro.".encode("cp1252"),
    ],
)
def test_text_is_read_in_any_usual_encoding(data: bytes) -> None:
    assert texts(parsed(data, "a.txt"), ElementKind.PARAGRAPH) == ["Café Zoë, één euro."]


def test_a_guessed_encoding_is_said() -> None:
    assert parsed("één".encode("cp1252"), "a.txt").warnings == ("encoding_guessed",)
    assert parsed("één".encode(), "a.txt").warnings == ()


def test_what_is_invisible_or_turns_a_line_around_is_taken_out() -> None:
    data = "Per\u00adso\u200bneel\u202e van\u00a0A\x00fdeling \ufb01nan\u0002ciën".encode()
    assert texts(parsed(data, "a.txt"), ElementKind.PARAGRAPH) == ["Personeel van Afdeling financiën"]


def test_markdown_gives_headings_lists_tables_and_code() -> None:
    source = """---
title: Wachtwoorden
author: Ad Auteur
---
# Wachtwoordbeleid

Kies een *lang* wachtwoord.

## Eisen

1. Twaalf tekens
2. Geen naam

| Soort | Lengte |
| --- | --- |
| gewoon | 12 |
| beheer | 20 |

```
passwd --expire
```

Zie [de uitleg](https://example.org/uitleg). <!-- van Tessa -->
"""
    file = parsed(source.encode(), "wachtwoorden.md")
    assert lines(file) == [
        "heading1: Wachtwoordbeleid",
        "paragraph: Kies een lang wachtwoord.",
        "heading2: Eisen",
        "list_item: Twaalf tekens",
        "list_item: Geen naam",
        "table_header: Soort | Lengte",
        "table_row: gewoon | 12",
        "table_row: beheer | 20",
        "code: passwd --expire",
        "paragraph: Zie de uitleg.",
    ]
    assert file.title == "Wachtwoorden"
    assert strings(file, "link") == ["https://example.org/uitleg"]
    assert strings(file, "comment") == ["van Tessa"]
    assert "Ad Auteur" in strings(file, "metadata")[0]
