"""The operations interface over loopback: what `kb` commands use while a server owns the data directory."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from api.backup_client import HttpBackups
from api.operations import DEFAULT_SPACE, Progress
from api.people_client import HttpPeople
from api.privacy_client import HttpPrivacy
from api.wire import DocumentList, FileList, FolderList, Problem, SpaceList, StreamProblem, event_from_json, from_json, to_json
from kb.errors import (
    AnswerNotFound,
    DocumentNotFound,
    GeneratorInterrupted,
    KennisbankError,
    ServerUnreachable,
    SpaceNotFound,
    UnknownLabel,
)
from kb.ports import Cancellation
from kb.types import (
    AskEvent,
    DocumentChanges,
    DocumentSummary,
    DocumentText,
    Done,
    FileInSpace,
    FileResult,
    IngestReport,
    LabelAction,
    Language,
    Space,
    Status,
    SyncedFolder,
    Turn,
    Upload,
)

BATCH_FILES = 64
BATCH_BYTES = 32_000_000

_CONNECT_SECONDS = 5.0
_SILENCE_SECONDS = 60.0
"""The server pings a stream every 15 seconds; a lookup takes far less."""

T = TypeVar("T")


class HttpOperations:
    """`api.operations.Operations` at ``url``, with the rights of ``token`` (None: anonymous). Close it, or use it in a ``with``.

    Raises the errors that the server names, as the same classes, and ServerUnreachable where there is none.
    """

    def __init__(
        self, url: str, token: str | None, *, pid: int | None = None, language: Language = "en", certificate: str | None = None
    ) -> None:
        """``certificate`` (PEM): the one that the server at ``url`` is known by, whoever signed it and for whatever name."""
        headers: dict[str, str] = {"Accept-Language": language}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self._url = url
        self._pid = pid
        timeout = httpx.Timeout(_SILENCE_SECONDS, connect=_CONNECT_SECONDS)
        verify = True if certificate is None else _knowing(certificate)
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout, trust_env=False, verify=verify)

    def __enter__(self) -> HttpOperations:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    @property
    def privacy(self) -> HttpPrivacy:
        """See Operations.privacy."""
        return HttpPrivacy(self._send, self._events)

    @property
    def people(self) -> HttpPeople:
        """See Operations.people."""
        return HttpPeople(self._send)

    @property
    def backups(self) -> HttpBackups:
        """See Operations.backups."""
        return HttpBackups(self._send)

    def ask(
        self,
        question: str,
        *,
        space: str | None = None,
        history: Sequence[Turn] = (),
        conversation_id: str | None = None,
        cancellation: Cancellation | None = None,
    ) -> Iterator[AskEvent]:
        """See Operations.ask. Closing the iterator, or cancelling, hangs up, which stops the answer."""
        turns = [{"role": turn.role, "text": turn.text} for turn in history]
        body = {"question": question, "space": space, "history": turns, "conversation_id": conversation_id}
        stop = cancellation or Cancellation()
        with (
            self._reaching(),
            self._http.stream("POST", "/v1/ask", json=body, headers={"Accept": "text/event-stream"}) as response,
        ):
            _raise_for_problem(response)
            for name, data in _frames(response.iter_lines()):
                if stop.cancelled:
                    return
                if name == "error":
                    problem = from_json(StreamProblem, data)
                    raise error_of(problem.code, problem.detail)
                if name:
                    event = event_from_json(data)
                    yield event
                    if isinstance(event, Done):
                        return
        raise GeneratorInterrupted

    def give_feedback(self, answer_id: str, vote: Literal["up", "down"], reason: str | None = None) -> None:
        """See Operations.give_feedback."""
        self._send(
            "POST", f"/v1/answers/{_part(answer_id, AnswerNotFound(answer_id=answer_id))}/feedback", json={"vote": vote, "reason": reason}
        )

    def ingest(self, uploads: Iterable[Upload], space: str = DEFAULT_SPACE, progress: Progress | None = None) -> IngestReport:
        """See Operations.ingest. Files travel in batches; ``progress`` hears of them batch by batch."""
        reports = []
        for batch in batches(uploads):
            files = [("files", ("file", upload.data, "application/octet-stream")) for upload in batch]
            data = {"space": space, "paths": [upload.path for upload in batch]}
            report = from_json(IngestReport, self._send("POST", "/v1/documents", files=files, data=data, timeout=_PATIENT).content)
            reports.append(report)
            if progress is not None:
                for result in report.files:
                    progress(result)
        if not reports:
            self._require_space(space)
        return joined_report(reports)

    def documents(self, space: str | None = None) -> list[DocumentSummary]:
        """See Operations.documents."""
        parameters = {} if space is None else {"space": space}
        return list(self._get(DocumentList, "/v1/documents", params=parameters).documents)

    def document(self, document_id: str) -> DocumentSummary:
        """See Operations.document."""
        return self._get(DocumentSummary, f"/v1/documents/{_document(document_id)}")

    def document_text(self, document_id: str, version: int | None = None) -> DocumentText:
        """See Operations.document_text."""
        parameters = {} if version is None else {"version": version}
        return self._get(DocumentText, f"/v1/documents/{_document(document_id)}/text", params=parameters)

    def describe_document(self, document_id: str, changes: DocumentChanges) -> DocumentSummary:
        """See Operations.describe_document."""
        said = to_json(changes)
        return from_json(
            DocumentSummary,
            self._send("PATCH", f"/v1/documents/{_document(document_id)}", content=said, headers=_JSON).content,
        )

    def release_document(self, document_id: str) -> DocumentSummary:
        """See Operations.release_document."""
        return from_json(DocumentSummary, self._send("POST", f"/v1/documents/{_document(document_id)}/release", timeout=_PATIENT).content)

    def remove_document(self, document_id: str) -> None:
        """See Operations.remove_document."""
        self._send("DELETE", f"/v1/documents/{_document(document_id)}")

    def spaces(self) -> list[Space]:
        """See Operations.spaces."""
        return list(self._get(SpaceList, "/v1/spaces").spaces)

    def add_space(self, name: str) -> Space:
        """See Operations.add_space."""
        return from_json(Space, self._send("POST", "/v1/spaces", json={"name": name}).content)

    def set_label_policy(self, space: str, label: str, action: LabelAction) -> Space:
        """See Operations.set_label_policy."""
        path = f"/v1/spaces/{_part(space, SpaceNotFound(space=space))}/labels/{_part(label, UnknownLabel(label=label, labels='?'))}"
        return from_json(Space, self._send("PUT", path, json={"action": action.value}).content)

    def status(self) -> Status:
        """See Operations.status."""
        return self._get(Status, "/v1/status")

    def known_files(self, space: str) -> list[FileInSpace]:
        """See Operations.known_files."""
        return list(self._get(FileList, "/v1/folders/files", params={"space": space}).files)

    def move_document(self, document_id: str, source: str) -> None:
        """See Operations.move_document."""
        self._send("PUT", f"/v1/documents/{_document(document_id)}/source", json={"source": source})

    def claim_folder(self, name: str, space: str, place: str, *, moved: bool = False) -> None:
        """See Operations.claim_folder."""
        self._send("POST", "/v1/folders", json={"name": name, "space": space, "place": place, "moved": moved})

    def synced_folders(self) -> list[SyncedFolder]:
        """See Operations.synced_folders."""
        return list(self._get(FolderList, "/v1/folders").folders)

    def ingest_web(self, url: str, space: str = DEFAULT_SPACE, *, sitemap: bool = False, progress: Progress | None = None) -> IngestReport:
        """See Operations.ingest_web. ``progress`` hears of the pages when all are done."""
        body = {"url": url, "space": space, "sitemap": sitemap}
        report = from_json(IngestReport, self._send("POST", "/v1/web-pages", json=body, timeout=_PATIENT).content)
        if progress is not None:
            for result in report.files:
                progress(result)
        return report

    def _get(self, kind: type[T], path: str, **options: Any) -> T:
        return from_json(kind, self._send("GET", path, **options).content)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        with self._reaching():
            response = self._http.request(method, path, **options)
        _raise_for_problem(response)
        return response

    def _events(self, method: str, path: str, **options: Any) -> Iterator[tuple[str, str]]:
        """Server-sent events as (event, data). Raises what an event `error` names."""
        with self._reaching(), self._http.stream(method, path, headers={"Accept": "text/event-stream"}, **options) as response:
            _raise_for_problem(response)
            for name, data in _frames(response.iter_lines()):
                if name == "error":
                    problem = from_json(StreamProblem, data)
                    raise error_of(problem.code, problem.detail)
                if name:
                    yield name, data

    def _require_space(self, space: str) -> None:
        self.documents(space)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except httpx.TransportError as error:
            raise ServerUnreachable(url=self._url, pid=self._pid if self._pid is not None else "?") from error


def _knowing(certificate: str) -> ssl.SSLContext:
    """Trust exactly this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=certificate)
    return context


