"""What the ledger promises, on SQLite and (in make test-slow) on PostgreSQL."""

from __future__ import annotations

import contextlib
import itertools
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from kb.clock import FrozenClock
from kb.errors import AnswerNotFound, DirectoryNewer, DocumentNotFound, SpaceExists, SpaceNotFound
from kb.ledger.documents import NewChunk, NewFile, ReadVersion, VersionRow
from kb.ledger.engine import sqlite_url
from kb.ledger.ledger import KNOWN_SCHEMAS, Ledger, Transaction
from kb.ledger.tables import metadata
from kb.types import (
    Answer,
    AnswerSentence,
    Box,
    ChunkDraft,
    Citation,
    DocumentState,
    ElementKind,
    FileString,
    GeneratorInfo,
    LabelAction,
    Outcome,
    ParseFailure,
    TextSpan,
    Timings,
    Turn,
    VersionStatus,
    VersionText,
)

KEY = b"k" * 32
TEXT = "Verlof\n\nVoltijders krijgen 25 dagen.\n\nDeeltijders naar rato. 🌷 Einde."


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.slow, pytest.mark.postgresql])])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "ledger.sqlite3")
        return
    server = make_url(request.getfixturevalue("postgresql_server"))
    name = f"kb_{os.getpid()}_{abs(hash(str(tmp_path)))}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture
