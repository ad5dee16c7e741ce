"""Who sends a request."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Request

from kb.authorise import ANONYMOUS, OWNER, Actor
from kb.errors import NotAuthenticated

ANONYMOUS_KEY = "anonymous"
"""What a chat client that insists on an API key sends instead of none, so that it need not be given the owner's."""


def actor_of(request: Request) -> Actor:
    """The owner with the data directory's token, anonymous without any. Raises NotAuthenticated for anything else."""
    header = request.headers.get("authorization")
    if header is None:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated
    owner_token: str = request.app.state.kennisbank.owner_token
    if hmac.compare_digest(token.encode(), owner_token.encode()):
        return OWNER
    if token == ANONYMOUS_KEY:
        return ANONYMOUS
    raise NotAuthenticated


RequestActor = Annotated[Actor, Depends(actor_of)]
