"""From a person to every place where the ledger names him: a full scan by the register, not a search by an index.

EXACT and NORMALISED hits are complete. Bare names and misspellings (FUZZY) and what stands beside the person (RELATED) are proposals.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.ledger.ledger import Ledger, Transaction
from kb.ledger.personal_rows import ChunkStretch, FieldContext, Owners
from kb.privacy.found_places import SURE, FoundPlace, Places, hit_id
from kb.privacy.identifiers import MOST_IDENTIFIERS, is_common_word, normalised, subject
from kb.privacy.matching import Matcher
from kb.privacy.misspelt import Misspelt
from kb.privacy.related import Seen, beside, is_address_of
from kb.privacy.types import Field, Hit, How, Identifier, IdentifierKind, Match, Place, Subject, Unsearched

MOST_BARE = 2_000
"""Places where a surname stands alone, in documents that do not name the person otherwise: what is beyond is counted, not listed."""

_SEEN_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """An identifier that the request does not name. ``hits`` are ids of the places beside the person where it was seen, the first few."""

    identifier: Identifier
    times: int
    hits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave. ``common`` are identifiers that are everyday words too; ``bare_unlisted`` counts places beyond MOST_BARE.

    ``texts`` and ``characters`` say how much was read, ``seconds`` how long it took.
    """

    hits: tuple[Hit, ...]
    unsearched: tuple[Unsearched, ...]
    proposals: tuple[Proposal, ...]
    seconds: float
    texts: int = 0
    characters: int = 0
    common: tuple[Identifier, ...] = ()
    bare_unlisted: int = 0

    @property
    def by_store(self) -> Mapping[str, int]:
        """Hits per table."""
        return Counter(hit.place.field.store for hit in self.hits)


