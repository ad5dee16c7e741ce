"""What a route is given: the operations as its caller may use them, and what the OpenAPI document says of errors."""

from __future__ import annotations

from typing import Annotated, Any, Protocol, cast

from fastapi import Depends, Request

from api.accounts import Accounts
from api.auth import RequestActor
from api.operations import Operations
from api.questions import Lanes
from api.request_context import language_of
from api.wire import Problem
from kb.authorise import Actor
from kb.settings import Settings


class Served(Protocol):
    """What `create_app` needs of a Kennisbank."""

    @property
    def settings(self) -> Settings:
        """Its settings."""
        ...

    @property
    def owner_token(self) -> str:
        """The token that makes a caller the owner."""
        ...

    @property
    def accounts(self) -> Accounts | None:
        """The door; None where there can be no accounts."""
        ...

    def operations(self, actor: Actor, language: str | None = None) -> Operations:
        """The operations as ``actor`` may use them, with sentences about files in ``language``."""
        ...


def served(request: Request) -> Served:
    """The Kennisbank behind this app."""
    return cast(Served, request.app.state.kennisbank)


def lanes_of(request: Request) -> Lanes:
    """The lanes in which this app answers questions."""
    return cast(Lanes, request.app.state.lanes)


def operations_of(request: Request, actor: RequestActor) -> Operations:
    """The operations as the caller of ``request`` may use them."""
    return served(request).operations(actor, language_of(request))


RequestOperations = Annotated[Operations, Depends(operations_of)]

_MEANING = {
    400: "The request cannot be understood.",
    401: "Nobody is signed in, or the token is nobody's.",
    403: "The caller may not do this.",
    404: "It does not exist, or the caller may not see it.",
    405: "The address does not take this method.",
    409: "It clashes with what is there.",
    413: "The request or a part of it is too large.",
    429: "Too many questions at once; `Retry-After` says when to try again.",
    500: "A bug; the log names the request.",
    502: "The language model broke off or answered with something unusable.",
    503: "A model, an index or the ledger cannot be used now.",
    504: "The language model gave nothing in time.",
    507: "The disk is full.",
}
_EVERYWHERE = (400, 401, 403, 500, 503)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of a route: those given and those that every route has."""
    return {status: {"model": Problem, "description": _MEANING[status]} for status in sorted({*statuses, *_EVERYWHERE})}
