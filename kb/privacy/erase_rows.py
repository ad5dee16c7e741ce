"""The ledger's part of an erasure: what is looked up beforehand for the steps that follow, and the rows themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.ledger.ledger import Transaction
from kb.privacy.folding import FoldedText
from kb.privacy.tombstones import version_of
from kb.privacy.types import REDACTED, Hit, Place, Plan


@dataclass(frozen=True, slots=True)
class Beforehand:
    """What only the rows know before they change.

    ``words``: per version with redactions, the stretches of text that go, the longest first; ``apart``: versions in which the same
    words stay elsewhere, said of another person. ``originals``: sha256 and text of each file that must not come back.
    """

    words: Mapping[str, tuple[str, ...]]
    apart: frozenset[str]
    originals: tuple[tuple[str, str], ...]

    def to_json(self) -> bytes:
        """``words`` and ``apart``, for the vault."""
        return json.dumps({"words": dict(self.words), "apart": sorted(self.apart)}, ensure_ascii=False).encode()


def words_of(raw: bytes) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    """``words`` and ``apart`` of what ``to_json`` made."""
    kept = json.loads(raw)
    return {version: tuple(words) for version, words in kept["words"].items()}, frozenset(kept["apart"])


def changed_since(tx: Transaction, plan: Plan, hits: Sequence[Hit]) -> int:
    """How many redactions would fall on other text than the officer saw. What a killed run redacted already counts as seen."""
    of_field: dict[Any, list[Hit]] = {}
    for hit in hits:
        of_field.setdefault(hit.place.field, []).append(hit)
    changed = 0
    for field in {place.field for place in plan.redactions}:
        text = tx.erasing.value(field)
        if text is None:
            continue
        ranges = [(place.start, place.end) for place in plan.redactions if place.field == field]
        for hit in of_field.get(field, ()):
            if not any(start <= hit.place.start and hit.place.end <= end for start, end in ranges):
                continue
            now = text[hit.place.start : hit.place.end]
            if now != hit.matched and set(now) - {"\n"} != {REDACTED}:
                changed += 1
    return changed


def look_beforehand(tx: Transaction, plan: Plan) -> Beforehand:
    """Everything of ``Beforehand``; while the plan is being carried out already, what is left of it."""
    erased = tx.erasing.versions_of(plan.documents)
    words = _words(tx, [place for place in plan.redactions if version_of(place) not in {None, *erased}])
    kept = _words(tx, [place for place, _ in plan.kept if version_of(place) in words])
    apart = frozenset(version for version in words if _share(words[version], kept.get(version, ())))
    originals = [(row.sha256, tx.erasing.text(row.version_id) or "") for row in tx.erasing.originals(erased) if row.sha256]
    # A later edition of a document that was only redacted resembles it and may well come in: the very same file alone is refused.
    originals += [(row.sha256, "") for row in tx.erasing.originals(words) if row.sha256]
    return Beforehand(words, apart, tuple(originals))


def chunks_at_stake(tx: Transaction, plan: Plan) -> list[str]:
    """The chunks whose vectors must be nowhere afterwards: erased ones, and redacted ones, which get new vectors later."""
    return [*tx.erasing.chunks_of(tx.erasing.versions_of(plan.documents)), *tx.erasing.touched_chunks(plan.redactions)]


def erase_rows(tx: Transaction, plan: Plan) -> dict[str, int]:
    """Erase, redact and have embedded again what ``plan`` says, in this one transaction. Returns counts. Twice does no harm."""
    counts = tx.erasing.erase_documents(plan.documents)
    counts |= tx.erasing.erase_answers(plan.answers)
    touched = tx.erasing.touched_chunks(plan.redactions)
    passages = [place for place in plan.redactions if place.field.store == "version_texts"]
    counts["answer_sentences"] = counts.get("answer_sentences", 0) + tx.erasing.erase_quotes(passages)
    redacted = tx.erasing.redact(plan.redactions)
    counts |= {f"redacted_{store}": number for store, number in redacted.items()}
    counts["vectors"] = tx.erasing.embed_again(touched)
    counts["chunks_embedded_again"] = len(touched)
    return counts


def longest_first(words: Iterable[str]) -> tuple[str, ...]:
    """In the order in which they are taken out of a text: “Jan de Vries” before “Vries”."""
    return tuple(sorted(words, key=lambda one: (-len(one), one)))


def _words(tx: Transaction, places: Iterable[Place]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for place in places:
        version, text = version_of(place), tx.erasing.value(place.field)
        if version is None:
            continue
        words = found.setdefault(version, set())
        if text is not None and place.start < place.end <= len(text):
            stretch = text[place.start : place.end].strip()
            if stretch and set(stretch) != {REDACTED}:
                words.add(stretch)
    return {version: longest_first(words) for version, words in found.items()}


def _share(going: Iterable[str], staying: Iterable[str]) -> bool:
    stays = [FoldedText(one).text for one in staying]
    return any(FoldedText(one).text in whole for one in going for whole in stays)
