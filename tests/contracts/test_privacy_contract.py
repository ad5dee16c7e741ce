"""What `api.privacy_operations.PrivacyOperations` promises, held in this process and by the client over a real server."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from api.client import HttpOperations
from api.operations import DEFAULT_SPACE, Operations
from api.privacy_operations import PrivacyOperations
from kb.age_files import SealingKey
from kb.authorise import ANONYMOUS, OWNER, Actor
from kb.errors import (
    DocumentNotFound,
    GroundUnknown,
    HitNotFound,
    IdentityMethodUnknown,
    IncompleteReview,
    InvalidIdentifier,
    JudgementUnfounded,
    KennisbankError,
    NotCorrected,
    NotPermitted,
    OnLegalHold,
    PersonGone,
    ReasonNeeded,
    RequestNotFound,
    SourceHidden,
    StepNotPossible,
    SuppressionNotFound,
    TaskNotFound,
)
from kb.privacy.letters import Letter
from kb.privacy.report import verify_report
from kb.privacy.shown import NewRequest, RequestShown, ReviewOrder
from kb.privacy.types import Decision, How, Identifier, IdentifierKind, RequestKind, RequestState
from kb.settings import Settings, load_settings
from kb.types import Done, Outcome, Upload
from tests.service import serving

As = Callable[[Actor], Operations]

NAME = "Xandrine Quist"
PERSON = (Identifier(IdentifierKind.NAME, NAME), Identifier(IdentifierKind.EMAIL, "x.quist@delinde.example"))
KEYS = Upload("beheer/sleutels.txt", f"Sleutels\n\n{NAME} heeft de sleutel van de fietsenstalling.\n\nDe koffie is om tien uur.\n".encode())
LIFE = Upload("personeel/cv.md", f"# CV\n\n{NAME} werkt hier sinds 2019. Bel haar of mail x.quist@delinde.example.\n".encode())
OTHER = Upload("beheer/koffie.md", b"# Koffie\n\nDe koffieautomaat staat bij de balie.\n")
QUESTION = "Wie heeft de sleutel van de fietsenstalling?"


def settings_of(data: Path) -> Settings:
    return load_settings(data, embedding={"backend": "hashing"}, generation={"backend": "extractive"}, organisation="De Linde")


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small Kennisbank's data directory and secrets; every test gets a copy."""
    folder = tmp_path_factory.mktemp("ingested")
    settings = settings_of(folder / "data")
    init_directory(settings, DEFAULT_SPACE)
    with open_kennisbank(settings, role="command") as kennisbank:
        kennisbank.operations(OWNER).ingest([KEYS, LIFE, OTHER])
    return folder


@pytest.fixture(params=["in_process", "http"])
def world(request: pytest.FixtureRequest, ingested: Path, tmp_path: Path) -> Iterator[tuple[As, Kennisbank]]:
    """The operations of a small Kennisbank, as an actor may use them."""
    shutil.copytree(ingested, tmp_path, dirs_exist_ok=True)
    with ExitStack() as stack:
        kennisbank = stack.enter_context(open_kennisbank(settings_of(tmp_path / "data"), role="command"))
        if request.param == "in_process":
            yield kennisbank.operations, kennisbank
            return
        url = stack.enter_context(serving(kennisbank))

        def over_http(actor: Actor) -> Operations:
            return stack.enter_context(HttpOperations(url, kennisbank.owner_token if actor == OWNER else None))

        yield over_http, kennisbank


@pytest.fixture
def owner(world: tuple[As, Kennisbank]) -> Operations:
    return world[0](OWNER)


@pytest.fixture
def privacy(owner: Operations) -> PrivacyOperations:
    return owner.privacy


def opened(privacy: PrivacyOperations, kind: RequestKind = RequestKind.ERASURE) -> RequestShown:
    return privacy.request(NewRequest(kind, PERSON, "17(1)(b)" if kind is RequestKind.ERASURE else None))


def found(privacy: PrivacyOperations, kind: RequestKind = RequestKind.ERASURE) -> str:
    request_id = opened(privacy, kind).request_id
    privacy.confirm(request_id, "known-address")
    privacy.find(request_id)
    return request_id


def everything(privacy: PrivacyOperations, request_id: str, decision: Decision) -> None:
    privacy.review(request_id, ReviewOrder(decision, everything=True))


