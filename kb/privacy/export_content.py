"""What a person is given of what is kept about him: gathered from the ledger, other people masked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.ledger.disclosures import PassageShown
from kb.ledger.ledger import Transaction
from kb.privacy.masking import Masker
from kb.privacy.types import Decision, Field, Hidden, Hit, How, Judgement, Subject


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text in which the person stands. ``store`` is the table that keeps it."""

    store: str
    text: str


@dataclass(frozen=True, slots=True)
class Holding:
    """A document or an answer that holds data of the person, or a table that is neither.

    ``source`` is the path or address that a document came from, or the question of an answer. ``original``: the name in the zip of the
    whole file, where it is about this person. ``shown``: how often passages went into answers.
    """

    kind: str
    id: str
    source: str
    space: str
    passages: tuple[Passage, ...]
    added_at: datetime | None = None
    original: str | None = None
    whole_text: str | None = None
    shown: int = 0


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom passages about the person were shown: a kind of user, and the model that wrote, where it ran."""

    actor: str
    backend: str
    model: str
    location: str
    times: int


@dataclass(frozen=True, slots=True)
class Accessed:
    """What was done with a document about the person, and when, as the audit chain keeps it."""

    at: datetime
    actor: str
    action: str
    source: str


@dataclass(frozen=True, slots=True)
class ExportContent:
    """Everything that the copy tells. ``withheld`` counts holdings that are being erased; ``masked`` stretches of others."""

    holdings: tuple[Holding, ...]
    recipients: tuple[Recipient, ...]
    accesses: tuple[Accessed, ...]
    withheld: int
    masked: int
    originals: Mapping[str, str]


def gather(
    tx: Transaction, subject: Subject, hits: Sequence[Hit], judgements: Mapping[str, Judgement], *, release_others: bool
) -> ExportContent:
    """The content of a copy. Hits judged as another person are left out, and masked where they stand beside the person's own.

    FUZZY and RELATED hits count only with a judgement that they are the person's. ``originals`` leads from version to name in the zip.
    """
    own = [hit for hit in hits if _is_own(hit, judgements.get(hit.hit_id))]
    shown = [hit for hit in own if not _being_erased(tx, hit)]
    by_owner: dict[tuple[str, str], list[Hit]] = defaultdict(list)
    for hit in shown:
        by_owner[_owner(hit)].append(hit)
    texts = {owner: _texts(tx, of_owner) for owner, of_owner in by_owner.items()}
    whole = {owner: _whole_text(tx, of_owner) for owner, of_owner in by_owner.items() if _about_alone(of_owner)}
    read = [text for group in texts.values() for _, _, text in group] + [text for text in whole.values() if text]
    gatherer = _Gatherer(tx, hits, judgements, None if release_others else Masker(subject, tx.disclosures.people(), read))
    holdings = [gatherer.holding(owner, by_owner[owner], texts[owner], whole.get(owner)) for owner in sorted(by_owner)]
    documents = {one.id: one for one in holdings if one.kind == "document"}
    seen = tx.disclosures.shown(documents.keys())
    return ExportContent(
        holdings=tuple(holdings),
        recipients=_recipients(seen),
        accesses=tuple(
            Accessed(one.at, one.actor, one.action, documents[one.object_id].source) for one in tx.disclosures.accesses(documents.keys())
        ),
        withheld=len({_owner(hit) for hit in own} - by_owner.keys()),
        masked=gatherer.masked,
        originals=gatherer.originals,
    )


class _Gatherer:
    """Makes holdings one by one; counts what it masks, and keeps which originals go along."""

    def __init__(self, tx: Transaction, hits: Sequence[Hit], judgements: Mapping[str, Judgement], masker: Masker | None) -> None:
        self._tx = tx
        self._masker = masker
        self._spaces = {space.id: space.name for space in tx.spaces.uncounted()}
        self._others: dict[Field, list[tuple[int, int]]] = defaultdict(list)
        for hit in hits:
            judgement = judgements.get(hit.hit_id)
            if judgement is not None and judgement.decision is Decision.OTHER_PERSON:
                self._others[hit.place.field].append((hit.place.start, hit.place.end))
        self.masked = 0
        self.originals: dict[str, str] = {}

    def holding(self, owner: tuple[str, str], hits: Sequence[Hit], texts: Sequence[tuple[Field, int, str]], whole: str | None) -> Holding:
        kind, id_ = owner
        before = self.masked
        passages = tuple(Passage(field.store, self._mask(text, self._within(field, start, len(text)))) for field, start, text in texts)
        version_id = next((hit.version_id for hit in hits if hit.version_id), None)
        whole_field = Field("version_texts", (version_id or "",), "text")
        whole_text = None if whole is None else self._mask(whole, self._within(whole_field, 0, len(whole)))
        original = None
        if whole is not None and version_id is not None and self.masked == before:
            # A file goes along as it came in only where nobody else was found in it, or the officer released them.
            original = f"originals/{len(self.originals) + 1}-{_file_name(hits[0].where)}"
            self.originals[version_id] = original
        return Holding(
            kind=kind,
            id=id_,
            source=self._mask(hits[0].where, ()),
            space=self._spaces.get(hits[0].space_id or "", ""),
            passages=passages,
            added_at=self._tx.personal.added_at(version_id) if version_id else None,
            original=original,
            whole_text=whole_text,
            shown=len(self._tx.disclosures.shown([id_])) if kind == "document" else 0,
        )

    def _within(self, field: Field, start: int, length: int) -> list[tuple[int, int]]:
        end = start + length
        return [(max(a, start) - start, min(b, end) - start) for a, b in self._others.get(field, ()) if a < end and start < b]

    def _mask(self, text: str, others: Collection[tuple[int, int]]) -> str:
        if self._masker is None:
            return text
        masked = self._masker.mask(text, others)
        self.masked += masked.stretches
        return masked.text


def _is_own(hit: Hit, judgement: Judgement | None) -> bool:
    if judgement is None:
        return hit.how in (How.EXACT, How.NORMALISED)
    return judgement.decision is not Decision.OTHER_PERSON


def _being_erased(tx: Transaction, hit: Hit) -> bool:
    """A restriction (18) does not end the right of access: what is restricted is in the copy."""
    if hit.answer_id is not None:
        return tx.hidden.is_hidden("answer", hit.answer_id, Hidden.TOMBSTONED)
    if hit.chunk_id is not None and tx.hidden.is_hidden("chunk", hit.chunk_id, Hidden.TOMBSTONED):
        return True
    return hit.document_id is not None and tx.hidden.is_hidden("document", hit.document_id, Hidden.TOMBSTONED)


def _owner(hit: Hit) -> tuple[str, str]:
    if hit.document_id is not None:
        return "document", hit.document_id
    if hit.answer_id is not None:
        return "answer", hit.answer_id
    return hit.place.field.store, "/".join(hit.place.field.key)


def _texts(tx: Transaction, hits: Sequence[Hit]) -> list[tuple[Field, int, str]]:
    """The passages that the hits stand in, each once: field, where it begins in it, text."""
    found: dict[tuple[Field, int, int], str] = {}
    for hit in hits:
        value = tx.erasing.value(hit.place.field)
        if value is None:
            continue
        start, end = 0, len(value)
        if hit.place.field.store == "version_texts" and hit.version_id is not None:
            start, end = tx.personal.passage(hit.version_id, hit.chunk_id, hit.place.start, hit.place.end)
        found.setdefault((hit.place.field, start, end), value[start:end])
    return [(field, start, text) for (field, start, _), text in sorted(found.items())]


def _about_alone(hits: Sequence[Hit]) -> bool:
    """Whether a whole document is about the person: its path or its title names him for certain."""
    named = {("documents", "source"), ("versions", "title"), ("versions", "file_name")}
    return any((hit.place.field.store, hit.place.field.name) in named and hit.how in (How.EXACT, How.NORMALISED) for hit in hits)


def _whole_text(tx: Transaction, hits: Sequence[Hit]) -> str | None:
    version_id = next((hit.version_id for hit in hits if hit.version_id), None)
    return None if version_id is None else tx.erasing.text(version_id)


def _file_name(source: str) -> str:
    name = source.rpartition("/")[2]
    return "".join(one if one.isalnum() or one in " .-_" else "_" for one in name).strip(" .")[:100] or "document"


def _recipients(shown: Sequence[PassageShown]) -> tuple[Recipient, ...]:
    counted = Counter((one.actor, one.backend, one.model, one.location) for one in shown)
    return tuple(Recipient(*who, times=times) for who, times in sorted(counted.items()))
