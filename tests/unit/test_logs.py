"""No text of documents, questions or people reaches the log, whoever logs it and however."""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest
import structlog

from kb.errors import GeneratorTimeout
from kb.logs import configure_logs, get_logger, quiet
from kb.settings import LogSettings

SECRET = "Wat verdient mevrouw Jansen-de Vries?"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, factory = root.handlers[:], root.level, logging.getLogRecordFactory()
    hooks = threading.excepthook, sys.unraisablehook
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.setLogRecordFactory(factory)
    threading.excepthook, sys.unraisablehook = hooks
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    captured = capsys.readouterr()
    assert captured.out == ""
    for word in SECRET.rstrip("?").split()[1:]:
        assert word not in captured.err
    return [json.loads(line) for line in captured.err.splitlines()]


def test_an_event_has_its_ids_counts_and_durations(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings())

    get_logger("kb.answering").info("question_answered", answer_id="01JB2R0M", passages=8, total_ms=412.5, outcome="answered")

    (event,) = lines(capsys)
    assert event.pop("timestamp", "").endswith("Z")  # type: ignore[union-attr]
    assert event == {
        "event": "question_answered",
        "level": "info",
        "logger": "kb.answering",
        "answer_id": "01JB2R0M",
        "passages": 8,
        "total_ms": 412.5,
        "outcome": "answered",
    }


@pytest.mark.parametrize("key", ["question", "answer_id", "text", "code", "route", "detail", "name", "where"])
def test_text_is_dropped_under_whatever_key_and_counted(capsys: pytest.CaptureFixture[str], key: str) -> None:
    configure_logs(LogSettings())

    get_logger("kb.x").warning("asked", **{key: SECRET})

    (event,) = lines(capsys)
    assert key not in event
    assert event["dropped_keys"] == 1


@pytest.mark.parametrize("value", [[SECRET], {"a": SECRET}, SECRET.encode(), ValueError(SECRET), 123456782])
def test_a_key_that_is_not_allowed_is_dropped_whatever_its_value(capsys: pytest.CaptureFixture[str], value: object) -> None:
    configure_logs(LogSettings())

    get_logger("kb.x").warning("asked", bsn=value, files=value if not isinstance(value, int) else None)

    (event,) = lines(capsys)
    assert "bsn" not in event
    assert event.get("files") is None
    assert "123456782" not in json.dumps(event)


def test_text_as_the_event_itself_is_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings())

    get_logger("kb.x").warning(SECRET)
    get_logger("kb.x").warning("asked %s", SECRET)

    assert [event["event"] for event in lines(capsys)] == ["unnamed", "unnamed"]


def test_an_exception_is_its_type_code_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings())
    try:
        raise ValueError(SECRET)
    except ValueError:
        get_logger("kb.x").exception("failed")
    get_logger("kb.x").error("failed", exc_info=GeneratorTimeout(seconds=60))

    bug, ours = lines(capsys)
    assert bug["error_type"] == "ValueError"
    assert str(bug["where"]).startswith("['tests.unit.test_logs:")
    assert (ours["error_type"], ours["code"]) == ("GeneratorTimeout", "generator_timeout")


@pytest.mark.parametrize("name", ["chromadb.segment", "llama_index.core", "httpx", "uvicorn.error", "unstructured", "kb.slip"])
def test_a_librarys_message_is_withheld_and_its_chatter_is_not_there_at_all(capsys: pytest.CaptureFixture[str], name: str) -> None:
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.NOTSET)  # the parsers, where they ran before in this process, silence their own library
    configure_logs(LogSettings())

    logger.debug(SECRET)
    if not name.startswith("kb."):
        logger.info("embedding %s", SECRET)
    try:
        raise RuntimeError(SECRET)
    except RuntimeError:
        logger.exception("failed on %s", SECRET)

    logger.setLevel(before)
    (event,) = lines(capsys)
    assert (event["event"], event["logger"], event["level"], event["error_type"]) == ("message_withheld", name, "error", "RuntimeError")


def test_a_library_with_a_handler_of_its_own_gets_no_text_either(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings())
    logger = logging.getLogger("transformers.of.a.test")
    handler = logging.StreamHandler(sys.stderr)
    logger.addHandler(handler)
    logger.propagate = False
    try:
        logger.warning("cut: %s", SECRET)
    finally:
        logger.removeHandler(handler)

    captured = capsys.readouterr().err
    assert "message_withheld" in captured
    assert "Jansen" not in captured


def test_plain_structlog_goes_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings())

    structlog.get_logger("kb.plain").warning("asked", question=SECRET, passages=2)

    (event,) = lines(capsys)
    assert (event["passages"], event["dropped_keys"], event["logger"]) == (2, 1, "kb.plain")


def test_a_warning_a_crashed_thread_and_an_unraisable_error_are_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings())

    def crash() -> None:
        raise RuntimeError(SECRET)

    thread = threading.Thread(target=crash, name=SECRET)
    thread.start()
    thread.join()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(SECRET, stacklevel=1)
        logging.captureWarnings(False)

    crashed, warned = lines(capsys)
    assert (crashed["event"], crashed["error_type"]) == ("thread_crashed", "RuntimeError")
    assert (warned["event"], warned["logger"]) == ("message_withheld", "py.warnings")


def test_the_request_id_is_on_every_line_of_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings())

    with structlog.contextvars.bound_contextvars(request_id="00ff00ff00ff00ff"):
        get_logger("kb.x").info("opened")

    assert lines(capsys)[0]["request_id"] == "00ff00ff00ff00ff"


def test_a_terminal_gets_a_readable_line_and_a_command_only_what_matters(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(quiet(LogSettings(json_lines=False)))

    get_logger("kb.x").info("opened", role="command")
    get_logger("kb.x").warning("index_rebuilt", space_id="01JB", seconds=3, rebuild_seconds=3)

    (line,) = capsys.readouterr().err.splitlines()
    assert "warning  index_rebuilt logger=kb.x space_id=01JB rebuild_seconds=3 dropped_keys=1" in line


def test_before_it_is_configured_nothing_leaks_either(capsys: pytest.CaptureFixture[str]) -> None:
    get_logger("kb.early").warning("asked", question=SECRET)

    assert "Jansen" not in "".join(capsys.readouterr())
