"""From judgements to exactly what changes, and what a review must say before that."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import given

from kb.errors import ContradictoryJudgements, HitNotFound, JudgementUnfounded
from kb.privacy.plan import CitedSentence, PlanFacts, make_plan, merged
from kb.privacy.review import judge, judge_unread, still_valid, unread_waiting, waiting
from kb.privacy.types import Decision, Field, Hit, How, IdentifierKind, Judgement, Place, Unsearched

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TEXT = Field("version_texts", ("v1",), "text")
D = Decision


def hit(id_: str, start: int = 0, end: int = 5, *, of: Field = TEXT, document: str | None = "d1", answer: str | None = None) -> Hit:
    return Hit(
        hit_id=id_,
        place=Place(of, start, end),
        how=How.EXACT,
        kind=IdentifierKind.NAME,
        matched="Quist",
        excerpt="… Quist …",
        group=f"g-{document or answer}",
        document_id=document,
        version_id="v1" if document else None,
        answer_id=answer,
        space_id="s1" if document else None,
        where="map/brief.txt",
    )


def said(**decisions: Decision) -> dict[str, Judgement]:
    ground, until = "17(3)(e)", date(2027, 1, 1)
    return {id_: Judgement(one, "owner", NOW, *((ground, until) if one is D.KEEP else (None, None))) for id_, one in decisions.items()}


def test_a_document_that_is_erased_is_not_redacted_as_well() -> None:
    plan = make_plan([hit("a"), hit("b", 10, 15)], said(a=D.ERASE, b=D.REDACT), PlanFacts())
    assert (plan.documents, plan.redactions, plan.spaces, plan.outside) == (("d1",), (), ("s1",), ("map/brief.txt",))


def test_redactions_are_merged_and_sorted() -> None:
    plan = make_plan([hit("a", 8, 12), hit("b", 0, 4), hit("c", 10, 20)], said(a=D.REDACT, b=D.REDACT, c=D.REDACT), PlanFacts())
    assert plan.redactions == (Place(TEXT, 0, 4), Place(TEXT, 8, 20))
    assert plan.documents == ()


def test_an_erased_passage_is_its_whole_stretch() -> None:
    plan = make_plan([hit("a", 8, 12)], said(a=D.ERASE_PASSAGE), PlanFacts(passages={"a": (0, 40)}))
    assert plan.redactions == (Place(TEXT, 0, 40),)


def test_an_answer_that_is_erased_goes_whole() -> None:
    question = Field("answers", ("x",), "question")
    plan = make_plan([hit("a", of=question, document=None, answer="x")], said(a=D.ERASE), PlanFacts())
    assert (plan.answers, plan.redactions, plan.outside) == (("x",), (), ())


def test_what_belongs_to_no_document_and_no_answer_is_redacted_where_it_was_to_be_erased() -> None:
    detail = Field("audit_details", ("7",), "details/reason")
    plan = make_plan([hit("a", of=detail, document=None)], said(a=D.ERASE), PlanFacts())
    assert plan.redactions == (Place(detail, 0, 5),)


def test_answers_lose_the_sentences_quoted_from_what_is_erased_and_no_others() -> None:
    quoted = CitedSentence("x", 1, 33, "d1", "v1", 4, 20)
    untouched = CitedSentence("x", 2, 50, "d2", "v9", 4, 20)
    gone_anyway = CitedSentence("y", 0, 12, "d1", "v1", 4, 20)
    facts = PlanFacts(sentences=(quoted, untouched, gone_anyway))
    question = Field("answers", ("y",), "question")
    plan = make_plan([hit("a"), hit("b", of=question, document=None, answer="y")], said(a=D.ERASE, b=D.ERASE), facts)
    assert plan.redactions == (Place(Field("answer_sentences", ("x", "1"), "text"), 0, 33),)


def test_answers_lose_sentences_quoted_from_an_erased_passage_but_not_from_beside_it() -> None:
    facts = PlanFacts({"a": (0, 40)}, (CitedSentence("x", 0, 9, "d1", "v1", 39, 60), CitedSentence("x", 1, 9, "d1", "v1", 40, 60)))
    plan = make_plan([hit("a", 8, 12)], said(a=D.ERASE_PASSAGE), facts)
    assert Place(Field("answer_sentences", ("x", "0"), "text"), 0, 9) in plan.redactions
    assert all(place.field.key != ("x", "1") for place in plan.redactions)


def test_a_namesake_in_the_same_paragraph_is_left_as_he_is() -> None:
    plan = make_plan([hit("a", 0, 12), hit("b", 30, 42)], said(a=D.REDACT, b=D.OTHER_PERSON), PlanFacts())
    assert plan.redactions == (Place(TEXT, 0, 12),)
    assert [place for place, _ in plan.kept] == [Place(TEXT, 30, 42)]


def test_a_namesake_goes_with_the_document_that_he_stands_in() -> None:
    plan = make_plan([hit("a"), hit("b", 30, 42)], said(a=D.ERASE, b=D.OTHER_PERSON), PlanFacts())
    assert plan.kept == ()


@pytest.mark.parametrize("other", [D.ERASE, D.REDACT, D.ERASE_PASSAGE])
def test_what_is_kept_on_a_ground_cannot_be_removed_by_another_judgement(other: Decision) -> None:
    with pytest.raises(ContradictoryJudgements):
        make_plan([hit("a", 0, 12), hit("b", 4, 8)], said(a=other, b=D.KEEP), PlanFacts(passages={"a": (0, 40)}))


def test_words_of_another_person_are_not_redacted_by_a_hit_that_overlaps_them() -> None:
    with pytest.raises(ContradictoryJudgements):
        make_plan([hit("a", 0, 12), hit("b", 4, 8)], said(a=D.REDACT, b=D.OTHER_PERSON), PlanFacts())


def test_an_unread_original_that_was_decided_to_go_goes() -> None:
    unread = [Unsearched("d7", "v7", "scan.pdf", "ocr_missing"), Unsearched("d8", "v8", "zip.pdf", "encrypted")]
    plan = make_plan([], {}, PlanFacts(), unsearched=unread, unread={"v7": "erase", "v8": "keep"})
    assert (plan.documents, plan.outside) == (("d7",), ("scan.pdf",))
    assert unread_waiting(unread, judge_unread(unread, {}, "keep", ["v8"])) == [unread[0]]


def test_without_judgements_nothing_changes() -> None:
    assert make_plan([hit("a")], {}, PlanFacts()).nothing


def test_ten_thousand_hits_make_a_plan_at_once() -> None:
    hits = [hit(f"h{at}", at * 10, at * 10 + 5) for at in range(10_000)]
    judgements = {one.hit_id: said(x=D.REDACT if at % 2 else D.OTHER_PERSON)["x"] for at, one in enumerate(hits)}
    plan = make_plan(hits, judgements, PlanFacts())
    assert (len(plan.redactions), len(plan.kept)) == (5_000, 5_000)


places = st.builds(lambda start, length: Place(TEXT, start, start + length), st.integers(0, 50), st.integers(0, 20))


@given(st.lists(places))
def test_merging_covers_the_same_characters_in_places_that_do_not_touch(several: list[Place]) -> None:
    def characters(some: list[Place]) -> set[int]:
        return {at for place in some for at in range(place.start, place.end)}

    made = list(merged(several))
    assert characters(made) == characters(several)
    assert all(one.end < other.start for one, other in pairwise(made))


def test_judging_by_group_and_by_hit_and_a_later_judgement_wins() -> None:
    hits = [hit("a"), hit("b", 10, 15), hit("c", document="d2")]
    first = judge(hits, {}, D.ERASE, by="owner", at=NOW, everything=True)
    second = judge(hits, first, D.OTHER_PERSON, by="owner", at=NOW, hit_ids=["b"])
    third = judge(hits, second, D.REDACT, by="owner", at=NOW, groups=["g-d2"])
    assert {id_: one.decision for id_, one in third.items()} == {"a": D.ERASE, "b": D.OTHER_PERSON, "c": D.REDACT}
    assert waiting(hits, third) == []


@pytest.mark.parametrize(
    ("ground", "until"), [(None, date(2027, 1, 1)), ("", date(2027, 1, 1)), ("17(3)(e)", None), ("17(3)(e)", NOW.date())]
)
def test_keeping_asks_for_a_ground_and_a_day_to_come(ground: str | None, until: date | None) -> None:
    with pytest.raises(JudgementUnfounded):
        judge([hit("a")], {}, D.KEEP, by="owner", at=NOW, hit_ids=["a"], ground=ground, until=until)


def test_a_hit_that_is_not_there_cannot_be_judged() -> None:
    with pytest.raises(HitNotFound):
        judge([hit("a")], {}, D.REDACT, by="owner", at=NOW, hit_ids=["b"])
    with pytest.raises(HitNotFound):
        judge_unread([], {}, "erase", ["v1"])


def test_judgements_of_places_that_are_no_longer_there_are_dropped() -> None:
    assert still_valid([hit("a")], said(a=D.ERASE, b=D.ERASE)).keys() == {"a"}