def answered(owner: Operations) -> bool:
    *_, last = owner.ask(QUESTION)
    assert isinstance(last, Done)
    return last.answer.outcome is Outcome.ANSWERED


def bytes_below(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


# --- the case


def test_a_request_is_numbered_and_runs_from_the_day_it_came_in(privacy: PrivacyOperations) -> None:
    received = date.today() - timedelta(days=3)

    first = privacy.request(NewRequest(RequestKind.ACCESS, PERSON, received_on=received))
    second = opened(privacy)

    assert (first.kind, first.state, first.received_on) == (RequestKind.ACCESS, RequestState.RECEIVED, received)
    assert received + timedelta(days=28) <= first.deadline <= received + timedelta(days=37)
    assert int(second.number.split("-")[1]) == int(first.number.split("-")[1]) + 1
    assert privacy.show(second.number) == second
    assert [one.request_id for one in privacy.requests()] == [second.request_id, first.request_id]
    assert privacy.subject(first.request_id) == PERSON


def test_whom_it_is_about_lies_nowhere_readable(privacy: PrivacyOperations, tmp_path: Path) -> None:
    opened(privacy)
    privacy.request(NewRequest(RequestKind.ACCESS, (Identifier(IdentifierKind.NAME, "Wobbina Zwart"),)))

    assert b"Wobbina" not in bytes_below(tmp_path)


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (NewRequest(RequestKind.ERASURE, PERSON), GroundUnknown),
        (NewRequest(RequestKind.ERASURE, PERSON, "17(3)(b)"), GroundUnknown),
        (NewRequest(RequestKind.ACCESS, PERSON, "17(1)(a)"), GroundUnknown),
        (NewRequest(RequestKind.ACCESS, ()), InvalidIdentifier),
        (NewRequest(RequestKind.ACCESS, (Identifier(IdentifierKind.NAME, "X"),)), InvalidIdentifier),
        (NewRequest(RequestKind.ACCESS, (Identifier(IdentifierKind.BSN, "123456789"),)), InvalidIdentifier),
    ],
)
def test_a_request_without_a_lawful_ground_or_a_person_is_not_opened(
    privacy: PrivacyOperations, new: NewRequest, error: type[KennisbankError]
) -> None:
    with pytest.raises(error):
        privacy.request(new)
    assert privacy.requests() == []


@pytest.mark.parametrize("request_id", ["2026-9999", "x", "../x", ""])
def test_an_unknown_request_is_not_found(privacy: PrivacyOperations, request_id: str) -> None:
    for call in (privacy.show, privacy.find, privacy.approve, privacy.execute, privacy.verify, privacy.report, privacy.restrict):
        with pytest.raises(RequestNotFound):
            call(request_id)


def test_nobody_is_searched_for_before_the_identity_is_confirmed(privacy: PrivacyOperations) -> None:
    request_id = opened(privacy).request_id

    with pytest.raises(StepNotPossible, match="confirm"):
        privacy.find(request_id)
    with pytest.raises(IdentityMethodUnknown):
        privacy.confirm(request_id, "copy-of-passport")
    assert privacy.confirm(request_id, "callback").identity_method == "callback"


def test_waiting_for_the_identity_pauses_the_clock(privacy: PrivacyOperations) -> None:
    request_id = opened(privacy).request_id

    waiting = privacy.await_identity(request_id, "Het verzoek kwam van een onbekend adres.")

    assert (waiting.clock, waiting.paused_on) == ("paused", date.today())
    assert "onbekend adres" in privacy.letter(request_id, Letter.IDENTITY, "nl")
    assert privacy.confirm(request_id, "account").clock == "green"


def test_an_extension_needs_a_reason_that_stands_in_the_letter(privacy: PrivacyOperations) -> None:
    request_id = opened(privacy).request_id
    with pytest.raises(ReasonNeeded):
        privacy.extend(request_id, "")

    assert privacy.extend(request_id, "Er zijn vierhonderd vindplaatsen.").extended
    assert "vierhonderd" in privacy.letter(request_id, Letter.EXTENSION, "nl")


# --- finding and judging


