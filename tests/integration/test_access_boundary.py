"""What somebody may not see cannot be retrieved, cited, opened, counted or guessed, also from one request to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from kb.authorise import OWNER, Role
from kb.types import Upload
from tests.accounts import House, house

QUESTION = "Hoeveel weken duurt het sabbatsverlof van de directie?"
SECRET = Upload("geheim/sabbat.md", b"# Sabbatsverlof\n\nHet sabbatsverlof van de directie duurt 31 weken.\n")
OPEN = Upload("verlof.md", b"# Verlof\n\nHet ouderschapsverlof duurt 26 weken.\n")


@dataclass
class Boundary:
    """Bob, who is an employee, manages documents and keeps an eye on the machine, and a space that he is not in."""

    house: House
    bob: httpx.Client
    program: httpx.Client
    document_id: str

    def let_bob_in(self) -> None:
        self.house.kennisbank.people(OWNER).join("directie", "bob")

    def shut_bob_out(self) -> None:
        self.house.kennisbank.people(OWNER).leave("directie", "bob")


@pytest.fixture
def boundary(tmp_path: Path) -> Iterator[Boundary]:
    with house(tmp_path) as made:
        made.settle("ada", Role.ADMINISTRATOR)
        owner, people = made.kennisbank.operations(OWNER), made.kennisbank.people(OWNER)
        owner.add_space("directie")
        people.add_group("directie")
        people.set_audience("directie", ["directie"])
        owner.ingest([OPEN], "algemeen")
        owner.ingest([SECRET], "directie")
        [document] = owner.documents("directie")
        bob = made.browser(made.settle("bob", Role.KNOWLEDGE_MANAGER))
        yield Boundary(made, bob, made.program("bob"), document.id)


def ask(client: httpx.Client, **said: Any) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": QUESTION, **said})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def everything_said(client: httpx.Client, boundary: Boundary) -> str:
    """All that this client can get out of the service about the space without naming what it holds."""
    said = [client.get(path).text for path in ("/v1/spaces", "/v1/documents", "/v1/models", "/v1/folders", "/")]
    said.append(client.post("/v1/ask", json={"question": QUESTION}).text.replace(QUESTION, ""))
    said.append(client.post("/v1/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"}).text.replace(QUESTION, ""))
    chat = {"model": "kennisbank", "messages": [{"role": "user", "content": QUESTION}]}
    said.append(client.post("/v1/chat/completions", json=chat).text.replace(QUESTION, ""))
    return "\n".join(said)


@pytest.mark.parametrize("way", ["bob", "program"])
def test_nothing_of_a_space_comes_out_for_somebody_who_does_not_see_it(boundary: Boundary, way: str) -> None:
    client: httpx.Client = getattr(boundary, way)

    outside = everything_said(client, boundary)
    boundary.let_bob_in()
    inside = everything_said(client, boundary)

    for trace in ("directie", "31 weken", boundary.document_id, "sabbat.md"):
        assert trace in inside
        assert trace not in outside


def test_a_change_holds_from_the_next_request_in_the_same_session(boundary: Boundary) -> None:
    boundary.let_bob_in()
    answer = ask(boundary.bob)
    assert "31 weken" in answer["text"]
    address = f"/v1/documents/{boundary.document_id}/text"
    assert boundary.bob.get(address).status_code == 200

    boundary.shut_bob_out()

    assert boundary.bob.get(address).status_code == 404
    assert boundary.bob.get(f"/documents/{boundary.document_id}").status_code == 404
    again = ask(boundary.bob, conversation_id=answer["conversation_id"])
    assert "31 weken" not in again["text"]
    assert boundary.document_id not in str(again)


def test_a_conversation_is_not_read_on_by_somebody_else(boundary: Boundary) -> None:
    boundary.let_bob_in()
    answer = ask(boundary.bob)
    eve = boundary.house.browser(boundary.house.settle("eve"))

    hers = ask(eve, question="En hoeveel dagen is dat?", conversation_id=answer["conversation_id"])

    assert hers["conversation_id"] != answer["conversation_id"]
    assert eve.post(f"/v1/answers/{answer['answer_id']}/feedback", json={"vote": "down"}).status_code == 404
    assert boundary.bob.post(f"/v1/answers/{answer['answer_id']}/feedback", json={"vote": "up"}).status_code == 204


ABSENT = {"document": "0" * 32, "space": "bestaatniet"}

CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/v1/documents/{document}", {}),
    ("GET", "/v1/documents/{document}/text", {}),
    ("GET", "/v1/documents/{document}/text?version=1", {}),
    ("GET", "/documents/{document}?version=1&start=2&end=9", {}),
    ("PATCH", "/v1/documents/{document}", {"json": {"state": "expired"}}),
    ("POST", "/v1/documents/{document}/release", {}),
    ("PUT", "/v1/documents/{document}/source", {"json": {"source": "b.md"}}),
    ("DELETE", "/v1/documents/{document}", {}),
    ("GET", "/v1/documents?space={space}", {}),
    ("GET", "/v1/folders/files?space={space}", {}),
    ("POST", "/v1/folders", {"json": {"name": "x", "space": "{space}", "place": "p"}}),
    ("POST", "/v1/ask", {"json": {"question": QUESTION, "space": "{space}"}}),
    ("POST", "/v1/chat/completions", {"json": {"model": "kennisbank/{space}", "messages": [{"role": "user", "content": "x"}]}}),
    ("POST", "/v1/web-pages", {"json": {"url": "https://x.example/", "space": "{space}"}}),
    ("PUT", "/v1/spaces/{space}/labels/bsn", {"json": {"action": "warn"}}),
    ("POST", "/v1/documents", {"files": [("files", ("a.md", b"# A"))], "data": {"space": "{space}"}}),
]


def named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: named(one, names) for key, one in value.items()}
    if isinstance(value, str):
        for key, name in names.items():
            value = value.replace("{" + key + "}", name)
    return value


@contextmanager
def statements(made: House) -> Iterator[list[str]]:
    """What the ledger is asked meanwhile."""
    heard: list[str] = []

    def hear(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        heard.append(statement)

    engine = made.kennisbank.ledger._engine
    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=[f"{method} {path}" for method, path, _ in CALLS])
def test_what_is_not_there_and_what_is_forbidden_cannot_be_told_apart(
    boundary: Boundary, method: str, path: str, body: dict[str, Any]
) -> None:
    forbidden = {"document": boundary.document_id, "space": "directie"}
    seen = []
    boundary.program.get("/v1/spaces")  # the first request of the day marks the token as used
    for names in (forbidden, ABSENT):
        with statements(boundary.house) as heard:
            response = boundary.program.request(method, named(path, names), **named(body, names))
        text = re.sub(r'"request_id":"[0-9a-f]+"', "", response.text)
        for name in names.values():
            text = text.replace(name, "NAME")
        seen.append((response.status_code, text, list(heard)))

    assert seen[0] == seen[1]
    assert seen[0][0] == 404
    assert boundary.house.kennisbank.operations(OWNER).document(boundary.document_id).source == SECRET.path


def test_a_token_that_is_narrowed_to_a_space_sees_no_other(boundary: Boundary) -> None:
    boundary.let_bob_in()
    narrow = boundary.house.program("bob", spaces=["algemeen"])

    assert [space["name"] for space in narrow.get("/v1/spaces").json()["spaces"]] == ["algemeen"]
    assert narrow.get(f"/v1/documents/{boundary.document_id}/text").status_code == 404
    assert "31 weken" not in ask(narrow)["text"]


def test_without_accounts_everything_is_as_it_was(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        made.kennisbank.operations(OWNER).ingest([OPEN], "algemeen")
        anyone = made.client()
        assert anyone.get("/").status_code == 200
        assert anyone.get("/v1/spaces").json()["spaces"][0]["name"] == "algemeen"
        assert anyone.get("/sign-in").headers["location"] == "/"
        assert anyone.get("/v1/documents").status_code == 403

        made.settle("ada", Role.ADMINISTRATOR)

        assert anyone.get("/").headers["location"] == "/sign-in?next=/"
        assert anyone.get("/v1/spaces").status_code == 401
        assert anyone.get("/v1/spaces", headers={"Authorization": "Bearer anonymous"}).status_code == 401
