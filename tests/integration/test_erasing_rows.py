"""Rows erased and redacted: JSON within columns, the audit chain, the change sequence; hiding; compacting."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.bootstrap import Kennisbank
from kb.authorise import OWNER
from kb.errors import LedgerKeptBusy
from kb.ledger.compacting import compact
from kb.ledger.erasing import blackened
from kb.ledger.hidden import HiddenObject
from kb.privacy.types import REDACTED, Field, Hidden, Place
from kb.types import Upload
from tests.erasing import always, approved, person

TEXT = "# Rooster\n\nXandrine Quist werkt op maandag in de kantine van het pakhuis.\n"


@pytest.fixture
def filled(kennisbank: Kennisbank) -> Kennisbank:
    assert (
        kennisbank.operations(OWNER).ingest([Upload("rooster.md", TEXT.encode()), Upload("los.md", b"# Los\n\nIets anders.\n")]).ready == 2
    )
    return kennisbank


def request_of(kennisbank: Kennisbank) -> str:
    from kb.privacy.types import Decision

    return approved(kennisbank, person("Xandrine Quist"), always(Decision.REDACT)).request_id


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=5))
def test_redaction_moves_nothing_and_spares_line_ends(text: str, ranges: list[tuple[int, int]]) -> None:
    black = blackened(text, ranges)
    assert len(black) == len(text)
    for at, (was, now) in enumerate(zip(text, black, strict=True)):
        within = any(start <= at < end for start, end in ranges)
        assert now == (REDACTED if within and was != "\n" else was)


def test_a_string_within_json_is_redacted_and_its_neighbours_stay(filled: Kennisbank) -> None:
    with filled.ledger.writing() as tx:
        tx.audit.append("owner", "test", "x", {"a/b": ["van Xandrine Quist", "Jan"], "n": 3})
        seq = str(max(int(field.key[0]) for field, _ in tx.personal.fields() if field.store == "audit_details"))
    place = Place(Field("audit_details", (seq,), "details/a~1b/0"), 4, 18)
    with filled.ledger.writing() as tx:
        assert tx.erasing.value(place.field) == "van Xandrine Quist"
        assert tx.erasing.redact([place]) == {"audit_details": 1}
        assert tx.erasing.redact([place]) == {}
    with filled.ledger.reading() as tx:
        assert tx.erasing.value(place.field) == "van " + REDACTED * 14
        assert tx.erasing.value(Field("audit_details", (seq,), "details/a~1b/1")) == "Jan"
        assert tx.audit.first_broken() is None


def test_redacted_details_that_somebody_changed_break_the_chain(filled: Kennisbank) -> None:
    with filled.ledger.writing() as tx:
        tx.audit.append("owner", "test", "x", {"who": "Xandrine Quist", "what": "lezen"})
        seq = max(int(field.key[0]) for field, _ in tx.personal.fields() if field.store == "audit_details")
        tx.erasing.redact([Place(Field("audit_details", (str(seq),), "details/who"), 0, 14)])
    with sqlite3.connect(filled.directory.ledger) as other:
        other.execute("UPDATE audit_details SET details = replace(details, 'lezen', 'wissen') WHERE seq = ?", (seq,))
    other.close()
    with filled.ledger.reading() as tx:
        assert tx.audit.first_broken() == seq


def test_places_of_rows_that_are_gone_are_passed_over(filled: Kennisbank) -> None:
    with filled.ledger.writing() as tx:
        assert tx.erasing.redact([Place(Field("answers", ("0" * 32,), "question"), 0, 5), Place(Field("nothing", ("1",), "x"), 0, 1)]) == {}


def test_redacted_chunks_are_embedded_again_and_others_are_not(filled: Kennisbank) -> None:
    with filled.ledger.reading() as tx:
        space = tx.spaces.uncounted()[0].id
        (version,) = [field.key[0] for field, text in tx.personal.fields() if field.store == "version_texts" and "Quist" in text]
        start = (tx.erasing.text(version) or "").index("Xandrine")
    place = Place(Field("version_texts", (version,), "text"), start, start + 14)
    with filled.ledger.writing() as tx:
        touched = tx.erasing.touched_chunks([place])
        before = tx.erasing.vectors(touched)
        tx.erasing.redact([place])
        assert len(touched) == 1
        assert tx.erasing.embed_again(touched) == 1
        assert tx.erasing.vectors(touched) == {}
    filled.indexes.catch_up(space)
    with filled.ledger.reading() as tx:
        after = tx.erasing.vectors(touched)
        assert after
        assert after != before


def test_a_document_that_is_erased_while_it_is_read_is_not_completed(filled: Kennisbank) -> None:
    with filled.ledger.writing() as tx:
        space = tx.spaces.uncounted()[0].id
        pending = tx.documents.register(space, "later.md", "later.md", "ab" * 32, 4, "text/plain")
        tx.erasing.withdraw([pending.document_id])
        tx.erasing.erase_documents([pending.document_id])
    filled.pipeline.resume()
    with filled.ledger.reading() as tx:
        assert tx.documents.pending() == []
        assert tx.erasing.text(pending.version_id) is None
        assert tx.erasing.originals([pending.version_id])[0].sha256 == ""


def test_hiding_counts_by_request_and_ends_by_request(filled: Kennisbank) -> None:
    first, second = request_of(filled), request_of(filled)
    document = next(one.id for one in filled.operations(OWNER).documents() if one.source == "rooster.md")
    thing = HiddenObject("document", document)
    with filled.ledger.writing() as tx:
        assert tx.hidden.hide(first, Hidden.RESTRICTED, [thing]) == 1
        assert tx.hidden.hide(first, Hidden.TOMBSTONED, [thing]) == 0
        assert tx.hidden.hide(second, Hidden.RESTRICTED, [thing]) == 1
        chunk = tx.chunks.ids_of_document(document)[0]
        assert tx.hidden.is_hidden("chunk", chunk)
        assert tx.chunks.findable([chunk], [space.id for space in tx.spaces.uncounted()]) == set()
        assert tx.hidden.release(first) == 1
        assert tx.hidden.is_hidden("chunk", chunk)
        assert tx.hidden.release(second) == 1
        assert not tx.hidden.is_hidden("chunk", chunk)


def test_looking_up_hits_costs_little_more_for_what_could_be_hidden(filled: Kennisbank) -> None:
    request = request_of(filled)
    with filled.ledger.reading() as tx:
        spaces = [space.id for space in tx.spaces.uncounted()]
        ids = [chunk for space in spaces for chunk in tx.chunks.ids_of_space(space)] * 20

    def seconds() -> float:
        best = 1.0
        for _ in range(20):
            with filled.ledger.reading() as tx:
                started = time.perf_counter()
                tx.chunks.findable(ids, spaces)
                best = min(best, time.perf_counter() - started)
        return best

    empty = seconds()
    with filled.ledger.writing() as tx:
        tx.hidden.hide(request, Hidden.RESTRICTED, [HiddenObject("chunk", f"{number:032x}") for number in range(5_000)])
    assert seconds() < 3 * empty + 0.002


def test_compacting_takes_what_was_deleted_out_of_every_file(filled: Kennisbank) -> None:
    with filled.ledger.writing() as tx:
        document = next(one.summary.id for one in tx.documents.listed() if one.summary.source == "rooster.md")
        tx.erasing.erase_documents([document])
    filled.ledger.compact()
    for path in filled.directory.path.glob("ledger.sqlite3*"):
        assert b"Xandrine" not in path.read_bytes()
    assert (filled.directory.path / "ledger.sqlite3-wal").stat().st_size == 0


def test_a_reader_that_does_not_end_is_waited_for_and_then_named(open_it: Callable[..., Kennisbank]) -> None:
    kennisbank = open_it()
    from kb.ledger.engine import create_ledger_engine, sqlite_url

    waits: list[float] = []
    engine = create_ledger_engine(sqlite_url(kennisbank.directory.ledger))
    reader = sqlite3.connect(kennisbank.directory.ledger, isolation_level=None)
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM spaces").fetchone()
        with kennisbank.ledger.writing() as tx:
            tx.spaces.add("later")
        with pytest.raises(LedgerKeptBusy):
            compact(engine, waits.append, patience_seconds=0.5)
        assert waits
        tries = len(waits)
        reader.execute("ROLLBACK")
        compact(engine, waits.append)
        assert len(waits) == tries
    finally:
        reader.close()
        engine.dispose()
