"""Words of a question in the other language: whole entries first, forms met, what is unknown left as it stands."""

from __future__ import annotations

import pytest

from kb.lexicon.bilingual import PAIRS, Rendering, renderings, translate_query
from kb.lexicon.word_forms import form_key


def alternatives(text: str, language: str) -> dict[str, tuple[str, ...]]:
    return {" ".join(one.words): one.alternatives for one in renderings(text, language)}


def test_an_entry_of_several_words_goes_before_its_words() -> None:
    assert "opzegtermijn" in alternatives("what is the notice period", "en")["notice period"]


@pytest.mark.parametrize(
    ("word", "language", "meaning"), [("facturen", "nl", "invoice"), ("INVOICES", "en", "factuur"), ("huizen", "nl", "house")]
)
def test_forms_of_a_word_have_its_meaning(word: str, language: str, meaning: str) -> None:
    [one] = renderings(word, language)
    assert meaning in one.alternatives


def test_what_is_not_in_the_list_stays_as_it_stands() -> None:
    assert renderings("Xandrine 4711", "nl") == [Rendering(("xandrine",), ()), Rendering(("4711",), ())]
    assert translate_query("Xandrine 4711", "nl", "en") == "xandrine 4711"


def test_single_words_can_be_passed_over_but_not_out_of_an_entry() -> None:
    found = renderings("is the day off paid", "en", frozenset({"is", "the", "off"}))
    assert [one.words for one in found] == [("day", "off"), ("paid",)]


def test_a_question_becomes_words_of_the_other_language() -> None:
    assert {"wachtwoord", "printer"} <= set(translate_query("a password for the printer", "en", "nl").split())
    assert {"password", "forgotten"} <= set(translate_query("wachtwoord vergeten", "nl", "en").split())


@pytest.mark.parametrize(("source", "target"), [("nl", "nl"), ("de", "en"), ("nl", "de")])
def test_languages_without_a_list_between_them_are_left_alone(source: str, target: str) -> None:
    assert translate_query("Wie is dat?", source, target) == "Wie is dat?"


def test_every_line_of_the_list_is_a_pair_in_lower_case_order_that_occurs_once() -> None:
    lines = [line for line in PAIRS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) >= 2_500
    assert len(set(lines)) == len(lines)
    assert all(line.count("\t") == 1 and all(part and part == part.strip() for part in line.split("\t")) for line in lines)


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("lonen", "loon", "nl"),
        ("brieven", "brief", "nl"),
        ("vakanties", "vakantie", "nl"),
        ("policies", "policy", "en"),
        ("booking", "booked", "en"),
        ("stopped", "stopping", "en"),
    ],
)
def test_forms_of_one_word_share_a_key(one: str, other: str, language: str) -> None:
    assert form_key(one, language) == form_key(other, language)