_JSON = {"Content-Type": "application/json"}
_PATIENT = httpx.Timeout(None, connect=_CONNECT_SECONDS)
"""Reading a batch of large files may take minutes, and the server says nothing until it is done."""


def batches(uploads: Iterable[Upload]) -> Iterator[list[Upload]]:
    """``uploads`` in lists of at most BATCH_FILES files and BATCH_BYTES bytes; a larger file is a list of its own."""
    batch: list[Upload] = []
    size = 0
    for upload in uploads:
        if batch and (len(batch) == BATCH_FILES or size + len(upload.data) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(upload)
        size += len(upload.data)
    if batch:
        yield batch


def joined_report(reports: Sequence[IngestReport]) -> IngestReport:
    """Several reports as one."""
    files: tuple[FileResult, ...] = tuple(result for report in reports for result in report.files)
    count = [result.status for result in files].count
    seconds = sum(report.seconds for report in reports)
    return IngestReport(files, count("ready"), count("unchanged"), count("failed"), count("quarantined"), seconds)


def error_of(code: str, detail: str) -> KennisbankError:
    """The error that a server named, as an instance of its class, saying what the server said."""
    kind = _classes_by_code().get(code, KennisbankError)
    said = detail.replace("{", "{{").replace("}", "}}")
    saying: type[KennisbankError] = type(kind.__name__, (kind,), {"code": code, "en": said, "nl": said, "__module__": kind.__module__})
    return saying()


def _classes_by_code() -> dict[str, type[KennisbankError]]:
    found: dict[str, type[KennisbankError]] = {}
    waiting = [KennisbankError]
    while waiting:
        kind = waiting.pop(0)
        found.setdefault(kind.code, kind)
        waiting.extend(kind.__subclasses__())
    return found


def _raise_for_problem(response: httpx.Response) -> None:
    if response.is_success:
        return
    response.read()
    try:
        problem = from_json(Problem, response.content)
    except ValidationError as error:
        raise KennisbankError from error
    raise error_of(problem.code, problem.detail)


def _frames(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Server-sent events as (event, data); a comment is ("", ""), so that the reader hears of it."""
    name, data = "", []
    for line in lines:
        if line.startswith("event:"):
            name = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line:
            yield name, "\n".join(data)
            name, data = "", []


def _document(document_id: str) -> str:
    return _part(document_id, DocumentNotFound(document_id=document_id))


def _part(identifier: str, missing: KennisbankError) -> str:
    """``identifier`` as a part of a path. What cannot be one is the id of nothing: ``missing`` is raised."""
    if not identifier or "/" in identifier:
        raise missing
    return quote(identifier, safe="")
