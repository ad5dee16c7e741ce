"""What `api.operations.Operations` promises, held by the double, by the client over a real server, and in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.bootstrap import init_directory, open_kennisbank
from api.client import HttpOperations
from api.memory_operations import MemoryKennisbank, MemoryStore
from api.operations import DEFAULT_SPACE, Operations
from kb.authorise import ANONYMOUS, OWNER, Actor
from kb.errors import (
    AnswerNotFound,
    DocumentNotFound,
    EmptyQuestion,
    InvalidName,
    KennisbankError,
    NotPermitted,
    QuestionTooLong,
    SpaceExists,
    SpaceNotFound,
)
from kb.ports import Cancellation
from kb.settings import load_settings
from kb.types import Answer, Done, FileResult, Outcome, Retrieved, SentenceProven, Turn, Upload, VersionStatus
from tests.service import serving

As = Callable[[Actor], Operations]

LEAVE = Upload("verlof/ouderschap.md", b"# Ouderschapsverlof\n\nHet ouderschapsverlof duurt 26 weken.\n")
TRAVEL = Upload("reizen/vergoeding.md", b"# Reiskosten\n\nDe reiskosten zijn 23 cent per kilometer.\n")
QUESTION = "Hoeveel weken duurt het ouderschapsverlof?"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, MemoryKennisbank]]:
    """A server whose Kennisbank each test finds empty."""
    kennisbank = MemoryKennisbank()
    with serving(kennisbank) as url:
        yield url, kennisbank


@pytest.fixture(params=["double", "http", "in_process"])
def as_(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[As]:
    """The operations of an empty Kennisbank, as an actor may use them."""
    with ExitStack() as stack:
        if request.param == "double":
            yield MemoryKennisbank().operations
        elif request.param == "in_process":
            settings = load_settings(tmp_path / "data", embedding={"backend": "hashing"}, generation={"backend": "extractive"})
            init_directory(settings, DEFAULT_SPACE)
            yield stack.enter_context(open_kennisbank(settings, role="command")).operations
        else:
            url, kennisbank = request.getfixturevalue("served")
            kennisbank.store = MemoryStore()

            def over_http(actor: Actor) -> Operations:
                token = kennisbank.owner_token if actor == OWNER else None
                return stack.enter_context(HttpOperations(url, token))

            yield over_http


@pytest.fixture
def owner(as_: As) -> Operations:
    return as_(OWNER)


def answer_of(operations: Operations, question: str = QUESTION, space: str | None = None) -> Answer:
    *_, last = operations.ask(question, space=space)
    assert isinstance(last, Done)
    return last.answer


# --- asking


def test_an_answer_comes_as_passages_then_sentences_then_the_whole(owner: Operations) -> None:
    owner.ingest([LEAVE])

    events = list(owner.ask(QUESTION))

    assert isinstance(events[0], Retrieved)
    assert isinstance(events[-1], Done)
    shown = [event for event in events[1:-1] if isinstance(event, SentenceProven)]
    assert len(shown) == len(events) - 2
    answer = events[-1].answer
    assert answer.outcome is Outcome.ANSWERED
    assert answer.sentences == tuple(event.sentence for event in shown)
    assert answer.citations == tuple(citation for event in shown for citation in event.citations)
    assert "26 weken" in answer.text
    assert answer.question == QUESTION


def test_a_citation_quotes_the_document_to_the_code_point(owner: Operations) -> None:
    owner.ingest([LEAVE])

    citation = answer_of(owner).citations[0]

    read = owner.document_text(citation.document_id, citation.version)
    inside = [section for section in read.sections if section.start <= citation.quote_start < section.end]
    assert inside[0].text[citation.quote_start - inside[0].start :].startswith(citation.quote)


def test_what_the_documents_do_not_tell_is_an_outcome_not_an_error(owner: Operations) -> None:
    owner.ingest([LEAVE])

    answer = answer_of(owner, "Zwemmen pinguïns graag?")

    assert answer.outcome is Outcome.NOT_IN_DOCUMENTS
    assert answer.sentences == ()
    assert answer.citations == ()
    assert answer.text


def test_a_question_to_one_space_is_not_answered_from_another(owner: Operations) -> None:
    owner.add_space("directie")
    owner.ingest([LEAVE], "directie")

    assert answer_of(owner, space=DEFAULT_SPACE).outcome is Outcome.NOT_IN_DOCUMENTS
    assert answer_of(owner, space="directie").outcome is Outcome.ANSWERED
    assert answer_of(owner).outcome is Outcome.ANSWERED


def test_a_conversation_keeps_its_id(owner: Operations) -> None:
    owner.ingest([LEAVE])
    first = answer_of(owner)

    *_, last = owner.ask(
        "Hoeveel weken ouderschapsverlof?",
        history=[Turn("user", QUESTION), Turn("assistant", first.text)],
        conversation_id=first.conversation_id,
    )

    assert isinstance(last, Done)
    assert first.conversation_id is not None
    assert last.answer.conversation_id == first.conversation_id


@pytest.mark.parametrize("question", ["", "  \n"])
def test_an_empty_question_is_refused(owner: Operations, question: str) -> None:
    with pytest.raises(EmptyQuestion):
        list(owner.ask(question))


def test_a_question_that_is_too_long_is_refused_with_its_length(owner: Operations) -> None:
    with pytest.raises(QuestionTooLong, match="4001"):
        list(owner.ask("x" * 4_001))


def test_a_question_to_an_unknown_space_is_refused(owner: Operations) -> None:
    with pytest.raises(SpaceNotFound, match="kelder"):
        list(owner.ask(QUESTION, space="kelder"))


def test_a_cancelled_question_shows_no_sentence_and_is_no_error(owner: Operations) -> None:
    owner.ingest([LEAVE])
    cancellation = Cancellation()
    events = owner.ask(QUESTION, cancellation=cancellation)

    assert isinstance(next(events), Retrieved)
    cancellation.cancel()

    assert not [event for event in events if isinstance(event, SentenceProven)]


# --- feedback


def test_an_answer_takes_a_thumb_and_a_second_one(owner: Operations) -> None:
    owner.ingest([LEAVE])
    answer = answer_of(owner)

    owner.give_feedback(answer.answer_id, "up")
    owner.give_feedback(answer.answer_id, "down", "verouderd")


def test_feedback_on_an_unknown_answer_is_refused(owner: Operations) -> None:
    with pytest.raises(AnswerNotFound):
        owner.give_feedback("geen", "up")


# --- documents


def test_every_file_has_a_result_in_order_and_a_bad_one_is_a_result_too(owner: Operations) -> None:
    heard: list[FileResult] = []

    report = owner.ingest([LEAVE, Upload("leeg.md", b""), TRAVEL], progress=heard.append)

    assert [result.path for result in report.files] == ["verlof/ouderschap.md", "leeg.md", "reizen/vergoeding.md"]
    assert [result.status for result in report.files] == ["ready", "failed", "ready"]
    assert (report.ready, report.unchanged, report.failed, report.quarantined) == (2, 0, 1, 0)
    assert report.files[1].code
    assert report.files[1].detail
    assert heard == list(report.files)


def test_the_same_bytes_change_nothing_and_other_bytes_are_a_new_version(owner: Operations) -> None:
    first = owner.ingest([LEAVE]).files[0]

    again = owner.ingest([LEAVE]).files[0]
    changed = owner.ingest([Upload(LEAVE.path, b"# Ouderschapsverlof\n\nHet ouderschapsverlof duurt 30 weken.\n")]).files[0]

    assert (again.status, again.document_id) == ("unchanged", first.document_id)
    assert (changed.status, changed.document_id) == ("ready", first.document_id)
    assert first.document_id is not None
    assert owner.document(first.document_id).version == 2
    assert "30 weken" in owner.document_text(first.document_id).sections[-1].text
    assert "26 weken" in owner.document_text(first.document_id, 1).sections[-1].text


def test_no_files_at_all_is_an_empty_report(owner: Operations) -> None:
    assert owner.ingest([]).files == ()


def test_files_for_an_unknown_space_are_refused(owner: Operations) -> None:
    with pytest.raises(SpaceNotFound):
        owner.ingest([LEAVE], "kelder")


def test_documents_are_listed_by_space_and_source(owner: Operations) -> None:
    owner.add_space("directie")
    owner.ingest([LEAVE, TRAVEL])
    owner.ingest([LEAVE], "directie")

    assert [(one.space, one.source) for one in owner.documents()] == [
        (DEFAULT_SPACE, "reizen/vergoeding.md"),
        (DEFAULT_SPACE, "verlof/ouderschap.md"),
        ("directie", "verlof/ouderschap.md"),
    ]
    listed = owner.documents("directie")
    assert [one.source for one in listed] == ["verlof/ouderschap.md"]
    assert listed[0] == owner.document(listed[0].id)
    assert listed[0].status is VersionStatus.READY
    assert listed[0].title == "Ouderschapsverlof"
    with pytest.raises(SpaceNotFound):
        owner.documents("kelder")


@pytest.mark.parametrize("call", ["document", "document_text", "remove_document"])
def test_an_unknown_document_is_not_found(owner: Operations, call: str) -> None:
    with pytest.raises(DocumentNotFound, match=r"geen/\.\./document"):
        getattr(owner, call)("geen/../document")


def test_a_version_that_never_was_is_not_found(owner: Operations) -> None:
    document_id = owner.ingest([LEAVE]).files[0].document_id
    assert document_id is not None
    with pytest.raises(DocumentNotFound):
        owner.document_text(document_id, 7)


def test_a_removed_document_is_neither_listed_nor_cited(owner: Operations) -> None:
    document_id = owner.ingest([LEAVE]).files[0].document_id
    assert document_id is not None

    owner.remove_document(document_id)

    assert owner.documents() == []
    assert answer_of(owner).outcome is Outcome.NOT_IN_DOCUMENTS
    with pytest.raises(DocumentNotFound):
        owner.document(document_id)


# --- spaces and status


def test_a_space_can_be_made_once_under_a_proper_name(owner: Operations) -> None:
    made = owner.add_space("Directie 2")
    owner.ingest([LEAVE], "Directie 2")

    assert made.name == "Directie 2"
    assert [(space.name, space.documents) for space in owner.spaces()] == [(DEFAULT_SPACE, 0), ("Directie 2", 1)]
    with pytest.raises(SpaceExists, match="Directie 2"):
        owner.add_space("Directie 2")
    for name in ("", " x", "../x", "x" * 65, "a\nb"):
        with pytest.raises(InvalidName):
            owner.add_space(name)


def test_the_status_counts_what_is_there(owner: Operations) -> None:
    owner.ingest([LEAVE, TRAVEL])

    status = owner.status()

    assert (status.spaces, status.documents) == (1, 2)
    assert status.chunks >= 2


def test_an_anonymous_caller_may_ask_and_read_and_nothing_else(as_: As) -> None:
    document_id = as_(OWNER).ingest([LEAVE]).files[0].document_id
    assert document_id is not None
    anyone = as_(ANONYMOUS)

    assert answer_of(anyone).outcome is Outcome.ANSWERED
    assert anyone.document_text(document_id).sections
    assert anyone.spaces()
    forbidden: list[Callable[[], object]] = [
        lambda: anyone.ingest([LEAVE]),
        anyone.documents,
        lambda: anyone.remove_document(document_id),
        lambda: anyone.add_space("x"),
        anyone.status,
    ]
    for call in forbidden:
        with pytest.raises(NotPermitted):
            call()
    with pytest.raises(KennisbankError):
        anyone.document("geen")
