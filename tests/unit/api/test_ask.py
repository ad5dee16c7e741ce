"""POST /v1/ask: whole, in pieces, refused, cut short."""

from __future__ import annotations

import json
import threading
from dataclasses import fields

import httpx
import pytest

from api.client import HttpOperations
from api.wire import to_json
from kb.errors import GeneratorInterrupted, GeneratorTimeout
from kb.ports import Cancellation
from kb.settings import ServerSettings, Settings
from kb.types import Answer, Citation, Done
from tests.service import LEAVE_QUESTION, STRANGE_QUESTION
from tests.unit.api.conftest import Service

STREAM = {"Accept": "text/event-stream"}


def events_of(text: str) -> list[tuple[str, dict[str, object]]]:
    frames = [frame.split("\n") for frame in text.strip().split("\n\n")]
    return [(frame[0].removeprefix("event: "), json.loads(frame[1].removeprefix("data: "))) for frame in frames]


def test_an_answer_has_the_fields_of_the_contract(service: Service) -> None:
    response = service.anyone.post("/v1/ask", json={"question": LEAVE_QUESTION})

    assert response.status_code == 200
    answer = response.json()
    assert list(answer) == [field.name for field in fields(Answer)]
    assert answer["outcome"] == "answered"
    assert answer["sentences"][0] == {"text": answer["citations"][0]["quote"], "citations": [1]}
    assert list(answer["citations"][0]) == [field.name for field in fields(Citation)]
    assert set(answer["generator"]) == {"backend", "model", "location", "context_tokens"}
    assert set(answer["timings_ms"]) == {"retrieve", "first_sentence", "total"}


def test_the_service_and_the_command_print_the_same_json(service: Service) -> None:
    response = service.anyone.post("/v1/ask", json={"question": LEAVE_QUESTION})

    kept = service.kennisbank.store.answers[response.json()["answer_id"]]
    assert json.loads(to_json(kept)) == response.json()


def test_a_stream_has_typed_events_that_end_with_the_whole_answer(service: Service) -> None:
    response = service.anyone.post("/v1/ask", json={"question": LEAVE_QUESTION}, headers=STREAM)

    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    names = [name for name, _ in events]
    assert names[0] == "retrieved"
    assert names[-1] == "done"
    assert set(names[1:-1]) == {"sentence"}
    assert all(data["type"] == name for name, data in events)


def test_what_the_documents_do_not_tell_is_a_200_with_an_outcome(service: Service) -> None:
    response = service.anyone.post("/v1/ask", json={"question": STRANGE_QUESTION})

    assert response.status_code == 200
    assert response.json()["outcome"] == "not_in_documents"


@pytest.mark.parametrize("headers", [{}, STREAM])
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"question": " "}, 400, "empty_question"),
        ({"question": "x" * 5_000}, 400, "question_too_long"),
        ({"question": "x", "space": "kelder"}, 404, "space_not_found"),
        ({"vraag": "x"}, 400, "invalid_request"),
        ({"question": "x", "history": [{"role": "system", "text": "y"}]}, 400, "invalid_request"),
    ],
)
def test_what_is_wrong_beforehand_has_a_status_also_for_a_stream(
    service: Service, headers: dict[str, str], body: dict[str, object], status: int, code: str
) -> None:
    response = service.anyone.post("/v1/ask", json=body, headers=headers)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert set(response.json()) == {"code", "detail", "request_id"}
    assert response.json()["request_id"] == response.headers["x-request-id"]


def test_what_goes_wrong_on_the_way_is_an_error_event(service: Service) -> None:
    def break_off(number: int, cancellation: Cancellation) -> None:
        if number == 2:
            raise GeneratorInterrupted

    service.kennisbank.store.before_sentence = break_off

    response = service.anyone.post("/v1/ask", json={"question": LEAVE_QUESTION}, headers={**STREAM, "Accept-Language": "nl"})

    *_, (name, data) = events_of(response.text)
    assert name == "error"
    assert data["code"] == "generator_interrupted"
    assert data["detail"] == GeneratorInterrupted.nl
    assert data["request_id"] == response.headers["x-request-id"]


def test_without_a_stream_it_is_the_status_of_its_error(service: Service) -> None:
    def time_out(number: int, cancellation: Cancellation) -> None:
        raise GeneratorTimeout(seconds=60)

    service.kennisbank.store.before_sentence = time_out

    response = service.anyone.post("/v1/ask", json={"question": LEAVE_QUESTION})

    assert (response.status_code, response.json()["code"]) == (504, "generator_timeout")


