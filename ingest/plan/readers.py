"""Who may read a file, as far as its file system tells: POSIX modes and access lists, and those of NTFS where the mount shows them."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

POSIX_ACL = "system.posix_acl_access"
NTFS_ACLS = ("system.ntfs_acl", "system.cifs_acl")
"""Attributes that hold a Windows security descriptor as it is: of ntfs-3g and of a CIFS mount."""
SAMBA_ACL = "security.NTACL"
"""Samba's own, which is packed otherwise: seen, not read."""

_USER, _GROUP_OWNER, _GROUP, _MASK, _OTHER = 0x02, 0x04, 0x08, 0x10, 0x20
_READ = 4
_WORLD = {"S-1-1-0", "S-1-5-11", "S-1-5-32-545"}
"""Everyone, whoever signed in, the users of the machine."""
_KNOWN = {"S-1-5-18": "SYSTEM", "S-1-5-32-544": "Administrators", "S-1-3-0": "CREATOR OWNER"}
_SERVANTS = {"S-1-5-18", "S-1-5-32-544", "S-1-3-0"}
_NT_READS = 0x00000001 | 0x80000000 | 0x10000000

Name = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Readers:
    """Everyone, or those named; ``certain`` is False where the file system keeps a list that cannot be read."""

    everyone: bool
    names: tuple[str, ...] = ()
    certain: bool = True

    def told(self) -> str:
        """In one word or more, stable: plans are compared by it."""
        who = "everyone" if self.everyone else ", ".join(self.names) or "nobody else"
        return who if self.certain else f"{who} (?)"


EVERYONE = Readers(True)


def readers_of(place: Path, mode: int, uid: int, gid: int) -> Readers:
    """Who may read the file or folder at ``place``; a folder must be entered as well."""
    names = _attributes(place)
    for name in NTFS_ACLS:
        if name in names:
            found = nt_readers(_attribute(place, name))
            if found is not None:
                return found
            return Readers(False, (_user(uid),), certain=False)
    acl = _attribute(place, POSIX_ACL) if POSIX_ACL in names else b""
    found = posix_readers(mode, uid, gid, acl)
    return Readers(found.everyone, found.names, certain=False) if SAMBA_ACL in names else found


def posix_readers(mode: int, uid: int, gid: int, acl: bytes = b"", user: Name | None = None, group: Name | None = None) -> Readers:
    """Readers by mode and, where there is one, by the access list as Linux stores it (version 2)."""
    user, group = user or _user, group or _group
    needed = _READ | 1 if stat.S_ISDIR(mode) else _READ

    def may(permissions: int) -> bool:
        return permissions & needed == needed

    if may(mode):
        return EVERYONE
    entries = _acl_entries(acl)
    mask = next((permissions for tag, permissions, _ in entries if tag == _MASK), 7)
    names = {f"user {user(uid)}"} if may(mode >> 6) else set()
    of_group = next((permissions & mask for tag, permissions, _ in entries if tag == _GROUP_OWNER), mode >> 3)
    if may(of_group):
        names.add(f"group {group(gid)}")
    for tag, permissions, who in entries:
        if tag == _USER and may(permissions & mask):
            names.add(f"user {user(who)}")
        elif tag == _GROUP and may(permissions & mask):
            names.add(f"group {group(who)}")
    return Readers(False, tuple(sorted(names)))


def nearest(own: Readers, above: Readers) -> Readers:
    """Readers of something below a folder: whom the folder keeps out does not come in, so the narrowest that is near counts."""
    return above if own.everyone and own.certain else own


def _acl_entries(acl: bytes) -> list[tuple[int, int, int]]:
    if len(acl) < 4 or struct.unpack_from("<I", acl)[0] != 2:
        return []
    return list(struct.iter_unpack("<HHI", acl[4 : 4 + (len(acl) - 4) // 8 * 8]))


def nt_readers(descriptor: bytes) -> Readers | None:
    """Readers by a self-relative Windows security descriptor; None where it cannot be understood.

    Entries that deny are taken to be stronger than any that allow.
    """
    try:
        revision, _, control, _, _, _, dacl = struct.unpack_from("<BBHIIII", descriptor)
        if revision != 1:
            return None
        if not control & 0x0004 or not dacl:
            return EVERYONE  # No list at all: Windows lets everyone in.
        _, _, _, count, _ = struct.unpack_from("<BBHHH", descriptor, dacl)
        at, allowed, denied = dacl + 8, set(), set()
        for _ in range(count):
            kind, flags, size, rights = struct.unpack_from("<BBHI", descriptor, at)
            if rights & _NT_READS and not flags & 0x08:  # 0x08: for what lies below alone
                sid = _sid(descriptor, at + 8)
                if kind == 0:
                    allowed.add(sid)
                elif kind == 1:
                    denied.add(sid)
            at += max(size, 8)
    except (struct.error, IndexError):
        return None
    if allowed & _WORLD and not denied:
        return EVERYONE
    named = allowed - denied - _SERVANTS or allowed - denied
    return Readers(False, tuple(sorted(_KNOWN.get(sid, sid) for sid in named)))


def _sid(data: bytes, at: int) -> str:
    revision, count = data[at], data[at + 1]
    authority = int.from_bytes(data[at + 2 : at + 8], "big")
    parts = struct.unpack_from(f"<{count}I", data, at + 8)
    return "-".join(["S", str(revision), str(authority), *map(str, parts)])


def _attributes(place: Path) -> tuple[str, ...]:
    try:
        return tuple(os.listxattr(place, follow_symlinks=False))
    except OSError:
        return ()


def _attribute(place: Path, name: str) -> bytes:
    try:
        return os.getxattr(place, name, follow_symlinks=False)
    except OSError:
        return b""


@cache
def _user(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


@cache
def _group(gid: int) -> str:
    import grp

    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
