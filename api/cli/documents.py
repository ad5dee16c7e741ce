"""`kb documents`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from api.cli.invocation import Invocation, command
from api.cli.tables import table

DocumentId = Annotated[str, typer.Argument(metavar="ID", help="The document's id, as `kb documents list` shows it.")]


def group() -> typer.Typer:
    """The commands of `kb documents`."""
    app = typer.Typer(help="List, look at and take out documents.", no_args_is_help=True)
    command(app, "list")(list_documents)
    command(app, "show")(show_document)
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
            document.code or document.status.value,
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
        "status": document.status.value if document.code is None else f"{document.status.value} ({document.code}): {document.detail}",
        "pages": document.pages,
        "chunks": document.chunks,
        "language": document.language,
        "size": document.size_bytes,
        "added": document.added_at.isoformat(timespec="seconds"),
    }
    for name, value in rows.items():
        if value is not None:
            invocation.say(f"{invocation.text(f'column.{name}'):<12} {value}")
    for section in read.sections if read is not None else ():
        invocation.say()
        invocation.say(section.text, style="bold" if section.level else None)


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
