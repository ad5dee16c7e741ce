"""What a plan must know of the ledger, read from it: passages to erase, and the sentences of answers that were quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.ledger.ledger import Transaction
from kb.privacy.plan import PlanFacts
from kb.privacy.types import Decision, Hit, Judgement, Unsearched


def facts_for(
    tx: Transaction, hits: Sequence[Hit], judgements: Mapping[str, Judgement], unsearched: Sequence[Unsearched] = ()
) -> PlanFacts:
    """The facts for the plan of these hits.

    The passage of a hit is its chunk; in text that no chunk holds its paragraph; elsewhere (a title, a comment, a question) the string.
    """
    judged = [hit for hit in hits if hit.hit_id in judgements]
    passages = [hit for hit in judged if judgements[hit.hit_id].decision is Decision.ERASE_PASSAGE]
    erased = {hit.document_id for hit in judged if judgements[hit.hit_id].decision is Decision.ERASE}
    documents = {*(hit.document_id for hit in passages), *erased, *(one.document_id for one in unsearched)} - {None}
    sentences = tx.personal.cited_sentences({one for one in documents if one is not None})
    return PlanFacts({hit.hit_id: _passage(tx, hit) for hit in passages}, sentences)


def _passage(tx: Transaction, hit: Hit) -> tuple[int, int]:
    if hit.place.field.store == "version_texts" and hit.version_id is not None:
        return tx.personal.passage(hit.version_id, hit.chunk_id, hit.place.start, hit.place.end)
    return 0, len(tx.erasing.value(hit.place.field) or "") or hit.place.end
