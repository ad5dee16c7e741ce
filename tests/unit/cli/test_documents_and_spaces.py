"""`kb documents`, `kb spaces`, `kb status`."""

from __future__ import annotations

import pytest

from api.memory_operations import MemoryKennisbank
from kb.authorise import OWNER
from kb.types import Upload
from tests.service import with_leave_rules
from tests.unit.cli.conftest import Kb


@pytest.fixture
def document_id(kennisbank: MemoryKennisbank) -> str:
    return with_leave_rules(kennisbank).operations(OWNER).documents()[0].id


def test_documents_are_listed_whole_where_no_terminal_limits_the_line(kb: Kb, document_id: str) -> None:
    ran, as_json = kb("documents", "list"), kb("documents", "list", "--json", "--space", "algemeen")

    (row,) = [line for line in ran.out.splitlines() if document_id in line]
    assert row.split() == [document_id, "Verlofregeling", "personeel/verlof.txt", "algemeen", "ready", "2", "6"]
    assert [one["id"] for one in as_json.json["documents"]] == [document_id]


def test_no_documents_yet_says_what_to_do(kb: Kb, kennisbank: MemoryKennisbank) -> None:
    assert "kb ingest" in kb("documents", "list").out


def test_a_document_can_be_looked_at_and_read(kb: Kb, document_id: str) -> None:
    assert "personeel/verlof.txt" in kb("documents", "show", document_id).out
    assert kb("documents", "show", document_id, "--json").json["title"] == "Verlofregeling"
    assert "428 vakantie-uren" in kb("documents", "show", document_id, "--text").out
    assert kb("documents", "show", document_id, "--text", "--json").json["sections"][0]["text"] == "Verlofregeling"
    assert kb("documents", "show", "geen").code == 1


def test_without_a_terminal_removing_needs_yes(kb: Kb, kennisbank: MemoryKennisbank, document_id: str) -> None:
    refused = kb("documents", "remove", document_id)

    assert refused.code == 2
    assert "--yes" in refused.err
    assert document_id in kennisbank.store.versions

    removed = kb("documents", "remove", document_id, "--yes", "--json")

    assert removed.json == {"document_id": document_id, "removed": True}
    assert kennisbank.store.versions == {}


@pytest.mark.parametrize(("reply", "left"), [(True, 0), (False, 1)])
def test_on_a_terminal_removing_asks(
    kb: Kb, kennisbank: MemoryKennisbank, document_id: str, monkeypatch: pytest.MonkeyPatch, reply: bool, left: int
) -> None:
    asked: list[str] = []

    def confirm(question: str, err: bool) -> bool:
        asked.append(question)
        return reply

    monkeypatch.setattr("api.cli.documents.on_terminal", lambda: True)
    monkeypatch.setattr("typer.confirm", confirm)

    assert kb("documents", "remove", document_id).code == 0
    assert asked == ["Remove “Verlofregeling” (personeel/verlof.txt)?"]
    assert len(kennisbank.store.versions) == left


def test_spaces_are_made_and_listed(kb: Kb, kennisbank: MemoryKennisbank) -> None:
    assert kb("spaces", "add", "directie").out == "Made the space directie\n"
    assert [space["name"] for space in kb("spaces", "list", "--json").json["spaces"]] == ["algemeen", "directie"]
    assert "directie" in kb("spaces", "list").out
    assert kb("spaces", "add", "directie").code == 1
    assert kb("spaces", "add", "../x").code == 2


def test_the_status_is_shown(kb: Kb, document_id: str) -> None:
    ran = kb("status", "--lang", "nl")

    assert ran.code == 0
    assert "documenten" in ran.out
    assert "shared-words (memory, local)" in ran.out


def test_what_is_said_of_a_document_is_kept_and_shown(kb: Kb, document_id: str) -> None:
    said = kb("documents", "set", document_id, "--state", "concept", "--owner", "Xandrine", "--review", "2027-01-31", "--json")

    assert (said.json["state"], said.json["owner"], said.json["review_on"]) == ("concept", "Xandrine", "2027-01-31")
    shown = kb("documents", "show", document_id).out
    assert "concept" in shown
    assert "2027-01-31" in shown
    assert kb("documents", "set", document_id, "--clear", "owner", "--json").json["owner"] is None


@pytest.mark.parametrize("wrong", [("--state", "nieuw"), ("--clear", "title"), ("--review", "morgen")])
def test_what_cannot_be_said_of_a_document_is_a_usage_error(kb: Kb, document_id: str, wrong: tuple[str, str]) -> None:
    assert kb("documents", "set", document_id, *wrong).code == 2


def test_a_quarantined_document_can_be_released(kb: Kb, kennisbank: MemoryKennisbank) -> None:
    chosen = kb("spaces", "set", "algemeen", "--label", "bsn=quarantine", "--label", "health=allow", "--json")
    assert chosen.json["label_policy"] == {"bsn": "quarantine", "health": "allow"}
    file = Upload("dossier.md", b"# Dossier\n\nBSN 123456782 staat in dit dossier.\n")
    document_id = kennisbank.operations(OWNER).ingest([file]).files[0].document_id or ""

    assert kb("documents", "release", document_id, "--json").json["status"] == "ready"
    again = kb("documents", "release", document_id)
    assert (again.code, "not_set_aside" in again.err) == (1, True)


def test_a_document_that_waits_for_a_person_is_listed_so_in_words(kb: Kb, kennisbank: MemoryKennisbank) -> None:
    kb("spaces", "set", "algemeen", "--label", "bsn=quarantine")
    kennisbank.operations(OWNER).ingest([Upload("dossier.md", b"# Dossier\n\nBSN 123456782 staat in dit dossier.\n")])

    assert "set aside (sensitive)" in kb("documents", "list").out
    assert "apart gezet (sensitive)" in kb("--lang", "nl", "documents", "list").out


@pytest.mark.parametrize("choice", ["bsn", "bsn=burn", "horoscope=allow"])
def test_a_label_or_action_that_does_not_exist_is_a_usage_error(kb: Kb, kennisbank: MemoryKennisbank, choice: str) -> None:
    assert kb("spaces", "set", "algemeen", "--label", choice).code == 2
