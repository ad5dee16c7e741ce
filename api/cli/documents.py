"""`kb documents`."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.cli.invocation import Invocation, command
from api.cli.tables import table

if TYPE_CHECKING:
    from kb.types import DocumentSummary

DocumentId = Annotated[str, typer.Argument(metavar="ID", help="The document's id, as `kb documents list` shows it.")]


def group() -> typer.Typer:
    """The commands of `kb documents`."""
    app = typer.Typer(help="List, look at and take out documents.", no_args_is_help=True)
    command(app, "list")(list_documents)
    command(app, "show")(show_document)
    command(app, "set")(set_document)
    command(app, "release")(release_document)
    command(app, "remove")(remove_document)
    return app


def list_documents(
    invocation: Invocation, space: Annotated[str | None, typer.Option("--space", help="Only of this space.", show_default=False)] = None
) -> None:
    """List the documents."""
    from api.wire import DocumentList

    with invocation.operations() as operations:
        documents = operations.documents(space)
    if invocation.as_json:
        invocation.print_json(DocumentList(tuple(documents)))
        return
    if not documents:
        invocation.say(invocation.text("no_documents"))
        return
    rows = [
        (
            document.id,
            document.title,
            document.source,
            document.space,
            _status(invocation, document),
            document.pages,
            document.chunks,
        )
        for document in documents
    ]
    invocation.out.print(table(invocation, ("id", "title", "source", "space", "status", "pages", "chunks"), rows))


def show_document(
    invocation: Invocation,
    document_id: DocumentId,
    with_text: Annotated[bool, typer.Option("--text", help="Show what was read of it as well.", show_default=False)] = False,
) -> None:
    """Look at one document."""
    with invocation.operations() as operations:
        document = operations.document(document_id)
        read = operations.document_text(document_id) if with_text else None
    if invocation.as_json:
        invocation.print_json(read or document)
        return
    rows = {
        "id": document.id,
        "title": document.title,
        "source": document.source,
        "space": document.space,
        "version": document.version,
        "status": ": ".join(filter(None, (_status(invocation, document), document.detail))),
        "pages": document.pages,
        "chunks": document.chunks,
        "language": document.language,
        "size": document.size_bytes,
        "added": document.added_at.isoformat(timespec="seconds"),
        "state": invocation.text(f"state.{document.state.value}"),
        "owner": document.owner,
        "review": document.review_on,
        "valid_until": document.valid_until,
        "labels": ", ".join(document.labels) or None,
        "warnings": ", ".join(document.warnings) or None,
    }
    for name, value in rows.items():
        if value is not None:
            invocation.say(f"{invocation.text(f'column.{name}'):<12} {value}")
    for section in read.sections if read is not None else ():
        invocation.say()
        invocation.say(section.text, style="bold" if section.level else None)


def _status(invocation: Invocation, document: DocumentSummary) -> str:
    said = invocation.text(f"status.{document.status.value}")
    return said if document.code is None else f"{said} ({document.code})"


def set_document(
    invocation: Invocation,
    document_id: DocumentId,
    state: Annotated[str | None, typer.Option("--state", help="concept, valid or expired.", show_default=False)] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Who keeps it up to date.", show_default=False)] = None,
    review: Annotated[
        datetime | None, typer.Option("--review", formats=["%Y-%m-%d"], help="When to look at it again.", show_default=False)
    ] = None,
    valid_until: Annotated[
        datetime | None, typer.Option("--valid-until", formats=["%Y-%m-%d"], help="Its last day; then it is not found.", show_default=False)
    ] = None,
    clear: Annotated[list[str] | None, typer.Option("--clear", help="Empty owner, review or valid-until.", show_default=False)] = None,
) -> None:
    """Say how much a document counts, who keeps it, and until when. An expired document is not found."""
    from kb.errors import InvalidRequest
    from kb.types import DocumentChanges, DocumentState

    names: dict[str, Literal["owner", "review_on", "valid_until"]] = {
        "owner": "owner",
        "review": "review_on",
        "valid-until": "valid_until",
    }
    unknown = [name for name in clear or () if name not in names]
    if unknown:
        raise InvalidRequest(reason=f"--clear {unknown[0]}: {', '.join(names)}")
    if state is not None and state not in list(DocumentState):
        raise InvalidRequest(reason=f"--state {state}: {', '.join(DocumentState)}")
    changes = DocumentChanges(
        state=DocumentState(state) if state is not None else None,
        owner=owner,
        review_on=review.date() if review is not None else None,
        valid_until=valid_until.date() if valid_until is not None else None,
        clear=tuple(names[name] for name in clear or ()),
    )
    with invocation.operations() as operations:
        document = operations.describe_document(document_id, changes)
    if invocation.as_json:
        invocation.print_json(document)
        return
    invocation.say(invocation.text("described", title=document.title, state=invocation.text(f"state.{document.state.value}")))


def release_document(invocation: Invocation, document_id: DocumentId) -> None:
    """Let a document out of quarantine and read it."""
    with invocation.operations() as operations:
        document = operations.release_document(document_id)
    if invocation.as_json:
        invocation.print_json(document)
        return
    invocation.say(invocation.text("released", title=document.title))


def remove_document(
    invocation: Invocation,
    document_id: DocumentId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", show_default=False)] = False,
) -> None:
    """Take a document out: from then on it is neither found nor cited."""
    from kb.errors import InvalidRequest

    if not yes and not on_terminal():
        raise InvalidRequest(reason=invocation.text("remove.needs_yes"))
    with invocation.operations() as operations:
        document = operations.document(document_id)
        if not yes and not typer.confirm(invocation.text("remove.question", title=document.title, source=document.source), err=True):
            invocation.note(invocation.text("kept"))
            return
        operations.remove_document(document_id)
    if invocation.as_json:
        invocation.print_json({"document_id": document_id, "removed": True})
        return
    invocation.say(invocation.text("removed", title=document.title))


def on_terminal() -> bool:
    """Whether somebody is there to answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()
