"""Sentences: exact offsets, Dutch and English, whole texts and streams."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.answering.sentences import SentenceStream, sentences_of, split_sentences
from kb.answering.words import word_set


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "U krijgt bijv. Een vrije dag, d.w.z. Een dag o.a. Voor verhuizing.",
        "Zie art. 7 en nr. 12 van de regeling.",
        "Bel dhr. Jansen of mevr. De Boer.",
        "Mr. Brown and Dr. Smith decide, e.g. On Mondays, i.e. Weekly.",
        "De vergoeding is € 1.250,50 per jaar.",
        "The allowance is €1,250.50 a year.",
        "De regeling geldt vanaf 1. Januari 2025.",
        "De regeling geldt vanaf 1. januari 2025.",
        "Vraag het aan J. de Vries of A.B. Jansen.",
        "De winkel sluit om 17.30 uur.",
        "Mail naar verlof@voorbeeld.nl of kijk op www.voorbeeld.nl.",
        "“Mag dat?” vroeg hij.",
        "Wacht ... en kijk dan.",
        "Zie No. 5 hieronder.",
    ],
)
def test_a_dot_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert texts(f"{sentence} Daarna volgt er nog een.") == [sentence, "Daarna volgt er nog een."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wie is dat? Dat is Jan! Goed.", ["Wie is dat?", "Dat is Jan!", "Goed."]),
        ("De winkel sluit om 5 p.m. The office stays open.", ["De winkel sluit om 5 p.m.", "The office stays open."]),
        ("De winkel is van 9 a.m. tot 5 p.m. open.", ["De winkel is van 9 a.m. tot 5 p.m. open."]),
        ("Appels, peren enz. Daarna meer.", ["Appels, peren enz.", "Daarna meer."]),
        ("Hij zei: “Nee.” 's Avonds kwam hij.", ["Hij zei: “Nee.”", "'s Avonds kwam hij."]),
        ("Het was in 2024. De regeling bleef.", ["Het was in 2024.", "De regeling bleef."]),
        ("De zaal is vol. Ga naar huis.", ["De zaal is vol.", "Ga naar huis."]),
        ("Dat mag. (Zie bijlage 2.) Verder niet.", ["Dat mag.", "(Zie bijlage 2.)", "Verder niet."]),
    ],
)
def test_a_sentence_ends_where_the_next_begins(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_list_lines_are_sentences_of_their_own() -> None:
    assert texts("Neem mee:\n- paspoort\n- pasfoto\n1. Vul in.\n2. Stuur op.") == [
        "Neem mee:",
        "- paspoort",
        "- pasfoto",
        "1. Vul in.",
        "2. Stuur op.",
    ]


def test_list_lines_stay_apart_where_a_wrapped_line_would_go_on() -> None:
    assert texts("Kies uit\na) rood,\nb) blauw of\n- groen") == ["Kies uit", "a) rood,", "b) blauw of", "- groen"]


def test_a_wrapped_line_goes_on() -> None:
    assert texts("Elke medewerker krijgt\nvijf dagen van\nDe Boer. Punt.") == ["Elke medewerker krijgt\nvijf dagen van\nDe Boer.", "Punt."]


def test_a_heading_line_stands_alone() -> None:
    assert texts("Verlof\nElke medewerker krijgt dagen.") == ["Verlof", "Elke medewerker krijgt dagen."]


def test_a_table_row_is_one_sentence() -> None:
    assert texts("Artikel | Prijs\nFiets nr. 3. Rood | € 12,50\nhelm. Zwart | 5,00") == [
        "Artikel | Prijs",
        "Fiets nr. 3. Rood | € 12,50",
        "helm. Zwart | 5,00",
    ]


def test_an_empty_text_has_no_sentences() -> None:
    assert split_sentences(" \n\t ") == []
    assert list(sentences_of([" ", "\n"])) == []


def test_a_stream_gives_a_sentence_as_soon_as_the_next_one_begins() -> None:
    stream = SentenceStream()
    assert stream.feed("U krijgt 25 dagen [2]. ") == []
    assert stream.feed("Meer ") == ["U krijgt 25 dagen [2]."]
    assert stream.feed("niet.") == []
    assert stream.close() == ["Meer niet."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("U krijgt 25 dagen. [2] Dat is alles. [1, 3]", ["U krijgt 25 dagen. [2]", "Dat is alles. [1, 3]"]),
        ("U krijgt 25 dagen.[2][3] Dat is alles.", ["U krijgt 25 dagen.[2][3]", "Dat is alles."]),
        ("U krijgt 25 dagen.\n[2]\nDat is alles.", ["U krijgt 25 dagen. [2]", "Dat is alles."]),
        ("kleine letter [1]\nnog een [2]", ["kleine letter [1]", "nog een [2]"]),
    ],
)
def test_citation_markers_stay_with_the_sentence_before(text: str, expected: list[str]) -> None:
    assert list(sentences_of([text])) == expected


@pytest.mark.parametrize("bare", ["Ja.", "Nee.", "Yes.", "No.", "Nee!", "Ja. [1]"])
def test_a_bare_answer_is_joined_to_what_follows(bare: str) -> None:
    assert list(sentences_of([f"{bare} U krijgt 25 dagen [1]. Meer niet."])) == [f"{bare} U krijgt 25 dagen [1].", "Meer niet."]


def test_a_bare_answer_alone_is_still_given() -> None:
    assert list(sentences_of(["Ja."])) == ["Ja."]


_WORDS = st.sampled_from(
    [
        *sorted(word_set("Ja. Nee. De de dagen 25 1.250,50 bijv. d.w.z. dhr. 1. 12. januari March [2] [1 , 3] [ [1 ] | - • * J.")),
        *sorted(word_set("B.V. p.m. enz. ? ! … ... ” ( ) 's 't a. 'S iemand")),
        *("[1, 3]", " | ", "\n\n", "\n-", "\n- "),
    ]
)
_TEXTS = st.lists(st.tuples(_WORDS, st.sampled_from([" ", "", "\n", "  ", "\n\n"])), max_size=25).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)


@given(_TEXTS | st.text(max_size=60))
def test_offsets_reconstruct_the_text(text: str) -> None:
    position = 0
    for sentence in split_sentences(text):
        assert text[position : sentence.start].strip() == ""
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip() != ""
        position = sentence.end
    assert text[position:].strip() == ""


@given(_TEXTS | st.text(max_size=60), st.data())
@example("Een.\n-       x", None)
@example("Kies\na) rood\nb) blauw of\n- groen", None)
def test_a_stream_gives_the_same_sentences_however_it_is_cut(text: str, data: st.DataObject | None) -> None:
    whole = list(sentences_of([text]))
    assert list(sentences_of(text)) == whole
    if data is not None:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
        pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        assert list(sentences_of(pieces)) == whole
    assert "".join("".join(whole).split()) == "".join(text.split())
