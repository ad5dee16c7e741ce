"""An erasure carried out on a whole Kennisbank: what goes, what stays, what is seen meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.bootstrap import Kennisbank
from kb.authorise import OWNER
from kb.errors import NotEnoughDisk, PlanOutdated, ResidueLeft, SourceHidden, SourceRemoved
from kb.privacy.report import ReportKey, verify_report
from kb.privacy.residue import scan_here
from kb.privacy.types import REDACTED, Decision, Hit, Scan
from kb.types import Upload
from tests.erasing import always, approved, by_document, executor, judged, person, tools

NAME, MAIL = "Xandrine Quist", "x.quist@example.org"
WHO = person(NAME, MAIL)
LETTER = f"# Brief\n\n{NAME} woont aan de kade en heeft een rode fiets.\n\nGroet, {NAME}, {MAIL}\n".encode()
MINUTES = f"""# Notulen

Aanwezig: Jan de Vries, {NAME} en Piet Bakker.

De vergadering besluit dat het magazijn om zes uur dicht gaat.

# Rondvraag

Jan de Vries vraagt om een nieuwe heftruck voor het magazijn.
""".encode()
OTHER = b"# Huisregels\n\nHet hek van het terrein gaat om zeven uur open.\n"


@pytest.fixture
def filled(kennisbank: Kennisbank) -> Kennisbank:
    files = [Upload("brief.md", LETTER), Upload("notulen.md", MINUTES), Upload("huisregels.md", OTHER)]
    results = kennisbank.operations(OWNER).ingest(files)
    assert results.ready == 3, results
    return kennisbank


def sources(kennisbank: Kennisbank) -> dict[str, str]:
    return {document.source: document.id for document in kennisbank.operations(OWNER).documents()}


def found(kennisbank: Kennisbank, question: str) -> list[str]:
    with kennisbank.ledger.reading() as tx:
        spaces = [space.id for space in tx.spaces.uncounted()]
    return [passage.text for passage in kennisbank.retriever.retrieve(question, spaces, "nl")]


DECIDE = by_document({"brief.md": Decision.ERASE})


def test_what_is_erased_is_nowhere_and_what_is_redacted_keeps_its_place(filled: Kennisbank) -> None:
    ids = sources(filled)
    erasure = approved(filled, WHO, DECIDE)
    assert erasure.plan.documents == (ids["brief.md"],)

    report = executor(filled).run(erasure.request_id)

    assert verify_report(report, ReportKey(filled.directory.report_key).public)
    assert report["scan"]["found_unexpected"] == 0
    assert scan_here([filled.directory.path], WHO, None, ()).residue == ()
    assert "brief.md" not in sources(filled)
    with pytest.raises(SourceRemoved):
        filled.operations(OWNER).document_text(ids["brief.md"])
    minutes = filled.operations(OWNER).document_text(ids["notulen.md"])
    assert f"Aanwezig: Jan de Vries, {REDACTED * len(NAME)} en Piet Bakker." in [section.text for section in minutes.sections]
    assert any("magazijn om zes uur dicht" in text for text in found(filled, "hoe laat gaat het magazijn dicht"))
    assert any("zeven uur open" in text for text in found(filled, "wanneer gaat het hek open"))
    assert found(filled, NAME) == [] or all("Quist" not in text for text in found(filled, NAME))
    with filled.ledger.reading() as tx:
        assert tx.audit.first_broken() is None
        assert tx.hidden.is_hidden("document", ids["brief.md"])
        assert not tx.hidden.is_hidden("document", ids["notulen.md"])


def test_originals_go_or_are_rewritten(filled: Kennisbank) -> None:
    erasure = approved(filled, WHO, DECIDE)
    executor(filled).run(erasure.request_id)
    left = {path.read_bytes() for path in filled.directory.originals.iterdir()}
    assert left == {OTHER, MINUTES.decode().replace(NAME, REDACTED * len(NAME)).encode()}


def test_a_second_run_changes_nothing_and_gives_the_same_report(filled: Kennisbank) -> None:
    erasure = approved(filled, WHO, DECIDE)
    first = executor(filled).run(erasure.request_id)
    heard: list[Any] = []
    assert executor(filled).run(erasure.request_id, lambda step, counts: heard.append(step)) == first
    assert heard == []


def test_two_people_of_one_name_in_one_paragraph_are_told_apart(kennisbank: Kennisbank) -> None:
    text = "# Overleg\n\nJan de Vries van inkoop belt Jan de Vries van verkoop over de levering van de kettingen.\n"
    kennisbank.operations(OWNER).ingest([Upload("overleg.md", text.encode())])

    def decide(hit: Hit) -> Decision:
        return Decision.REDACT if hit.place.start < text.index("belt") - 2 else Decision.OTHER_PERSON

    erasure = approved(kennisbank, person("Jan de Vries"), decide)
    report = executor(kennisbank).run(erasure.request_id)

    document = kennisbank.operations(OWNER).document_text(sources(kennisbank)["overleg.md"])
    black = REDACTED * len("Jan de Vries")
    assert document.sections[1].text == f"{black} van inkoop belt Jan de Vries van verkoop over de levering van de kettingen."
    assert any("Jan de Vries van verkoop" in passage for passage in found(kennisbank, "Jan de Vries van verkoop levering kettingen"))
    assert report["scan"]["found_expected"] > 0
    assert report["kept"] == [{"decision": "other-person", "ground": None, "until": None, "places": 1}]


def test_from_the_first_step_nothing_of_it_is_found_or_opened(filled: Kennisbank) -> None:
    ids = sources(filled)
    erasure = approved(filled, WHO, DECIDE)
    seen: dict[str, list[str]] = {}

    def look(step: Any, counts: Any) -> None:
        seen[str(step)] = found(filled, "rode fiets kade aanwezig Jan de Vries Piet Bakker")
        if str(step) == "tombstone":
            with pytest.raises(SourceRemoved):
                filled.operations(OWNER).document_text(ids["brief.md"])
            with pytest.raises(SourceHidden):
                filled.operations(OWNER).document_text(ids["notulen.md"])

    executor(filled).run(erasure.request_id, look)
    assert any("Quist" in text for text in seen["check"])
    for step in list(seen)[1:]:
        assert not any("Quist" in text for text in seen[step]), step
    assert any("Jan de Vries" in text for text in seen["complete"])


def test_questions_go_on_while_it_is_carried_out(filled: Kennisbank) -> None:
    erasure = approved(filled, WHO, DECIDE)
    answers: list[str] = []
    executor(filled).run(erasure.request_id, lambda step, counts: answers.append(found(filled, "wanneer gaat het hek open")[0]))
    assert len(answers) == 10
    assert all("zeven uur open" in text for text in answers)


def test_a_restriction_hides_and_its_end_shows_again(filled: Kennisbank) -> None:
    from kb.privacy.tombstones import restrict

    ids = sources(filled)
    erasure = approved(filled, WHO, DECIDE)
    with filled.ledger.writing() as tx:
        restrict(tx, erasure.request_id, erasure.hits)
    assert not any("Quist" in text for text in found(filled, "rode fiets kade"))
    with pytest.raises(SourceHidden):
        filled.operations(OWNER).document_text(ids["brief.md"])
    with filled.ledger.writing() as tx:
        tx.hidden.release(erasure.request_id)
    assert any("Quist" in text for text in found(filled, "rode fiets kade"))


def test_a_disk_that_is_too_full_is_told_before_anything_is_touched(filled: Kennisbank) -> None:
    erasure = approved(filled, WHO, DECIDE)
    with pytest.raises(NotEnoughDisk):
        executor(filled, free_bytes=lambda folder: 1000).run(erasure.request_id)
    assert any("Quist" in text for text in found(filled, "rode fiets kade"))
    with filled.ledger.reading() as tx:
        assert tx.requests.steps(erasure.request_id) == {}


def test_a_plan_that_would_fall_on_other_text_is_refused(filled: Kennisbank) -> None:
    filled.operations(OWNER).ingest([Upload(f"{NAME}/map.md", b"# Los\n\nNiets bijzonders in deze map.\n")])
    erasure = approved(filled, WHO, DECIDE)
    with filled.ledger.writing() as tx:
        tx.documents.move(sources(filled)[f"{NAME}/map.md"], "archief/heel ergens anders/map.md")
    with pytest.raises(PlanOutdated):
        executor(filled).run(erasure.request_id)


class Blind:
    """A scan that sees one place too many, until it is told otherwise."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.left: tuple[Any, ...] = ()

    def scan(self, *given: Any) -> Scan:
        from dataclasses import replace

        scan: Scan = self.real.scan(*given)
        return replace(scan, residue=(*scan.residue, *self.left))


