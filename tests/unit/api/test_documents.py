"""Documents and spaces over HTTP."""

from __future__ import annotations

import json

import pytest

from tests.unit.api.conftest import Service

NOTE = b"# Nota\n\nDe koffie is gratis.\n"


def test_several_files_travel_with_their_relative_paths(service: Service) -> None:
    files = [("files", ("a.txt", NOTE)), ("files", ("b.txt", b""))]

    response = service.owner.post("/v1/documents", files=files, data={"paths": ["map/één/a.txt", 'map/"b".txt']})

    report = response.json()
    assert response.status_code == 200
    assert [(one["path"], one["status"]) for one in report["files"]] == [("map/één/a.txt", "ready"), ('map/"b".txt', "failed")]
    assert (report["ready"], report["failed"]) == (1, 1)


def test_without_paths_the_files_names_count(service: Service) -> None:
    report = service.owner.post("/v1/documents", files=[("files", ("a.txt", NOTE))]).json()

    assert report["files"][0]["path"] == "a.txt"


@pytest.mark.parametrize("path", ["../a.txt", "/etc/passwd", "a/../../b", "C:\\a.txt", "..\\a.txt", "", "x" * 1_001, "a\0b"])
def test_a_path_that_leaves_its_folder_is_refused_before_anything_is_read(service: Service, path: str) -> None:
    files = [("files", ("a.txt", NOTE)), ("files", ("b.txt", NOTE))]

    response = service.owner.post("/v1/documents", files=files, data={"paths": ["goed.txt", path]})

    assert (response.status_code, response.json()["code"]) == (400, "invalid_upload")
    assert len(service.owner.get("/v1/documents").json()["documents"]) == 1


def test_as_many_paths_as_files_or_none(service: Service) -> None:
    response = service.owner.post("/v1/documents", files=[("files", ("a.txt", NOTE))], data={"paths": ["a", "b"]})

    assert response.json()["code"] == "invalid_upload"


def test_no_files_is_a_request_that_does_not_fit(service: Service) -> None:
    response = service.owner.post("/v1/documents", data={"space": "algemeen"})

    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")


def test_a_document_can_be_looked_at_read_and_taken_out(service: Service) -> None:
    listed = service.owner.get("/v1/documents", params={"space": "algemeen"}).json()["documents"]
    document_id = listed[0]["id"]

    assert service.owner.get(f"/v1/documents/{document_id}").json() == listed[0]
    read = service.anyone.get(f"/v1/documents/{document_id}/text", params={"version": 1}).json()
    assert [section["page"] for section in read["sections"]] == [1, 1, 1, 1, 2, 2]
    assert service.owner.delete(f"/v1/documents/{document_id}").status_code == 204
    assert service.owner.get(f"/v1/documents/{document_id}").json()["code"] == "document_not_found"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/documents"), ("GET", "/v1/documents/x"), ("DELETE", "/v1/documents/x"), ("GET", "/v1/status")],
)
def test_what_only_the_owner_may_is_refused_to_others_before_it_is_looked_up(service: Service, method: str, path: str) -> None:
    response = service.anyone.request(method, path)

    assert (response.status_code, response.json()["code"]) == (403, "not_permitted")


def test_a_space_is_made_once(service: Service) -> None:
    made = service.owner.post("/v1/spaces", json={"name": "directie"})

    assert made.status_code == 201
    assert [space["name"] for space in service.anyone.get("/v1/spaces").json()["spaces"]] == ["algemeen", "directie"]
    assert service.owner.post("/v1/spaces", json={"name": "directie"}).status_code == 409
    assert service.owner.post("/v1/spaces", json={"name": "../x"}).json()["code"] == "invalid_name"
    assert service.anyone.post("/v1/spaces", json={"name": "x"}).status_code == 403


def test_the_status_is_that_of_the_contract(service: Service) -> None:
    status = service.owner.get("/v1/status").json()

    assert (status["documents"], status["spaces"], status["generator"]["backend"]) == (1, 1, "memory")


EVENTS = {"Accept": "text/event-stream"}


def test_an_ingest_can_be_followed_file_by_file(service: Service) -> None:
    files = [("files", (name, NOTE if name != "leeg.txt" else b"")) for name in ("a.txt", "leeg.txt", "c.txt")]

    response = service.owner.post("/v1/documents", files=files, headers=EVENTS)

    frames = [dict(line.split(": ", 1) for line in frame.splitlines()) for frame in response.text.strip().split("\n\n")]
    assert [frame["event"] for frame in frames] == ["file", "file", "file", "report"]
    steps = [json.loads(frame["data"]) for frame in frames]
    assert [(step["done"], step["total"], step["result"]["path"]) for step in steps[:3]] == [
        (1, 3, "a.txt"),
        (2, 3, "leeg.txt"),
        (3, 3, "c.txt"),
    ]
    assert steps[2]["remaining_seconds"] == 0
    assert (steps[3]["report"]["failed"], len(steps[3]["report"]["files"])) == (1, 3)


def test_an_ingest_into_an_unknown_space_says_so_by_its_status(service: Service) -> None:
    response = service.owner.post("/v1/documents", files=[("files", ("a.txt", NOTE))], data={"space": "nergens"}, headers=EVENTS)

    assert (response.status_code, response.json()["code"]) == (404, "space_not_found")
