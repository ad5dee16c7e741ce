"""Sealed files in the age format, which any ``age`` program opens: backups, copies of the journal, dossiers.

Sealing needs only the public half of a key, so a machine may write what it cannot read back.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import pyrage

from kb.errors import SealBroken, SealedForAnother


class Reads(Protocol):
    """Gives bytes, as a file does."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; empty at the end."""
        ...


class Writes(Protocol):
    """Takes bytes, as a file does."""

    def write(self, data: bytes, /) -> int:
        """Take them all."""
        ...

    def flush(self) -> None:
        """Pass on what was held back."""
        ...


class _Remembering:
    """Both ends of a stream. The library says of their errors only that there was one: the first is kept here."""

    def __init__(self, source: Reads, target: Writes) -> None:
        self._source = source
        self._target = target
        self._first: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        """Of the source."""
        try:
            return self._source.read(size)
        except BaseException as error:
            self._first = self._first or error
            raise

    def write(self, data: bytes) -> int:
        """To the target."""
        try:
            return self._target.write(data)
        except BaseException as error:
            self._first = self._first or error
            raise

    def flush(self) -> None:
        """Of the target."""
        self._target.flush()

    def raise_first(self) -> None:
        """Raise what an end raised, if one did."""
        if self._first is not None:
            raise self._first


class SealingKey:
    """An age key pair (X25519) in a file of the secrets directory; made at its first use."""

    def __init__(self, path: Path) -> None:
        """``path``: a private file with the line ``AGE-SECRET-KEY-…``, or where it will be made."""
        self._path = path

    @property
    def recipient(self) -> str:
        """The public half, ``age1…``."""
        return str(self._identity().to_public())

    def seal(self, data: bytes) -> bytes:
        """``data`` so that only this key opens it."""
        sealed: bytes = pyrage.encrypt(data, [self._identity().to_public()])
        return sealed

    def open(self, sealed: bytes) -> bytes:
        """The reverse of ``seal``. Raises SealBroken when it was sealed for another key or changed."""
        try:
            data: bytes = pyrage.decrypt(sealed, [self._identity()])
        except pyrage.DecryptError as error:
            raise SealBroken from error
        return data

    def seal_stream(self, source: Reads, target: Writes) -> None:
        """Everything that ``source`` gives, sealed into ``target`` piece by piece. Raises what they raise."""
        ends = _Remembering(source, target)
        try:
            pyrage.encrypt_io(ends, ends, [self._identity().to_public()])
        except (pyrage.EncryptError, OSError):
            ends.raise_first()
            raise

    def open_stream(self, sealed: Reads, target: Writes) -> None:
        """The reverse. Raises SealedForAnother, SealBroken where it was changed or cut off, and what source and target raise."""
        ends = _Remembering(sealed, target)
        try:
            pyrage.decrypt_io(ends, ends, [self._identity()])
        except (pyrage.DecryptError, OSError) as error:
            ends.raise_first()
            raise (SealedForAnother if "matching" in str(error) else SealBroken) from error

    @property
    def exists(self) -> bool:
        """Whether it was made."""
        return self._path.is_file()

    @property
    def recovery(self) -> str:
        """The secret half, ``AGE-SECRET-KEY-…``: shown once, to be written down."""
        return str(self._identity())

    def _identity(self) -> pyrage.x25519.Identity:
        if not self._path.exists():
            draft = self._path.with_name(self._path.name + ".new")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(f"{pyrage.x25519.Identity.generate()}\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        return pyrage.x25519.Identity.from_str(self._path.read_text().strip())


def seal_with_passphrase(data: bytes, passphrase: str) -> bytes:
    """``data`` so that whoever knows ``passphrase`` opens it, with any age program."""
    sealed: bytes = pyrage.passphrase.encrypt(data, passphrase)
    return sealed


def open_with_passphrase(sealed: bytes, passphrase: str) -> bytes:
    """The reverse. Raises SealBroken for another passphrase or a changed file."""
    try:
        data: bytes = pyrage.passphrase.decrypt(sealed, passphrase)
    except pyrage.DecryptError as error:
        raise SealBroken from error
    return data


def seal_for(data: bytes, recipient: str) -> bytes:
    """``data`` for the public key ``age1…``. Raises SealBroken when that is none."""
    try:
        sealed: bytes = pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient)])
    except pyrage.RecipientError as error:
        raise SealBroken from error
    return sealed
