"""What the client does besides what the operations contract holds it to."""

from __future__ import annotations

import socket

import pytest

from api.client import BATCH_BYTES, BATCH_FILES, HttpOperations, batches, error_of
from kb.errors import DocumentNotFound, KennisbankError, NotFound, ServerUnreachable
from kb.types import FileResult, Upload
from tests.unit.api.conftest import Service


def test_files_travel_in_batches_of_bounded_number_and_size() -> None:
    many = [Upload(str(n), b"x") for n in range(BATCH_FILES + 1)]
    large = [Upload("a", bytes(BATCH_BYTES - 1)), Upload("b", b"xx"), Upload("c", bytes(BATCH_BYTES + 1)), Upload("d", b"")]

    assert [len(batch) for batch in batches(many)] == [BATCH_FILES, 1]
    assert [[upload.path for upload in batch] for batch in batches(large)] == [["a"], ["b"], ["c"], ["d"]]
    assert list(batches([])) == []


def test_an_error_comes_back_as_its_class_with_the_servers_words() -> None:
    error = error_of("document_not_found", "Er is geen document {x}.")

    assert isinstance(error, DocumentNotFound)
    assert isinstance(error, NotFound)
    assert (error.code, error.exit_code, error.status) == ("document_not_found", 1, 404)
    assert error.sentence("nl") == error.sentence("en") == str(error) == "Er is geen document {x}."


def test_an_error_of_a_newer_server_keeps_its_code() -> None:
    error = error_of("not_invented_yet", "Later.")

    assert type(error).__mro__[1] is KennisbankError
    assert error.code == "not_invented_yet"


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with HttpOperations(url, "x", pid=42) as operations:
        for call in (operations.status, lambda: list(operations.ask("x"))):
            with pytest.raises(ServerUnreachable, match="42"):
                call()


def test_a_batch_of_files_reports_as_one(service: Service) -> None:
    heard: list[FileResult] = []
    uploads = [Upload(f"map/{n:03}.txt", f"Regel {n} over verlof.\n".encode()) for n in range(BATCH_FILES + 6)]

    with HttpOperations(service.url, service.kennisbank.owner_token) as operations:
        report = operations.ingest(uploads, progress=heard.append)

    assert report.ready == len(heard) == BATCH_FILES + 6
    assert [result.path for result in report.files] == [upload.path for upload in uploads]


def test_the_servers_sentences_come_in_the_callers_language(service: Service) -> None:
    for language, words in (("nl", "Er is geen document"), ("en", "There is no document")):
        with (
            HttpOperations(service.url, service.kennisbank.owner_token, language=language) as operations,  # type: ignore[arg-type]
            pytest.raises(DocumentNotFound, match=words),
        ):
            operations.document("geen")
