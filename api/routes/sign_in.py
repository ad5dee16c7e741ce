"""The pages at the door: signing in, the first account, choosing a password, one's own account, signing out.

They work without JavaScript. Codes come in a form: in an address they stand behind the ``#``, which no server is sent.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.accounts import Accounts
from api.auth import RequestCaller
from api.cookies import clear_session, cookie_name, is_secure, session_secret, set_session
from api.page_rendering import page
from api.problems import problem_body
from api.proxies import browser_of, peer_of
from api.request_context import LANGUAGE_COOKIE, language_of, request_id_of
from api.routes.serving import served
from kb.accounts.secret_values import new_secret
from kb.accounts.types import DirectoryPerson, Origin
from kb.authorise import Action, authorise
from kb.errors import CodeNotValid, KennisbankError, NotAuthenticated, SignInBroken, SignInMethodOff
from kb.types import Language

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_OIDC_COOKIE = "kb_oidc"
_OIDC_SECONDS = 600
_LONGEST = 1_000

Typed = Annotated[str, Form(max_length=_LONGEST)]
Next = Annotated[str, Query(max_length=2_000)]


def accounts_of(request: Request) -> Accounts:
    """The door. Raises SignInMethodOff where there is none."""
    accounts = served(request).accounts
    if accounts is None:
        raise SignInMethodOff
    return accounts


@router.get("/sign-in")
def sign_in_page(request: Request, next: Next = "/", lang: Language | None = None) -> Response:
    """The form, and the other ways in."""
    if lang is not None:
        response = RedirectResponse(f"/sign-in?next={quote(_inside(next), safe='/')}", status_code=303)
        response.set_cookie(LANGUAGE_COOKIE, lang, max_age=31_536_000, samesite="strict")
        return response
    accounts = accounts_of(request)
    return _sign_in(request, accounts, next) if accounts.sign_in.has_accounts else RedirectResponse("/", status_code=303)


@router.post("/sign-in")
def sign_in(request: Request, login: Typed = "", password: Typed = "", next: Annotated[str, Form(max_length=2_000)] = "/") -> Response:
    """Come in with a name and a password."""
    accounts = accounts_of(request)
    try:
        secret = accounts.sign_in.with_password(login, password, browser_of(request))
    except KennisbankError as error:
        return _sign_in(request, accounts, next, login, error)
    return _let_in(request, secret, next)


@router.get("/sign-in/oidc")
def to_provider(request: Request, next: Next = "/") -> Response:
    """Go to the provider; what holds this visit together stays in this browser."""
    accounts = accounts_of(request)
    if accounts.oidc is None:
        raise SignInMethodOff
    secret = new_secret()
    try:
        address = accounts.oidc.address(secret, _back(request))
    except KennisbankError as error:
        return _sign_in(request, accounts, next, problem=error)
    response = RedirectResponse(address, status_code=303)
    held = f"{secret}~{quote(_inside(next), safe='')}"
    name = cookie_name(request, _OIDC_COOKIE)
    response.set_cookie(name, held, max_age=_OIDC_SECONDS, path="/", httponly=True, samesite="lax", secure=is_secure(request))
    return response


@router.get("/sign-in/oidc/back")
def from_provider(request: Request) -> Response:
    """Come in as whom the provider named."""
    accounts = accounts_of(request)
    if accounts.oidc is None:
        raise SignInMethodOff
    secret, _, next = request.cookies.get(cookie_name(request, _OIDC_COOKIE), "").partition("~")
    try:
        if not secret:
            raise SignInBroken(reason="cookie")
        person = accounts.oidc.person(secret, _back(request), f"{_back(request)}?{request.url.query}")
        response = _let_in(request, accounts.sign_in.with_directory(person), unquote(next))
    except KennisbankError as error:
        response = _sign_in(request, accounts, unquote(next), problem=error)
    response.delete_cookie(cookie_name(request, _OIDC_COOKIE), path="/", httponly=True, samesite="lax", secure=is_secure(request))
    return response


@router.get("/sign-in/proxy")
def from_proxy(request: Request, next: Next = "/") -> Response:
    """Come in as whom the proxy in front of this server names. From any other address the header says nothing."""
    accounts = accounts_of(request)
    named = request.headers.get(accounts.proxy.login_header, "").strip()
    if peer_of(request) not in accounts.proxy.addresses or not named:
        raise SignInMethodOff
    name = request.headers.get(accounts.proxy.name_header, "").strip() or named
    groups = [one.strip() for one in request.headers.get(accounts.proxy.groups_header, "").split(",")]
    person = DirectoryPerson(Origin.PROXY, named.lower(), named, name, tuple(group for group in groups if group))
    try:
        return _let_in(request, accounts.sign_in.with_directory(person), next)
    except KennisbankError as error:
        return _sign_in(request, accounts, next, problem=error)


@router.get("/welcome")
def welcome_page(request: Request) -> Response:
    """The first account, for whoever holds the code of `kb init`."""
    if accounts_of(request).sign_in.has_accounts:
        return RedirectResponse("/sign-in", status_code=303)
    return _choose(request, first=True)


@router.post("/welcome")
def welcome(request: Request, code: Typed = "", login: Typed = "", name: Typed = "", password: Typed = "", again: Typed = "") -> Response:
    """Make it, and come in."""
    door = accounts_of(request).sign_in
    if door.has_accounts:
        return _choose(request, first=True, problem=CodeNotValid())
    if password != again:
        return _choose(request, first=True, code=code, login=login, name=name, differ=True)
    try:
        return _let_in(request, door.as_first_administrator(code.strip(), login, name, password), "/")
    except KennisbankError as error:
        return _choose(request, first=True, code=code, login=login, name=name, problem=error)


@router.get("/password")
def password_page(request: Request) -> Response:
    """Choose a password with an administrator's code."""
    accounts_of(request)
    return _choose(request, first=False)