def test_residue_means_no_report_and_another_review_goes_on_from_there(filled: Kennisbank) -> None:
    stray = filled.directory.logs / "vergeten.txt"
    stray.write_text(f"Gebeld met {NAME}")
    erasure = approved(filled, WHO, DECIDE)
    with pytest.raises(ResidueLeft, match=r"vergeten\.txt"):
        executor(filled).run(erasure.request_id)
    with filled.ledger.reading() as tx:
        assert tx.requests.report(erasure.request_id) is None
    stray.unlink()
    judged(filled, erasure.request_id, WHO, always(Decision.ERASE))
    report = executor(filled).run(erasure.request_id)
    assert report["done"]["documents_erased"] == 1, "what the first run erased counts too"
    assert report["done"]["places_redacted"] >= 1


def test_an_answer_loses_what_it_quoted_and_can_be_erased_with_its_question(filled: Kennisbank) -> None:
    operations = filled.operations(OWNER)
    list(operations.ask(f"Waar woont {NAME}?"))
    list(operations.ask("Wie heeft een rode fiets en woont aan de kade?"))
    erasure = approved(filled, WHO, lambda hit: Decision.ERASE if hit.answer_id else DECIDE(hit))
    executor(filled).run(erasure.request_id)
    assert scan_here([filled.directory.path], WHO, None, ()).residue == ()


