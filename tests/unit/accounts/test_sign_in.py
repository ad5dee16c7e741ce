"""Who comes in, for how long, and what ends it."""

from __future__ import annotations

import pytest

from kb.authorise import OWNER, Action, ActorKind, Role, permitted
from kb.errors import AdministratorFirst, CodeNotValid, SignInFailed, TooManyAttempts, WeakPassword
from tests.unit.accounts.conftest import PASSWORD, House


def test_the_first_administrator_comes_in_with_the_code_once(house: House) -> None:
    door = house.door()
    assert not door.has_accounts
    code = door.first_code()
    assert code is not None

    secret = door.as_first_administrator(code.secret, "Ada@School.example", "Ada", PASSWORD)

    signed_in = door.of_session(secret)
    assert signed_in is not None
    assert signed_in.person.login == "ada@school.example"
    assert Role.ADMINISTRATOR in signed_in.actor.roles
    assert door.has_accounts
    assert door.first_code() is None
    with pytest.raises(CodeNotValid):
        door.as_first_administrator(code.secret, "eve", "Eve", PASSWORD)


def test_a_code_that_is_old_replaced_or_invented_opens_nothing(house: House) -> None:
    door = house.door()
    earlier, code = door.first_code(), door.first_code()
    assert earlier is not None
    assert code is not None
    for wrong in (earlier.secret, "invented"):
        with pytest.raises(CodeNotValid):
            door.as_first_administrator(wrong, "ada", "Ada", PASSWORD)
    house.later(hours=24)
    with pytest.raises(CodeNotValid):
        door.as_first_administrator(code.secret, "ada", "Ada", PASSWORD)


def test_accounts_begin_with_an_administrator_and_with_no_one_else(house: House) -> None:
    with pytest.raises(AdministratorFirst):
        house.people().add_person("bob")
    assert not house.door().has_accounts


def test_a_password_lets_in_and_a_wrong_one_does_not(settled: House) -> None:
    door = settled.door()

    signed_in = door.of_session(door.with_password(" BOB ", PASSWORD, "10.0.0.1"))

    assert signed_in is not None
    assert signed_in.actor.kind is ActorKind.PERSON
    assert permitted(signed_in.actor) == {
        Action.ASK,
        Action.GIVE_FEEDBACK,
        Action.READ_SOURCE,
        Action.LIST_SPACES,
        Action.MANAGE_OWN_ACCOUNT,
    }
    for login, password in (
        ("bob", "another password of four"),
        ("nobody-here", PASSWORD),
        ("bob", ""),
        ("", PASSWORD),
        ("bob", "x" * 9999),
    ):
        with pytest.raises(SignInFailed):
            door.with_password(login, password, "10.0.0.1")


def test_every_sign_in_has_a_cookie_of_its_own_and_the_ledger_has_none_of_them(settled: House) -> None:
    door = settled.door()

    one, other = door.with_password("bob", PASSWORD, "10.0.0.1"), door.with_password("bob", PASSWORD, "10.0.0.1")

    assert one != other
    with settled.ledger.reading() as tx:
        stored = "".join(
            str(row) for table in ("sessions", "people") for row in tx.people._connection.exec_driver_sql(f"SELECT * FROM {table}")
        )
    assert one not in stored
    assert PASSWORD not in stored
    assert "$argon2id$" in stored


def test_guessing_one_account_makes_it_wait_ever_longer_also_after_a_restart(settled: House) -> None:
    def guess(password: str = "a wrong password", address: str = "10.0.0.1") -> None:
        settled.door().with_password("bob", password, address)

    for number in range(5):
        with pytest.raises(SignInFailed):
            guess(address=f"10.0.0.{number}")
    waits = []
    for _ in range(3):
        with pytest.raises(TooManyAttempts) as refused:
            guess(PASSWORD)
        waits.append(int(str(refused.value.params["retry_after_seconds"])))
        settled.later(seconds=waits[-1])
        with pytest.raises(SignInFailed):
            guess()
    assert waits == [10, 20, 40]
    settled.later(minutes=15)
    guess(PASSWORD)
    with pytest.raises(SignInFailed):
        guess()


def test_guessing_many_accounts_from_one_address_makes_the_address_wait_and_no_other(settled: House) -> None:
    door = settled.door()
    for number in range(30):
        with pytest.raises(SignInFailed):
            door.with_password(f"somebody{number}", PASSWORD, "10.9.9.9")

    with pytest.raises(TooManyAttempts):
        door.with_password("bob", PASSWORD, "10.9.9.9")
    door.with_password("bob", PASSWORD, "10.0.0.1")


