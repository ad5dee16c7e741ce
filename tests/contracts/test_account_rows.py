"""What the ledger promises of accounts, on SQLite and (in make test-slow) on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kb.accounts.types import EVERYONE, Origin, Person
from kb.authorise import Action, Actor, ActorKind, Role
from kb.clock import FrozenClock
from kb.errors import CodeNotValid, GroupExists, LoginTaken, TokenNotFound
from kb.ledger.ledger import Ledger, Transaction
from tests.contracts.test_ledger_contract import clock, ledger, url

__all__ = ["clock", "ledger", "url"]

HOUR = timedelta(hours=1)


def bob(tx: Transaction) -> Person:
    return tx.people.add(" Bob@School.example ", "Bob", [Role.OPS])


def test_a_person_keeps_what_was_said_and_goes_with_all_that_is_his(ledger: Ledger, clock: FrozenClock) -> None:
    with ledger.writing() as tx:
        assert not tx.people.any()
        person = bob(tx)
        tx.people.set_password_hash(person.id, "$argon2id$x")
        tx.groups.add("docenten")
        tx.groups.join("docenten", person.id)
        tx.sessions.add("s" * 64, person.id, "password", clock.now() + HOUR)
        tx.api_tokens.add(person.id, "t" * 64, "script", clock.now() + HOUR, None, None)
        tx.one_time.add("c" * 64, "set_password", person.id, clock.now() + HOUR)
    with ledger.writing() as tx:
        kept = tx.people.one("bob@school.example")
        assert (kept.roles, kept.groups, kept.origin, kept.has_password) == ((Role.EMPLOYEE, Role.OPS), ("docenten",), Origin.LOCAL, True)
        with pytest.raises(LoginTaken):
            tx.people.add("BOB@school.example", "Other", [])
        tx.people.remove(person.id)
    with ledger.reading() as tx:
        assert not tx.people.any()
        assert tx.groups.named("docenten").members == ()
        assert tx.sessions.one("s" * 64, HOUR) is None
        assert tx.api_tokens.by_hash("t" * 64) is None
        with pytest.raises(CodeNotValid):
            tx.one_time.purpose("c" * 64)


def test_a_session_ends_by_age_and_by_idling(ledger: Ledger, clock: FrozenClock) -> None:
    with ledger.writing() as tx:
        person = bob(tx)
        for name in ("a", "b"):
            tx.sessions.add(name, person.id, "password", clock.now() + 3 * HOUR)
    clock.advance(HOUR)
    with ledger.writing() as tx:
        tx.sessions.touch("a")
    clock.advance(HOUR)
    with ledger.writing() as tx:
        idle = timedelta(minutes=90)
        assert tx.sessions.one("a", idle) is not None
        assert tx.sessions.one("b", idle) is None
        tx.sessions.sweep(idle)
        assert tx.sessions.one("b", 9 * HOUR) is None
        tx.sessions.end_all(person.id, but="a")
        assert tx.sessions.one("a", idle) is not None
    clock.advance(HOUR)
    with ledger.reading() as tx:
        assert tx.sessions.one("a", 9 * HOUR) is None


def test_a_token_keeps_its_bounds_and_its_end(ledger: Ledger, clock: FrozenClock) -> None:
    with ledger.writing() as tx:
        person = bob(tx)
        wide = tx.api_tokens.add(person.id, "w", "wide", clock.now() + HOUR, None, None)
        tx.api_tokens.used(wide.id)
    clock.advance(HOUR)
    with ledger.writing() as tx:
        tx.api_tokens.add(person.id, "n", "narrow", clock.now() + HOUR, [Action.ASK], ["space"])
    with ledger.writing() as tx:
        assert [(token.actions, token.space_ids) for token in tx.api_tokens.of(person.id)] == [(None, None), ((Action.ASK,), ("space",))]
        assert tx.api_tokens.of(person.id)[0].last_used_on == clock.now().date()
        assert tx.api_tokens.by_hash("w") is None
        assert tx.api_tokens.by_hash("n") is not None
        with pytest.raises(TokenNotFound):
            tx.api_tokens.remove(wide.id, "somebody else")
        tx.api_tokens.sweep()
        assert [token.name for token in tx.api_tokens.of(person.id)] == ["narrow"]


def test_a_code_replaces_an_earlier_one_for_the_same_door_alone(ledger: Ledger, clock: FrozenClock) -> None:
    with ledger.writing() as tx:
        person = bob(tx)
        for code in ("one", "two"):
            tx.one_time.add(code, "first_administrator", None, clock.now() + HOUR)
        tx.one_time.add("three", "set_password", person.id, clock.now() + HOUR)
        assert tx.one_time.purpose("two") == ("first_administrator", None)
        assert tx.one_time.purpose("three") == ("set_password", person.id)
        tx.one_time.use("three")
        for gone in ("one", "three"):
            with pytest.raises(CodeNotValid):
                tx.one_time.purpose(gone)


def test_attempts_are_counted_taken_back_and_forgotten(ledger: Ledger, clock: FrozenClock) -> None:
    with ledger.writing() as tx:
        for _ in range(3):
            tx.attempts.failed("a")
        tx.attempts.take_back("a")
        kept = tx.attempts.of("a")
        assert kept is not None
        assert (kept.failures, kept.last_at) == (2, clock.now())
        tx.attempts.failed("b")
        tx.attempts.forget("b")
        assert tx.attempts.of("b") is None
    clock.advance(HOUR)
    with ledger.writing() as tx:
        tx.attempts.sweep(HOUR)
        assert tx.attempts.of("a") is None


def test_who_sees_a_space_is_who_is_in_its_audience_now(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        person = bob(tx)
        actor = Actor(ActorKind.PERSON, person.id, frozenset(person.roles))
        first, second = tx.spaces.add("algemeen"), tx.spaces.add("directie")
        assert tx.audiences.seen_by(actor) == []
        tx.audiences.open_to_everyone()
        third = tx.spaces.add("later")
        assert [space.id for space in tx.audiences.seen_by(actor)] == [first.id, second.id]
        group = tx.groups.add("directeuren")
        with pytest.raises(GroupExists):
            tx.groups.add("Directeuren")
        tx.audiences.set(second.id, [group])
        tx.audiences.set(third.id, [EVERYONE, group])
        assert [space.name for space in tx.audiences.seen_by(actor)] == ["algemeen", "later"]
        tx.groups.follow_directory(person.id, [group])
        assert [space.name for space in tx.audiences.counted(actor)] == ["algemeen", "directie", "later"]
        tx.groups.follow_directory(person.id, [])
        assert [space.name for space in tx.audiences.seen_by(actor)] == ["algemeen", "later"]


def test_a_membership_that_a_person_gave_is_not_the_directorys_to_take(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        person = bob(tx)
        given, told = tx.groups.add("given"), tx.groups.add("told")
        tx.groups.join("given", person.id)
        tx.groups.follow_directory(person.id, [given, told])
        tx.groups.follow_directory(person.id, [])
        assert tx.people.one(person.id).groups == ("given",)


def test_every_table_of_accounts_is_in_the_register_with_each_of_its_strings() -> None:
    from sqlalchemy import JSON, String, Table

    from kb.ledger import account_tables
    from kb.ledger.personal_data import IMPERSONAL, PERSONAL

    tables = [table for table in vars(account_tables).values() if isinstance(table, Table)]
    assert len(tables) == 8
    for table in tables:
        entered = PERSONAL.get(table.name)
        if entered is None:
            assert table.name in IMPERSONAL, table.name
            continue
        strings = {column.name for column in table.columns if isinstance(column.type, String | JSON)}
        assert strings == {*entered.texts, *entered.json, *entered.technical}, table.name
