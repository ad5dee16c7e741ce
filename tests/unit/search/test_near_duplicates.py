"""Passages that say the same in the same words are shown once; what differs in a figure is another statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kb.search.near_duplicates import fold_near_duplicates
from tests.unit.answering.builders import passage

LEAVE = (
    "Wie voltijd werkt, heeft recht op 27 vakantiedagen per kalenderjaar. Deeltijders krijgen dagen naar rato van hun contract, "
    "naar boven afgerond op hele uren. Vakantie vraag je ten minste vier weken vooraf aan bij je leidinggevende."
)
FIRST = datetime(2026, 1, 5, tzinfo=UTC)
LATER = datetime(2026, 3, 5, tzinfo=UTC)


def test_a_copy_is_folded_into_the_better_passage_and_stays_with_it() -> None:
    best, other, copy = (
        passage(LEAVE, name="a"),
        passage("De kantine is open.", name="b"),
        passage(LEAVE.replace("hele", "halve"), name="c"),
    )

    assert fold_near_duplicates([best, other, copy]) == [replace(best, copies=(copy,)), other]


def test_passages_that_differ_in_a_figure_are_both_shown() -> None:
    one, other = passage(LEAVE, name="a"), passage(LEAVE.replace("27", "25"), name="b")

    assert fold_near_duplicates([one, other]) == [one, other]


def test_passages_about_the_same_in_other_words_are_both_shown() -> None:
    one = passage(LEAVE, name="a")
    other = passage("Bij een voltijds contract horen 27 vakantiedagen in een jaar; vraag ze een maand van tevoren aan.", name="b")

    assert fold_near_duplicates([one, other]) == [one, other]


def test_word_for_word_the_same_the_one_that_was_added_last_stands_for_all_at_the_better_place() -> None:
    old = replace(passage(LEAVE, name="a"), added_at=FIRST, score=2.0)
    new = replace(passage(LEAVE.upper(), name="b"), added_at=LATER, score=1.0)

    assert fold_near_duplicates([old, new]) == [replace(new, score=2.0, copies=(old,))]
    assert fold_near_duplicates([new, old]) == [replace(new, copies=(old,))]


def test_passages_of_a_word_or_two_are_copies_only_when_they_are_equal() -> None:
    yes, too, no = passage("Ja.", name="a"), passage("ja", name="b"), passage("Nee.", name="c")

    assert fold_near_duplicates([yes, too, no]) == [replace(yes, copies=(too,)), no]
    assert fold_near_duplicates([]) == []