@router.post("/password")
def choose_password(request: Request, code: Typed = "", password: Typed = "", again: Typed = "") -> Response:
    """Choose it, and come in."""
    door = accounts_of(request).sign_in
    if password != again:
        return _choose(request, first=False, code=code, differ=True)
    try:
        return _let_in(request, door.with_code(code.strip(), password), "/")
    except KennisbankError as error:
        return _choose(request, first=False, code=code, problem=error)


@router.get("/account")
def account_page(request: Request, caller: RequestCaller) -> Response:
    """Who one is here, and another password."""
    if caller.signed_in is None:
        return RedirectResponse("/sign-in?next=/account", status_code=303)
    return _account(request)


@router.post("/account/password")
def change_password(request: Request, caller: RequestCaller, old: Typed = "", password: Typed = "", again: Typed = "") -> Response:
    """Another password for oneself; every other session ends."""
    authorise(caller.actor, Action.MANAGE_OWN_ACCOUNT)
    if caller.signed_in is None:
        raise NotAuthenticated
    if password != again:
        return _account(request, differ=True)
    try:
        secret = accounts_of(request).sign_in.change_password(caller.signed_in, old, password, browser_of(request))
    except KennisbankError as error:
        return _account(request, error)
    return _let_in(request, secret, "/account")


@router.post("/sign-out")
def sign_out(request: Request, caller: RequestCaller) -> Response:
    """Leave."""
    secret = session_secret(request)
    if caller.signed_in is not None and secret is not None:
        accounts_of(request).sign_in.sign_out(secret)
    response = RedirectResponse("/sign-in", status_code=303)
    clear_session(response, request)
    return response


def _let_in(request: Request, secret: str, next: str) -> Response:
    response = RedirectResponse(_inside(next), status_code=303)
    set_session(response, request, secret)
    return response


def _sign_in(request: Request, accounts: Accounts, next: str, login: str = "", problem: KennisbankError | None = None) -> Response:
    return page(
        "sign_in.html",
        request,
        200 if problem is None else problem.status,
        next=_inside(next),
        login=login,
        problem=None if problem is None else _problem(request, problem),
        provider=accounts.oidc.label if accounts.oidc is not None else None,
        by_proxy=peer_of(request) in accounts.proxy.addresses,
    )


def _choose(
    request: Request,
    *,
    first: bool,
    code: str = "",
    login: str = "",
    name: str = "",
    problem: KennisbankError | None = None,
    differ: bool = False,
) -> Response:
    status = 400 if differ else 200 if problem is None else problem.status
    shown = None if problem is None else _problem(request, problem)
    least = served(request).settings.sign_in.password_characters
    values = {"first": first, "code": code, "login": login, "name": name, "problem": shown, "differ": differ, "least": least}
    return page("choose_password.html", request, status, **values)


def _account(request: Request, problem: KennisbankError | None = None, *, differ: bool = False) -> Response:
    status = 400 if differ else 200 if problem is None else problem.status
    shown = None if problem is None else _problem(request, problem)
    least = served(request).settings.sign_in.password_characters
    return page("account.html", request, status, problem=shown, differ=differ, least=least)


def _problem(request: Request, error: KennisbankError) -> object:
    return problem_body(error, language_of(request), request_id_of(request))


def _back(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/sign-in/oidc/back"


def _inside(next: str) -> str:
    """Where to go afterwards: a path of this site, and nothing that a browser could take for another."""
    plain = all(32 < ord(character) < 127 for character in next)
    return next if plain and next.startswith("/") and not next.startswith("//") and "\\" not in next else "/"
