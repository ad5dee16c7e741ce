"""The log: one line per event on stderr, with ids, counts and durations, never text of documents, questions or people.

This is held in two places, so that a slip does no harm. An event of our own loses every key outside an allowlist and every
value that could be text. A record of anybody else (a library, `warnings`, a crashed thread) loses its message and keeps its
logger's name, its level and where an exception came from.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO, cast

import structlog

from kb.errors import KennisbankError

if TYPE_CHECKING:
    # For its name alone: processes that read and rewrite single files log, and have no settings to load.
    from kb.settings import LogSettings

OWN_LOGGERS = ("kb", "ingest", "eval", "api")

ALLOWED_KEYS = frozenset(
    {
        "added",
        "attempt",
        "backend",
        "changed",
        "chunks",
        "code",
        "deleted",
        "documents",
        "dropped",
        "dropped_keys",
        "error_type",
        "failed",
        "files",
        "generation",
        "held",
        "kind",
        "language",
        "level",
        "limit",
        "logger",
        "method",
        "moved",
        "outcome",
        "pages",
        "passages",
        "pending",
        "pid",
        "port",
        "quarantined",
        "ready",
        "reason",
        "request_id",
        "role",
        "route",
        "sentences",
        "seq",
        "spaces",
        "state",
        "status",
        "timestamp",
        "unchanged",
        "vectors",
        "version",
        "where",
        "windows",
    }
)
"""Keys that an event may have besides those that end like `ALLOWED_ENDINGS`."""

ALLOWED_ENDINGS = ("_id", "_count", "_ms", "_seconds", "_bytes", "_tokens", "_code", "_sha256")

_EVENT = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,119}")
_ROUTE = re.compile(r"[A-Za-z0-9_./{}:\-]{1,200}")
_WITHHELD = "message_withheld"
_FRAMES = 12


class SafeEvent(dict[str, Any]):
    """An event that has been through `keep_only_facts`; only this class is ever written out."""


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for events: ``log.info("question_answered", answer_id=…, passages=8, total_ms=412)``. Safe before `configure_logs`."""
    return cast(
        structlog.stdlib.BoundLogger,
        structlog.wrap_logger(
            logging.getLogger(name),
            wrapper_class=structlog.stdlib.BoundLogger,
            processors=_processors(),
            cache_logger_on_first_use=True,
        ),
    )


def _processors() -> list[structlog.typing.Processor]:
    return [structlog.stdlib.filter_by_level, structlog.contextvars.merge_contextvars, keep_only_facts, _as_record]


def configure_logs(settings: LogSettings) -> None:
    """Send events of ``settings.level`` and above, and warnings of everybody else, to stderr. May be called again."""
    handler = _StandardError()
    handler.setFormatter(LogFormatter(json_lines=settings.json_lines))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(settings.level.upper())
    logging.setLogRecordFactory(_withholding_record)
    # Where writing the log fails, logging would print the event with the trace of whatever went wrong, texts included.
    logging.raiseExceptions = False
    structlog.configure(
        processors=_processors(),
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    logging.captureWarnings(True)
    threading.excepthook = _report_crashed_thread
    sys.unraisablehook = _report_unraisable


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to whatever stderr is at that moment: one that was replaced may be closed."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)


def quiet(settings: LogSettings) -> LogSettings:
    """``settings`` for a command that a person runs: its own words are enough, unless more was asked for."""
    return settings.model_copy(update={"level": "warning"}) if settings.level == "info" else settings


def keep_only_facts(logger: Any, level: str, event: MutableMapping[str, Any]) -> SafeEvent:
    """Drop what is not on the allowlist or could be text; ``dropped_keys`` counts what was dropped. (A structlog processor.)"""
    name = event.pop("event", "")
    facts = SafeEvent(event=name if isinstance(name, str) and _EVENT.fullmatch(name) else "unnamed", level=level)
    facts["logger"] = getattr(logger, "name", "")
    dropped = 0
    for key, value in event.items():
        if key == "exc_info":
            facts.update(_origin(value))
        elif (key in ALLOWED_KEYS or key.endswith(ALLOWED_ENDINGS)) and _is_fact(key, value):
            facts[key] = value
        else:
            dropped += 1
    if dropped:
        facts["dropped_keys"] = dropped
    return facts


def _is_fact(key: str, value: object) -> bool:
    if value is None or isinstance(value, bool | int | float):
        return True
    if isinstance(value, str):
        return (_ROUTE if key == "route" else _WORD).fullmatch(value) is not None
    return False


def _origin(exc_info: object) -> dict[str, Any]:
    """Type, code and place of an exception, without its message."""
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if not isinstance(error, BaseException):
        return {}
    origin: dict[str, Any] = {"error_type": type(error).__name__, "where": _places(error.__traceback__)}
    if isinstance(error, KennisbankError):
        origin["code"] = error.code
    return origin


def _places(traceback: TracebackType | None) -> list[str]:
    places = []
    while traceback is not None:
        places.append(f"{traceback.tb_frame.f_globals.get('__name__', '?')}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return places[-_FRAMES:]


def _as_record(logger: Any, level: str, event: MutableMapping[str, Any]) -> tuple[Any, ...]:
    return (event,), {}


_plain_record = logging.LogRecord


def _withholding_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _plain_record(*args, **kwargs)
    if not isinstance(record.msg, SafeEvent):
        origin = _origin(record.exc_info) if record.exc_info else {}
        record.msg = SafeEvent(event=_WITHHELD, level=record.levelname.lower(), logger=record.name, **origin)
        record.args = ()
        record.exc_info = record.exc_text = record.stack_info = None
    return record


class LogFormatter(logging.Formatter):
    """Writes a record as a JSON object, or as ``time level event key=value …`` for a terminal."""

    def __init__(self, *, json_lines: bool) -> None:
        super().__init__()
        self._json_lines = json_lines

    def format(self, record: logging.LogRecord) -> str:
        """One line. A record that was made before `configure_logs` and is not ours is withheld here."""
        msg: object = record.msg
        event = msg if isinstance(msg, SafeEvent) else SafeEvent(event=_WITHHELD, level=record.levelname.lower(), logger=record.name)
        timestamp = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self._json_lines:
            return json.dumps({"timestamp": timestamp, **event})
        pairs = " ".join(f"{key}={value}" for key, value in event.items() if key not in ("event", "level"))
        return f"{timestamp} {event['level']:<8} {event['event']} {pairs}".rstrip()


def _report_crashed_thread(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_type is not SystemExit:
        get_logger("kb.logs").error("thread_crashed", exc_info=crash.exc_value)


def _report_unraisable(failure: sys.UnraisableHookArgs) -> None:
    get_logger("kb.logs").error("unraisable", exc_info=failure.exc_value)
