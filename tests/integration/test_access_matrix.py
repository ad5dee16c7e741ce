"""Every route with every role and with nobody. A route that is not in the table fails here until somebody says whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from api.app import create_app
from api.memory_operations import MemoryKennisbank
from kb.authorise import MAY, Action, Role
from tests.accounts import House, house

EVERYBODY = frozenset(Role)
MANAGERS = frozenset({Role.KNOWLEDGE_MANAGER})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
OFFICERS = frozenset({Role.DPO})
WATCHERS = frozenset({Role.OPS, Role.ADMINISTRATOR})

PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/oidc",
    "GET /sign-in/oidc/back",
    "GET /sign-in/proxy",
    "GET /welcome",
    "POST /welcome",
    "GET /password",
    "POST /password",
    "POST /sign-out",
}
"""For whoever comes to the door, and for whoever starts and watches the service."""

PAGES = {"GET /", "POST /", "GET /documents/{document_id}", "GET /account"}
"""For everybody with an account; nobody is sent to sign in."""

WHOSE = {
    "POST /v1/ask": EVERYBODY,
    "POST /v1/chat/completions": EVERYBODY,
    "GET /v1/models": EVERYBODY,
    "POST /v1/answers/{answer_id}/feedback": EVERYBODY,
    "GET /v1/spaces": EVERYBODY,
    "GET /v1/documents/{document_id}/text": EVERYBODY,
    "GET /v1/me": EVERYBODY,
    "GET /v1/me/tokens": EVERYBODY,
    "POST /v1/me/tokens": EVERYBODY,
    "DELETE /v1/me/tokens/{token_id}": EVERYBODY,
    "POST /account/password": EVERYBODY,
    "GET /v1/documents": MANAGERS,
    "POST /v1/documents": MANAGERS,
    "GET /v1/documents/{document_id}": MANAGERS,
    "PATCH /v1/documents/{document_id}": MANAGERS,
    "DELETE /v1/documents/{document_id}": MANAGERS,
    "POST /v1/documents/{document_id}/release": MANAGERS,
    "PUT /v1/documents/{document_id}/source": MANAGERS,
    "GET /v1/folders": MANAGERS,
    "POST /v1/folders": MANAGERS,
    "GET /v1/folders/files": MANAGERS,
    "POST /v1/web-pages": MANAGERS,
    "PUT /v1/spaces/{space}/labels/{label}": MANAGERS,
    "POST /v1/spaces": ADMINISTRATORS,
    "GET /v1/people": ADMINISTRATORS,
    "POST /v1/people": ADMINISTRATORS,
    "GET /v1/people/{person}": ADMINISTRATORS,
    "PATCH /v1/people/{person}": ADMINISTRATORS,
    "DELETE /v1/people/{person}": ADMINISTRATORS,
    "POST /v1/people/{person}/link": ADMINISTRATORS,
    "GET /v1/people/{person}/tokens": ADMINISTRATORS,
    "POST /v1/people/{person}/tokens": frozenset(),
    "DELETE /v1/people/{person}/tokens/{token_id}": ADMINISTRATORS,
    "GET /v1/groups": ADMINISTRATORS,
    "POST /v1/groups": ADMINISTRATORS,
    "DELETE /v1/groups/{group}": ADMINISTRATORS,
    "PUT /v1/groups/{group}/members/{person}": ADMINISTRATORS,
    "DELETE /v1/groups/{group}/members/{person}": ADMINISTRATORS,
    "GET /v1/audiences": ADMINISTRATORS,
    "PUT /v1/audiences/{space}": ADMINISTRATORS,
    "GET /v1/status": WATCHERS,
    "GET /v1/backups": frozenset(),
    "POST /v1/backups": frozenset(),
    "POST /v1/backups/verify": frozenset(),
}

BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/documents": {"files": [("files", ("a.md", b"# A\n\nEen zin over verlof."))], "data": {"space": "algemeen"}},
    "POST /v1/chat/completions": {"json": {"model": "kennisbank", "messages": [{"role": "user", "content": "verlof?"}]}},
    "POST /account/password": {
        "data": {"old": "not this one", "password": "een heel ander wachtwoord", "again": "een heel ander wachtwoord"}
    },
    "POST /v1/privacy/requests": {
        "json": {"kind": "access", "identifiers": [{"kind": "name", "value": "Xandrine van der Velde"}], "received_on": "2026-01-05"}
    },
}

APP = create_app(MemoryKennisbank())
SCHEMA = APP.openapi()


def routes() -> list[str]:
    """“METHOD path” of everything that the service answers, files of pages apart."""
    found = [route for part in APP.routes for route in getattr(getattr(part, "original_router", None), "routes", [part])]
    return sorted(f"{method} {route.path}" for route in found if isinstance(route, APIRoute) for method in route.methods)


def whose(route: str) -> frozenset[Role]:
    return OFFICERS if "/v1/privacy" in route else EVERYBODY if route in PAGES else WHOSE[route]


def body_of(route: str) -> dict[str, Any]:
    """The least that the route takes, so that what refuses it is not its form."""
    method, path = route.split(" ")
    if route in BODIES:
        return BODIES[route]
    content = SCHEMA["paths"].get(path, {}).get(method.lower(), {}).get("requestBody", {}).get("content", {})
    return {"json": least(content["application/json"]["schema"])} if "application/json" in content else {}


def least(schema: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return least(SCHEMA["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return least(schema[choice][0])
    match schema.get("type"):
        case "object":
            return {name: least(schema["properties"][name]) for name in schema.get("required", [])}
        case "array":
            return []
        case "integer" | "number":
            return 1
        case "boolean":
            return False
        case _:
            return {"date": "2026-01-05", "date-time": "2026-01-05T09:00:00Z"}.get(schema.get("format", ""), "absent")


def call(client: httpx.Client, route: str) -> int:
    method, path = route.split(" ")
    path = path.replace("{space}", "algemeen").replace("{label}", "bsn").replace("{letter}", "receipt")
    return client.request(method, re.sub(r"\{\w+\}", "absent", path), params={"language": "nl"}, **body_of(route)).status_code


@pytest.fixture(scope="module")
def settled(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[tuple[House, dict[Role, list[httpx.Client]]]]:
    """Somebody of every role, in a browser and by a program."""
    with pytest.MonkeyPatch.context() as patched:
        sandbox = request.getfixturevalue("_sandbox")
        patched.setattr("api.bootstrap.Kennisbank.parser", property(lambda kennisbank: sandbox))
        with house(tmp_path_factory.mktemp("matrix")) as made:
            made.settle("first", Role.ADMINISTRATOR)
            clients = {}
            for role in Role:
                browser = made.browser(made.settle(role.value, role))
                clients[role] = [browser, made.program(role.value)]
            yield made, clients


def test_every_route_is_somebodys_and_the_table_holds_no_other() -> None:
    there = {route for route in routes() if "/v1/privacy" not in route}
    assert there == PUBLIC | PAGES | set(WHOSE)


@pytest.mark.parametrize("route", [route for route in routes() if route not in PUBLIC])
def test_a_route_is_open_to_those_whose_it_is_and_to_no_one_else(settled: tuple[House, dict[Role, list[httpx.Client]]], route: str) -> None:
    made, clients = settled
    for role, ways in clients.items():
        for client in ways:
            if route in ("GET /account", "POST /account/password") and client is ways[1]:
                continue  # pages of a session: a program has none
            status = call(client, route)
            if route == "POST /account/password":
                assert status == 401, "the old password was wrong"
            elif role in whose(route):
                assert status not in (401, 403), (role, status)
                assert status != 500
            else:
                assert status == 403, (role, status)
    assert call(made.client(), route) == (303 if route in PAGES else 401)
    assert call(made.owner, route) not in (401, 403) or route == "POST /account/password"


def test_every_action_is_some_roles_and_an_administrator_is_no_officer() -> None:
    assert frozenset().union(*MAY.values()) == frozenset(Action) - {Action.MANAGE_BACKUPS}, "backups are the owner's alone"
    assert not MAY[Role.ADMINISTRATOR] & MAY[Role.DPO]
    assert not MAY[Role.ADMINISTRATOR] & MAY[Role.KNOWLEDGE_MANAGER]
