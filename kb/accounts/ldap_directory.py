"""Sign-in with LDAP or Active Directory: look somebody up, then try to be him with the password that was typed."""

from __future__ import annotations

import math
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ldap3 import NONE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars

from kb.accounts.types import DirectoryPerson, Origin
from kb.errors import SignInUnavailable
from kb.settings import LdapSettings


class LdapDirectory:
    """One directory, as the settings name it. Safe to use from several threads."""

    def __init__(self, settings: LdapSettings) -> None:
        self._settings = settings

    def person(self, login: str, password: str) -> DirectoryPerson | None:
        """The person with this login and password; None where they do not fit. Raises SignInUnavailable."""
        if not login or not password:
            return None  # an empty password would be an anonymous bind, which always succeeds
        try:
            with self._bound(self._settings.bind_dn or None, self._settings.bind_password) as service:
                if service is None:
                    raise SignInUnavailable(reason="bind")
                entry = self._entry(service, login)
                if entry is None:
                    return None
                with self._bound(entry["dn"], password) as own:
                    if own is None:
                        return None
                return self._described(login, entry, self._groups(service, entry))
        except LDAPException as error:
            raise SignInUnavailable(reason=type(error).__name__) from error

    @contextmanager
    def _bound(self, dn: str | None, password: str | None) -> Iterator[Connection | None]:
        """A connection that speaks as ``dn``; None where the password is not right."""
        settings = self._settings
        tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(settings.ca_file) if settings.ca_file else None)
        server = Server(settings.url, get_info=NONE, tls=tls, connect_timeout=settings.timeout_seconds)
        connection = Connection(server, user=dn, password=password, receive_timeout=math.ceil(settings.timeout_seconds), read_only=True)
        try:
            connection.open()
            if settings.start_tls and not connection.start_tls():
                raise SignInUnavailable(reason="start_tls")
            yield connection if connection.bind() else None
        finally:
            connection.unbind()
            if connection.socket is not None:  # unbind leaves one alone that never got through
                connection.socket.close()

    def _entry(self, service: Connection, login: str) -> dict[str, Any] | None:
        settings = self._settings
        wanted = [settings.subject_attribute, settings.name_attribute]
        if not settings.group_base_dn:
            wanted.append(settings.groups_attribute)
        query = settings.user_filter.replace("{login}", escape_filter_chars(login))
        service.search(settings.base_dn, query, SUBTREE, attributes=wanted, size_limit=2)
        found = _entries(service)
        return found[0] if len(found) == 1 else None

    def _groups(self, service: Connection, entry: dict[str, Any]) -> tuple[str, ...]:
        settings = self._settings
        if not settings.group_base_dn:
            return tuple(_texts(entry, settings.groups_attribute))
        query = settings.group_filter.replace("{dn}", escape_filter_chars(entry["dn"]))
        service.search(settings.group_base_dn, query, SUBTREE, attributes=["cn"])
        return tuple(str(group["dn"]) for group in _entries(service))

    def _described(self, login: str, entry: dict[str, Any], groups: tuple[str, ...]) -> DirectoryPerson | None:
        subject = next(iter(_texts(entry, self._settings.subject_attribute)), None)
        if subject is None:
            raise SignInUnavailable(reason=self._settings.subject_attribute)
        name = next(iter(_texts(entry, self._settings.name_attribute)), login)
        return DirectoryPerson(Origin.LDAP, f"{self._settings.base_dn}\n{subject}", login, name, groups)


def _entries(connection: Connection) -> list[dict[str, Any]]:
    return [entry for entry in connection.response or [] if entry.get("type") == "searchResEntry"]


def _texts(entry: dict[str, Any], attribute: str) -> list[str]:
    """The values of an attribute; binary ones, such as Active Directory's objectGUID, in hexadecimal."""
    raw = entry["raw_attributes"].get(attribute, [])
    return [_text(value) for value in raw]


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()
