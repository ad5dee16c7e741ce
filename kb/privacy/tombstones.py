"""The first moment of an erasure: what the plan touches is hidden from every reader, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable

from kb.ledger.hidden import HiddenObject
from kb.ledger.ledger import Transaction
from kb.privacy.types import Hidden, Hit, Place, Plan

_OF_VERSION = frozenset({"versions", "version_texts", "file_strings"})
_OF_ANSWER = frozenset({"answers", "answer_sentences", "feedback"})


def version_of(place: Place) -> str | None:
    """The version that a place is in, if it is in one."""
    return place.field.key[0] if place.field.store in _OF_VERSION else None


def hidden_by(plan: Plan) -> set[HiddenObject]:
    """Everything that must not be seen while ``plan`` is carried out."""
    objects = {HiddenObject("document", id_) for id_ in plan.documents} | {HiddenObject("answer", id_) for id_ in plan.answers}
    for place in plan.redactions:
        key = place.field.key[0]
        if place.field.store in _OF_VERSION:
            objects.add(HiddenObject("version", key))
        elif place.field.store in _OF_ANSWER:
            objects.add(HiddenObject("answer", key))
        elif place.field.store == "documents":
            objects.add(HiddenObject("document", key))
    return objects


def tombstone(tx: Transaction, request_id: str, plan: Plan) -> int:
    """Hide what the plan touches and take out of every list what it erases. Twice does no harm. Returns how many objects."""
    objects = hidden_by(plan)
    tx.hidden.hide(request_id, Hidden.TOMBSTONED, objects)
    tx.erasing.withdraw(plan.documents)
    return len(objects)


def show_redacted(tx: Transaction, request_id: str, plan: Plan) -> None:
    """Show what was redacted, now that the words are gone. What was erased stays hidden: its blank rows are all there is."""
    tx.hidden.release(request_id)
    tx.hidden.hide(request_id, Hidden.TOMBSTONED, [HiddenObject("document", id_) for id_ in plan.documents])


def restrict(tx: Transaction, request_id: str, hits: Iterable[Hit]) -> int:
    """Hide the documents and answers of these hits without changing them (articles 18 and 21). Returns how many objects."""
    objects: set[HiddenObject] = set()
    for hit in hits:
        if hit.answer_id is not None:
            objects.add(HiddenObject("answer", hit.answer_id))
        elif hit.document_id is not None:
            objects.add(HiddenObject("document", hit.document_id))
    tx.hidden.hide(request_id, Hidden.RESTRICTED, objects)
    return len(objects)
