"""Every notation of a person is found, and what only resembles it is not."""

from __future__ import annotations

import pytest

from kb.privacy.identifiers import identifier, subject
from kb.privacy.matching import Matcher
from kb.privacy.types import How, IdentifierKind

K = IdentifierKind
CERTAIN = {How.EXACT, How.NORMALISED}


def found(kind: IdentifierKind, value: str, text: str) -> list[tuple[str, How]]:
    return [(text[one.start : one.end], one.how) for one in Matcher(subject([identifier(kind, value)])).find(text)]


@pytest.mark.parametrize(
    ("kind", "value", "notation"),
    [
        (K.NAME, "Jan de Vries", "J. de Vries"),
        (K.NAME, "Jan de Vries", "J de Vries"),
        (K.NAME, "Jan de Vries", "JAN DE VRIES"),
        (K.NAME, "Jan de Vries", "Vries, J. de"),
        (K.NAME, "Jan de Vries", "Vries, Jan de"),
        (K.NAME, "Jan de Vries", "De Vries, Jan"),
        (K.NAME, "Jan de Vries", "dhr. De Vries"),
        (K.NAME, "Jan de Vries", "de heer J.P. de Vries"),
        (K.NAME, "Jan de Vries", "dhr. ing. J. d. Vries"),
        (K.NAME, "Jan de Vries", "Jan\n  de\u00a0\tVries"),
        (K.NAME, "Jan de Vries", "jan_de_vries"),
        (K.NAME, "Jan de Vries", "Jan** de Vries"),
        (K.NAME, "Jan de Vries", "jan.devries"),
        (K.NAME, "Jan de Vries", "Jan | de Vries"),
        (K.NAME, "J.P. de Vries", "J. P. de Vries"),
        (K.NAME, "J.P. de Vries", "JP de Vries"),
        (K.NAME, "Vries, Jan de", "Jan de Vries"),
        (K.NAME, "Noëlle van Oosterhuizen", "Noelle van Ooster-\nhuizen"),
        (K.NAME, "Noëlle van Oosterhuizen", "Noe\u0308lle v. Oosterhuizen"),
        (K.NAME, "Noëlle van Oosterhuizen", "Noëlle van Ooster\u00adhuizen"),
        (K.NAME, "Noëlle van Oosterhuizen", "ＮＯＥＬＬＥ van Oosterhuizen"),
        (K.NAME, "Femke de Groot-Janssen", "Femke Janssen-de Groot"),
        (K.NAME, "Femke de Groot-Janssen", "F. de Groot"),
        (K.NAME, "Ottoline van 't Hof", "O. van ’t Hof"),
        (K.NAME, "Youssef el Amrani", "Amrani, Y. el"),
        (K.NAME, "محمد الفاسي", "مُحمد الفاسي"),
        (K.EMAIL, "x.quist@kantoor.example", "X.Quist+verlof@Kantoor.Example"),
        (K.EMAIL, "x.quist+verlof@kantoor.example", "x.quist@kantoor.example"),
        (K.EMAIL, "x.quist@kantoor.example", "x.quist (at) kantoor.example"),
        (K.PHONE, "06-12345678", "+31 6 1234 5678"),
        (K.PHONE, "06-12345678", "0031612345678"),
        (K.PHONE, "06-12345678", "+31 (0)6-12345678"),
        (K.PHONE, "06-12345678", "(06) 12 34 56 78"),
        (K.PHONE, "+31612345678", "06.12.34.56.78"),
        (K.PHONE, "+49 30 1234567", "0049-30-1234567"),
        (K.BSN, "123456782", "1234.56.782"),
        (K.BSN, "123456782", "123 456 782"),
        (K.IBAN, "NL91ABNA0417164300", "nl91 abna 0417 1643 00"),
        (K.NUMBER, "P-0137", "P0137"),
        (K.NUMBER, "2024/0137/A", "2024 0137 A"),
        (K.NUMBER, "0137731", "٠١٣٧٧٣١"),
        (K.ALIAS, "Kwikwiel Noor", "kwikwiel-noor"),
    ],
)
def test_a_notation_is_found_whole_and_for_certain(kind: IdentifierKind, value: str, notation: str) -> None:
    assert found(kind, value, notation) == [(notation, How.NORMALISED)]
    in_a_sentence = f"Volgens “{notation}”, zo staat er."
    assert found(kind, value, in_a_sentence) == [(notation, How.NORMALISED)]


