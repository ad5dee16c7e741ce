"""The composition root's room for accounts: the door and the ways to it are made and wired here."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from api.accounts import Accounts
from kb.accounts.passwords import Passwords
from kb.accounts.sign_in import AskDirectory, SignIn

if TYPE_CHECKING:
    from api.accounts import OpenIdProvider
    from api.bootstrap import Kennisbank


def make_accounts(kennisbank: Kennisbank) -> Accounts:
    """The door of a Kennisbank. Vendors are loaded for what its settings name."""
    settings = kennisbank.settings
    # A key of its own, so that no two uses of one key can be played against each other.
    key = hashlib.sha256(b"sign-in attempts" + kennisbank.directory.audit_key()).digest()
    sign_in = SignIn(
        kennisbank.ledger,
        kennisbank.clock,
        settings.sign_in,
        Passwords(settings.sign_in.password_characters),
        key,
        meanings=settings.directory_groups,
        ask_directory=_ldap(kennisbank),
    )
    return Accounts(sign_in, settings.sign_in_proxy, _oidc(kennisbank))


def _ldap(kennisbank: Kennisbank) -> AskDirectory | None:
    if not kennisbank.settings.ldap.url:
        return None
    from kb.accounts.ldap_directory import LdapDirectory

    return LdapDirectory(kennisbank.settings.ldap).person


def _oidc(kennisbank: Kennisbank) -> OpenIdProvider | None:
    if not kennisbank.settings.oidc.issuer:
        return None
    from kb.accounts.openid import OpenIdConnect

    return OpenIdConnect(kennisbank.settings.oidc)
