"""The checker: what proves a sentence, and what does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answering.citations import check_sentence
from kb.answering.sentences import split_sentences
from kb.answering.words import word_set
from tests.unit.answering.builders import passage

VERLOF = passage(
    "Een voltijder heeft 25 vakantiedagen per jaar. Deeltijders krijgen naar rato. "
    "Vakantie vraagt u uiterlijk 1 maart aan bij Jansen. Tijdens de proeftijd mag u geen vakantie opnemen.",
    headings=("Verlof",),
    start=1_000,
)
REIS = passage("De reiskostenvergoeding is € 0,23 per kilometer. Roken in de dienstauto is verboden.", headings=("Reizen",), name="b")
PRIJZEN = passage(
    "Fiets | € 1.250,50 | 10\nHelm | € 49,95 | 25\nSlot | € 30,- | 5",
    title="Fietsplan",
    table_header="Artikel | Prijs | Korting in procent",
    name="c",
)
LEAVE = passage("A full-time employee has 25 days of holiday a year. You may not carry over more than five days.", language="en", name="d")


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Een voltijder heeft 25 vakantiedagen per jaar [1].", "Een voltijder heeft 25 vakantiedagen per jaar."),
        ("Voltijders krijgen per jaar 25 vakantiedagen.", "Een voltijder heeft 25 vakantiedagen per jaar."),
        ("Nee. In de proeftijd mag u geen vakantie opnemen.", "Tijdens de proeftijd mag u geen vakantie opnemen."),
        ("De vergoeding per kilometer is 23 cent of € 0,23.", None),
        ("De reiskostenvergoeding bedraagt € 0,23 per kilometer.", "De reiskostenvergoeding is € 0,23 per kilometer."),
        ("Een helm uit het fietsplan kost € 49,95.", "Helm | € 49,95 | 25"),
        ("Op een helm krijgt u 25% korting.", "Helm | € 49,95 | 25"),
        ("Roken is niet toegestaan in de dienstauto.", "Roken in de dienstauto is verboden."),
        ("Vraag vakantie vóór 1 maart aan bij Jansen.", "Vakantie vraagt u uiterlijk 1 maart aan bij Jansen."),
    ],
)
def test_a_faithful_sentence_is_proven_by_the_right_quote(sentence: str, quote: str | None) -> None:
    verdict = check_sentence(sentence, (VERLOF, REIS, PRIJZEN), "nl")

    if quote is None:
        assert verdict.support == 0.0
        assert "figure_missing" in verdict.reasons
    else:
        assert verdict.support >= 0.6, verdict
        assert [q.text for q in verdict.quotes] == [quote]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Een voltijder heeft 26 vakantiedagen per jaar.", "figure_missing"),
        ("Een voltijder heeft 25% vakantiedagen per jaar.", "figure_missing"),
        ("Een helm uit het fietsplan kost € 1.250,50.", "figure_missing"),
        ("Vakantie vraagt u uiterlijk 1 april aan bij Jansen.", "figure_missing"),
        ("Vakantie vraagt u uiterlijk 1 maart aan bij Pietersen.", "name_missing"),
        ("Tijdens de proeftijd mag u vakantie opnemen.", "negation_differs"),
        ("Een voltijder heeft geen 25 vakantiedagen per jaar.", "negation_differs"),
        ("Roken in de dienstauto is toegestaan.", "negation_differs"),
        ("De kantine serveert op verzoek een vegetarische lunch.", "low_coverage"),
    ],
)
def test_an_unfaithful_sentence_is_not(sentence: str, reason: str) -> None:
    verdict = check_sentence(sentence, (VERLOF, REIS, PRIJZEN), "nl")

    assert verdict.support < 0.6, verdict
    assert reason in verdict.reasons


@pytest.mark.parametrize(
    ("said", "swapped"),
    [
        ("Vraag vakantie vóór 1 maart aan.", "Vraag vakantie na 1 maart aan."),
        ("Een wachtwoord heeft minstens 14 tekens.", "Een wachtwoord heeft maximaal 14 tekens."),
        ("Bij meer dan 5 dagen beslist de directie.", "Bij minder dan 5 dagen beslist de directie."),
        ("U mag niet meer dan 23 kilo tillen.", "U tilt minimaal 23 kilo."),
        ("Declareer binnen 30 dagen.", "Declareer buiten 30 dagen."),
        ("De vergoeding stijgt in 2026 met 2%.", "De vergoeding daalt in 2026 met 2%."),
        ("Een helm is altijd verplicht op het terrein.", "Een helm is soms verplicht op het terrein."),
        ("Report a mistake before 5 May.", "Report a mistake after 5 May."),
        ("A child weighs at most 30 kg.", "A child weighs at least 30 kg."),
    ],
)
def test_a_sentence_that_points_the_other_way_is_not_proven(said: str, swapped: str) -> None:
    source = passage(said)

    assert check_sentence(said, (source,), "nl").support == 1.0
    verdict = check_sentence(swapped, (source,), "nl")
    assert verdict.support == 0.0
    assert {"direction_differs", "negation_differs"} & set(verdict.reasons)


def test_two_ways_of_saying_the_same_limit_agree() -> None:
    assert (
        check_sentence("Een wachtwoord heeft minimaal 14 tekens.", (passage("Een wachtwoord heeft minstens 14 tekens."),), "nl").support
        >= 0.6
    )
    assert (
        check_sentence("Open van 9 tot 17 uur, en na 17 uur dicht.", (passage("Open van 9 tot 17 uur, en na 17 uur dicht."),), "nl").support
        == 1.0
    )


def test_english_negation_and_figures_are_held_to_as_well() -> None:
    assert check_sentence("You may not carry over more than 5 days [1].", (LEAVE,), "en").support >= 0.6
    assert check_sentence("You can't carry over more than five days.", (LEAVE,), "en").support >= 0.6
    assert "negation_differs" in check_sentence("You may carry over more than five days.", (LEAVE,), "en").reasons
    assert "figure_missing" in check_sentence("You may not carry over more than six days.", (LEAVE,), "en").reasons


def test_offsets_lie_in_the_text_of_the_version() -> None:
    (quote,) = check_sentence("Deeltijders krijgen naar rato.", (REIS, VERLOF), "nl").quotes

    assert quote.passage == 2
    assert VERLOF.text[quote.start - VERLOF.start : quote.end - VERLOF.start] == quote.text == "Deeltijders krijgen naar rato."


def test_the_hint_breaks_a_tie_and_nothing_more() -> None:
    twice = (VERLOF, passage(VERLOF.text, name="z"), REIS)
    sentence = "Een voltijder heeft 25 vakantiedagen per jaar"

    assert check_sentence(f"{sentence}.", twice, "nl").quotes[0].passage == 1
    assert check_sentence(f"{sentence} [2].", twice, "nl").quotes[0].passage == 2
    assert check_sentence(f"{sentence} [3].", twice, "nl").quotes[0].passage == 1
    assert check_sentence(f"{sentence} [9].", twice, "nl").quotes[0].passage == 1


def test_the_shortest_quote_that_proves_is_chosen_and_a_longer_one_where_it_takes_two_sentences() -> None:
    text = "Bij ziekte meldt u zich voor 9.00 uur. Dat doet u bij Zorgteam Noord."
    both = check_sentence("U meldt zich bij ziekte voor 9.00 uur bij Zorgteam Noord.", (passage(text),), "nl")

    assert [q.text for q in both.quotes] == [text]
    one = check_sentence("Bij ziekte meldt u zich voor 09:00.", (passage(text),), "nl")
    assert [q.text for q in one.quotes] == ["Bij ziekte meldt u zich voor 9.00 uur."]


def test_a_sentence_about_two_passages_gets_two_quotes() -> None:
    pas = passage("De toegangspas kost € 10.", name="p")
    geldig = passage("Een toegangspas is vijf jaar geldig.", name="q")

    verdict = check_sentence("De toegangspas kost € 10 en de pas is 5 jaar geldig.", (pas, geldig), "nl")

    assert verdict.support >= 0.6
    assert {q.passage for q in verdict.quotes} == {1, 2}


def test_a_figure_of_another_row_does_not_prove() -> None:
    verdict = check_sentence("Het slot kost € 49,95.", (PRIJZEN,), "nl")

    assert verdict.support < 0.6


def test_a_figure_borrowed_from_beside_the_sentence_does_not_replace_its_own() -> None:
    uren = passage(
        "Wie voltijd werkt, heeft 27 vakantiedagen. Deeltijders krijgen vakantie naar rato: bij 24 uur per week 129,6 uur.",
        headings=("3 Verlof 2026",),
    )

    assert check_sentence("In 2026 heeft wie voltijd werkt 27 vakantiedagen.", (uren,), "nl").support >= 0.6
    assert check_sentence("Deeltijders krijgen bij 24 uur per week 129,6 uur vakantie.", (uren,), "nl").support >= 0.6
    assert "figure_missing" in check_sentence("Deeltijders krijgen bij 27 uur per week 129,6 uur vakantie.", (uren,), "nl").reasons
    assert "figure_missing" in check_sentence("Wie voltijd werkt, heeft 3 vakantiedagen.", (uren,), "nl").reasons


def test_a_name_at_the_beginning_counts_when_the_passages_know_it_as_a_name() -> None:
    passages = (
        passage("De preventiemedewerker op de locatie Utrecht is Jansen."),
        passage("Op de locatie Breda is dat Pietersen, op maandag en dinsdag.", name="b"),
    )

    assert check_sentence("Jansen is de preventiemedewerker op de locatie Utrecht.", passages, "nl").support >= 0.6
    assert check_sentence("Pietersen is de preventiemedewerker op de locatie Utrecht.", passages, "nl").support < 0.6


def test_across_languages_figures_and_similarity_decide() -> None:
    def alike(text: str, others: Sequence[str]) -> list[float]:
        return [0.9 if "25" in other else 0.1 for other in others]

    sentence = "A full-time employee has 25 days of holiday a year."
    proven = check_sentence(sentence, (REIS, VERLOF), "en", alike)
    assert proven.support >= 0.6
    assert [q.text for q in proven.quotes] == ["Een voltijder heeft 25 vakantiedagen per jaar."]
    assert check_sentence(sentence.replace("25", "26"), (REIS, VERLOF), "en", alike).support == 0.0
    alone = check_sentence(sentence, (REIS, VERLOF), "en")
    assert alone.support < 0.6
    assert "language_differs" in alone.reasons


def test_similarity_lifts_a_paraphrase_but_never_over_a_hard_rule() -> None:
    def twins(text: str, others: Sequence[str]) -> list[float]:
        return [0.99] * len(others)

    paraphrase = "Wie parttime werkt, ontvangt vakantie evenredig."
    assert check_sentence(paraphrase, (VERLOF,), "nl").support < check_sentence(paraphrase, (VERLOF,), "nl", twins).support
    assert check_sentence("Een voltijder heeft 26 vakantiedagen per jaar.", (VERLOF,), "nl", twins).support == 0.0


def test_without_passages_nothing_is_proven() -> None:
    verdict = check_sentence("Een zin [1].", (), "nl")

    assert (verdict.support, verdict.quotes, verdict.reasons, verdict.text) == (0.0, (), ("no_passages",), "Een zin.")


_TEXT = st.lists(
    st.sampled_from(
        [
            *sorted(
                word_set("De medewerker krijgt 25 dagen . Niet op maandag ! Jansen | € 1.250,50 - geen , maar 9.00 uur [1] 12% ? 4711-B")
            ),
            "\n",
        ]
    ),
    max_size=40,
).map(" ".join)


@given(_TEXT | st.text(max_size=80))
def test_whatever_a_passage_says_word_for_word_is_proven_by_it(text: str) -> None:
    source = passage(text, start=7)
    for sentence in split_sentences(text):
        verdict = check_sentence(sentence.text, (source,), "nl")
        if sentence.text == verdict.text:
            assert verdict.support == 1.0
        for quote in verdict.quotes:
            assert source.text[quote.start - 7 : quote.end - 7] == quote.text


@given(st.text(max_size=60), st.text(max_size=60))
def test_support_stays_between_zero_and_one(sentence: str, text: str) -> None:
    assert 0.0 <= check_sentence(sentence, (passage(text),), "nl").support <= 1.0
