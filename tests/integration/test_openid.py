"""Signing in at an OpenID Connect provider, over real HTTP, as a browser does it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from kb.authorise import OWNER, Role
from tests.accounts import House, house
from tests.doubles.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider

MEANINGS = [
    {"name": "docenten", "roles": ["knowledge_manager"], "group": "Docenten", "spaces": ["algemeen"]},
    {"name": "fg", "roles": ["dpo"]},
]


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    made = OidcProvider()
    yield made
    made.close()


def settings(provider: OidcProvider, **more: Any) -> dict[str, Any]:
    oidc = {"issuer": provider.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "label": "School", **more}
    return {"oidc": oidc, "directory_groups": MEANINGS}


@pytest.fixture
def made(tmp_path: Path, provider: OidcProvider) -> Iterator[House]:
    with house(tmp_path, **settings(provider)) as opened:
        opened.settle("ada", Role.ADMINISTRATOR)
        yield opened


def there(browser: httpx.Client) -> str:
    """To the provider and up to the address with which it sends the browser back."""
    begun = browser.get("/sign-in/oidc?next=/account")
    assert begun.status_code == 303, begun.text
    return httpx.get(begun.headers["location"], trust_env=False).headers["location"]


def test_somebody_comes_in_as_whom_the_provider_names_with_what_the_groups_mean(made: House, provider: OidcProvider) -> None:
    browser = made.client()
    assert "School" in browser.get("/sign-in").text

    came = browser.get(there(browser))

    assert (came.status_code, came.headers["location"]) == (303, "/account")
    assert "Carol" in browser.get("/account").text
    person = made.kennisbank.people(OWNER).person("carol")
    assert set(person.roles) == {Role.EMPLOYEE, Role.KNOWLEDGE_MANAGER}
    assert person.groups == ("Docenten",)
    assert [space["name"] for space in browser.get("/v1/spaces").json()["spaces"]] == ["algemeen"]
    assert "kb_oidc" not in browser.cookies
    assert "code_verifier" not in provider.asked[0]


def test_roles_and_groups_follow_the_provider_at_every_sign_in(made: House, provider: OidcProvider) -> None:
    first = made.client()
    first.get(there(first))
    provider.user |= {"groups": ["fg"], "name": "Carol de Vries"}

    second = made.client()
    second.get(there(second))

    person = made.kennisbank.people(OWNER).person("carol")
    assert (person.name, set(person.roles), person.groups) == ("Carol de Vries", {Role.EMPLOYEE, Role.DPO}, ())
    assert first.get("/v1/spaces").status_code == 401, "the roles changed, so the earlier session ended"
    assert second.get("/v1/privacy/requests").status_code == 200
    assert len(made.kennisbank.people(OWNER).people()) == 2


def test_groups_that_do_not_stand_in_the_token_are_asked_for(made: House, provider: OidcProvider) -> None:
    provider.in_token = frozenset({"sub", "preferred_username"})
    browser = made.client()

    browser.get(there(browser))

    assert made.kennisbank.people(OWNER).person("carol").groups == ("Docenten",)


def test_groups_may_lie_deeper(tmp_path: Path, provider: OidcProvider) -> None:
    provider.user = {"sub": "u-1", "email": "carol@school.example", "realm_access": {"roles": ["docenten"]}}
    provider.in_token = frozenset(provider.user)
    with house(tmp_path, **settings(provider, groups_claim="realm_access.roles")) as opened:
        opened.settle("ada", Role.ADMINISTRATOR)
        browser = opened.client()
        browser.get(there(browser))
        assert opened.kennisbank.people(OWNER).person("carol@school.example").groups == ("Docenten",)


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "of another visit"},
        {"aud": "another client"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3600},
        {"azp": "another client"},
    ],
    ids=lambda lies: next(iter(lies)),
)
def test_a_token_that_was_not_made_for_this_visit_lets_nobody_in(made: House, provider: OidcProvider, lies: dict[str, Any]) -> None:
    provider.lies = lies
    browser = made.client()

    refused = browser.get(there(browser))

    assert refused.status_code == 401
    assert "kb_session" not in browser.cookies


def test_a_token_that_somebody_else_signed_lets_nobody_in(made: House, provider: OidcProvider) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    browser = made.client()

    assert browser.get(there(browser)).status_code == 401


def test_a_visit_that_another_browser_began_ends_at_the_door(made: House) -> None:
    attacker, victim = made.client(), made.client()
    back = there(attacker)

    assert victim.get(back).status_code == 401
    there(victim)
    assert victim.get(back).status_code == 401
    assert "kb_session" not in victim.cookies


def test_a_code_is_good_once(made: House) -> None:
    browser = made.client()
    cookies = dict(browser.cookies)
    back = there(browser)
    held = dict(browser.cookies)
    assert browser.get(back).status_code == 303

    again = made.client(cookies={**cookies, **held})

    assert again.get(back).status_code == 401


def test_no_group_that_means_anything_lets_nobody_in(made: House, provider: OidcProvider) -> None:
    provider.user |= {"groups": ["gym"]}
    browser = made.client()

    assert browser.get(there(browser)).status_code == 403
    assert [person.login for person in made.kennisbank.people(OWNER).people()] == ["ada"]


def test_a_provider_takes_over_no_account_that_was_made_here(made: House, provider: OidcProvider) -> None:
    provider.user |= {"preferred_username": "ada"}
    browser = made.client()

    assert browser.get(there(browser)).status_code == 409


def test_a_provider_cannot_make_the_first_administrator(tmp_path: Path, provider: OidcProvider) -> None:
    with house(tmp_path, **settings(provider)) as opened:
        browser = opened.client()
        assert browser.get(there(browser)).status_code == 409
        assert not opened.kennisbank.accounts.sign_in.has_accounts


def test_a_provider_that_does_not_answer_is_a_sentence_and_passwords_go_on(made: House, provider: OidcProvider) -> None:
    provider.close()
    browser = made.client(headers={"Accept-Language": "en"})

    refused = browser.get("/sign-in/oidc")

    assert refused.status_code == 503
    assert "does not answer" in refused.text
    assert 'name="password"' in refused.text
