"""What the OpenAPI document says of streamed events, and an answer to show in it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from api.privacy_wire import ExecutionEnded, StepEnded
from api.upload_progress import FileEnded, IngestEnded
from api.wire import StreamProblem
from kb.types import Done, Retrieved, SentenceProven

_EVENTS: dict[str, type] = {"retrieved": Retrieved, "sentence": SentenceProven, "done": Done, "error": StreamProblem}
_PROGRESS: dict[str, type] = {"file": FileEnded, "report": IngestEnded, "error": StreamProblem}
_EXECUTION: dict[str, type] = {"step": StepEnded, "done": ExecutionEnded, "error": StreamProblem}
_REFERENCE = "#/components/schemas/{model}"

_SENTENCE = {"text": "Het ouderschapsverlof wordt negen weken doorbetaald.", "citations": [1]}
_CITATION = {
    "n": 1,
    "document_id": "01JB2Q8W3V5YT0",
    "document_title": "Verlofregeling",
    "version": 2,
    "space": "algemeen",
    "page": 4,
    "section": "Ouderschapsverlof",
    "quote": "Van het ouderschapsverlof worden negen weken doorbetaald.",
    "quote_start": 5120,
    "quote_end": 5177,
    "score": 0.93,
}
_PASSAGE = {
    "document_id": "01JB2Q8W3V5YT0",
    "chunk_id": "01JB2Q8W3V5YT0-17",
    "score": 0.031,
    "document_title": "Verlofregeling",
    "section": "Ouderschapsverlof",
    "page": 4,
}
ANSWER_EXAMPLE: dict[str, Any] = {
    "answer_id": "01JB2R0M9K7HX4",
    "question": "Hoeveel weken ouderschapsverlof krijg ik doorbetaald?",
    "language": "nl",
    "outcome": "answered",
    "text": "Het ouderschapsverlof wordt negen weken doorbetaald.",
    "sentences": [_SENTENCE],
    "dropped_sentences": 0,
    "citations": [_CITATION],
    "passages": [_PASSAGE],
    "generator": {"backend": "ollama", "model": "gemma3:4b", "location": "local", "context_tokens": 4096},
    "timings_ms": {"retrieve": 38.2, "first_sentence": 1480.0, "total": 2210.5},
    "conversation_id": "01JB2R0M9K7HX3",
    "notices": [],
}


def event_stream_content() -> dict[str, Any]:
    """The media type object of an answer's stream (``itemSchema`` as in OpenAPI 3.2, 4.14.4)."""
    return _stream(_EVENTS)


def progress_content() -> dict[str, Any]:
    """The media type object of an ingest's stream."""
    return _stream(_PROGRESS)


def execution_content() -> dict[str, Any]:
    """The media type object of an execution's stream."""
    return _stream(_EXECUTION)


def _stream(events: dict[str, type]) -> dict[str, Any]:
    items = [
        {
            "type": "object",
            "required": ["event", "data"],
            "properties": {
                "event": {"const": name},
                "data": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": {"$ref": _REFERENCE.format(model=kind.__name__)},
                },
            },
        }
        for name, kind in events.items()
    ]
    return {"text/event-stream": {"itemSchema": {"oneOf": items}}}


def describe_events(app: FastAPI) -> None:
    """Let the OpenAPI document of ``app`` hold the events' schemas, and of errors only those that are sent."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            schemas = schema["components"]["schemas"]
            for kind in (*_EVENTS.values(), *_PROGRESS.values(), *_EXECUTION.values()):
                event = TypeAdapter(kind).json_schema(ref_template=_REFERENCE, mode="serialization")
                for name, definition in {**event.pop("$defs", {}), kind.__name__: event}.items():
                    schemas.setdefault(name, definition)
            _leave_out_unsent(schema)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _leave_out_unsent(schema: dict[str, Any]) -> None:
    """FastAPI announces a 422 of its own shape; here such a request is a 400 like all others."""
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)
