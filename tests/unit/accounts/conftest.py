"""A ledger with accounts, and a clock that tests turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from kb.accounts.passwords import Passwords
from kb.accounts.people import People
from kb.accounts.sign_in import AskDirectory, SignIn
from kb.authorise import OWNER, Actor, Role
from kb.clock import FrozenClock
from kb.ledger.engine import sqlite_url
from kb.ledger.ledger import Ledger
from kb.settings import DirectoryGroup, SignInSettings

PASSWORD = "vier losse woorden samen"
KEY = b"k" * 32


@dataclass
class House:
    """What the tests of accounts stand on."""

    ledger: Ledger
    clock: FrozenClock
    settings: SignInSettings
    passwords: Passwords

    def door(self, *, meanings: tuple[DirectoryGroup, ...] = (), ask_directory: AskDirectory | None = None) -> SignIn:
        return SignIn(self.ledger, self.clock, self.settings, self.passwords, KEY, meanings=meanings, ask_directory=ask_directory)

    def people(self, actor: Actor = OWNER) -> People:
        return People(actor, self.ledger, self.clock, self.settings)

    def settle(self, login: str, *roles: Role) -> str:
        """An account with the password of the tests; its id."""
        person = self.people().add_person(login, login.title(), roles)
        self.door().with_code(self.people().link(login).secret, PASSWORD)
        return person.id

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords(12, Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def house(tmp_path: Path, passwords: Passwords) -> Iterator[House]:
    clock = FrozenClock()
    ledger = Ledger(sqlite_url(tmp_path / "ledger.sqlite3"), clock, KEY, tmp_path)
    ledger.prepare()
    yield House(ledger, clock, SignInSettings(), passwords)
    ledger.close()


@pytest.fixture
def settled(house: House) -> House:
    """A house with the administrator Ada and the employee Bob."""
    house.settle("ada", Role.ADMINISTRATOR)
    house.settle("bob")
    return house
