"""What a request must pass, and what every response carries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb.settings import ServerSettings, Settings
from tests.service import LEAVE_QUESTION
from tests.unit.api.conftest import Service


@pytest.mark.parametrize(
    "host", ["evil.example", "kennisbank.local:8765", "127.0.0.1.evil.example", "", "[::2]", "localhost@evil.example:80"]
)
def test_another_host_name_is_refused(service: Service, host: str) -> None:
    response = service.anyone.get("/healthz", headers={"Host": host})

    assert response.status_code == 400
    if response.headers["content-type"] == "application/json":
        assert response.json()["code"] == "foreign_host"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8765", "127.0.0.1:1", "[::1]:8765"])
def test_this_machines_own_names_are_served(service: Service, host: str) -> None:
    assert service.anyone.get("/healthz", headers={"Host": host}).json() == {"status": "ok"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/ask"), ("DELETE", "/v1/documents/x"), ("POST", "/"), ("POST", "/v1/spaces")])
def test_a_page_of_another_site_can_change_nothing(service: Service, headers: dict[str, str], method: str, path: str) -> None:
    response = service.owner.request(method, path, headers=headers)

    assert (response.status_code, response.json()["code"]) == (403, "foreign_origin")
    assert service.kennisbank.store.asked == []


def test_our_own_page_may_ask(service: Service) -> None:
    response = service.anyone.post(
        "/v1/ask", json={"question": LEAVE_QUESTION}, headers={"Origin": service.url, "Sec-Fetch-Site": "same-origin"}
    )

    assert response.status_code == 200


def test_a_wrong_token_is_refused_rather_than_taken_for_anonymous(service: Service) -> None:
    for header in ("Bearer wrong", "Bearer", "Basic b3duZXI6", service.kennisbank.owner_token):
        response = service.anyone.get("/v1/spaces", headers={"Authorization": header})
        assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
        assert response.headers["www-authenticate"] == "Bearer"


def test_the_placeholder_key_is_anonymous(service: Service) -> None:
    headers = {"Authorization": "Bearer anonymous"}

    assert service.anyone.get("/v1/spaces", headers=headers).status_code == 200
    assert service.anyone.get("/v1/documents", headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/ask", "/nowhere", "/pages/chat.js", "/openapi.json"])
def test_every_response_forbids_what_a_page_does_not_need(service: Service, path: str) -> None:
    headers = service.anyone.get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert len(headers["x-request-id"]) == 16


def test_what_is_not_there_is_a_problem_in_the_readers_language(service: Service) -> None:
    dutch = service.anyone.get("/nowhere", headers={"Accept-Language": "fr, nl;q=0.8, en;q=0.5"}).json()
    english = service.anyone.get("/nowhere", headers={"Accept-Language": "en-GB"}).json()
    unsaid = service.anyone.get("/nowhere").json()

    assert dutch["code"] == english["code"] == "not_found"
    assert dutch["detail"] == unsaid["detail"] == "Dat bestaat niet, of u mag het niet zien."
    assert english["detail"] == "That does not exist, or you may not see it."


def test_a_method_that_an_address_does_not_take_is_a_problem(service: Service) -> None:
    response = service.anyone.get("/v1/ask")

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


class TestWithASmallLimit:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(server=ServerSettings(max_request_bytes=2_000))

    def test_a_body_that_says_it_is_too_large_is_refused_unread(self, service: Service) -> None:
        response = service.owner.post("/v1/documents", files=[("files", ("a.txt", b"x" * 3_000))])

        assert (response.status_code, response.json()["code"]) == (413, "too_large")

    @pytest.mark.parametrize("path", ["/v1/ask", "/v1/documents"])
    def test_a_body_that_turns_out_too_large_is_refused(self, service: Service, path: str) -> None:
        def pieces() -> Iterator[bytes]:
            if path == "/v1/documents":
                yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
            for _ in range(30):
                yield b" " * 100

        headers = {"Content-Type": "application/json" if path == "/v1/ask" else "multipart/form-data; boundary=x"}
        response = service.owner.post(path, content=pieces(), headers=headers)

        assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_a_question_may_not_be_as_large_as_an_upload(service: Service) -> None:
    response = service.anyone.post("/v1/ask", json={"question": "x" * 1_100_000})

    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_a_body_that_is_no_json_is_a_problem(service: Service) -> None:
    response = service.anyone.post("/v1/ask", content=b"{", headers={"Content-Type": "application/json"})

    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")


def test_readiness_asks_the_ledger_and_health_does_not(service: Service) -> None:
    assert service.anyone.get("/readyz").json() == {"indexes_behind": 0, "status": "ready"}
    assert service.anyone.get("/healthz").json() == {"status": "ok"}


def test_a_client_is_not_sent_through_a_proxy_of_the_environment(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.client import HttpOperations

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with HttpOperations(service.url, service.kennisbank.owner_token) as operations:
        assert operations.status().documents == 1