@pytest.mark.parametrize("headers", [{}, STREAM])
def test_a_bug_is_told_without_its_text(service: Service, headers: dict[str, str]) -> None:
    def crash(number: int, cancellation: Cancellation) -> None:
        raise ValueError("salaris van Jansen")

    service.kennisbank.store.before_sentence = crash

    response = service.anyone.post("/v1/ask", json={"question": LEAVE_QUESTION}, headers=headers)

    assert "Jansen" not in response.text
    assert '"internal"' in response.text
    assert response.status_code == (200 if headers else 500)
    assert response.headers["x-request-id"]
    assert "content-security-policy" in response.headers


@pytest.mark.parametrize("headers", [{}, STREAM])
def test_an_asker_who_leaves_stops_the_answer(service: Service, headers: dict[str, str]) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def wait_for_the_end(number: int, cancellation: Cancellation) -> None:
        begun.set()
        if cancellation.event.wait(20):
            stopped.set()

    service.kennisbank.store.before_sentence = wait_for_the_end

    def leave_early() -> None:
        with httpx.Client(base_url=service.url, trust_env=False) as client:
            try:
                client.post("/v1/ask", json={"question": LEAVE_QUESTION}, headers=headers, timeout=0.4)
            except httpx.ReadTimeout:
                return

    leave_early()

    assert begun.is_set()
    assert stopped.wait(20)


def test_closing_the_clients_iterator_stops_the_answer(service: Service) -> None:
    stopped = threading.Event()

    def wait_for_the_end(number: int, cancellation: Cancellation) -> None:
        if number == 2 and cancellation.event.wait(20):
            stopped.set()

    service.kennisbank.store.before_sentence = wait_for_the_end
    with HttpOperations(service.url, None) as operations:
        events = operations.ask(LEAVE_QUESTION)
        next(events)
        next(events)

        events.close()  # type: ignore[attr-defined]

        assert stopped.wait(20)


class TestWhenEveryLaneIsTaken:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(server=ServerSettings(max_concurrent_questions=1))

    def test_the_next_asker_is_told_to_come_back(self, service: Service) -> None:
        begun, go_on = threading.Event(), threading.Event()

        def wait(number: int, cancellation: Cancellation) -> None:
            begun.set()
            go_on.wait(20)

        service.kennisbank.store.before_sentence = wait
        answers: list[httpx.Response] = []
        first = threading.Thread(target=lambda: answers.append(service.anyone.post("/v1/ask", json={"question": LEAVE_QUESTION})))
        first.start()
        assert begun.wait(20)

        refused = service.owner.post("/v1/ask", json={"question": LEAVE_QUESTION})
        go_on.set()
        first.join(20)
        afterwards = service.owner.post("/v1/ask", json={"question": LEAVE_QUESTION})

        assert (refused.status_code, refused.json()["code"]) == (429, "busy")
        assert int(refused.headers["retry-after"]) > 0
        assert answers[0].status_code == 200
        assert afterwards.status_code == 200


def test_history_and_conversation_reach_the_core(service: Service) -> None:
    history = [{"role": "user", "text": "Wat is verlof?"}, {"role": "assistant", "text": "Vrije tijd."}]

    response = service.anyone.post("/v1/ask", json={"question": LEAVE_QUESTION, "history": history, "conversation_id": "c-1"})

    assert response.json()["conversation_id"] == "c-1"
    assert [turn.text for turn in service.kennisbank.store.asked[-1][1]] == ["Wat is verlof?", "Vrije tijd."]


def test_the_client_reads_the_same_answer_as_the_core_made(service: Service) -> None:
    with HttpOperations(service.url, service.kennisbank.owner_token) as operations:
        *_, last = operations.ask(LEAVE_QUESTION)

    assert isinstance(last, Done)
    assert last.answer == service.kennisbank.store.answers[last.answer.answer_id]


def test_feedback_is_recorded(service: Service) -> None:
    answer_id = service.anyone.post("/v1/ask", json={"question": LEAVE_QUESTION}).json()["answer_id"]

    response = service.anyone.post(f"/v1/answers/{answer_id}/feedback", json={"vote": "down", "reason": "verouderd"})

    assert response.status_code == 204
    assert service.kennisbank.store.feedback[answer_id] == ("down", "verouderd")
    assert service.anyone.post("/v1/answers/geen/feedback", json={"vote": "up"}).json()["code"] == "answer_not_found"
    assert service.anyone.post(f"/v1/answers/{answer_id}/feedback", json={"vote": "sideways"}).status_code == 400