def test_the_journal_lies_beside_every_backup_before_anything_is_deleted(filled: Kennisbank, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    erasure = approved(filled, WHO, DECIDE)
    states: dict[str, Any] = {}

    def look(step: Any, counts: Any) -> None:
        states[str(step)] = [path.name for path in share.glob("journal/*")]

    executor(filled, destinations=lambda: [share]).run(erasure.request_id, look)
    assert states["journal"] == [f"{erasure.request_id}.journal.age"]
    journal = tools(filled).journal
    entry = journal.entry(erasure.request_id)
    assert entry is not None
    assert entry.documents == erasure.plan.documents
    assert entry.completed_at is not None
    assert entry.suppressions
    assert NAME.encode() not in (share / "journal" / f"{erasure.request_id}.journal.age").read_bytes()


def test_requests_that_overlap_are_both_carried_out(filled: Kennisbank) -> None:
    first = approved(filled, WHO, DECIDE)
    second = approved(filled, person("Jan de Vries"), always(Decision.REDACT))
    one = executor(filled)
    one.run(first.request_id)
    one.run(second.request_id)
    for who in (WHO, person("Jan de Vries")):
        assert scan_here([filled.directory.path], who, None, ()).residue == ()
    assert any("magazijn" in text for text in found(filled, "magazijn dicht zes uur"))


def test_erased_vectors_are_gone_from_the_ledger_and_from_chroma(filled: Kennisbank, open_it: Callable[..., Kennisbank]) -> None:
    erasure = approved(filled, WHO, DECIDE)
    with filled.ledger.reading() as tx:
        vectors = tx.erasing.vectors(tx.erasing.chunks_of(tx.erasing.versions_of(erasure.plan.documents)))
    executor(filled).run(erasure.request_id)
    filled.close()
    ((dimensions, raw),) = vectors.items()
    rows = [raw[start : start + 4 * dimensions] for start in range(0, len(raw), 4 * dimensions)]
    for path in filled.directory.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(row in data for row in rows), path
