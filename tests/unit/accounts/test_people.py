"""People, groups and audiences: what holds whoever changes them."""

from __future__ import annotations

import pytest

from kb.authorise import NOBODY, OWNER, Action, Actor, ActorKind, Role
from kb.errors import (
    BuiltInGroup,
    DocumentNotFound,
    GroupExists,
    GroupNotFound,
    InvalidLogin,
    LastAdministrator,
    LoginTaken,
    NotPermitted,
    PersonNotFound,
    SpaceNotFound,
    TokenNotFound,
)
from tests.unit.accounts.conftest import House


def actor_of(house: House, login: str) -> Actor:
    person = house.people().person(login)
    return Actor(ActorKind.PERSON, person.id, frozenset(person.roles))


def seen(house: House, login: str) -> list[str]:
    actor = actor_of(house, login)
    with house.ledger.reading() as tx:
        return [space.name for space in tx.audiences.seen_by(actor)]


def test_the_last_administrator_cannot_go(settled: House) -> None:
    people = settled.people()
    for attempt in (
        lambda: people.remove_person("ada"),
        lambda: people.set_roles("ada", [Role.OPS]),
        lambda: people.set_active("ada", False),
    ):
        with pytest.raises(LastAdministrator):
            attempt()

    people.set_roles("bob", [Role.ADMINISTRATOR])
    people.remove_person("ada")
    assert [person.login for person in people.people()] == ["bob"]


@pytest.mark.parametrize("login", ["", "two words", "a" * 121, "semi;colon", "new\nline"])
def test_a_login_that_nobody_could_type_is_refused(settled: House, login: str) -> None:
    with pytest.raises(InvalidLogin):
        settled.people().add_person(login)


def test_a_login_is_one_persons_whatever_its_capitals(settled: House) -> None:
    with pytest.raises(LoginTaken):
        settled.people().add_person("BOB")
    with pytest.raises(PersonNotFound):
        settled.people().person("carol")


def test_spaces_from_before_are_everybodys_and_later_ones_nobodys(house: House) -> None:
    with house.ledger.writing() as tx:
        tx.spaces.add("algemeen")
    house.settle("ada", Role.ADMINISTRATOR)
    with house.ledger.writing() as tx:
        tx.spaces.add("directie")

    assert seen(house, "ada") == ["algemeen"]
    with house.ledger.reading() as tx:
        assert [space.name for space in tx.audiences.seen_by(OWNER)] == ["algemeen", "directie"]
        assert tx.audiences.seen_by(NOBODY) == []


def test_a_group_sees_what_its_audience_says_from_that_moment(settled: House) -> None:
    people = settled.people()
    with settled.ledger.writing() as tx:
        space = tx.spaces.add("Directie")
        version = tx.documents.register(space.id, "a.md", "a.md", "1" * 64, 1, "text/markdown")
    people.add_group("directeuren")
    people.set_audience("directie", ["directeuren"])
    assert seen(settled, "bob") == []

    people.join("Directeuren", "bob")
    bob = actor_of(settled, "bob")
    assert seen(settled, "bob") == ["Directie"]
    with settled.ledger.reading() as tx:
        tx.audiences.require_document(bob, version.document_id)
        assert tx.audiences.named(bob, "DIRECTIE").id == space.id

    people.leave("directeuren", "bob")
    with settled.ledger.reading() as tx:
        assert tx.audiences.seen_by(bob) == []
        for document in (version.document_id, "absent"):
            with pytest.raises(DocumentNotFound):
                tx.audiences.require_document(bob, document)
        for name in ("directie", "absent"):
            with pytest.raises(SpaceNotFound):
                tx.audiences.named(bob, name)


@pytest.mark.parametrize("how", ["shut out", "removed"])
def test_somebody_who_is_shut_out_or_removed_sees_nothing_any_more(settled: House, how: str) -> None:
    with settled.ledger.writing() as tx:
        tx.spaces.add("algemeen")
    settled.people().set_audience("algemeen", ["everyone"])
    bob = actor_of(settled, "bob")
    assert seen(settled, "bob") == ["algemeen"]

    if how == "removed":
        settled.people().remove_person("bob")
    else:
        settled.people().set_active("bob", False)

    with settled.ledger.reading() as tx:
        assert tx.audiences.seen_by(bob) == []


def test_removing_a_group_takes_its_sight_along(settled: House) -> None:
    people = settled.people()
    with settled.ledger.writing() as tx:
        tx.spaces.add("directie")
    people.add_group("directeuren")
    people.join("directeuren", "bob")
    people.set_audience("directie", ["directeuren"])
    assert [(group.name, group.members, group.spaces) for group in people.groups()] == [
        ("directeuren", ("bob",), ("directie",)),
        ("everyone", (), ()),
    ]

    people.remove_group("directeuren")

    assert seen(settled, "bob") == []
    assert people.person("bob").groups == ()


def test_the_built_in_group_stays_as_it_is(settled: House) -> None:
    for change in (
        lambda: settled.people().remove_group("everyone"),
        lambda: settled.people().join("everyone", "bob"),
        lambda: settled.people().leave("everyone", "bob"),
    ):
        with pytest.raises(BuiltInGroup):
            change()
    with pytest.raises(GroupExists):
        settled.people().add_group("Everyone")
    with settled.ledger.writing() as tx:
        tx.spaces.add("algemeen")
    with pytest.raises(GroupNotFound):
        settled.people().set_audience("algemeen", ["absent"])


def test_nobody_makes_a_token_that_speaks_for_somebody_else(settled: House) -> None:
    ada, bob = settled.people(actor_of(settled, "ada")), settled.people(actor_of(settled, "bob"))
    for maker, person in ((ada, "bob"), (bob, "ada")):
        with pytest.raises(NotPermitted):
            maker.add_token("mine", person)

    made = bob.add_token("mine")

    assert [token.id for token in bob.tokens()] == [made.token.id]
    assert [token.id for token in ada.tokens("bob")] == [made.token.id]
    with pytest.raises(NotPermitted):
        bob.tokens("ada")
    with pytest.raises(TokenNotFound):
        ada.remove_token(made.token.id, "ada")
    ada.remove_token(made.token.id, "bob")
    assert bob.tokens() == []


def test_a_narrowed_token_makes_no_wider_one(settled: House) -> None:
    with settled.ledger.writing() as tx:
        tx.spaces.add("algemeen")
        tx.spaces.add("directie")
    settled.people().set_audience("algemeen", ["everyone"])
    narrow = settled.people().add_token("narrow", "bob", actions=[Action.ASK, Action.MANAGE_OWN_ACCOUNT], spaces=["algemeen"])
    by_token = settled.door().of_token(narrow.secret)
    assert by_token is not None

    made = settled.people(by_token).add_token("wider?")

    assert set(made.token.actions or ()) == {Action.ASK, Action.MANAGE_OWN_ACCOUNT}
    assert made.token.space_ids == narrow.token.space_ids
    with pytest.raises(SpaceNotFound):
        settled.people().add_token("elsewhere", "bob", spaces=["directie"])
