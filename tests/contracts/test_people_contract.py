"""What `api.people_operations.PeopleOperations` promises, in this process and over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from api.client import HttpOperations
from api.people_operations import PeopleOperations
from kb.authorise import OWNER, Action, Actor, ActorKind, Role
from kb.errors import (
    AdministratorFirst,
    BuiltInGroup,
    GroupExists,
    GroupNotFound,
    InvalidLogin,
    InvalidName,
    InvalidRequest,
    LastAdministrator,
    LoginTaken,
    NotPermitted,
    PersonNotFound,
    SpaceNotFound,
    TokenNotFound,
)
from kb.settings import load_settings
from tests.service import serving

Both = tuple[PeopleOperations, PeopleOperations]
"""As the owner and as the employee Bob."""


@pytest.fixture(params=["in_process", "http"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Kennisbank, ExitStack, str | None]]:
    settings = load_settings(tmp_path / "data", embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    init_directory(settings, "algemeen")
    with ExitStack() as stack:
        kennisbank = stack.enter_context(open_kennisbank(settings, role="command"))
        url = stack.enter_context(serving(kennisbank)) if request.param == "http" else None
        yield kennisbank, stack, url


def as_owner(empty: tuple[Kennisbank, ExitStack, str | None]) -> PeopleOperations:
    kennisbank, stack, url = empty
    if url is None:
        return kennisbank.operations(OWNER).people
    return stack.enter_context(HttpOperations(url, kennisbank.owner_token)).people


@pytest.fixture
def both(empty: tuple[Kennisbank, ExitStack, str | None]) -> Both:
    kennisbank, stack, url = empty
    owner = as_owner(empty)
    owner.add_person("ada", "Ada", [Role.ADMINISTRATOR])
    bob = owner.add_person("bob", "Bob de Wit")
    if url is None:
        return owner, kennisbank.operations(Actor(ActorKind.PERSON, bob.id, frozenset(bob.roles))).people
    return owner, stack.enter_context(HttpOperations(url, owner.add_token("bobs", "bob").secret)).people


def test_the_first_account_is_an_administrators(empty: tuple[Kennisbank, ExitStack, str | None]) -> None:
    owner = as_owner(empty)
    with pytest.raises(AdministratorFirst):
        owner.add_person("bob")
    assert owner.people() == []


def test_a_person_is_known_by_id_and_by_login(both: Both) -> None:
    owner, _ = both

    bob = owner.person("BOB")

    assert owner.person(bob.id) == bob
    assert (bob.login, bob.name, bob.roles, bob.active, bob.has_password) == ("bob", "Bob de Wit", (Role.EMPLOYEE,), True, False)
    assert [person.login for person in owner.people()] == ["ada", "bob"]
    for missing in ("carol", "", "a/b", ".."):
        with pytest.raises(PersonNotFound):
            owner.person(missing)
    with pytest.raises(LoginTaken):
        owner.add_person("Bob")
    with pytest.raises(InvalidLogin):
        owner.add_person("two words")


def test_roles_and_access_change_but_not_the_last_administrators(both: Both) -> None:
    owner, _ = both

    assert set(owner.set_roles("bob", [Role.DPO, Role.OPS]).roles) == {Role.EMPLOYEE, Role.DPO, Role.OPS}
    assert not owner.set_active("bob", False).active
    assert owner.set_active("bob", True).active
    for attempt in (lambda: owner.set_roles("ada", []), lambda: owner.set_active("ada", False), lambda: owner.remove_person("ada")):
        with pytest.raises(LastAdministrator):
            attempt()
    owner.remove_person("bob")
    with pytest.raises(PersonNotFound):
        owner.remove_person("bob")


def test_a_link_opens_once_and_has_an_end(both: Both) -> None:
    owner, _ = both

    first, second = owner.link("bob"), owner.link("bob")

    assert first.secret != second.secret
    assert second.expires_at > owner.person("bob").created_at
    with pytest.raises(PersonNotFound):
        owner.link("carol")


def test_groups_have_members_and_see_spaces(both: Both) -> None:
    owner, _ = both
    assert owner.add_group("Docenten").members == ()
    for wrong, error in (("docenten", GroupExists), ("", InvalidName), ("a/b", InvalidName)):
        with pytest.raises(error):
            owner.add_group(wrong)

    assert owner.join("docenten", "bob").members == ("bob",)
    assert owner.join("docenten", "bob").members == ("bob",)
    assert owner.set_audience("Algemeen", ["docenten"]).groups == ("Docenten",)
    docenten = owner.groups()[0]
    assert (docenten.name, docenten.members, docenten.spaces) == ("Docenten", ("bob",), ("algemeen",))
    assert [(one.space, one.groups) for one in owner.audiences()] == [("algemeen", ("Docenten",))]
    assert owner.leave("docenten", "bob").members == ()
    owner.remove_group("docenten")

    assert owner.audiences()[0].groups == ()
    for attempt, error in (
        (lambda: owner.join("docenten", "bob"), GroupNotFound),
        (lambda: owner.remove_group("everyone"), BuiltInGroup),
        (lambda: owner.join("everyone", "carol"), PersonNotFound),
        (lambda: owner.set_audience("directie", []), SpaceNotFound),
        (lambda: owner.set_audience("algemeen", ["docenten"]), GroupNotFound),
    ):
        with pytest.raises(error):
            attempt()


def test_a_token_is_ones_own_and_shown_once(both: Both) -> None:
    owner, bob = both

    made = bob.add_token("mine", days=3, actions=[Action.ASK], spaces=["algemeen"])

    assert made.secret.startswith("kb_")
    [listed] = [token for token in bob.tokens() if token.id == made.token.id]
    assert listed == made.token
    assert (listed.actions, listed.name) == ((Action.ASK,), "mine")
    assert listed in owner.tokens("bob")
    with pytest.raises(SpaceNotFound):
        bob.add_token("elsewhere", spaces=["directie"])
    with pytest.raises(InvalidRequest):
        bob.add_token("for ever", days=10_000)
    bob.remove_token(made.token.id)
    with pytest.raises(TokenNotFound):
        bob.remove_token(made.token.id)


def test_an_employee_may_do_nothing_with_others(both: Both) -> None:
    _, bob = both
    for attempt in (
        bob.people,
        bob.groups,
        bob.audiences,
        lambda: bob.person("ada"),
        lambda: bob.person("carol"),
        lambda: bob.add_person("carol"),
        lambda: bob.set_roles("bob", [Role.ADMINISTRATOR]),
        lambda: bob.set_active("ada", False),
        lambda: bob.remove_person("ada"),
        lambda: bob.link("ada"),
        lambda: bob.add_group("x"),
        lambda: bob.join("everyone", "bob"),
        lambda: bob.set_audience("algemeen", []),
        lambda: bob.tokens("ada"),
        lambda: bob.tokens("carol"),
        lambda: bob.add_token("x", "ada"),
        lambda: bob.remove_token("x", "ada"),
    ):
        with pytest.raises(NotPermitted):
            attempt()