def test_what_is_written_as_it_was_given_is_exact() -> None:
    assert found(K.NAME, "Jan de Vries", "Groet, Jan de Vries.") == [("Jan de Vries", How.EXACT)]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (K.NAME, "Jan de Vries", "De diepvries van Jan de Vriesman."),
        (K.NAME, "Sanne Bakker", "De bakker en Sanne"),
        (K.EMAIL, "x.quist@kantoor.example", "max.quist@kantoor.example, x.quist@kantoor.examples"),
        (K.PHONE, "06-12345678", "1061234567 en 061234567890 en 06-12345679"),
        (K.BSN, "123456782", "1123456782 en 1234567821"),
        (K.NUMBER, "P-0137", "P-01371 en PP-0137 en 0137"),
        (K.ALIAS, "NvO", "nvoorraad en UNVO"),
        (K.ALIAS, "a.*b", "abc en axxb"),
    ],
)
def test_what_only_resembles_it_is_not_found_for_certain(kind: IdentifierKind, value: str, text: str) -> None:
    assert [match for match in found(kind, value, text) if match[1] in CERTAIN] == []


def test_a_surname_alone_and_other_initials_are_proposals() -> None:
    assert found(K.NAME, "Jan de Vries", "Jos de Vries en dhr. P. de Vries") == [("de Vries", How.FUZZY), ("de Vries", How.FUZZY)]


def test_a_surname_that_is_a_word_is_a_proposal_only_with_a_capital() -> None:
    assert found(K.NAME, "Sanne Groot", "een groot stuk van Groot") == [("Groot", How.FUZZY)]


def test_two_people_of_one_name_in_one_paragraph_are_two_matches() -> None:
    text = "Jan de Vries van verkoop belt Jan de Vries in de werkplaats."
    assert len(found(K.NAME, "Jan de Vries", text)) == 2


def test_a_sure_match_does_not_yield_to_a_longer_proposal() -> None:
    person = subject([identifier(K.NAME, "Noëlle van Oosterhuizen"), identifier(K.ALIAS, "Oosterhuizen")])
    text = "bij van Oosterhuizen thuis"
    assert {(text[one.start : one.end], one.how) for one in Matcher(person).find(text)} == {
        ("Oosterhuizen", How.EXACT),
        ("van Oosterhuizen", How.FUZZY),
    }


def test_offsets_are_code_points_of_the_original_past_anything_that_folds_to_another_length() -> None:
    before = "ß ﬁ İ 🚲 e\u0301 \u00ad\n\n\n  "
    text = before + "Xandrine\n Quist!"
    match = Matcher(subject([identifier(K.NAME, "Xandrine Quist")])).find(text)[0]
    assert (match.start, match.end) == (len(before), len(text) - 1)


def test_a_thousand_identifiers_are_found_in_one_go() -> None:
    person = subject([identifier(K.NUMBER, f"N-{number:05}") for number in range(1000)])
    text = " ".join(f"n {number:05}" for number in range(1000))
    assert len(Matcher(person).find(text)) == 1000


def test_first_names_alone_are_proposals_of_their_own() -> None:
    matcher = Matcher(subject([identifier(K.NAME, "Noëlle van Oosterhuizen")]))
    assert matcher.find("Dag Noelle,") == []
    assert [(one.start, one.end, one.how) for one in matcher.given_names("Dag Noelle,")] == [(4, 10, How.FUZZY)]
