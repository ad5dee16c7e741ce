"""The OpenAPI document: complete, true, and without anything loaded from elsewhere."""

from __future__ import annotations

import json
from typing import Any

from api.app import create_app
from api.memory_operations import MemoryKennisbank
from tests.service import LEAVE_QUESTION
from tests.unit.api.conftest import Service

SCHEMA: dict[str, Any] = create_app(MemoryKennisbank()).openapi()


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(references(value) for value in node)) if node else set()
    return set()


PRIVACY = "/v1/privacy/requests/{request}"
ACTS = (
    "identifiers await-identity confirm find hits review plan originals/{document_id} approve execute verify report report.html export "
    "extend refuse hold release-hold restrict lift uphold letters/{letter} close"
)


def test_it_names_every_address_of_the_contract() -> None:
    assert set(SCHEMA["paths"]) == {
        "/v1/privacy/requests",
        PRIVACY,
        *(f"{PRIVACY}/{act}" for act in ACTS.split()),
        "/v1/privacy/suppressions",
        "/v1/privacy/suppressions/{suppression_id}",
        "/v1/privacy/tasks",
        "/v1/privacy/tasks/{task_id}/done",
        "/v1/privacy/journal",
        "/v1/privacy/retention",
        "/v1/privacy/retention/run",
        "/v1/backups",
        "/v1/backups/verify",
        "/v1/ask",
        "/v1/answers/{answer_id}/feedback",
        "/v1/documents",
        "/v1/documents/{document_id}",
        "/v1/documents/{document_id}/release",
        "/v1/spaces/{space}/labels/{label}",
        "/v1/documents/{document_id}/text",
        "/v1/documents/{document_id}/source",
        "/v1/folders",
        "/v1/folders/files",
        "/v1/web-pages",
        "/v1/spaces",
        "/v1/me",
        "/v1/me/tokens",
        "/v1/me/tokens/{token_id}",
        "/v1/people",
        "/v1/people/{person}",
        "/v1/people/{person}/link",
        "/v1/people/{person}/tokens",
        "/v1/people/{person}/tokens/{token_id}",
        "/v1/groups",
        "/v1/groups/{group}",
        "/v1/groups/{group}/members/{person}",
        "/v1/audiences",
        "/v1/audiences/{space}",
        "/v1/status",
        "/v1/models",
        "/v1/chat/completions",
        "/healthz",
        "/readyz",
    }


def test_every_reference_leads_somewhere() -> None:
    for reference in references(SCHEMA):
        assert reference.removeprefix("#/components/schemas/") in SCHEMA["components"]["schemas"], reference


def test_every_operation_says_what_its_errors_look_like() -> None:
    for path, operations in SCHEMA["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
            assert "422" not in responses
            if path.startswith(("/v1/chat", "/v1/models")):
                assert references(responses["default"]) == {"#/components/schemas/OpenAIProblem"}
            else:
                for status in {status for status in responses if status[0] in "45"}:
                    assert references(responses[status]) == {"#/components/schemas/Problem"}
                assert {"400", "401", "403", "500", "503"} <= set(responses)
            assert operation["summary"]


def test_the_stream_is_described_event_by_event() -> None:
    content = SCHEMA["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]
    items = content["text/event-stream"]["itemSchema"]["oneOf"]

    named = {item["properties"]["event"]["const"]: item["properties"]["data"]["contentSchema"]["$ref"] for item in items}
    assert {name: reference.rpartition("/")[2] for name, reference in named.items()} == {
        "retrieved": "Retrieved",
        "sentence": "SentenceProven",
        "done": "Done",
        "error": "StreamProblem",
    }


def test_the_example_of_an_answer_has_the_fields_that_an_answer_has(service: Service) -> None:
    content = SCHEMA["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]["application/json"]
    real = service.anyone.post("/v1/ask", json={"question": LEAVE_QUESTION}).json()

    assert list(content["example"]) == list(real)
    assert content["schema"] == {"$ref": "#/components/schemas/Answer"}
    assert list(content["example"]["citations"][0]) == list(real["citations"][0])
    assert set(content["example"]["passages"][0]) == set(real["passages"][0])


def test_it_is_served_and_no_page_of_it_loads_scripts_from_elsewhere(service: Service) -> None:
    assert service.anyone.get("/openapi.json").json() == json.loads(json.dumps(SCHEMA))
    for path in ("/docs", "/redoc"):
        assert service.anyone.get(path).status_code == 404
