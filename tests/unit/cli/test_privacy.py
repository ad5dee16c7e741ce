"""`kb privacy`: its JSON, its exit codes, what it asks, and that it names people only where it was asked to."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest

from api.bootstrap import init_directory, open_kennisbank
from api.operations import DEFAULT_SPACE
from kb.authorise import OWNER
from kb.settings import load_settings
from kb.types import Upload
from tests.unit.cli.conftest import Kb, Ran

NAME = "Xandrine Quist"


KEYS = Upload("map/sleutels.txt", f"Sleutels\n\n{NAME} heeft de sleutel van de fietsenstalling.\n".encode())
COFFEE = Upload("map/koffie.txt", b"Koffie\n\nDe koffie is om tien uur.\n")


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a data directory of two documents; every test gets a copy."""
    folder = tmp_path_factory.mktemp("ingested")
    settings = load_settings(folder / "var", embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    init_directory(settings, DEFAULT_SPACE)
    with open_kennisbank(settings, role="command") as kennisbank:
        kennisbank.operations(OWNER).ingest([KEYS, COFFEE])
    return folder


@pytest.fixture
def data(ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory that the commands open themselves."""
    shutil.copytree(ingested, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("KB_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("KB_EMBEDDING__BACKEND", "hashing")
    monkeypatch.setenv("KB_GENERATION__BACKEND", "extractive")
    return tmp_path / "var"


@pytest.fixture
def request_id(kb: Kb, data: Path) -> str:
    """An erasure that was opened."""
    made = kb("privacy", "request", "--kind", "erasure", "--name", NAME, "--ground", "17(1)(b)", "--json")
    assert made.code == 0, made.err
    return str(made.json["request_id"])


def searched(kb: Kb, request_id: str) -> None:
    assert kb("privacy", "confirm", request_id, "--method", "known-address").code == 0
    assert kb("privacy", "find", request_id).code == 0


def code_of(ran: Ran) -> str:
    return str(json.loads(ran.err.splitlines()[-1])["code"])


def test_the_whole_way_by_the_contract(kb: Kb, data: Path) -> None:
    made = kb("privacy", "request", "--kind", "erasure", "--name", NAME, "--email", "x.quist@delinde.example", "--json")
    assert list(made.json)[:4] == ["request_id", "kind", "state", "deadline"]
    assert "17(1)(a)" in made.err, "a ground that nobody named is told"
    request_id = made.json["request_id"]
    assert kb("privacy", "confirm", request_id, "--method", "email", "--json").json["state"] == "identified"
    found = kb("privacy", "find", request_id, "--json").json
    assert {"hits", "unsearched", "by_store"} <= set(found)
    for field in ("hit_id", "store", "document_id", "chunk_id", "matched", "how", "excerpt"):
        assert field in found["hits"][0]
    one = kb("privacy", "review", request_id, "--hit", found["hits"][0]["hit_id"], "redact", "--json").json
    assert one["decided"] == 1
    assert kb("privacy", "review", request_id, "--all", "erase", "--json").json["undecided"] == 0
    assert kb("privacy", "approve", request_id, "--json").json["state"] == "approved"
    assert kb("privacy", "execute", request_id, "--yes", "--json").json["state"] == "verified"
    seen = kb("privacy", "verify", request_id, "--json")
    assert (seen.code, seen.json["clean"]) == (0, True)
    assert kb("privacy", "report", request_id, "--json").json["signature"]["algorithm"] == "Ed25519"
    assert all(NAME.encode() not in path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert kb("privacy", "close", request_id, "--yes", "--json").json["state"] == "closed"
    assert code_of(kb("privacy", "verify", request_id, "--json")) == "person_gone"
    assert kb("privacy", "verify", request_id, "--name", NAME).code == 0


def test_verifying_what_came_back_is_an_error_that_says_where(kb: Kb, data: Path, request_id: str) -> None:
    searched(kb, request_id)
    kb("privacy", "review", request_id, "--all", "erase")
    kb("privacy", "approve", request_id)
    kb("privacy", "execute", request_id, "--yes")
    (data / "logs" / "vergeten.log").write_text(f"iets over {NAME}")

    ran = kb("privacy", "verify", request_id)

    assert ran.code == 1
    assert "logs/vergeten.log" in ran.out
    assert NAME not in ran.out


@pytest.mark.parametrize("words", [["execute"], ["close"], ["refuse", "--ground", "17(3)(b)"], ["lift"]])
def test_nothing_that_cannot_be_undone_happens_unasked(kb: Kb, request_id: str, words: list[str]) -> None:
    ran = kb("privacy", words[0], request_id, *words[1:], "--json")

    assert ran.code == 2
    assert "--yes" in json.loads(ran.err)["detail"]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_ways_for_a_person_speak_both_languages(kb: Kb, request_id: str, lang: str) -> None:
    searched(kb, request_id)
    for words in (["list"], ["show", request_id], ["review", request_id], ["review", request_id, "--each"], ["letters", request_id]):
        ran = kb("privacy", *words, "--lang", lang)
        assert (ran.code, ran.err) == (0, "")
    assert ("Onderwerp" if lang == "nl" else "Subject") in kb("privacy", "letters", request_id, "receipt", "--lang", lang).out
    for words in (["tasks"], ["suppressions"], ["journal"], ["retention"]):
        assert kb("privacy", *words, "--lang", lang).code == 0


def test_lists_name_nobody_and_the_person_is_shown_when_asked(kb: Kb, request_id: str) -> None:
    assert NAME not in kb("privacy", "list").out + kb("privacy", "show", request_id).out
    assert NAME in kb("privacy", "show", request_id, "--person").out


def test_identifiers_can_come_from_stdin_and_from_a_file(kb: Kb, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"name: {NAME}\n\nemail: x.quist@delinde.example\n"))
    made = kb("privacy", "request", "--kind", "access", "--identifiers", "-", "--json").json
    assert "x.quist@delinde.example" in kb("privacy", "show", made["request_id"], "--person").out

    (tmp_path / "wie").write_text("naam: Xandrine\n")
    wrong = kb("privacy", "request", "--kind", "access", "--identifiers", tmp_path / "wie", "--json")
    assert (wrong.code, code_of(wrong)) == (2, "invalid_request")
    assert "Xandrine" not in wrong.err


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (["show", "2026-9999"], 1, "request_not_found"),
        (["request", "--kind", "erasure"], 2, "invalid_identifier"),
        (["request", "--kind", "erasure", "--name", NAME, "--ground", "zomaar"], 2, "ground_unknown"),
        (["request", "--kind", "access", "--bsn", "123456789"], 2, "invalid_identifier"),
    ],
)
def test_what_cannot_be_is_told_with_its_code(kb: Kb, data: Path, words: list[str], code: int, error: str) -> None:
    ran = kb("privacy", *words, "--json")

    assert (ran.code, code_of(ran), ran.out) == (code, error, "")


def test_an_export_is_a_private_file_that_replaces_no_other(kb: Kb, data: Path, tmp_path: Path) -> None:
    request_id = kb("privacy", "request", "--kind", "access", "--name", NAME, "--json").json["request_id"]
    searched(kb, request_id)
    kb("privacy", "review", request_id, "--all", "keep")
    target = tmp_path / "kopie.zip"

    assert kb("privacy", "export", request_id, "--output", target).code == 0

    assert oct(target.stat().st_mode & 0o777) == "0o600"
    assert kb("privacy", "export", request_id, "--output", target).code == 2


def test_an_original_is_saved_before_it_is_destroyed(kb: Kb, data: Path, request_id: str) -> None:
    searched(kb, request_id)
    found = kb("privacy", "review", request_id, "--json").json

    ran = kb("privacy", "original", request_id, found["hits"][0]["document_id"])

    assert ran.code == 0
    assert NAME in Path("sleutels.txt").read_text()
    assert Path("sleutels.txt").stat().st_mode & 0o077 == 0


def test_the_plan_of_a_rectification_blackens_nothing_and_says_what_must_be_corrected(kb: Kb, data: Path) -> None:
    request_id = str(kb("privacy", "request", "--kind", "rectification", "--name", NAME, "--json").json["request_id"])
    searched(kb, request_id)
    kb("privacy", "review", request_id, "--all", "redact")

    plan = kb("privacy", "plan", request_id).out

    assert "blackened" not in plan
    assert "corrected file" in plan
    assert KEYS.path in plan


# --- judging many at once


NEIGHBOURS = Upload("map/telefoonlijst.txt", f"{NAME} 06-0000 1111, Berend Tak 06-0000 2222\n\nXandrina belt terug.\n".encode())


@pytest.fixture
def beside_a_neighbour(kb: Kb, data: Path) -> str:
    """A searched erasure of somebody with whose name the number of a neighbour stands on one line."""
    settings = load_settings(data, embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    with open_kennisbank(settings, role="command") as kennisbank:
        kennisbank.operations(OWNER).ingest([NEIGHBOURS])
    request_id = str(kb("privacy", "request", "--kind", "erasure", "--name", NAME, "--json").json["request_id"])
    searched(kb, request_id)
    hits = kb("privacy", "find", request_id, "--json").json["hits"]
    assert "06-0000 2222" in [hit["matched"] for hit in hits if hit["how"] == "related"], "what this is about"
    return request_id


def test_all_says_loudly_how_many_of_each_kind_it_takes(kb: Kb, beside_a_neighbour: str) -> None:
    ran = kb("privacy", "review", beside_a_neighbour, "--all", "redact")

    assert "2 related" in ran.out
    assert "neighbour" in ran.err
    assert "--each" in ran.err
    taken = kb("privacy", "review", beside_a_neighbour, "--all", "redact", "--json").json["taken"]
    assert taken["related"] == 2
    assert kb("privacy", "review", beside_a_neighbour, "--all", "other-person").err == "", "which changes nothing"


def test_sure_leaves_the_proposals_to_be_judged(kb: Kb, beside_a_neighbour: str) -> None:
    ran = kb("privacy", "review", beside_a_neighbour, "--sure", "redact")

    assert "related" not in ran.out
    assert ran.err == ""
    left = [hit for hit in kb("privacy", "review", beside_a_neighbour, "--json").json["hits"] if hit["decision"] is None]
    assert {hit["how"] for hit in left} == {"related"} | {hit["how"] for hit in left if hit["how"] == "fuzzy"}
    assert "06-0000 2222" in [hit["matched"] for hit in left]


def test_there_are_words_for_every_store_step_and_way() -> None:
    from api.cli.texts import text
    from kb.ledger.personal_data import PERSONAL
    from kb.ledger.tasks import TaskKind
    from kb.privacy.execution_steps import Step
    from kb.privacy.types import How

    keys = [f"store.{name}" for name in PERSONAL] + [f"privacy.step.{step}" for step in Step] + [f"how.{how}" for how in How]
    for key in [*keys, *(f"task.{kind}" for kind in TaskKind)]:
        assert text(key, "nl")
        assert text(key, "en")
