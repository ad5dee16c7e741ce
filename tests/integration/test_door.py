"""The door as a browser without JavaScript finds it: cookies, page tokens, links, proxies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kb.authorise import OWNER, Role
from tests.accounts import PASSWORD, House, house


@pytest.fixture
def made(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, server={"proxies": ["127.0.0.1"], "names": ["kb.school.example"]}) as opened:
        yield opened


@pytest.fixture
def settled(made: House) -> House:
    made.settle("ada", Role.ADMINISTRATOR)
    return made


def page_token(html: str) -> str:
    found = re.search(r'name="page_token" value="([0-9a-f]{64})"', html)
    assert found is not None
    return found[1]


def sign_in(made: House, **headers: str) -> tuple[httpx.Client, httpx.Response]:
    browser = made.client(headers=headers)
    return browser, browser.post("/sign-in", data={"login": "ada", "password": PASSWORD, "next": "/account"})


def test_the_first_administrator_comes_in_by_the_link_that_init_prints(made: House) -> None:
    code = made.kennisbank.accounts.sign_in.first_code()
    assert code is not None
    browser = made.client()
    form = {"code": code.secret, "login": "ada", "name": "Ada", "password": PASSWORD, "again": PASSWORD}
    assert browser.get("/welcome").status_code == 200
    assert browser.post("/welcome", data={**form, "again": "other"}).status_code == 400
    assert browser.post("/welcome", data={**form, "code": "wrong"}).status_code == 403

    came = browser.post("/welcome", data=form)

    assert (came.status_code, came.headers["location"]) == (303, "/")
    assert "Ada" in browser.get("/").text
    assert made.client().get("/welcome").headers["location"] == "/sign-in"
    assert made.client().post("/welcome", data=form).status_code == 403


def test_a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(settled: House) -> None:
    browser, came = sign_in(settled)

    assert (came.status_code, came.headers["location"]) == (303, "/account")
    cookie = came.headers["set-cookie"]
    assert cookie.startswith("kb_session=")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "max-age" not in cookie.lower()
    account = browser.get("/account")
    assert account.status_code == 200
    assert account.headers["cache-control"] == "no-store"
    assert PASSWORD not in account.text


def test_behind_a_named_proxy_with_tls_the_cookie_is_this_hosts_alone(settled: House) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.168.1.9", "Host": "kb.school.example"}
    _, came = sign_in(settled, **said)

    cookie = came.headers["set-cookie"]
    assert cookie.startswith("__Host-kb_session=")
    assert "secure" in {part.strip().lower() for part in cookie.split(";")}


def test_a_name_that_is_not_the_servers_is_refused(settled: House) -> None:
    assert settled.client(headers={"Host": "kb.school.example"}).get("/sign-in").status_code == 200
    assert settled.client(headers={"Host": "evil.example"}).get("/sign-in").status_code == 400


@pytest.mark.parametrize(("method", "path"), [("POST", "/sign-out"), ("POST", "/v1/groups"), ("DELETE", "/v1/people/ada"), ("POST", "/")])
def test_a_change_by_cookie_needs_the_pages_token(settled: House, method: str, path: str) -> None:
    browser, _ = sign_in(settled)
    token = page_token(browser.get("/account").text)

    for wrong in ({}, {"X-Page-Token": "wrong"}, {"X-Page-Token": ""}):
        refused = browser.request(method, path, headers=wrong)
        assert (refused.status_code, refused.json()["code"]) == (403, "page_token_missing")
    assert browser.request(method, path, headers={"X-Page-Token": token, "Origin": "https://evil.example"}).status_code == 403
    assert browser.request(method, path, headers={"X-Page-Token": token}).status_code not in (401, 403)


def test_another_sessions_token_is_not_this_ones(settled: House) -> None:
    one, _ = sign_in(settled)
    other, _ = sign_in(settled)

    refused = one.post("/sign-out", data={"page_token": page_token(other.get("/account").text)})

    assert refused.json()["code"] == "page_token_missing"


def test_a_form_carries_the_token_as_a_field_and_signing_out_ends_the_session(settled: House) -> None:
    browser, _ = sign_in(settled)
    cookie = browser.cookies["kb_session"]
    token = page_token(browser.get("/").text)
    assert browser.post("/", data={"question": "Hoeveel verlof?", "page_token": token}).status_code == 200

    left = browser.post("/sign-out", data={"page_token": token})

    assert left.headers["location"] == "/sign-in"
    assert settled.client(cookies={"kb_session": cookie}).get("/account").status_code == 303


def test_an_invented_cookie_is_nobody_and_gets_no_session_of_its_choice(settled: House) -> None:
    browser = settled.client(cookies={"kb_session": "chosen-by-somebody-else"})
    assert browser.get("/v1/spaces").status_code == 401

    came = browser.post("/sign-in", data={"login": "ada", "password": PASSWORD})

    assert "chosen-by-somebody-else" not in came.headers["set-cookie"]


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"]
)
def test_after_signing_in_one_stays_on_this_site(settled: House, elsewhere: str) -> None:
    came = settled.client().post("/sign-in", data={"login": "ada", "password": PASSWORD, "next": elsewhere})

    assert came.headers["location"] == "/"


def test_a_wrong_password_says_no_more_than_a_wrong_name_and_too_many_have_to_wait(settled: House) -> None:
    def attempt(login: str) -> httpx.Response:
        return settled.client(headers={"Accept-Language": "en"}).post("/sign-in", data={"login": login, "password": "a wrong password"})

    wrong, unknown = attempt("ada"), attempt("zoe")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace('value="ada"', "") == unknown.text.replace('value="zoe"', "")
    for _ in range(4):
        attempt("ada")
    refused = attempt("ada")
    assert refused.status_code == 429
    assert "seconds" in refused.text


def test_addresses_are_counted_as_the_named_proxy_saw_them(settled: House) -> None:
    for number in range(30):
        headers = {"X-Forwarded-For": "203.0.113.5, 198.51.100.7"}
        settled.client(headers=headers).post("/sign-in", data={"login": f"x{number}", "password": "a wrong password"})

    def status(address: str) -> int:
        client = settled.client(headers={"X-Forwarded-For": address})
        return client.post("/sign-in", data={"login": "ada", "password": PASSWORD}).status_code

    assert status("198.51.100.7") == 429
    assert status("203.0.113.5") == 303


def test_a_password_is_chosen_with_a_link_and_changed_on_ones_own_page(settled: House) -> None:
    settled.kennisbank.people(OWNER).add_person("bob", "Bob")
    link = settled.kennisbank.people(OWNER).link("bob")
    browser = settled.client()
    came = browser.post("/password", data={"code": link.secret, "password": PASSWORD, "again": PASSWORD})
    assert came.status_code == 303
    assert browser.post("/password", data={"code": link.secret, "password": PASSWORD, "again": PASSWORD}).status_code == 403
    form = {"page_token": page_token(browser.get("/account").text), "old": PASSWORD, "password": "een heel ander wachtwoord"}

    changed = browser.post("/account/password", data={**form, "again": form["password"]})

    assert changed.status_code == 303
    assert browser.get("/account").status_code == 200
    assert settled.client().post("/sign-in", data={"login": "bob", "password": PASSWORD}).status_code == 401


@pytest.mark.parametrize("path", ["/sign-in", "/password", "/account"])
def test_the_pages_speak_both_languages_and_load_nothing_from_elsewhere(settled: House, path: str) -> None:
    browser, _ = sign_in(settled)
    pages = {language: browser.get(path, headers={"Accept-Language": language}) for language in ("nl", "en")}

    for language, page in pages.items():
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.text
        assert not re.search(r"https?://|<script(?![^>]*src=)|\son\w+=|\sstyle=", page.text)
        assert "unsafe" not in page.headers["content-security-policy"]
    assert pages["nl"].text != pages["en"].text


def test_the_owners_token_stays_the_owner(settled: House) -> None:
    made = settled.owner.post("/v1/groups", json={"name": "docenten"})

    assert made.status_code == 201
    with settled.kennisbank.ledger.reading() as tx:
        last = tx.people._connection.exec_driver_sql("SELECT actor, action FROM audit ORDER BY seq DESC").first()
    assert last == ("owner", "group.add")


# --- a proxy that knows its people ----------------------------------------------------------------------------------------


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[House]:
    meanings = [{"name": "docenten", "roles": ["knowledge_manager"], "spaces": ["algemeen"]}]
    with house(tmp_path, sign_in_proxy={"addresses": ["127.0.0.1"]}, directory_groups=meanings) as opened:
        opened.settle("ada", Role.ADMINISTRATOR)
        yield opened


def test_a_named_proxy_says_who_somebody_is(proxied: House) -> None:
    who = {"X-Remote-User": "Carol@school.example", "X-Remote-Name": "Carol", "X-Remote-Groups": "docenten, gym"}
    browser = proxied.client(headers=who)

    assert browser.get("/sign-in/proxy?next=/account").headers["location"] == "/account"

    assert "Carol" in browser.get("/account").text
    person = proxied.kennisbank.people(OWNER).person("carol@school.example")
    assert (person.groups, Role.KNOWLEDGE_MANAGER in person.roles) == (("docenten",), True)
    cookie = {"kb_session": browser.cookies["kb_session"]}
    for other in ({}, {"X-Remote-User": "somebody-else"}):
        assert proxied.client(cookies=cookie, headers=other).get("/account").status_code == 303


def test_a_proxy_does_not_take_over_an_account_of_here_nor_let_in_whom_no_group_lets_in(proxied: House) -> None:
    def come(login: str, groups: str) -> int:
        return proxied.client(headers={"X-Remote-User": login, "X-Remote-Groups": groups}).get("/sign-in/proxy").status_code

    assert come("ada", "docenten") == 409
    assert come("dave", "gym") == 403
    assert come("dave", "docenten") == 303


def test_the_header_of_anybody_else_is_not_read(settled: House) -> None:
    browser = settled.client(headers={"X-Remote-User": "ada"})

    assert browser.get("/sign-in/proxy").status_code == 404
    assert browser.get("/v1/spaces").status_code == 401


# --- officers -------------------------------------------------------------------------------------------------------------


def test_an_officer_and_the_owner_are_two_people_for_an_approval(made: House) -> None:
    approvers = made.kennisbank.privacy.approvers

    assert not approvers.four_eyes
    made.settle("ada", Role.ADMINISTRATOR)
    assert not approvers.four_eyes
    made.settle("fay", Role.DPO)
    assert approvers.four_eyes
    made.kennisbank.people(OWNER).set_active("fay", False)
    assert not approvers.four_eyes
