"""Passwords: what is asked of one, how it is kept (Argon2id), and how one is compared."""

from __future__ import annotations

import unicodedata
from threading import Semaphore

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from kb.errors import WeakPassword

LONGEST = 256
_AT_ONCE = 2
"""Comparing takes 64 MiB; more of them at once would let anybody who can reach the sign-in page fill the memory."""


class Passwords:
    """Hashes and compares. Safe to use from several threads."""

    def __init__(self, least_characters: int, hasher: Argon2Hasher | None = None) -> None:
        """``hasher``: None takes the library's cost, which follows RFC 9106."""
        self._least = least_characters
        self._hasher = PasswordHash((hasher or Argon2Hasher(),))
        self._room = Semaphore(_AT_ONCE)
        self._nobodys: str | None = None

    def hash(self, password: str, login: str) -> str:
        """What is kept of a password. Raises WeakPassword."""
        said = _normal(password)
        if not self._least <= len(said) <= LONGEST or login.casefold() in said.casefold() or len(set(said)) < 5:
            raise WeakPassword(least=self._least)
        with self._room:
            return self._hasher.hash(said)

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether a password is the one that was kept. Without one it takes as long, and does not fit."""
        if len(password) > 4 * LONGEST:
            return False
        with self._room:
            if self._nobodys is None:
                self._nobodys = self._hasher.hash("the password of nobody")
            try:
                right = self._hasher.verify(_normal(password), self._nobodys if kept is None else kept)
            except UnknownHashError:  # a hash that erasure blackened opens nothing
                return False
        return right and kept is not None


def _normal(password: str) -> str:
    """The same keys give the same letters on every system."""
    return unicodedata.normalize("NFKC", password)
