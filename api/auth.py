"""From a request to who sends it. Asked anew for every request, so that what changes about somebody holds at once."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from api.accounts import Accounts
from api.cookies import session_secret
from api.problems import PageTokenMissing
from api.proxies import peer_of
from kb.accounts.secret_values import same
from kb.accounts.sign_in import SignedIn
from kb.accounts.types import Origin
from kb.authorise import ANONYMOUS, NOBODY, OWNER, Actor
from kb.errors import NotAuthenticated

ANONYMOUS_KEY = "anonymous"
"""What a chat client that insists on an API key sends instead of none, so that it need not be given the owner's."""

PAGE_TOKEN_HEADER = "x-page-token"  # noqa: S105 - the name of a header
PAGE_TOKEN_FIELD = "page_token"  # noqa: S105 - the name of a field

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request; ``signed_in`` is there for somebody with a session."""

    actor: Actor
    signed_in: SignedIn | None = None


async def page_token_sent(request: Request) -> str:
    """What a page sent along with a change: in a header by script, in a field by form."""
    said = request.headers.get(PAGE_TOKEN_HEADER)
    if said is not None or request.method in _SAFE_METHODS or session_secret(request) is None:
        return said or ""
    if not request.headers.get("content-type", "").startswith(_FORMS):
        return ""
    field = (await request.form()).get(PAGE_TOKEN_FIELD)
    return "" if field is None or isinstance(field, UploadFile) else field


def caller_of(request: Request, page_token: Annotated[str, Depends(page_token_sent)]) -> Caller:
    """Who sends ``request``. Raises NotAuthenticated for a bearer that is nobody's, PageTokenMissing for a change from elsewhere."""
    caller = _caller(request, page_token)
    request.state.caller = caller
    return caller


def _caller(request: Request, page_token: str) -> Caller:
    accounts: Accounts | None = request.app.state.kennisbank.accounts
    has_accounts = accounts is not None and accounts.sign_in.has_accounts
    unknown = NOBODY if has_accounts else ANONYMOUS
    header = request.headers.get("authorization")
    if header is not None:
        return Caller(_bearer(request, header, accounts if has_accounts else None, unknown))
    secret = session_secret(request)
    if accounts is None or not has_accounts or secret is None:
        return Caller(unknown)
    signed_in = accounts.sign_in.of_session(secret)
    if signed_in is None or not _still_vouched_for(request, accounts, signed_in):
        return Caller(unknown)
    if request.method not in _SAFE_METHODS and not same(page_token, signed_in.page_token):
        raise PageTokenMissing
    return Caller(signed_in.actor, signed_in)


def _bearer(request: Request, header: str, accounts: Accounts | None, unknown: Actor) -> Actor:
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated
    owner_token: str = request.app.state.kennisbank.owner_token
    if hmac.compare_digest(token.encode(), owner_token.encode()):
        return OWNER
    if token == ANONYMOUS_KEY:
        return unknown
    actor = accounts.sign_in.of_token(token) if accounts is not None else None
    if actor is None:
        raise NotAuthenticated
    return actor


def _still_vouched_for(request: Request, accounts: Accounts, signed_in: SignedIn) -> bool:
    """A session that began by a proxy's header holds while the proxy goes on naming the same person."""
    if signed_in.method != Origin.PROXY.value:
        return True
    named = request.headers.get(accounts.proxy.login_header, "").strip().lower()
    return peer_of(request) in accounts.proxy.addresses and named == signed_in.person.login


def actor_of(caller: Annotated[Caller, Depends(caller_of)]) -> Actor:
    """Who acts."""
    return caller.actor


RequestCaller = Annotated[Caller, Depends(caller_of)]
RequestActor = Annotated[Actor, Depends(actor_of)]
