"""How values look as JSON: one serialiser for the service, for ``--json`` and for the client that reads them back.

Keys are the field names of ``kb.types``; times are ISO 8601 in UTC; nothing is left out, so absent values are ``null``.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import Discriminator, TypeAdapter

from kb.types import AskEvent, DocumentSummary, Done, FileInSpace, Retrieved, SentenceProven, Space, SyncedFolder

T = TypeVar("T")

_EVENT = Annotated[Retrieved | SentenceProven | Done, Discriminator("type")]


@dataclass(frozen=True, slots=True)
class Problem:
    """An error on the wire. ``code`` is stable, ``detail`` is for people, ``request_id`` finds the request in the log."""

    code: str
    detail: str
    request_id: str


@dataclass(frozen=True, slots=True)
class StreamProblem:
    """Event: the answer broke off. The last one."""

    code: str
    detail: str
    request_id: str
    type: Literal["error"] = "error"


@dataclass(frozen=True, slots=True)
class DocumentList:
    """Documents, by space and source."""

    documents: tuple[DocumentSummary, ...]


@dataclass(frozen=True, slots=True)
class SpaceList:
    """Spaces, by name."""

    spaces: tuple[Space, ...]


@dataclass(frozen=True, slots=True)
class FileList:
    """Files of a space, by source."""

    files: tuple[FileInSpace, ...]


@dataclass(frozen=True, slots=True)
class FolderList:
    """Folders that are kept in step on a schedule."""

    folders: tuple[SyncedFolder, ...]


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(cast(Any, kind))
    return adapter


def to_json(value: object) -> str:
    """``value`` (a dataclass of ``kb.types`` or of this module) as one line of JSON."""
    return _adapter(cast(Hashable, type(value))).dump_json(value).decode()


def from_json(kind: type[T], text: str | bytes) -> T:
    """The reverse of `to_json`. Raises pydantic's ValidationError when ``text`` is not a ``kind``."""
    value: T = _adapter(cast(Hashable, kind)).validate_json(text)
    return value


def event_from_json(text: str | bytes) -> AskEvent:
    """An event of a streamed answer. Raises pydantic's ValidationError when ``text`` is none."""
    event: AskEvent = _adapter(cast(Hashable, _EVENT)).validate_json(text)
    return event
