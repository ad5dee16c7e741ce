"""An erased person does not come back: by an upload, a near copy, or a new file that says who it is."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from api.bootstrap import Kennisbank
from kb.authorise import OWNER
from kb.errors import DocumentNotFound, SuppressionNotFound
from kb.ledger.tasks import TaskKind
from kb.privacy.gate import HeldBack
from kb.privacy.identifiers import identifier
from kb.privacy.suppression import Suppressed
from kb.privacy.types import IdentifierKind, Subject
from kb.types import FileResult, Upload

ORIGINAL = "# Verslag\n\n" + " ".join(f"Zin {i} van het verslag over de gang van zaken in de werkplaats op dag {i}." for i in range(40))
SUBJECT = Subject(
    (
        identifier(IdentifierKind.NAME, "Xandrine van der Quist"),
        identifier(IdentifierKind.EMAIL, "x.quist@voorbeeld.example"),
        identifier(IdentifierKind.PHONE, "06-12345678"),
        identifier(IdentifierKind.IBAN, "NL91ABNA0417164300"),
        identifier(IdentifierKind.NUMBER, "P-20481"),
        identifier(IdentifierKind.BSN, "111222333"),
    )
)
REQUEST = "a" * 32


@pytest.fixture
def erased(kennisbank: Kennisbank) -> Kennisbank:
    """A Kennisbank that remembers one erasure, of a person and of one original."""
    import hashlib

    with kennisbank.ledger.writing() as tx:
        sha256 = hashlib.sha256(ORIGINAL.encode()).hexdigest()
        kennisbank.suppression.remember(tx, REQUEST, SUBJECT, [(sha256, ORIGINAL)], date.max)
    return kennisbank


def arrive(kennisbank: Kennisbank, text: str, path: str = "nieuw.md") -> FileResult:
    return kennisbank.operations(OWNER).ingest([Upload(path, text.encode())]).files[0]


def said(kennisbank: Kennisbank, text: str, *strings: str) -> Suppressed | None:
    return kennisbank.suppression.check("0" * 64, text, strings)


def test_the_erased_file_itself_is_held_back_with_a_sentence_that_says_whom_to_ask(erased: Kennisbank) -> None:
    result = arrive(erased, ORIGINAL)
    assert (result.status, result.code) == ("quarantined", "suppressed")
    assert result.detail is not None
    assert "functionaris gegevensbescherming" in result.detail
    with erased.ledger.reading() as tx:
        assert [task.request_id for task in tx.tasks.open(TaskKind.SUPPRESSED)] == [REQUEST]


def test_a_changed_copy_is_held_back_and_another_report_is_not(erased: Kennisbank) -> None:
    assert arrive(erased, ORIGINAL.replace("werkplaats op dag 7.", "loods op dag zeven.")).code == "suppressed"
    other = ORIGINAL.replace("Zin", "Regel").replace("gang van zaken", "stand van het onderhoud").replace("verslag over", "stuk over")
    assert arrive(erased, other, "ander.md").status == "ready"


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("Xandrine van der Quist", "x.quist@voorbeeld.example"),
        ("XANDRINE VAN DER QUIST", "X.Quist+thuis@Voorbeeld.example"),
        ("Quist, X. van der", "+31 (0)6 1234 5678"),
        ("X. van der Quist", "NL91 ABNA 0417 1643 00"),
        ("Xandrine\nvan der Quist", "p20481"),
    ],
)
def test_a_full_name_with_a_second_identifier_is_held_back_in_every_notation(erased: Kennisbank, name: str, second: str) -> None:
    found = said(erased, f"Notulen. Aanwezig: {name}.", f"bereikbaar: {second}")
    assert found is not None
    assert found.kind == "person"
    assert name in found.matched
    assert len(found.matched) == 2


@pytest.mark.parametrize(
    "text", ["Xandrine van der Quist was er ook.", "Bel 06-12345678.", "Een mail van x.quist@voorbeeld.example", "X. van der Quist"]
)
def test_one_thing_alone_holds_nothing_back(erased: Kennisbank, text: str) -> None:
    assert arrive(erased, text).status == "ready"


def test_a_bare_full_name_is_a_task_once_per_file(erased: Kennisbank) -> None:
    arrive(erased, "Xandrine van der Quist was er ook.")
    arrive(erased, "Xandrine van der Quist was er ook.")
    arrive(erased, "X. van der Quist", "initialen.md")
    with erased.ledger.reading() as tx:
        assert len(tx.tasks.open(TaskKind.BARE_NAME)) == 1
        assert tx.tasks.open(TaskKind.SUPPRESSED) == []


def test_a_citizen_service_number_is_never_kept(erased: Kennisbank) -> None:
    assert said(erased, "Xandrine van der Quist, BSN 111222333").kind == "bare_name"  # type: ignore[union-attr]
    with erased.ledger.reading() as tx:
        (person,) = [row for row in tx.suppressions.active() if row.kind == "person"]
    assert sorted(person.hashes["second"]) == ["email", "iban", "number", "phone"]


def test_what_is_kept_names_nobody_without_the_key(erased: Kennisbank) -> None:
    with erased.ledger.reading() as tx:
        kept = repr([row.hashes for row in tx.suppressions.all()]).lower()
    for word in ("xandrine", "quist", "12345678", "0417164300", "20481", "verslag", "werkplaats"):
        assert word not in kept


def test_a_suppression_ends_on_its_day_and_when_it_is_lifted(kennisbank: Kennisbank) -> None:
    today = kennisbank.clock.now().date()
    both = ("Xandrine van der Quist, x.quist@voorbeeld.example",)
    with kennisbank.ledger.writing() as tx:
        kennisbank.suppression.remember(tx, REQUEST, SUBJECT, [], today - timedelta(days=1))
    assert said(kennisbank, *both) is None
    with kennisbank.ledger.writing() as tx:
        (id_,) = kennisbank.suppression.remember(tx, "b" * 32, SUBJECT, [], today)
    assert said(kennisbank, *both) is not None
    kennisbank.suppression.lift(id_, "officer")
    assert said(kennisbank, *both) is None
    with pytest.raises(SuppressionNotFound):
        kennisbank.suppression.lift(id_, "officer")


def test_remembering_twice_for_one_request_keeps_one(erased: Kennisbank) -> None:
    with erased.ledger.writing() as tx:
        before = len(tx.suppressions.all())
        erased.suppression.remember(tx, REQUEST, SUBJECT, [], date.max)
        assert len(tx.suppressions.all()) == before


def test_who_was_suppressed_while_a_file_was_read_is_held_back_at_its_commit(kennisbank: Kennisbank) -> None:
    gate, check = kennisbank.gate, kennisbank.gate.check

    def checked_then_erased(incoming: object) -> object:
        outcome = check(incoming)  # type: ignore[arg-type]
        with kennisbank.ledger.writing() as tx:
            kennisbank.suppression.remember(tx, REQUEST, SUBJECT, [], date.max)
        return outcome

    gate.check = checked_then_erased  # type: ignore[method-assign, assignment]
    assert arrive(kennisbank, "Xandrine van der Quist, x.quist@voorbeeld.example").code == "suppressed"


class BlackPen:
    def redact(self, data: bytes, media_type: str, file_name: str, redactions: object) -> bytes | None:
        text = data.decode()
        for one in redactions:  # type: ignore[attr-defined]
            text = text.replace(one, "█" * len(one))
        return text.encode()


def officer(kennisbank: Kennisbank, path: str = "notulen.md") -> tuple[HeldBack, str, str]:
    from kb.originals import Originals

    result = arrive(kennisbank, "# Notulen\n\nXandrine van der Quist, x.quist@voorbeeld.example, over de steiger.", path)
    originals = Originals(kennisbank.directory.originals)
    parts = (lambda: kennisbank.parser, lambda: BlackPen(), lambda: kennisbank.pipeline.resume())
    with kennisbank.ledger.reading() as tx:
        (task,) = tx.tasks.open(TaskKind.SUPPRESSED)
    assert result.document_id is not None
    return HeldBack(kennisbank.ledger, kennisbank.suppression, originals, *parts), task.task_id, result.document_id  # type: ignore[arg-type]


def test_only_the_officer_lets_a_held_back_file_in(erased: Kennisbank) -> None:
    held, task, document = officer(erased)
    with erased.ledger.writing() as tx, pytest.raises(DocumentNotFound):
        tx.documents.release(document)
    held.release(task, OWNER)
    assert erased.operations(OWNER).document(document).status.value == "ready"


def test_redacted_on_entry_it_comes_in_without_the_person(erased: Kennisbank) -> None:
    held, task, document = officer(erased)
    held.redact(task, OWNER)
    assert erased.operations(OWNER).document(document).status.value == "ready"
    sections = erased.operations(OWNER).document_text(document).sections
    assert "Quist" not in str(sections)
    assert "over de steiger" in str(sections)


def test_redacted_on_entry_its_name_says_nothing_either(erased: Kennisbank) -> None:
    held, task, document = officer(erased, "notulen/Steiger, Xandrine van der Quist.md")
    held.redact(task, OWNER)
    summary = erased.operations(OWNER).document(document)
    assert (summary.status.value, summary.source) == ("ready", f"notulen/Steiger, {'█' * len('Xandrine van der Quist')}.md")
    with erased.ledger.reading() as tx:
        assert not [place for place, text in tx.personal.fields() if "Quist" in text]
        assert tx.tasks.open(TaskKind.BARE_NAME) == []


def test_rejected_it_is_gone_with_its_bytes(erased: Kennisbank) -> None:
    held, task, document = officer(erased, "notulen Xandrine van der Quist.md")
    held.reject(task, OWNER)
    assert list(erased.directory.originals.iterdir()) == []
    for path in erased.directory.path.rglob("*"):
        assert not path.is_file() or b"Quist" not in path.read_bytes(), path
    with pytest.raises(DocumentNotFound):
        erased.operations(OWNER).document(document)


def test_the_cost_per_megabyte_is_told(erased: Kennisbank, capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(f"woord{i % 20_000} van de tekst" for i in range(60_000))
    started = time.perf_counter()
    assert said(erased, text) is None
    seconds = time.perf_counter() - started
    with capsys.disabled():
        print(f"\nsuppression: {seconds / (len(text) / 1e6):.2f} s per MB of text")
