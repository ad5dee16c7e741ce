"""What the ways in need of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kb.accounts.sign_in import SignIn
from kb.accounts.types import DirectoryPerson
from kb.settings import SignInProxySettings


class OpenIdProvider(Protocol):
    """Sign-in at an OpenID Connect provider. ``secret`` is known to this browser alone and holds the two steps together."""

    @property
    def label(self) -> str:
        """What its button is called."""
        ...

    def address(self, secret: str, back: str) -> str:
        """Where the browser goes to sign in. Raises SignInUnavailable."""
        ...

    def person(self, secret: str, back: str, returned: str) -> DirectoryPerson:
        """Who came back, from the address that he came back with. Raises SignInBroken, SignInUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Accounts:
    """The door, and the ways to it besides a password."""

    sign_in: SignIn
    proxy: SignInProxySettings
    oidc: OpenIdProvider | None = None
