"""What `api.operations.Operations` promises, held by the double, by the client over a real server, and in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from hashlib import sha256
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
    FolderElsewhere,
    InvalidName,
    InvalidUpload,
    KennisbankError,
    NotPermitted,
    NotSetAside,
    QuestionTooLong,
    SourceTaken,
    SpaceExists,
    SpaceNotFound,
    UnknownLabel,
    WebNotAllowed,
)
from kb.ports import Cancellation
from kb.settings import load_settings
from kb.types import (
    Answer,
    DocumentChanges,
    DocumentState,
    Done,
    FileResult,
    LabelAction,
    Outcome,
    Retrieved,
    SentenceProven,
    Turn,
    Upload,
    VersionStatus,
)
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


# --- folders that are kept in step


def test_the_files_of_a_space_are_told_by_source_and_hash(owner: Operations) -> None:
    owner.add_space("directie")
    owner.ingest([LEAVE, TRAVEL])

    known = owner.known_files(DEFAULT_SPACE)

    assert [(file.source, file.sha256) for file in known] == [(one.path, sha256(one.data).hexdigest()) for one in (TRAVEL, LEAVE)]
    assert {file.document_id for file in known} == {document.id for document in owner.documents()}
    assert owner.known_files("directie") == []
    with pytest.raises(SpaceNotFound):
        owner.known_files("kelder")


def test_a_moved_document_keeps_its_id_and_its_text_and_gets_its_next_version_at_its_new_source(owner: Operations) -> None:
    document_id = owner.ingest([LEAVE]).files[0].document_id
    assert document_id is not None

    owner.move_document(document_id, "hr/verlof/ouderschap.md")

    assert owner.document(document_id).source == "hr/verlof/ouderschap.md"
    assert answer_of(owner).citations[0].document_id == document_id
    changed = owner.ingest([Upload("hr/verlof/ouderschap.md", b"# Verlof\n\nHet ouderschapsverlof duurt 30 weken.\n")]).files[0]
    assert (changed.document_id, owner.document(document_id).version) == (document_id, 2)
    fresh = owner.ingest([LEAVE]).files[0]
    assert (fresh.status, fresh.document_id != document_id) == ("ready", True)


def test_a_document_is_not_moved_onto_another_one_nor_out_of_its_folder(owner: Operations) -> None:
    report = owner.ingest([LEAVE, TRAVEL])
    document_id = report.files[0].document_id
    assert document_id is not None

    with pytest.raises(SourceTaken, match="vergoeding"):
        owner.move_document(document_id, TRAVEL.path)
    for source in ("../verlof.md", "/verlof.md", ""):
        with pytest.raises(InvalidUpload):
            owner.move_document(document_id, source)
    with pytest.raises(DocumentNotFound):
        owner.move_document("geen", "elders.md")
    assert owner.document(document_id).source == LEAVE.path


def test_a_folders_name_stands_for_one_place_in_a_space(owner: Operations) -> None:
    owner.add_space("directie")
    owner.claim_folder("regels", DEFAULT_SPACE, "hier")
    owner.claim_folder("regels", DEFAULT_SPACE, "hier")
    owner.claim_folder("regels", "directie", "daar")

    with pytest.raises(FolderElsewhere, match="regels"):
        owner.claim_folder("regels", DEFAULT_SPACE, "daar")
    owner.claim_folder("regels", DEFAULT_SPACE, "daar", moved=True)
    with pytest.raises(FolderElsewhere):
        owner.claim_folder("regels", DEFAULT_SPACE, "hier")
    with pytest.raises(SpaceNotFound):
        owner.claim_folder("regels", "kelder", "hier")


def test_without_folders_in_the_settings_none_is_kept_in_step(owner: Operations) -> None:
    assert owner.synced_folders() == []


def test_no_site_is_asked_that_the_settings_do_not_name(owner: Operations) -> None:
    for sitemap in (False, True):
        with pytest.raises(WebNotAllowed):
            owner.ingest_web("https://intranet.example/regels", sitemap=sitemap)
    with pytest.raises(SpaceNotFound):
        owner.ingest_web("https://intranet.example/regels", "kelder")


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
        lambda: anyone.known_files(DEFAULT_SPACE),
        lambda: anyone.move_document(document_id, "x.md"),
        lambda: anyone.claim_folder("x", DEFAULT_SPACE, "x"),
        anyone.synced_folders,
        lambda: anyone.ingest_web("https://intranet.example/"),
        anyone.status,
    ]
    for call in forbidden:
        with pytest.raises(NotPermitted):
            call()
    with pytest.raises(KennisbankError):
        anyone.document("geen")


# --- what is said of a document, and what may come in


SENSITIVE = Upload("dossier.md", b"# Dossier\n\nBSN 123456782 hoort bij dit dossier over het ouderschapsverlof.\n")


def test_a_document_keeps_what_a_person_says_of_it(owner: Operations) -> None:
    document_id = owner.ingest([LEAVE]).files[0].document_id or ""
    assert owner.document(document_id).state is DocumentState.VALID

    changes = DocumentChanges(DocumentState.CONCEPT, "Xandrine", date(2027, 1, 1), date(2028, 1, 1))
    described = owner.describe_document(document_id, changes)

    assert owner.document(document_id) == described
    assert (described.state, described.owner) == (DocumentState.CONCEPT, "Xandrine")
    assert (described.review_on, described.valid_until) == (date(2027, 1, 1), date(2028, 1, 1))
    cleared = owner.describe_document(document_id, DocumentChanges(clear=("owner", "valid_until")))
    assert (cleared.owner, cleared.review_on, cleared.valid_until) == (None, date(2027, 1, 1), None)


def test_a_file_with_a_label_that_its_space_quarantines_waits_until_it_is_released(owner: Operations) -> None:
    assert owner.set_label_policy(DEFAULT_SPACE, "bsn", LabelAction.QUARANTINE).label_policy == {"bsn": LabelAction.QUARANTINE}

    report = owner.ingest([SENSITIVE])

    assert (report.quarantined, report.files[0].code, report.files[0].labels) == (1, "sensitive", ("bsn",))
    document_id = report.files[0].document_id or ""
    assert owner.document(document_id).status is VersionStatus.QUARANTINED
    assert owner.release_document(document_id).status is VersionStatus.READY
    with pytest.raises(NotSetAside):
        owner.release_document(document_id)
    with pytest.raises(DocumentNotFound, match="nobody-knows-it"):
        owner.release_document("nobody-knows-it")


def test_a_label_warns_unless_the_space_says_otherwise(owner: Operations) -> None:
    file = owner.ingest([SENSITIVE]).files[0]

    assert (file.status, file.labels) == ("ready", ("bsn",))
    assert owner.document(file.document_id or "").labels == ("bsn",)


def test_an_unknown_label_is_named_with_those_that_exist(owner: Operations) -> None:
    with pytest.raises(UnknownLabel, match="bsn"):
        owner.set_label_policy(DEFAULT_SPACE, "horoscope", LabelAction.WARN)
    with pytest.raises(SpaceNotFound):
        owner.set_label_policy("nowhere", "bsn", LabelAction.WARN)


def test_only_the_owner_describes_releases_and_sets_policies(as_: As) -> None:
    nobody = as_(ANONYMOUS)
    with pytest.raises(NotPermitted):
        nobody.describe_document("x", DocumentChanges())
    with pytest.raises(NotPermitted):
        nobody.release_document("x")
    with pytest.raises(NotPermitted):
        nobody.set_label_policy(DEFAULT_SPACE, "bsn", LabelAction.WARN)