def ledger(url: str, clock: FrozenClock, tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(url, clock, KEY, tmp_path)
    opened.prepare()
    yield opened
    opened.close()


def space_id(tx: Transaction, name: str = "algemeen") -> str:
    return tx.spaces.add(name).id


def read_version(*, text_: str = TEXT, chunk: tuple[int, int] = (8, 36), fingerprint: str = "sha256:a") -> ReadVersion:
    spans = (
        TextSpan(ElementKind.HEADING, 0, 6, level=1, page=1),
        TextSpan(ElementKind.PARAGRAPH, 8, 36, page=1, boxes=(Box(1, 10.0, 20.0, 110.5, 32.0),)),
        TextSpan(ElementKind.PARAGRAPH, 38, len(text_), page=2),
    )
    drafts = (ChunkDraft(*chunk, 1, 1, headings=((0, 6),)), ChunkDraft(38, len(text_), 2, 2, headings=((0, 6),)))
    return ReadVersion(
        media_type="text/markdown",
        title="Handboek",
        text=VersionText(text_, spans),
        strings=(FileString("author", "Xandrine van der Velde"),),
        language="nl",
        pages=2,
        pages_with_text=2,
        warnings=("attachments_not_read",),
        chunks=[NewChunk(draft, np.full((2, 3), i, dtype=np.float32)) for i, draft in enumerate(drafts, start=1)],
        fingerprint=fingerprint,
        seconds=0.5,
    )


def register(tx: Transaction, space: str, source: str = "a/handboek.md", sha: str = "1" * 64) -> VersionRow:
    return tx.documents.register(space, source, "handboek.md", sha, 100, "application/octet-stream")


def added(ledger: Ledger, source: str = "a/handboek.md", sha: str = "1" * 64) -> tuple[str, VersionRow]:
    """A space with one ready document."""
    with ledger.writing() as tx:
        space = next((s.id for s in tx.spaces.all()), None) or space_id(tx)
        version = register(tx, space, source, sha)
        tx.documents.complete(version, read_version())
    return space, version


def test_a_space_is_found_by_its_name_whatever_the_capitals(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        made = tx.spaces.add("Personeel")
    with ledger.reading() as tx:
        assert tx.spaces.named("personeel").id == made.id
        with pytest.raises(SpaceNotFound):
            tx.spaces.named("bestaat niet")


def test_two_spaces_cannot_share_a_name(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        tx.spaces.add("Personeel")
    with ledger.writing() as tx, pytest.raises(SpaceExists):
        tx.spaces.add("PERSONEEL")


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    def fail_midway() -> None:
        with ledger.writing() as tx:
            tx.spaces.add("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_midway()
    with ledger.reading() as tx:
        assert tx.spaces.all() == []


def test_a_document_is_pending_until_it_is_completed(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        version = register(tx, space_id(tx))
    with ledger.reading() as tx:
        assert tx.documents.pending() == [version]
        assert tx.documents.listed()[0].summary.status is VersionStatus.PENDING
    with ledger.writing() as tx:
        tx.documents.complete(version, read_version())
    with ledger.reading() as tx:
        assert tx.documents.pending() == []
        summary = tx.documents.one(version.document_id).summary
    assert (summary.status, summary.title) == (VersionStatus.READY, "Handboek")
    assert (summary.chunks, summary.pages, summary.language) == (2, 2, "nl")


def test_the_text_comes_back_by_its_spans_with_code_point_offsets(ledger: Ledger) -> None:
    _, version = added(ledger)
    with ledger.reading() as tx:
        text_ = tx.documents.text(version.document_id)
    assert [section.text for section in text_.sections] == ["Verlof", "Voltijders krijgen 25 dagen.", "Deeltijders naar rato. 🌷 Einde."]
    assert [section.page for section in text_.sections] == [1, 1, 2]


def test_a_passage_carries_its_text_headings_and_place(ledger: Ledger) -> None:
    space, version = added(ledger)
    with ledger.reading() as tx:
        ids = tx.chunks.ids_of_space(space)
        passages = tx.chunks.passages(ids)
    first, second = (passages[id_] for id_ in ids)
    assert (first.text, first.headings, first.page, first.version_id) == (
        "Voltijders krijgen 25 dagen.",
        ("Verlof",),
        1,
        version.version_id,
    )
    assert second.text == "Deeltijders naar rato. 🌷 Einde."


def test_the_text_between_two_passages_is_that_of_their_version(ledger: Ledger) -> None:
    space, version = added(ledger)
    with ledger.reading() as tx:
        first, second = tx.chunks.passages(tx.chunks.ids_of_space(space)).values()
        first, second = sorted((first, second), key=lambda passage: passage.start)
        assert tx.chunks.text_between(version.version_id, first.end, second.start) == "\n\n"
        assert tx.chunks.text_between(version.version_id, second.start, second.end) == second.text
        assert tx.chunks.text_between("unknown", 0, 10) == ""


def test_a_quote_stands_on_its_own_page_where_a_chunk_runs_over_two(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        space = space_id(tx)
        version = register(tx, space)
        one = ChunkDraft(8, len(TEXT), 1, 2)
        whole = replace(read_version(), chunks=[NewChunk(one, np.ones((1, 3), dtype=np.float32))])
        tx.documents.complete(version, whole)
        passage = next(iter(tx.chunks.passages(tx.chunks.ids_of_space(space)).values()))
    assert (passage.page, passage.page_at(8), passage.page_at(35), passage.page_at(38), passage.page_at(50)) == (1, 1, 1, 2, 2)


def test_only_chunks_of_live_documents_in_permitted_spaces_are_findable(ledger: Ledger) -> None:
    space, version = added(ledger)
    with ledger.writing() as tx:
        other = space_id(tx, "directie")
        ids = tx.chunks.ids_of_space(space)
        assert tx.chunks.findable([*ids, "unknown"], [space, other]) == set(ids)
        assert tx.chunks.findable(ids, [other]) == set()
        tx.documents.remove(version.document_id)
        assert tx.chunks.findable(ids, [space]) == set()


def test_a_new_version_takes_the_place_of_the_old_one_in_search_and_the_old_text_stays(ledger: Ledger) -> None:
    space, first = added(ledger)
    with ledger.writing() as tx:
        old_ids = tx.chunks.ids_of_space(space)
        second = register(tx, space, sha="2" * 64)
        assert second.document_id == first.document_id
        tx.documents.complete(second, read_version(text_=TEXT + " Nieuw."))
    with ledger.reading() as tx:
        assert not set(old_ids) & set(tx.chunks.ids_of_space(space))
        assert tx.documents.one(first.document_id).summary.version == 2
        assert tx.documents.text(first.document_id, 1).sections[-1].text.endswith("Einde.")
        assert tx.documents.text(first.document_id).version == 2


def test_a_version_that_fails_leaves_the_one_before_it_searchable(ledger: Ledger) -> None:
    space, first = added(ledger)
    with ledger.writing() as tx:
        second = register(tx, space, sha="2" * 64)
        tx.documents.fail(second, ParseFailure("damaged", (("type", "docx"),)))
    with ledger.reading() as tx:
        listed = tx.documents.one(first.document_id)
        assert (listed.summary.status, listed.summary.code, listed.params) == (VersionStatus.FAILED, "damaged", {"type": "docx"})
        assert len(tx.chunks.ids_of_space(space)) == 2
        assert tx.documents.text(first.document_id).version == 1
        assert tx.documents.totals() == (1, 0, 1)


def test_the_same_bytes_after_a_failure_take_up_the_same_version(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        space = space_id(tx)
        first = register(tx, space)
        tx.documents.fail(first, ParseFailure("no_text"))
        assert register(tx, space) == first


def test_bytes_are_found_by_their_hash_in_older_versions_too_but_not_elsewhere_nor_of_what_was_removed(ledger: Ledger) -> None:
    space, first = added(ledger)
    with ledger.writing() as tx:
        register(tx, space, sha="2" * 64)
        elsewhere = tx.spaces.add("Elders").id
        assert tx.documents.version_with(space, first.sha256) == first.version_id
        assert tx.documents.version_with(elsewhere, first.sha256) is None
        tx.documents.remove(first.document_id)
        assert tx.documents.version_with(space, first.sha256) is None


def test_a_removed_document_is_gone_and_its_source_may_come_anew(ledger: Ledger) -> None:
    space, version = added(ledger)
    with ledger.writing() as tx:
        tx.documents.remove(version.document_id)
        with pytest.raises(DocumentNotFound):
            tx.documents.one(version.document_id)
        with pytest.raises(DocumentNotFound):
            tx.documents.remove(version.document_id)
        assert register(tx, space).document_id != version.document_id


def test_changes_are_numbered_in_the_order_of_commits_and_name_every_chunk(ledger: Ledger) -> None:
    space, version = added(ledger)
    with ledger.writing() as tx:
        ids = tx.chunks.ids_of_space(space)
        tx.documents.remove(version.document_id)
    with ledger.reading() as tx:
        changes = tx.indexing.changes_after(space, 0, 100)
        assert [change.seq for change in changes] == [1, 2, 3, 4]
        assert [change.kind for change in changes] == ["add", "add", "remove", "remove"]
        assert {change.chunk_id for change in changes} == set(ids)
        assert tx.indexing.last_seq() == 4
        assert tx.indexing.behind(space, 1) == 3


def test_embeddings_come_back_as_they_went_in_per_model(ledger: Ledger) -> None:
    space, _ = added(ledger)
    with ledger.writing() as tx:
        ids = tx.chunks.ids_of_space(space)
        found, windows, vectors = tx.chunks.vectors(ids, "sha256:a")
        assert sorted(set(found)) == sorted(ids)
        assert windows == [0, 1, 0, 1]
        assert vectors.dtype == np.float32
        assert vectors.shape == (4, 3)
        assert tx.chunks.counts(space, "sha256:a") == (2, 4)
        assert tx.chunks.without_embedding(space, "sha256:b", 10) == ids
        tx.chunks.add_embeddings("sha256:b", {ids[0]: np.ones((1, 5), dtype=np.float32), "gone": np.ones((1, 5), dtype=np.float32)})
        assert tx.chunks.without_embedding(space, "sha256:b", 10) == ids[1:]
        tx.chunks.drop_other_embeddings(space, "sha256:b")
        assert tx.chunks.counts(space, "sha256:a") == (2, 0)
        assert tx.chunks.counts(space, "sha256:b") == (2, 1)


def test_one_generation_of_a_space_is_live_at_a_time(ledger: Ledger) -> None:
    space, _ = added(ledger)
    with ledger.writing() as tx:
        first = tx.indexing.begin(space, "sha256:a", {"model": "packaged"})
        assert tx.indexing.live(space) is None
        tx.indexing.switch(first)
        second = tx.indexing.begin(space, "sha256:b", {"model": "other"})
        tx.indexing.switch(second)
        live = tx.indexing.live(space)
        assert live is not None
        assert (live.id, live.fingerprint, live.applied_seq) == (second.id, "sha256:b", 2)
        assert {g.id: g.state for g in tx.indexing.all()} == {first.id: "retired", second.id: "live"}


def an_answer(version: VersionRow) -> Answer:
    quote = TEXT[8:36]
    citation = Citation(1, version.document_id, "Handboek", 1, "algemeen", 1, "Verlof", quote, 8, 36, 1.0)
    return Answer(
        answer_id="a" * 32,
        question="Hoeveel dagen verlof?",
        language="nl",
        outcome=Outcome.ANSWERED,
        text=quote,
        sentences=(AnswerSentence(quote, (1,)),),
        dropped_sentences=1,
        citations=(citation,),
        passages=(),
        generator=GeneratorInfo("extractive", "extractive"),
        timings_ms=Timings(1.0, 2.0, 3.0),
    )


def test_an_answer_is_kept_with_its_citations_and_continues_its_conversation(ledger: Ledger, clock: FrozenClock) -> None:
    space, version = added(ledger)
    answer = an_answer(version)
    with ledger.writing() as tx:
        passages = tx.chunks.passages(tx.chunks.ids_of_space(space))
        cited = next(iter(passages.values()))
        conversation = tx.conversations.open(None, "anonymous")
        assert tx.conversations.open(conversation, "anonymous") == conversation
        assert tx.conversations.open("unknown", "anonymous") != "unknown"
        tx.conversations.add_answer(answer, conversation, "anonymous", answer.question, list(passages.values()), {1: cited})
        clock.advance(timedelta(minutes=1))
    with ledger.reading() as tx:
        assert tx.conversations.turns(conversation, 10, "anonymous", [space]) == [
            Turn("user", answer.question),
            Turn("assistant", answer.text),
        ]
        assert tx.conversations.turns(conversation, 1, "anonymous", [space]) == [Turn("assistant", answer.text)]
        assert tx.conversations.turns("unknown", 10, "anonymous", [space]) == []


def test_a_conversation_is_its_own_askers_as_far_as_he_sees_what_it_was_drawn_from(ledger: Ledger) -> None:
    space, version = added(ledger)
    answer = an_answer(version)
    with ledger.writing() as tx:
        passages = tx.chunks.passages(tx.chunks.ids_of_space(space))
        conversation = tx.conversations.open(None, "person:a")
        cited = {1: next(iter(passages.values()))}
        tx.conversations.add_answer(answer, conversation, "person:a", answer.question, list(passages.values()), cited)
        assert tx.conversations.open(conversation, "person:a") == conversation
        assert tx.conversations.open(conversation, "person:b") != conversation
        assert tx.conversations.turns(conversation, 10, "person:b", [space]) == []
        assert tx.conversations.turns(conversation, 10, "person:a", ["another space"]) == []
        assert len(tx.conversations.turns(conversation, 10, "person:a", [space])) == 2
        with pytest.raises(AnswerNotFound):
            tx.conversations.set_feedback(answer.answer_id, "up", None, asked_by="person:b")
        tx.conversations.set_feedback(answer.answer_id, "up", None, asked_by="person:a")


def test_a_thumb_can_be_changed_and_needs_an_answer(ledger: Ledger) -> None:
    _, version = added(ledger)
    answer = an_answer(version)
    with ledger.writing() as tx:
        cited = next(iter(tx.chunks.passages(tx.chunks.ids_of_space(version.space_id)).values()))
        tx.conversations.add_answer(answer, tx.conversations.open(None, "owner"), "owner", "q", [], {1: cited})
        tx.conversations.set_feedback(answer.answer_id, "down", "verouderd")
        tx.conversations.set_feedback(answer.answer_id, "up", None)
        with pytest.raises(AnswerNotFound):
            tx.conversations.set_feedback("b" * 32, "up", None)


def test_the_audit_chain_shows_the_first_row_that_was_changed(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        for number in range(5):
            tx.audit.append("owner", "document.add", f"object-{number}", {"name": f"persoon {number}"})
    with ledger.writing() as tx:
        assert tx.audit.first_broken() is None
        tx.audit._connection.execute(text("UPDATE audit SET object_id = 'x' WHERE seq = 3"))
        assert tx.audit.first_broken() == 3


def test_the_audit_chain_stays_valid_when_details_are_erased_and_not_when_they_are_changed(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        tx.audit.append("owner", "document.add", "one", {"name": "Xandrine"})
        tx.audit.append("owner", "document.add", "two", {"name": "Jan"})
        tx.audit._connection.execute(text("DELETE FROM audit_details WHERE seq = 1"))
        assert tx.audit.first_broken() is None
        tx.audit._connection.execute(text('UPDATE audit_details SET details = \'{"name": "Piet"}\' WHERE seq = 2'))
        assert tx.audit.first_broken() == 2


def test_the_audit_chain_misses_a_row_taken_off_its_end(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        tx.audit.append("owner", "document.add", "one")
        tx.audit.append("owner", "document.add", "two")
        tx.audit._connection.execute(text("DELETE FROM audit WHERE seq = 2"))
        assert tx.audit.first_broken() == 2


def test_a_ledger_of_a_newer_version_is_refused_and_left_as_it_was(ledger: Ledger, url: str, clock: FrozenClock, tmp_path: Path) -> None:
    with ledger.writing() as tx:
        tx.audit._connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = Ledger(url, clock, KEY, tmp_path)
    with pytest.raises(DirectoryNewer) as refused:
        newer.prepare()
    newer.close()
    assert "9999" in refused.value.sentence("nl")


def test_the_migrations_make_exactly_the_tables_of_the_code(ledger: Ledger) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from kb.ledger.migrate import configuration
    from kb.ledger.tables import metadata

    with ledger.reading() as tx:
        differences = compare_metadata(MigrationContext.configure(tx.audit._connection), metadata)
    assert differences == []
    assert ScriptDirectory.from_config(configuration()).get_current_head() == KNOWN_SCHEMAS[-1]


FIRST_SCHEMA_ROWS = """
INSERT INTO spaces (id, name, created_at) VALUES ('s', 'algemeen', '2026-01-01 00:00:00');
INSERT INTO documents (id, space_id, source, created_at) VALUES ('d', 's', 'a.md', '2026-01-01 00:00:00');
INSERT INTO versions (id, document_id, number, file_name, sha256, size_bytes, media_type, title, status, current, params,
  warnings, created_at)
  VALUES ('v', 'd', 1, 'a.md', 'x', 1, 'text/markdown', 'A', 'ready', TRUE, '{}', '[]', '2026-01-01 00:00:00');
INSERT INTO version_texts (version_id, text) VALUES ('v', 'Een tekst.');
INSERT INTO chunks (id, space_id, version_id, ordinal, start, "end", headings, language) VALUES ('c', 's', 'v', 0, 0, 10, '[]', 'nl')
"""


def test_a_ledger_of_an_earlier_schema_is_brought_up_to_date_with_all_that_it_holds(url: str, clock: FrozenClock, tmp_path: Path) -> None:
    from kb.ledger.engine import create_ledger_engine
    from kb.ledger.migrate import upgrade

    engine = create_ledger_engine(url)
    upgrade(engine, "0001")
    with engine.connect().execution_options(kb_writing=True) as connection, connection.begin():
        for row in FIRST_SCHEMA_ROWS.split(";"):
            connection.exec_driver_sql(row)
    engine.dispose()
    ledger = Ledger(url, clock, KEY, tmp_path)
    ledger.prepare()
    with ledger.reading() as tx:
        assert tx.documents.text("d").version == 1
        assert tx.chunks.passages(["c"])["c"].text == "Een tekst."
        assert tx.chunks.findable(["c"], ["s"]) == {"c"}
    ledger.close()


def test_an_expired_document_is_not_findable_by_state_or_by_date(ledger: Ledger, clock: FrozenClock) -> None:
    space, version = added(ledger)
    today = clock.now().date()

    def findable() -> bool:
        with ledger.reading() as tx:
            return bool(tx.chunks.findable(tx.chunks.ids_of_space(space), [space]))

    with ledger.writing() as tx:
        tx.documents.describe(version.document_id, valid_until=today, owner="Xandrine", review_on=today)
        summary = tx.documents.one(version.document_id).summary
    assert (summary.valid_until, summary.owner, summary.review_on, summary.state) == (today, "Xandrine", today, DocumentState.VALID)
    assert findable()
    clock.advance(timedelta(days=1))
    assert not findable()
    with ledger.writing() as tx:
        tx.documents.describe(version.document_id, valid_until=None)
    assert findable()
    with ledger.writing() as tx:
        tx.documents.describe(version.document_id, state=DocumentState.EXPIRED.value)
    assert not findable()
    with pytest.raises(DocumentNotFound), ledger.writing() as tx:
        tx.documents.describe("unknown", owner="x")


def test_a_quarantined_version_is_pending_again_once_it_is_released(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        version = register(tx, space_id(tx))
        tx.documents.fail(version, ParseFailure("sensitive", (("labels", "bsn"),)), VersionStatus.QUARANTINED)
        assert tx.documents.pending() == []
        assert not tx.documents.released(version.version_id)
        assert tx.documents.release(version.document_id) == version
        assert tx.documents.pending() == [version]
        assert tx.documents.released(version.version_id)


def test_labels_of_chunks_are_those_of_their_document(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        version = register(tx, space_id(tx))
        read = read_version()
        labelled = [
            NewChunk(replace(new.draft, labels=labels), new.vectors)
            for new, labels in zip(read.chunks, (("bsn",), ("health",)), strict=True)
        ]
        tx.documents.complete(version, replace(read, chunks=labelled))
        assert tx.documents.one(version.document_id).summary.labels == ("bsn", "health")


def test_a_space_keeps_what_it_does_with_labels(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        space = space_id(tx)
        tx.spaces.set_label_policy(space, "bsn", LabelAction.QUARANTINE)
        tx.spaces.set_label_policy(space, "health", LabelAction.ALLOW)
        assert tx.spaces.named("algemeen").label_policy == {"bsn": LabelAction.QUARANTINE, "health": LabelAction.ALLOW}


# --- many at once ------------------------------------------------------------------------------------------------------

Rows = dict[str, list[tuple[object, ...]]]


class _Undone(Exception):
    pass


def written_by(ledger: Ledger, write: Callable[[Transaction], None], monkeypatch: pytest.MonkeyPatch) -> Rows:
    """Every row of every table as ``write`` leaves them, with ids that count from 1. Nothing of it stays."""
    ids = itertools.count(1)
    monkeypatch.setattr("uuid.uuid4", lambda: uuid.UUID(int=next(ids)))
    found: Rows = {}
    with contextlib.suppress(_Undone), ledger.writing() as tx:
        write(tx)
        for table in metadata.sorted_tables:
            found[table.name] = sorted(map(tuple, tx.documents._connection.execute(select(table))), key=repr)
        raise _Undone
    monkeypatch.undo()
    return found


def files(*names: str, sha: str = "1") -> list[NewFile]:
    return [NewFile(f"a/{name}", name, (sha + name[0]) * 32, 100, "application/octet-stream") for name in names]


def test_many_registered_together_are_as_registered_one_by_one(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """New documents, new versions of a ready one, the same bytes after a failure, and one source twice in one go."""

    def prepared(tx: Transaction) -> str:
        space = space_id(tx)
        ready, failed = tx.documents.register_all(space, files("b.md", "c.md"))
        tx.documents.complete(ready, read_version())
        tx.documents.fail(failed, ParseFailure("damaged"))
        gone = tx.documents.register_all(space, files("d.md"))[0]
        tx.documents.remove(gone.document_id)
        return space

    arriving = [*files("a.md"), *files("b.md", sha="2"), *files("c.md"), *files("d.md"), *files("a.md"), *files("a.md", sha="2")]
    answers: list[list[VersionRow]] = []

    def together(tx: Transaction) -> None:
        answers.append(tx.documents.register_all(prepared(tx), arriving))

    def one_by_one(tx: Transaction) -> None:
        space = prepared(tx)
        answers.append([tx.documents.register(space, f.source, f.file_name, f.sha256, f.size_bytes, f.media_type) for f in arriving])

    assert written_by(ledger, together, monkeypatch) == written_by(ledger, one_by_one, monkeypatch)
    assert answers[0] == answers[1]
    assert [version.number for version in answers[0]] == [1, 2, 1, 1, 1, 2]
    assert answers[0][0].version_id == answers[0][4].version_id


def test_many_completed_together_are_as_completed_one_by_one(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def prepared(tx: Transaction) -> list[tuple[VersionRow, ReadVersion]]:
        one, other = space_id(tx), space_id(tx, "anders")
        tx.documents.complete(tx.documents.register_all(one, files("b.md"))[0], read_version())
        versions = tx.documents.register_all(one, files("a.md", "b.md", sha="2")) + tx.documents.register_all(other, files("a.md"))
        reads = (read_version(), read_version(fingerprint="sha256:b"), replace(read_version(), chunks=[], strings=(), pages=None))
        return list(zip(versions, reads, strict=True))

    def one_by_one(tx: Transaction) -> None:
        for version, read in prepared(tx):
            tx.documents.complete(version, read)

    single = written_by(ledger, one_by_one, monkeypatch)
    batch = written_by(ledger, lambda tx: tx.documents.complete_all(prepared(tx)), monkeypatch)
    for rows in (single, batch):  # what goes and what comes is numbered in another order
        rows["changes"] = sorted((change[1:] for change in rows["changes"]), key=repr)
    assert batch == single
    assert len(batch["chunks"]) == 4


def test_many_audit_rows_together_are_the_rows_of_one_by_one(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["one", "two", "three"]

    def together(tx: Transaction) -> None:
        tx.audit.append("owner", "space.add", "before")
        tx.audit.append_all("owner", "document.add", names, {"name": "Xandrine"})
        tx.audit.append_all("owner", "document.add", [])
        assert tx.audit.first_broken() is None

    def one_by_one(tx: Transaction) -> None:
        tx.audit.append("owner", "space.add", "before")
        for name in names:
            tx.audit.append("owner", "document.add", name, {"name": "Xandrine"})

    assert written_by(ledger, together, monkeypatch) == written_by(ledger, one_by_one, monkeypatch)


def test_documents_that_nobody_removed_are_live(ledger: Ledger) -> None:
    _, kept = added(ledger, "a/een.md")
    _, removed = added(ledger, "a/twee.md")
    with ledger.writing() as tx:
        tx.documents.remove(removed.document_id)
        assert tx.documents.live([kept.document_id, removed.document_id, "f" * 32]) == {kept.document_id}
        assert tx.documents.live([]) == set()