class Finder:
    """Searches the ledger for a person. Whoever calls has checked that there is an open case, and writes the audit row."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def find(self, person: Subject) -> Found:
        """Every place, in one transaction: what is committed later is not in it."""
        started = time.perf_counter()
        with self._ledger.reading() as tx:
            search = _Search(tx, person)
            search.read_all()
            search.read_owners_again()
            search.look_for_slips()
            hits, unlisted = search.hits()
            return Found(
                hits=hits,
                unsearched=tuple(tx.personal.unsearched()),
                proposals=_proposals(hits, search.proposed),
                seconds=time.perf_counter() - started,
                texts=search.texts,
                characters=search.characters,
                common=tuple(one for one in person.identifiers if is_common_word(one)),
                bare_unlisted=unlisted,
            )


class _Search:
    """One search, step by step."""

    def __init__(self, tx: Transaction, person: Subject) -> None:
        self._tx = tx
        self._subject = person
        self._matcher = Matcher(person)
        self._misspelt = Misspelt(person)
        self._places = Places()
        self._contexts: dict[Field, FieldContext] = {}
        self.proposed: dict[str, Identifier] = {}
        self.texts = 0
        self.characters = 0

    def read_all(self) -> None:
        """Every text once: sure matches, surnames that stand alone, and what stands beside them."""
        for block in self._tx.personal.blocks():
            self.texts += len(block.texts)
            self.characters += sum(map(len, block.texts))
            self._misspelt.learn(block.texts)
            for at, matches in self._matcher.find_among(block.texts):
                field, text = block.field(at), block.texts[at]
                for match in matches:
                    self._places.add(field, text, match.start, match.end, match.how, self._subject.identifiers[match.identifier].kind)
                self._propose(field, text, [match for match in matches if match.how in SURE])

    def read_owners_again(self) -> None:
        """First names alone and what stands beside them, in what belongs to something that surely names the person."""
        self._contexts.update(self._tx.personal.contexts(self._places.fields - self._contexts.keys()))
        sure = [self._contexts[field] for field in self._places.sure_fields]
        versions = self._tx.personal.versions_of({one.document_id for one in sure if one.document_id is not None})
        self._owners = Owners(frozenset(versions), frozenset(one.answer_id for one in sure if one.answer_id is not None))
        addresses = self._addresses_of_the_name()
        for block in self._tx.personal.blocks(self._owners):
            for at, text in enumerate(block.texts):
                alone = self._matcher.given_names(text)
                for match in alone:
                    self._places.add(block.field(at), text, match.start, match.end, How.FUZZY, IdentifierKind.NAME)
                self._propose(block.field(at), text, alone)
            if addresses is not None:
                for at, matches in addresses.find_among(block.texts):
                    for match in matches:
                        seen = Seen(addresses.subject.identifiers[match.identifier], match.start, match.end)
                        self._add_related(block.field(at), block.texts[at], seen)

    def _addresses_of_the_name(self) -> Matcher | None:
        """Addresses made of the name, to be found wherever the person is named, as well as beside the name."""
        names = [one for one in self._subject.identifiers if one.kind is IdentifierKind.NAME]
        seen = (one for one in self.proposed.values() if one.kind is IdentifierKind.EMAIL)
        made = [one for one in seen if any(is_address_of(one.value, name) for name in names)]
        return Matcher(subject(made[:MOST_IDENTIFIERS])) if made else None

    def _propose(self, field: Field, text: str, matches: Sequence[Match]) -> None:
        for seen in beside(text, matches, self._subject):
            self._add_related(field, text, seen)

    def _add_related(self, field: Field, text: str, seen: Seen) -> None:
        place = self._places.add(field, text, seen.start, seen.end, How.RELATED, seen.identifier.kind)
        if place is not None:
            self.proposed[hit_id(place)] = seen.identifier

    def look_for_slips(self) -> None:
        """Where misspelt words stand, if any of the words read is one."""
        matcher = self._misspelt.matcher()
        if matcher is None:
            return
        for block in self._tx.personal.blocks():
            for at, matches in matcher.find_among(block.texts):
                text = block.texts[at]
                for match in matches:
                    # Names keep their capital where they are misspelt; without this rule everyday words would drown them.
                    if not text[match.start].islower():
                        self._places.add(block.field(at), text, match.start, match.end, How.FUZZY, IdentifierKind.NAME)

    def hits(self) -> tuple[tuple[Hit, ...], int]:
        """The hits by what they belong to, and how many bare names were left out."""
        places, unlisted = self._within_bounds(self._places.all())
        self._contexts.update(self._tx.personal.contexts({one.place.field for one in places} - self._contexts.keys()))
        in_texts = {one.place.field.key[0] for one in places if one.place.field.store == "version_texts"}
        stretches = self._tx.personal.stretches(in_texts)
        made = [_hit(one, self._contexts[one.place.field], stretches) for one in places]
        made.sort(key=lambda hit: (hit.where, hit.document_id or "", hit.answer_id or "", hit.place))
        return _grouped(made), unlisted

    def _within_bounds(self, places: Sequence[FoundPlace]) -> tuple[list[FoundPlace], int]:
        kept: list[FoundPlace] = []
        bare = unlisted = 0
        for one in places:
            if one.how is How.FUZZY and not self._owned(one.place.field):
                bare += 1
                if bare > MOST_BARE:
                    unlisted += 1
                    continue
            kept.append(one)
        return kept, unlisted

    def _owned(self, field: Field) -> bool:
        context = self._contexts.get(field)
        return context is not None and (context.version_id in self._owners.version_ids or context.answer_id in self._owners.answer_ids)


def _hit(one: FoundPlace, context: FieldContext, stretches: Mapping[str, Sequence[ChunkStretch]]) -> Hit:
    chunk_id = _chunk_at(one.place, stretches.get(context.version_id or "", ())) if one.place.field.store == "version_texts" else None
    return Hit(
        hit_id=hit_id(one.place),
        place=one.place,
        how=one.how,
        kind=one.kind,
        matched=one.matched,
        excerpt=one.excerpt,
        group="",
        document_id=context.document_id,
        version_id=context.version_id,
        chunk_id=chunk_id,
        answer_id=context.answer_id,
        space_id=context.space_id,
        where=context.where,
    )


def _chunk_at(place: Place, stretches: Sequence[ChunkStretch]) -> str | None:
    """The chunk that holds the place's begin; the nearest one before it that reaches so far, where chunks overlap."""
    at = bisect_right(stretches, place.start, key=lambda one: one.start) - 1
    while at >= 0:
        if stretches[at].end > place.start:
            return stretches[at].chunk_id
        at -= 1
        if at < 0 or stretches[at].end <= place.start - 100_000:
            return None
    return None


def _grouped(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits of one document or answer with the same words, whatever their capitals, share a group: the id of the first of them."""
    groups: dict[tuple[str, str, How], str] = {}
    grouped = []
    for hit in hits:
        owner = hit.document_id or hit.answer_id or "/".join((hit.place.field.store, *hit.place.field.key))
        key = owner, " ".join(hit.matched.casefold().split()), hit.how
        group = groups.setdefault(key, "g" + hit.hit_id[1:])
        grouped.append(replace(hit, group=group))
    return tuple(grouped)


def _proposals(hits: Sequence[Hit], proposed: Mapping[str, Identifier]) -> tuple[Proposal, ...]:
    seen: dict[tuple[IdentifierKind, str], list[tuple[Identifier, str]]] = defaultdict(list)
    for hit in hits:
        one = proposed.get(hit.hit_id)
        if one is not None and hit.how is How.RELATED:
            seen[one.kind, normalised(one)].append((one, hit.hit_id))
    made = [Proposal(places[0][0], len(places), tuple(id_ for _, id_ in places[:_SEEN_SHOWN])) for places in seen.values()]
    return tuple(sorted(made, key=lambda one: (-one.times, one.identifier.kind, one.identifier.value)))
