"""From judgements to exactly what will change. Pure: what it must know of the ledger comes as ``PlanFacts``."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from kb.errors import ContradictoryJudgements
from kb.privacy.types import Decision, Field, Hit, Judgement, Place, Plan, Unsearched

_LEFT = (Decision.KEEP, Decision.OTHER_PERSON)


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence of an answer that is proven by a quote, and where that stands. ``length``: characters of the sentence."""

    answer_id: str
    ordinal: int
    length: int
    document_id: str
    version_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What a plan needs besides the hits. ``passages``: by hit id, the stretch of its field that erasing its passage takes."""

    passages: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    sentences: Sequence[CitedSentence] = ()


def make_plan(
    hits: Sequence[Hit],
    judgements: Mapping[str, Judgement],
    facts: PlanFacts,
    *,
    unsearched: Sequence[Unsearched] = (),
    unread: Mapping[str, str] | None = None,
) -> Plan:
    """The plan of the hits that have a judgement, and of unread originals whose decision in ``unread`` (by version) is ``erase``.

    Erasing a document or an answer wins over redacting in it. An answer loses the sentences that were quoted from what is erased. A hit
    that belongs to neither document nor answer (a space's name, a detail of the audit chain) is redacted where it was to be erased.
    Raises ContradictoryJudgements where the same words are both kept and removed.
    """
    judged = [(hit, judgements[hit.hit_id]) for hit in hits if hit.hit_id in judgements]
    erased = [hit for hit, judgement in judged if judgement.decision is Decision.ERASE]
    gone = [one for one in unsearched if (unread or {}).get(one.version_id) == "erase"]
    documents = {hit.document_id for hit in erased if hit.document_id} | {one.document_id for one in gone}
    answers = {hit.answer_id for hit in erased if hit.answer_id}

    def swept(hit: Hit) -> bool:
        return hit.document_id in documents or hit.answer_id in answers

    left = [(hit, judgement) for hit, judgement in judged if judgement.decision in _LEFT]
    cut = [(hit, judgement) for hit, judgement in judged if judgement.decision not in _LEFT and not swept(hit)]
    passages = [Place(hit.place.field, *facts.passages[hit.hit_id]) for hit, judgement in cut if _is_passage(hit, judgement, facts)]
    words = [hit.place for hit, judgement in cut if not _is_passage(hit, judgement, facts)]
    of_answers = (one for one in facts.sentences if one.answer_id not in answers)
    whole = _Stretches([*passages, *_lost(of_answers, documents, _Stretches(passages))])
    redacted = _Stretches(words)
    kept: dict[Place, Judgement] = {}
    for hit, judgement in left:
        going = swept(hit) or whole.touch(hit.place)
        if (redacted.touch(hit.place) and not swept(hit)) or (going and judgement.decision is Decision.KEEP):
            # A namesake's words may go with the document or passage that they stand in; what is kept on a ground may not.
            raise ContradictoryJudgements(hit=hit.hit_id)
        if not going:
            kept[hit.place] = judgement
    changed = [hit for hit, judgement in judged if judgement.decision not in _LEFT and hit.document_id]
    return Plan(
        documents=tuple(sorted(documents)),
        redactions=merged([*words, *whole.places]),
        answers=tuple(sorted(answers)),
        kept=tuple(sorted(kept.items(), key=lambda one: one[0])),
        spaces=tuple(sorted({hit.space_id for hit in changed if hit.space_id})),
        outside=tuple(sorted({*(hit.where for hit in changed), *(one.where for one in gone)})),
    )


def _is_passage(hit: Hit, judgement: Judgement, facts: PlanFacts) -> bool:
    return judgement.decision is Decision.ERASE_PASSAGE and hit.hit_id in facts.passages


def _lost(sentences: Iterable[CitedSentence], documents: Collection[str], passages: _Stretches) -> Iterator[Place]:
    for one in sentences:
        quote = Place(Field("version_texts", (one.version_id,), "text"), one.start, one.end)
        if one.document_id in documents or passages.touch(quote):
            yield Place(Field("answer_sentences", (one.answer_id, str(one.ordinal)), "text"), 0, one.length)


class _Stretches:
    """Places that can be asked whether they touch another one."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = merged(places)
        self._by_field: dict[Field, list[Place]] = defaultdict(list)
        for place in self.places:
            self._by_field[place.field].append(place)

    def touch(self, place: Place) -> bool:
        there = self._by_field.get(place.field, [])
        at = bisect_left(there, place.end, key=lambda one: one.start) - 1
        return at >= 0 and there[at].end > place.start


def merged(places: Iterable[Place]) -> tuple[Place, ...]:
    """The same characters in as few places as can be, in order."""
    made: list[Place] = []
    for of, group in groupby(sorted(place for place in places if place.start < place.end), key=lambda place: place.field):
        start = end = -1
        for place in group:
            if place.start > end:
                if end >= 0:
                    made.append(Place(of, start, end))
                start = place.start
            end = max(end, place.end)
        made.append(Place(of, start, end))
    return tuple(made)