def test_forty_people_behind_one_address_do_not_wait_for_each_other(settled: House) -> None:
    for _ in range(40):
        settled.door().with_password("bob", PASSWORD, "10.0.0.1")


def test_a_session_ends_by_idling_by_age_and_by_signing_out(settled: House) -> None:
    door = settled.door()
    idle, used, left = (door.with_password("bob", PASSWORD, "10.0.0.1") for _ in range(3))
    door.sign_out(left)
    assert door.of_session(left) is None
    for _ in range(4):
        settled.later(hours=2, minutes=50)
        assert door.of_session(used) is not None
    assert door.of_session(idle) is None
    settled.later(hours=2)
    assert door.of_session(used) is None


@pytest.mark.parametrize("what", ["roles", "inactive", "removed", "link used"])
def test_what_changes_about_somebody_ends_the_sessions_at_once(settled: House, what: str) -> None:
    door, people = settled.door(), settled.people()
    secret = door.with_password("bob", PASSWORD, "10.0.0.1")
    match what:
        case "roles":
            people.set_roles("bob", [Role.OPS])
        case "inactive":
            people.set_active("bob", False)
        case "removed":
            people.remove_person("bob")
        case _:
            door.with_code(people.link("bob").secret, "een heel ander wachtwoord")

    assert door.of_session(secret) is None


def test_somebody_who_was_shut_out_stays_out(settled: House) -> None:
    settled.people().set_active("bob", False)

    with pytest.raises(SignInFailed):
        settled.door().with_password("bob", PASSWORD, "10.0.0.1")


def test_a_password_is_changed_by_whoever_knows_the_old_one(settled: House) -> None:
    door = settled.door()
    other = door.with_password("bob", PASSWORD, "10.0.0.1")
    signed_in = door.of_session(door.with_password("bob", PASSWORD, "10.0.0.1"))
    assert signed_in is not None

    with pytest.raises(SignInFailed):
        door.change_password(signed_in, "not the old one", "een heel ander wachtwoord", "10.0.0.1")
    fresh = door.change_password(signed_in, PASSWORD, "een heel ander wachtwoord", "10.0.0.1")

    assert door.of_session(fresh) is not None
    assert door.of_session(other) is None
    with pytest.raises(SignInFailed):
        door.with_password("bob", PASSWORD, "10.0.0.1")


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaa", "bob is my name!", "x1" * 200])
def test_a_weak_password_is_refused_and_the_link_stays_good(settled: House, weak: str) -> None:
    link = settled.people().link("bob")

    with pytest.raises(WeakPassword):
        settled.door().with_code(link.secret, weak)
    settled.door().with_code(link.secret, "een heel ander wachtwoord")
    with pytest.raises(CodeNotValid):
        settled.door().with_code(link.secret, "een heel ander wachtwoord")


def test_a_token_speaks_for_its_person_as_far_as_it_may_and_until_it_ends(settled: House) -> None:
    door, people = settled.door(), settled.people()
    people.set_roles("bob", [Role.OPS])
    whole = people.add_token("a script", "bob")
    narrow = people.add_token("a dashboard", "bob", days=1, actions=[Action.READ_STATUS, Action.MANAGE_PEOPLE])

    actor, narrowed = door.of_token(whole.secret), door.of_token(narrow.secret)
    assert actor is not None
    assert narrowed is not None
    assert Action.READ_STATUS in permitted(actor)
    assert permitted(narrowed) == {Action.READ_STATUS}
    assert door.of_token("kb_invented") is None
    settled.later(days=1)
    assert door.of_token(narrow.secret) is None
    people.remove_token(whole.token.id, "bob")
    assert door.of_token(whole.secret) is None
    assert [token.name for token in people.tokens("bob")] == ["a dashboard"]


def test_the_trail_says_who_did_what_and_stays_whole(settled: House) -> None:
    settled.door().with_password("bob", PASSWORD, "10.0.0.1")
    with pytest.raises(SignInFailed):
        settled.door().with_password("bob", "a wrong password", "10.0.0.1")
    settled.people().set_roles("bob", [Role.DPO])

    with settled.ledger.reading() as tx:
        rows = tx.people._connection.exec_driver_sql("SELECT actor, action FROM audit ORDER BY seq").all()
        assert tx.audit.first_broken() is None
    actions = [action for _, action in rows]
    assert actions[-3:] == ["sign_in", "sign_in.failed", "person.roles"]
    assert rows[-1][0] == OWNER.id
