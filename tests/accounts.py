"""A real Kennisbank with accounts and the service over it, for tests of who may what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from api.cookies import _NAME as SESSION_COOKIE
from kb.authorise import OWNER, Role
from kb.settings import load_settings
from tests.service import serving

PASSWORD = "vier losse woorden samen"


@dataclass
class House:
    """The Kennisbank, where it is served, and somebody's way in."""

    kennisbank: Kennisbank
    url: str
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, **options: Any) -> httpx.Client:
        made = httpx.Client(base_url=self.url, trust_env=False, timeout=60, **options)
        self.clients.append(made)
        return made

    @property
    def owner(self) -> httpx.Client:
        return self.client(headers={"Authorization": f"Bearer {self.kennisbank.owner_token}"})

    def settle(self, login: str, *roles: Role, password: str = PASSWORD) -> str:
        """An account; the cookie of its first session."""
        people = self.kennisbank.people(OWNER)
        people.add_person(login, login.title(), roles)
        return self.kennisbank.accounts.sign_in.with_code(people.link(login).secret, password)

    def browser(self, cookie: str) -> httpx.Client:
        """A browser with this session, whose scripts send the page's token along."""
        signed_in = self.kennisbank.accounts.sign_in.of_session(cookie)
        assert signed_in is not None
        return self.client(cookies={SESSION_COOKIE: cookie}, headers={"X-Page-Token": signed_in.page_token, "Accept-Language": "en"})

    def program(self, login: str, **narrowed: Any) -> httpx.Client:
        """A program with an API token of somebody."""
        secret = self.kennisbank.people(OWNER).add_token("program", login, **narrowed).secret
        return self.client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"})


@contextmanager
def house(folder: Path, **settings: Any) -> Iterator[House]:
    """A Kennisbank in ``folder``, served on loopback."""
    chosen = load_settings(folder / "data", embedding={"backend": "hashing"}, generation={"backend": "extractive"}, **settings)
    init_directory(chosen, "algemeen")
    with open_kennisbank(chosen, role="command") as kennisbank, serving(kennisbank) as url:
        made = House(kennisbank, url)
        yield made
        for client in made.clients:
            client.close()
