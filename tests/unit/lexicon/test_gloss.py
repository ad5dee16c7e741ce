"""A gloss: Dutch with its words in English, one by one, and everything else as it stood."""

from __future__ import annotations

import pytest

from kb.lexicon.gloss import RUNNING, gloss, seems_dutch


@pytest.mark.parametrize(
    ("dutch", "english"),
    [
        ("De zomer", "the summer"),
        ("zomers", "summer"),
        ("voortgezet onderwijs", "secondary education"),
        ("geschreven", "written"),
        ("twaalf maanden", "twelve month"),
    ],
)
def test_words_are_known_as_they_stand_by_their_form_and_together(dutch: str, english: str) -> None:
    assert gloss(dutch) == english


@pytest.mark.parametrize(
    ("compound", "parts"),
    [("fietsvergoedingsregeling", {"bike", "allowance"}), ("printerstoring", {"printer"}), ("ziekenhuisrekening", {"hospital"})],
)
def test_a_compound_that_is_not_in_the_lists_is_its_parts(compound: str, parts: set[str]) -> None:
    assert parts & set(gloss(compound).split())
    assert len(gloss(compound).split()) > 1


def test_what_is_unknown_and_what_stands_between_words_stays() -> None:
    assert gloss("Xandrine: 4711-B,\n | € 1.250,00 | xq@zw.nl") == "Xandrine: 4711-B,\n | € 1.250,00 | xq@zw.nl"
    assert gloss("") == ""


def test_a_word_with_accents_or_capitals_is_the_word() -> None:
    assert gloss("ÉÉN ZOMER") == "a summer"


@pytest.mark.parametrize(
    ("text", "dutch"),
    [
        ("Hoeveel vakantiedagen heb ik?", True),
        ("How many days off do I have?", False),
        ("vakantiedagen deeltijd", True),
        ("holiday part-time", False),
        ("Inkoopfacturen boeken", True),
        ("Kwikwiel 4711-B", False),
        ("", False),
    ],
)
def test_a_text_seems_dutch_by_its_small_words_else_by_the_words_that_are_known(text: str, dutch: bool) -> None:
    assert seems_dutch(text) is dutch


def test_every_line_of_the_list_of_running_words_is_a_pair_and_no_word_has_two_renderings() -> None:
    lines = [line for line in RUNNING.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    pairs = [line.split("\t") for line in lines]
    assert len(pairs) >= 1_500
    assert all(len(pair) == 2 and all(part and part == part.strip() for part in pair) for pair in pairs)
    assert len({dutch for dutch, _ in pairs}) == len(pairs)
