"""Sensitive content: what is labelled, and what is not though it looks alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.labels import LABELS, find_labels


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("BSN: 111222333", "bsn"),
        ("Burgerservicenummer van de werknemer: 123456782.", "bsn"),
        ("Leerling 1234.56.782 is ingeschreven.", "bsn"),
        ("Stort op NL91 ABNA 0417 1643 00 onder vermelding van de factuur.", "iban"),
        ("Sinds maandag is Noor van der Velde ziek; zij komt in juni terug.", "health"),
        ("Mevr. Jansen heeft medicatie op school liggen.", "health"),
        ("The team heard that Declan Murphy needs surgery in May.", "health"),
        ("Leerling Sami had een onvoldoende voor wiskunde.", "grades"),
        ("De ouders van J. de Vries zijn gescheiden.", "guardians"),
        ("Dhr. Bakker kreeg een officiële waarschuwing.", "conduct"),
    ],
)
def test_sensitive_content_is_labelled(text: str, label: str) -> None:
    assert label in find_labels(text)


@pytest.mark.parametrize(
    "text",
    [
        "Meld je ziek voor negen uur bij je leidinggevende.",
        "Wie ziek is, krijgt in het eerste jaar 100 procent van het loon.",
        "De cijfers van dit kwartaal zijn goed.",
        "Artikelnummer 123456782 ligt in magazijn 4.",
        "BSN 123456789 is geen geldig nummer.",
        "Ouders vragen verlof aan met het formulier op de website.",
        "Bel 0101234567 voor een afspraak.",
        "NL00 BANK 0123 4567 89 is een voorbeeld met verkeerde controlecijfers.",
        "",
    ],
)
def test_what_speaks_of_no_one_is_not_labelled(text: str) -> None:
    assert find_labels(text) == ()


@given(st.text(max_size=300))
def test_labels_are_known_and_the_same_each_time(text: str) -> None:
    labels = find_labels(text)
    assert set(labels) <= set(LABELS)
    assert labels == find_labels(text)


@given(st.integers(0, 999_999_999))
def test_one_of_eleven_numbers_passes_as_a_bsn(number: int) -> None:
    digits = [int(character) for character in f"{number:09d}"]
    passes = number > 0 and sum(w * d for w, d in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits, strict=True)) % 11 == 0
    assert (find_labels(f"BSN {number:09d}") == ("bsn",)) is passes
