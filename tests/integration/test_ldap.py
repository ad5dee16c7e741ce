"""Signing in with LDAP, against a real OpenLDAP server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from kb.accounts.ldap_directory import LdapDirectory
from kb.authorise import OWNER, Role
from kb.errors import SignInUnavailable
from kb.settings import LdapSettings
from tests import slapd_server
from tests.accounts import house
from tests.slapd_server import ADMIN, ADMIN_PASSWORD, BASE, PASSWORDS, Slapd

CAROL = PASSWORDS["carol"]


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    program = slapd_server.program()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(slapd_server.NOT_INSTALLED)
        pytest.skip(slapd_server.NOT_INSTALLED)
    with slapd_server.running(program, tmp_path_factory.mktemp("slapd")) as server:
        yield server


def settings(slapd: Slapd, **more: Any) -> dict[str, Any]:
    asked = {"url": slapd.tls, "ca_file": slapd.authority, "base_dn": BASE, "bind_dn": ADMIN, "bind_password": ADMIN_PASSWORD}
    return {**asked, **more}


def directory(slapd: Slapd, **more: Any) -> LdapDirectory:
    return LdapDirectory(LdapSettings(**settings(slapd, **more)))


@pytest.mark.parametrize("how", ["ldaps", "start_tls"])
def test_the_right_password_tells_who_somebody_is(slapd: Slapd, how: str) -> None:
    more = {} if how == "ldaps" else {"url": slapd.plain, "start_tls": True}

    found = directory(slapd, **more).person("carol", CAROL)

    assert found is not None
    assert (found.login, found.name, found.groups) == ("carol", "Carol", (f"cn=GG_Docenten,ou=groups,{BASE}",))
    assert len(found.subject) > len(BASE)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("carol", "a wrong password"),
        ("carol", ""),
        ("nobody", CAROL),
        ("", CAROL),
        ("*", CAROL),
        ("carol)(uid=*", CAROL),
        ("c*", CAROL),
        ("carol\x00", CAROL),
        ("dave", CAROL),
    ],
)
def test_anything_else_lets_nobody_in(slapd: Slapd, login: str, password: str) -> None:
    assert directory(slapd).person(login, password) is None


def test_groups_may_be_looked_for_by_their_members(slapd: Slapd) -> None:
    by_search = directory(slapd, group_base_dn=f"ou=groups,{BASE}")

    carol, dave = by_search.person("carol", CAROL), by_search.person("dave", PASSWORDS["dave"])

    assert carol is not None
    assert carol.groups == (f"cn=GG_Docenten,ou=groups,{BASE}",)
    assert dave is not None
    assert dave.groups == ()


def test_a_directory_that_cannot_be_trusted_or_asked_is_told_apart_from_a_wrong_password(slapd: Slapd, tmp_path: Path) -> None:
    from api.local_authority import certificate_for

    stranger = certificate_for(tmp_path, ["localhost"]).authority
    for broken in ({"ca_file": stranger}, {"url": "ldaps://localhost:1"}, {"bind_password": "wrong"}):
        with pytest.raises(SignInUnavailable):
            directory(slapd, **broken).person("carol", CAROL)


def test_passwords_never_travel_in_plain(slapd: Slapd) -> None:
    with pytest.raises(ValidationError):
        LdapSettings(url="ldap://dc1.school.example", base_dn=BASE)


def test_somebody_of_the_directory_signs_in_on_the_page_with_what_the_groups_mean(slapd: Slapd, tmp_path: Path) -> None:
    meanings = [{"name": "GG_Docenten", "roles": ["knowledge_manager"], "group": "docenten", "spaces": ["algemeen"]}]
    with house(tmp_path, ldap=settings(slapd), directory_groups=meanings) as made:
        made.settle("ada", Role.ADMINISTRATOR)

        def sign_in(login: str, password: str) -> int:
            return made.client().post("/sign-in", data={"login": login, "password": password}).status_code

        assert sign_in("Carol", CAROL) == 303
        assert sign_in("carol", "a wrong password") == 401
        assert sign_in("dave", PASSWORDS["dave"]) == 403, "none of his groups means anything here"
        carol = made.kennisbank.people(OWNER).person("carol")
        assert (set(carol.roles), carol.groups) == ({Role.EMPLOYEE, Role.KNOWLEDGE_MANAGER}, ("docenten",))
        assert not carol.has_password
        made.kennisbank.people(OWNER).set_active("carol", False)
        assert sign_in("carol", CAROL) == 403
