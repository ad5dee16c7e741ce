"""`kb users`, and the link of `kb init`: over a real data directory."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.bootstrap import open_kennisbank
from kb.settings import load_settings
from tests.unit.cli.conftest import Kb, Ran


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KB_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("KB_EMBEDDING__BACKEND", "hashing")
    return tmp_path / "data"


@pytest.fixture
def settled(kb: Kb, data: Path) -> Ran:
    kb("init")
    return kb("users", "add", "ada", "--role", "administrator", "--json")


def test_init_prints_a_link_for_the_first_administrator_until_there_is_one(kb: Kb, data: Path) -> None:
    first = kb("init", "--json").json["first_administrator"]
    second = kb("init")

    assert re.fullmatch(r"http://127\.0\.0\.1:8765/welcome#[\w-]{43}", first["url"])
    found = re.search(r"http://\S+/welcome#([\w-]{43})", second.out)
    assert found is not None
    assert found[1] not in first["url"]
    with open_kennisbank(load_settings(data), role="command") as kennisbank:
        kennisbank.accounts.sign_in.as_first_administrator(found[1], "ada", "Ada", "vier losse woorden samen")
    assert kb("init", "--json").json["first_administrator"] is None
    assert "welcome" not in kb("init").out


def test_the_link_goes_to_the_name_that_people_know(kb: Kb, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_SERVER__NAMES", '["kb.school.example"]')
    monkeypatch.setenv("KB_SERVER__TLS_LOCAL", "true")
    monkeypatch.setenv("KB_SERVER__PORT", "443")

    assert kb("init", "--json").json["first_administrator"]["url"].startswith("https://kb.school.example/welcome#")


def test_the_first_account_made_here_is_an_administrators(kb: Kb, data: Path) -> None:
    kb("init")

    refused = kb("users", "add", "bob")

    assert (refused.code, "administrator_first" in refused.err) == (1, True)


def test_an_account_is_made_with_a_link_and_shown_in_the_list(kb: Kb, settled: Ran) -> None:
    kb("users", "groups", "add", "docenten")

    added = kb("users", "add", "bob", "--name", "Bob de Wit", "--role", "knowledge_manager", "--group", "docenten")
    listed = kb("users", "list", "--json").json["people"]

    assert settled.json["person"]["roles"] == ["administrator", "employee"]
    assert "/password#" in settled.json["link"]["url"]
    assert re.search(r"/password#[\w-]{43}\n", added.out)
    assert [(one["login"], one["name"], one["groups"]) for one in listed] == [("ada", "ada", []), ("bob", "Bob de Wit", ["docenten"])]
    assert "knowledge manager, employee" in kb("users", "list").out or "employee, knowledge manager" in kb("users", "list").out
    assert "kennisbeheerder" in kb("users", "list", "--lang", "nl").out


def test_roles_and_access_are_set_and_the_last_administrator_stays(kb: Kb, settled: Ran) -> None:
    kb("users", "add", "bob")

    assert set(kb("users", "set", "bob", "--role", "dpo", "--role", "ops", "--json").json["roles"]) == {"dpo", "employee", "ops"}
    assert kb("users", "set", "bob", "--shut-out", "--json").json["active"] is False
    assert "may come in again" in kb("users", "set", "bob", "--let-in").out
    refused = kb("users", "set", "ada", "--role", "ops")
    assert (refused.code, "last_administrator" in refused.err) == (1, True)
    assert kb("users", "set", "bob").code == 2
    assert kb("users", "set", "bob", "--role", "king").code == 2


def test_nobody_is_removed_unasked(kb: Kb, settled: Ran) -> None:
    kb("users", "add", "bob")

    assert (kb("users", "remove", "bob").code, kb("users", "remove", "bob", "--yes").code) == (2, 0)
    assert kb("users", "remove", "bob", "--yes").code == 1


def test_groups_see_spaces(kb: Kb, settled: Ran) -> None:
    kb("spaces", "add", "directie")
    kb("users", "groups", "add", "directeuren")

    assert kb("users", "groups", "audience", "directie").out.strip() == "directie is seen by: nobody"
    assert kb("users", "groups", "audience", "Directie", "--group", "directeuren", "--json").json["groups"] == ["directeuren"]
    assert kb("users", "groups", "join", "directeuren", "ada", "--json").json["members"] == ["ada"]
    assert kb("users", "groups", "list", "--json").json["groups"][0]["spaces"] == ["directie"]
    assert kb("users", "groups", "leave", "directeuren", "ada", "--json").json["members"] == []
    assert kb("users", "groups", "audience", "directie", "--nobody").code == 0
    assert kb("users", "groups", "remove", "directeuren").code == 0
    assert "built_in_group" in kb("users", "groups", "remove", "everyone").err
    assert kb("users", "groups", "audience", "directie", "--nobody", "--group", "everyone").code == 2


def test_a_token_is_shown_once_and_can_be_revoked(kb: Kb, settled: Ran) -> None:
    made = kb("users", "token", "add", "ada", "--name", "dashboard", "--days", "3", "--may", "ask", "--json").json
    listed = kb("users", "token", "list", "ada")

    assert made["secret"].startswith("kb_")
    assert made["token"]["actions"] == ["ask"]
    assert made["token"]["id"] in listed.out
    assert made["secret"] not in listed.out
    assert kb("users", "token", "remove", "ada", made["token"]["id"]).code == 0
    assert kb("users", "token", "list", "ada", "--json").json["tokens"] == []


def test_a_link_replaces_a_forgotten_password(kb: Kb, settled: Ran) -> None:
    assert "/password#" in kb("users", "link", "ada", "--json").json["url"]
    assert "person_not_found" in kb("users", "link", "zoe").err
