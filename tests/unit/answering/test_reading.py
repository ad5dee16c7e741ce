"""What the words of a question find in its passages."""

from __future__ import annotations

import pytest

from kb.answering.reading import FEATURES, Reading, ReadPassage, ReadSentence

TABLE = "Korting per model\n\nModel | 1 tot 9 stuks | 10 tot 24 stuks\nOtter | 3% | 6%\nBever | 4% | 7,5%"


def sentences(question: str, text: str, title: str = "", header: str = "", language: str = "") -> list[ReadSentence]:
    return Reading(question, [ReadPassage(title, "", text, header, language)]).sentences


def best(question: str, text: str, feature: str = "with_heads", title: str = "") -> str:
    return max(sentences(question, text, title), key=lambda one: one.value(feature)).text


def test_features_lie_between_zero_and_one_and_stand_in_their_order() -> None:
    for one in sentences("Hoeveel korting krijgt een dealer op twaalf Bevers?", TABLE, "Prijslijst"):
        assert len(one.features) == len(FEATURES)
        assert all(0.0 <= value <= 1.0 for value in one.features)


def test_a_row_is_under_its_header_and_under_the_line_before_its_table() -> None:
    assert best("Hoeveel korting krijgt een Bever?", TABLE) == "Bever | 4% | 7,5%"


def test_the_first_row_of_a_table_is_its_header_and_no_answer() -> None:
    assert "Model | 1 tot 9 stuks | 10 tot 24 stuks" not in [one.text for one in sentences("Welk model?", TABLE)]
    assert [one.text for one in sentences("Welk model?", "Otter | 3%", header="Model | Korting")] == ["Otter | 3%"]


def test_a_number_of_the_question_is_found_in_the_range_that_covers_it() -> None:
    rows = "Leeftijd | Dagen\n40 tot 49 jaar | 1 dag\n50 tot 59 jaar | 2 dagen"

    assert best("Hoeveel dagen krijg ik met 52 jaar?", rows, "own") == "50 tot 59 jaar | 2 dagen"


@pytest.mark.parametrize("written", ["4711-B", "4711B", "4711 B".replace(" ", "_"), "4171-B"])
def test_a_code_is_found_however_it_is_written_and_with_neighbours_swapped(written: str) -> None:
    text = "4711-A | Bever | 10\n4711-B | Bever E | 20\n4711-C | Bever Lang | 30"

    assert best(f"Wat kost {written}?", f"Artikel | Naam | Prijs\n{text}", "own") == "4711-B | Bever E | 20"


def test_a_name_with_a_slip_is_found() -> None:
    text = "Het magazijn wordt geleid door Willem Janssens. De kantine wordt geleid door Anke Pieters."

    assert best("Wat doet Jansens?", text, "own").startswith("Het magazijn")


def test_a_word_that_says_what_is_wanted_need_not_be_repeated() -> None:
    (row,) = sentences("Wat kost een helm?", "Helm | € 49,95", header="Artikel | Bedrag")

    assert row.value("own") >= 0.6
    assert row.value("right_kind") == 1.0


def test_a_row_that_is_about_nothing_but_what_was_asked_stands_out() -> None:
    das, cool = sentences("Wat kost een Das?", "Das | € 189\nDas Koel | € 216", header="Model | Prijs")

    assert (das.value("row_named"), cool.value("row_named")) == (1.0, 0.0)


def test_a_list_item_is_under_what_introduces_it() -> None:
    text = "Neem bij een defibrillator mee:\n- handschoenen\n- een schaar\n\nDe kantine is om twaalf uur open voor iedereen."

    assert best("Wat neem ik mee bij een defibrillator?", text).startswith(("Neem", "- "))
    (item,) = [one for one in sentences("Wat neem ik mee bij een defibrillator?", text) if one.text == "- een schaar"]
    assert item.value("with_heads") > item.value("own")


def test_a_question_in_a_passage_is_not_an_answer_but_stands_above_what_follows() -> None:
    found = sentences("Mag ik een proefrit maken?", "Mag ik een proefrit maken? Ja, ten hoogste 45 minuten.")

    assert [one.text for one in found] == ["Ja, ten hoogste 45 minuten."]
    assert found[0].value("with_heads") >= 0.7


def test_a_word_that_no_passage_holds_weighs_most() -> None:
    weights = Reading("Hoeveel aandelen mag een medewerker kopen?", [ReadPassage("", "", "Een medewerker mag een fiets kopen.")]).weights

    assert max(weights, key=lambda word: weights[word]) == "andel"


NOTICE = "De opzegtermijn is voor beide partijen een maand. De kantine is open van twaalf tot een."


def test_a_word_is_found_as_what_it_is_in_the_language_of_the_passage() -> None:
    [notice, canteen] = sentences("How long is the notice period?", NOTICE, language="nl")
    assert notice.value("own") > 0.5
    assert canteen.value("own") == 0.0


def test_a_dutch_question_finds_an_english_sentence_a_compound_by_its_parts() -> None:
    text = "Your travel costs are paid from ten kilometres on. Please wear a helmet in the hall."
    [costs, helmet] = sentences("Worden mijn reiskosten betaald?", text, language="en")
    assert costs.value("own") > helmet.value("own")


def test_within_one_language_no_word_is_rendered() -> None:
    text = "The fire brigade comes within ten minutes. Our brand is known everywhere."
    [brigade, brand] = sentences("Who comes when there is a fire?", text, language="en")
    assert brigade.value("own") > 0.0
    assert brand.value("own") == 0.0