def test_every_place_is_found_with_its_context(owner: Operations, privacy: PrivacyOperations) -> None:
    assert answered(owner)
    request_id = opened(privacy).request_id
    privacy.confirm(request_id, "known-address")

    search = privacy.find(request_id)

    sure = [hit for hit in search.hits if hit.how in (How.EXACT, How.NORMALISED)]
    assert {hit.where for hit in sure if hit.document_id} == {KEYS.path, LIFE.path}
    assert search.by_store["answer_sentences"] >= 1
    assert sum(search.by_store.values()) == len(search.hits)
    key = next(hit for hit in sure if hit.where == KEYS.path)
    assert (key.matched, key.decision) == (NAME, None)
    assert "fietsenstalling" in key.excerpt
    assert key.chunk_id is not None
    assert privacy.hits(request_id).hits == search.hits


def test_hits_are_judged_one_by_one_by_group_and_all_at_once(privacy: PrivacyOperations) -> None:
    request_id = found(privacy)
    hits = privacy.hits(request_id).hits

    one = privacy.review(request_id, ReviewOrder(Decision.OTHER_PERSON, hits=(hits[0].hit_id,)))
    assert (one.decided, one.undecided, one.state) == (1, len(hits) - 1, RequestState.SEARCHED)
    with pytest.raises(IncompleteReview, match=str(len(hits) - 1)):
        privacy.approve(request_id)
    by_group = privacy.review(request_id, ReviewOrder(Decision.ERASE, groups=(hits[-1].group,)))
    assert by_group.decisions["erase"] == sum(hit.group == hits[-1].group for hit in hits)
    done = privacy.review(request_id, ReviewOrder(Decision.REDACT, everything=True))
    assert (done.undecided, done.state, done.decisions) == (0, RequestState.REVIEWED, {"redact": len(hits)})
    for wrong, error in (
        (ReviewOrder(Decision.ERASE, hits=("h0",)), HitNotFound),
        (ReviewOrder(Decision.ERASE, documents=(OTHER.path,)), HitNotFound),
        (ReviewOrder(Decision.KEEP, everything=True), JudgementUnfounded),
        (ReviewOrder(Decision.KEEP, everything=True, ground="because", until=date(2099, 1, 1)), GroundUnknown),
    ):
        with pytest.raises(error):
            privacy.review(request_id, wrong)


def test_a_search_keeps_what_was_judged_and_asks_for_what_is_new(owner: Operations, privacy: PrivacyOperations) -> None:
    request_id = found(privacy)
    everything(privacy, request_id, Decision.REDACT)
    owner.ingest([Upload("nieuw.txt", f"{NAME} was er ook.".encode())])

    again = privacy.find(request_id)

    assert {hit.where for hit in again.hits if hit.decision is None} == {"nieuw.txt"}
    assert privacy.show(request_id).state is RequestState.SEARCHED


def test_more_identifiers_ask_for_another_search(privacy: PrivacyOperations) -> None:
    request_id = found(privacy)

    shown = privacy.add_identifiers(request_id, [Identifier(IdentifierKind.ALIAS, "fietsenstalling")])

    assert shown.state is RequestState.IDENTIFIED
    assert any(hit.matched == "fietsenstalling" for hit in privacy.find(request_id).hits)


# --- erasing


def test_an_erasure_leaves_nothing_but_the_proof(owner: Operations, privacy: PrivacyOperations, tmp_path: Path) -> None:
    assert answered(owner)
    request_id = found(privacy)
    everything(privacy, request_id, Decision.REDACT)
    life = next(hit for hit in privacy.hits(request_id).hits if hit.where == LIFE.path)
    privacy.review(request_id, ReviewOrder(Decision.ERASE, documents=(LIFE.path,)))
    plan = privacy.plan(request_id)
    assert [one.where for one in plan.documents] == [LIFE.path]
    assert [one.where for one in plan.redacted_documents] == [KEYS.path]
    assert set(plan.outside) == {KEYS.path, LIFE.path}
    assert privacy.original(request_id, life.document_id or "").data == LIFE.data
    assert privacy.approve(request_id).state is RequestState.APPROVED

    steps: list[str] = []
    done = privacy.execute(request_id, steps.append)

    assert done.state is RequestState.VERIFIED
    assert steps == list(done.counts)
    assert {"tombstone", "rows", "originals", "indexes", "vacuum", "scan", "report"} <= set(steps)
    seen = privacy.verify(request_id)
    assert (seen.clean, seen.residue, seen.report_valid, seen.same_person) == (True, (), True, True)
    assert b"Xandrine" not in bytes_below(tmp_path / "data")
    assert "koffie" in str([one.title.lower() for one in owner.documents()])
    report = privacy.report(request_id)
    assert verify_report(report)
    assert NAME not in json.dumps(report, ensure_ascii=False)
    assert "<html" in privacy.report_page(request_id, "nl")
    letter = privacy.letter(request_id, Letter.COMPLETION, "nl")
    assert NAME in letter
    assert "1 document is" in letter
    assert [entry.request_id for entry in privacy.journal()] == [request_id]
    assert any(task.kind == "outside_copy" for task in privacy.tasks())


