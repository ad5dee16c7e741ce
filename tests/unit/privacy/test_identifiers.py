"""What a person can be searched by, and what is refused before anything is searched."""

from __future__ import annotations

import pytest

from kb.errors import InvalidIdentifier, TooManyIdentifiers
from kb.privacy.identifiers import MOST_IDENTIFIERS, identifier, is_common_word, normalised, subject, written_forms
from kb.privacy.types import IdentifierKind

K = IdentifierKind


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (K.NAME, ""),
        (K.NAME, "   "),
        (K.NAME, "J"),
        (K.NAME, "."),
        (K.NAME, "12 34"),
        (K.NAME, "\u202e\u200b"),
        (K.ALIAS, "x"),
        (K.ALIAS, ".*"),
        (K.EMAIL, "xandrine"),
        (K.EMAIL, "xandrine@kantoor"),
        (K.PHONE, "12345"),
        (K.PHONE, "niet bekend"),
        (K.BSN, "123456789"),
        (K.BSN, "000000000"),
        (K.IBAN, "NL91ABNA0417164301"),
        (K.NUMBER, "7"),
        (K.NAME, "x" * 501),
    ],
)
def test_what_cannot_tell_a_person_is_refused(kind: IdentifierKind, value: str) -> None:
    with pytest.raises(InvalidIdentifier):
        identifier(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (K.BSN, "123456782"),
        (K.BSN, "1234.56.782"),
        (K.IBAN, "NL91 ABNA 0417 1643 00"),
        (K.PHONE, "(0999) 12 34 56"),
        (K.NAME, "Quist"),
        (K.NAME, "محمد الفاسي"),
        (K.ALIAS, "a.*b"),
        (K.NUMBER, "P-0137"),
    ],
)
def test_what_tells_a_person_is_taken(kind: IdentifierKind, value: str) -> None:
    assert identifier(kind, value).value == value


def test_a_value_is_composed_and_holds_nothing_that_cannot_be_seen() -> None:
    assert identifier(K.NAME, "  Noe\u0308lle\u200b \u202evan\tOosterhuizen ").value == "Noëlle van Oosterhuizen"


def test_a_thousand_identifiers_are_a_person_and_more_are_not() -> None:
    many = [identifier(K.NUMBER, f"N-{number:05}") for number in range(MOST_IDENTIFIERS + 1)]
    assert len(subject(many[:-1]).identifiers) == MOST_IDENTIFIERS
    with pytest.raises(TooManyIdentifiers):
        subject(many)
    with pytest.raises(InvalidIdentifier):
        subject([])


def test_the_same_identifier_counts_once() -> None:
    assert len(subject([identifier(K.NAME, "Xandrine Quist"), identifier(K.NAME, "Xandrine  Quist")]).identifiers) == 1


@pytest.mark.parametrize("value", ["Roos", "Sanne Groot", "mevrouw De Wit"])
def test_a_name_that_is_a_word_is_known_as_one(value: str) -> None:
    assert is_common_word(identifier(K.NAME, value))


def test_other_names_and_numbers_are_no_common_words() -> None:
    assert not is_common_word(identifier(K.NAME, "Noëlle van Oosterhuizen"))
    assert not is_common_word(identifier(K.NUMBER, "roos"))


def test_written_forms_of_a_name() -> None:
    forms = written_forms(identifier(K.NAME, "Jan de Vries"))
    assert forms[0] == "Jan de Vries"
    assert {"J. de Vries", "Vries, J. de", "Vries, Jan de", "De Vries, Jan", "dhr. De Vries", "de heer De Vries"} <= set(forms)
    assert "Vries" not in forms
    assert "De Vries" not in forms


def test_written_forms_of_a_telephone_number() -> None:
    forms = set(written_forms(identifier(K.PHONE, "06-12345678")))
    assert {"0612345678", "+31612345678", "0031612345678", "+31 6 12345678", "06 12345678", "06 12 34 56 78", "+31 (0)6-12345678"} <= forms


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (K.PHONE, "06-1234 5678", "+31 (0)6 12 34 56 78"),
        (K.PHONE, "0031612345678", "0612345678"),
        (K.IBAN, "nl91abna0417164300", "NL91 ABNA 0417 1643 00"),
        (K.BSN, "111222333", "111.222.333"),
        (K.EMAIL, "X.Quist+werk@Kantoor.Example", "x.quist@kantoor.example"),
        (K.NAME, "Quist, Xandrine van", "Xandrine van QUIST"),
        (K.NAME, "Noelle van Oosterhuizen", "mevr. Noëlle van Oosterhuizen"),
    ],
)
def test_notations_of_the_same_are_the_same(kind: IdentifierKind, one: str, other: str) -> None:
    assert normalised(identifier(kind, one)) == normalised(identifier(kind, other))


def test_other_numbers_are_not_the_same() -> None:
    assert normalised(identifier(K.PHONE, "06-12345678")) != normalised(identifier(K.PHONE, "06-12345679"))
