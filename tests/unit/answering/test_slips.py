"""Typing errors that are seen through, and codes that are other codes."""

from __future__ import annotations

import pytest

from kb.answering.slips import one_slip_apart


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("vakantie", "vakatie"),
        ("vakantie", "vakanite"),
        ("jansen", "janssen"),
        ("willemsen", "willensen"),
        ("4711b", "4171b"),
        ("47110b", "4711ob"),
    ],
)
def test_one_slip_is_seen_through_either_way(word: str, other: str) -> None:
    assert one_slip_apart(word, other)
    assert one_slip_apart(other, word)


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("vakantie", "vakantie"),
        ("vaka", "vake"),
        ("fiets", "niets"),
        ("vakantie", "vaknatei"),
        ("4711b", "4712b"),
        ("4711b", "47113b"),
        ("", "a"),
    ],
)
def test_the_same_word_a_short_one_another_first_letter_two_slips_and_another_code_are_not(word: str, other: str) -> None:
    assert not one_slip_apart(word, other)
    assert not one_slip_apart(other, word)