def test_a_closed_case_knows_nobody_and_its_dossier_opens_with_the_key(
    world: tuple[As, Kennisbank], privacy: PrivacyOperations, tmp_path: Path
) -> None:
    request_id = found(privacy)
    everything(privacy, request_id, Decision.REDACT)
    privacy.approve(request_id)
    privacy.execute(request_id)
    with pytest.raises(StepNotPossible):
        privacy.close(request_id)
    privacy.report(request_id)

    closed = privacy.close(request_id)

    assert closed.state is RequestState.CLOSED
    directory = world[1].directory
    assert not [*directory.cases.iterdir(), *directory.case_keys.iterdir()]
    sealed = (directory.dossiers / (closed.dossier or "")).read_bytes()
    assert b"Xandrine" not in sealed
    dossier = json.loads(SealingKey(directory.sealing_key).open(sealed))
    assert dossier["subject"]["identifiers"][0]["value"] == NAME
    assert dossier["report"]["request"]["id"] == request_id
    for call in (privacy.subject, privacy.verify):
        with pytest.raises(PersonGone):
            call(request_id)
    again = privacy.verify(request_id, PERSON)
    assert (again.clean, again.same_person) == (True, True)
    assert not privacy.verify(request_id, PERSON[:1]).same_person
    assert b"Xandrine" not in bytes_below(tmp_path / "data")


def test_a_second_execution_changes_nothing(privacy: PrivacyOperations) -> None:
    request_id = found(privacy)
    everything(privacy, request_id, Decision.REDACT)
    privacy.approve(request_id)
    privacy.execute(request_id)

    with pytest.raises(StepNotPossible, match="verify"):
        privacy.execute(request_id)


def test_under_a_hold_nothing_is_touched(owner: Operations, privacy: PrivacyOperations) -> None:
    request_id = found(privacy)
    everything(privacy, request_id, Decision.ERASE)
    privacy.approve(request_id)

    assert privacy.hold(request_id, "legal-claim", "Er loopt een zaak.").hold_ground == "legal-claim"
    receipt = privacy.letter(request_id, Letter.HOLD, "nl")
    assert "Er loopt een zaak." in receipt
    assert "[datum]" not in receipt

    with pytest.raises(OnLegalHold, match="legal-claim"):
        privacy.execute(request_id)
    assert len(owner.documents()) == 3
    assert privacy.release_hold(request_id).state is RequestState.REVIEWED
    privacy.approve(request_id)
    assert privacy.execute(request_id).state is RequestState.VERIFIED


def test_a_refusal_shows_again_what_was_hidden(owner: Operations, privacy: PrivacyOperations) -> None:
    request_id = found(privacy)
    privacy.restrict(request_id)
    assert not answered(owner)

    with pytest.raises(GroundUnknown):
        privacy.refuse(request_id, "17(1)(a)", "Daarom niet.")
    refused = privacy.refuse(request_id, "17(3)(b)", "De wet op de loonbelasting verplicht ons.")

    assert (refused.state, refused.refusal_ground) == (RequestState.REFUSED, "17(3)(b)")
    assert answered(owner)
    letter = privacy.letter(request_id, Letter.REFUSAL, "nl")
    assert "loonbelasting" in letter
    assert "Autoriteit Persoonsgegevens" in letter


# --- the other kinds


def test_a_copy_answers_a_request_for_access(privacy: PrivacyOperations) -> None:
    request_id = found(privacy, RequestKind.ACCESS)
    with pytest.raises(IncompleteReview):
        privacy.export(request_id)
    everything(privacy, request_id, Decision.KEEP)

    with zipfile.ZipFile(BytesIO(privacy.export(request_id))) as copy:
        assert copy.testzip() is None
        content = b"\n".join(copy.read(name) for name in copy.namelist())

    assert NAME.encode() in content
    assert b"koffieautomaat" not in content
    assert privacy.show(request_id).state is RequestState.REPORTED
    assert NAME in privacy.letter(request_id, Letter.COMPLETION, "en")


