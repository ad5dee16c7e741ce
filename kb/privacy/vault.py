"""Where the person is, while a case is open: files in ``cases/<id>/``, encrypted, with the key elsewhere.

Every file is AES-256-GCM with a fresh nonce; the request and the file's name are authenticated with it, so that no file can stand in
for another. One key per case lies in the secrets directory: destroying it makes the folder unreadable, in every old backup too.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kb.durable import write_durably
from kb.errors import CaseUnreadable, PersonGone, RequestNotFound

_ID = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_MAGIC = b"kbcase1\n"
_NONCE_BYTES = 12
_SUFFIX = ".sealed"


class CaseVault:
    """The encrypted files of cases. Files are whole or absent; a write is on the disk when it returns."""

    def __init__(self, folder: Path, keys: Path) -> None:
        """``folder``: ``cases/`` of the data directory. ``keys``: ``cases/`` of the secrets directory."""
        self._folder = folder
        self._keys = keys

    def create(self, request_id: str) -> None:
        """Make an empty vault with a key of its own; one that is there stays."""
        key, folder = self._key_file(request_id), self._case(request_id)
        self._keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not key.exists():
            write_durably(key, secrets.token_bytes(32))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def exists(self, request_id: str) -> bool:
        """Whether the vault is there with its key."""
        return self._case(request_id).is_dir() and self._key_file(request_id).is_file()

    def all(self) -> tuple[str, ...]:
        """The cases that have a folder or a key, in order."""
        folders = {path.name for path in self._folder.iterdir()} if self._folder.is_dir() else set()
        keys = {path.stem for path in self._keys.glob("*.key")} if self._keys.is_dir() else set()
        return tuple(sorted(name for name in folders | keys if _ID.fullmatch(name)))

    def write(self, request_id: str, name: str, data: bytes) -> None:
        """Keep ``data`` under ``name``, instead of what was there. Raises PersonGone where there is no vault."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key(request_id)).encrypt(nonce, data, _bound(request_id, name))
        write_durably(self._case(request_id) / (_checked(name) + _SUFFIX), _MAGIC + nonce + sealed)

    def read(self, request_id: str, name: str) -> bytes | None:
        """What lies under ``name``; None when nothing does. Raises PersonGone; CaseUnreadable for a changed file or another key."""
        key = self._key(request_id)
        file = self._case(request_id) / (_checked(name) + _SUFFIX)
        if not file.is_file():
            return None
        raw = file.read_bytes()
        start = len(_MAGIC) + _NONCE_BYTES
        if not raw.startswith(_MAGIC) or len(raw) < start:
            raise CaseUnreadable(request=request_id)
        try:
            return AESGCM(key).decrypt(raw[len(_MAGIC) : start], raw[start:], _bound(request_id, name))
        except InvalidTag as error:
            raise CaseUnreadable(request=request_id) from error

    def names(self, request_id: str) -> tuple[str, ...]:
        """What lies in the vault, in order; nothing where there is none."""
        case = self._case(request_id)
        if not case.is_dir():
            return ()
        return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in case.iterdir() if file.name.endswith(_SUFFIX)))

    def destroy(self, request_id: str) -> None:
        """Destroy the key first, then the folder; from the first moment nothing of it can be read. Twice is allowed."""
        key = self._key_file(request_id)
        if key.exists():
            # Overwritten before it goes: on a disk that writes in place its bytes are gone, elsewhere this does no harm.
            with key.open("r+b") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
            key.unlink()
        case = self._case(request_id)
        if case.is_dir():
            shutil.rmtree(case)

    def _key(self, request_id: str) -> bytes:
        if not self.exists(request_id):
            # A folder without its key is a lost secrets directory; neither is a case that was closed.
            raise CaseUnreadable(request=request_id) if self._case(request_id).is_dir() else PersonGone
        key = self._key_file(request_id).read_bytes()
        if len(key) != 32:
            raise CaseUnreadable(request=request_id)
        return key

    def _key_file(self, request_id: str) -> Path:
        return self._keys / f"{_known(request_id)}.key"

    def _case(self, request_id: str) -> Path:
        return self._folder / _known(request_id)


def _known(request_id: str) -> str:
    if not _ID.fullmatch(request_id):
        raise RequestNotFound(request=request_id)
    return request_id


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name in a vault: {name!r}")
    return name


def _bound(request_id: str, name: str) -> bytes:
    return f"kennisbank case {request_id} {name}".encode()