def test_a_restriction_hides_at_once_and_stays(owner: Operations, privacy: PrivacyOperations) -> None:
    assert answered(owner)
    request_id = found(privacy, RequestKind.RESTRICTION)
    keys = next(hit.document_id for hit in privacy.hits(request_id).hits if hit.where == KEYS.path)

    assert privacy.restrict(request_id).state is RequestState.REPORTED
    privacy.close(request_id)

    assert not answered(owner)
    with pytest.raises(SourceHidden):
        owner.document_text(keys or "")

    privacy.lift(request_id)
    assert answered(owner), "the restriction is over"


def test_only_a_restriction_that_stands_is_lifted(privacy: PrivacyOperations) -> None:
    with pytest.raises(StepNotPossible):
        privacy.lift(found(privacy, RequestKind.RESTRICTION))
    with pytest.raises(StepNotPossible):
        privacy.lift(found(privacy))


def test_an_objection_is_hidden_while_it_is_weighed_and_shown_when_refused(owner: Operations, privacy: PrivacyOperations) -> None:
    request_id = found(privacy, RequestKind.OBJECTION)

    assert privacy.restrict(request_id).state is RequestState.EXECUTED
    assert not answered(owner)
    privacy.refuse(request_id, "21(1)", "De sleutel moet terug.")

    assert answered(owner)


def test_a_rectification_waits_for_the_corrected_file(owner: Operations, privacy: PrivacyOperations) -> None:
    request_id = found(privacy, RequestKind.RECTIFICATION)
    everything(privacy, request_id, Decision.OTHER_PERSON)
    wrong = next(hit for hit in privacy.hits(request_id).hits if hit.where == KEYS.path)
    privacy.review(request_id, ReviewOrder(Decision.REDACT, hits=(wrong.hit_id,)))
    privacy.approve(request_id)
    with pytest.raises(NotCorrected):
        privacy.execute(request_id)

    owner.ingest([Upload(KEYS.path, b"Sleutels\n\nWobbina Zwart heeft de sleutel van de fietsenstalling.\n")])

    assert privacy.execute(request_id).state is RequestState.REPORTED
    assert answered(owner)


# --- who may, what outlives a case


def test_only_an_officer_may(world: tuple[As, Kennisbank]) -> None:
    request_id = opened(world[0](OWNER).privacy).request_id
    nobody = world[0](ANONYMOUS)
    order = ReviewOrder(Decision.ERASE, everything=True)
    forbidden: list[Callable[[PrivacyOperations], Any]] = [
        lambda p: opened(p),
        lambda p: p.requests(),
        lambda p: p.review(request_id, order),
        lambda p: p.export(request_id),
        lambda p: p.letter(request_id, Letter.RECEIPT, "nl"),
        lambda p: p.close(request_id),
        lambda p: p.suppressions(),
        lambda p: p.tasks(),
        lambda p: p.journal(),
        lambda p: p.retention(),
        *[
            lambda p, act=act: getattr(p, act)(request_id)  # type: ignore[misc]
            for act in ("show", "subject", "find", "hits", "plan", "approve", "execute", "verify", "report", "restrict")
        ],
    ]
    for call in forbidden:
        with pytest.raises(NotPermitted):
            call(nobody.privacy)


def test_every_act_stands_in_the_audit_chain_without_the_person(world: tuple[As, Kennisbank], privacy: PrivacyOperations) -> None:
    found(privacy)

    with world[1].ledger.reading() as tx:
        assert tx.audit.first_broken() is None
        acts = [action for action in tx.audit.actions() if action.startswith("privacy.")]
    assert acts == ["privacy.request", "privacy.confirm", "privacy.find", "privacy.found"]


def test_what_is_unknown_outside_cases_is_not_found(privacy: PrivacyOperations) -> None:
    request_id = found(privacy)
    with pytest.raises(DocumentNotFound):
        privacy.original(request_id, "nope")
    with pytest.raises(SuppressionNotFound):
        privacy.lift_suppression("nope")
    with pytest.raises(TaskNotFound):
        privacy.finish_task("nope", "done")
    assert privacy.suppressions() == []
    assert privacy.journal() == []
    assert {one.category for one in privacy.retention()} >= {"answers", "feedback", "dossiers"}
