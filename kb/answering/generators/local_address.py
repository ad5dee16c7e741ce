"""Model servers stand on this machine or its own network: an address elsewhere is refused, and nothing else is spoken to."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

import httpx

from kb.errors import GeneratorUnavailable, SettingsInvalid

_SENT_HEADERS = frozenset({"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent"})

_OWN_NETWORKS = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))


def check_address(url: str) -> None:
    """Refuse a ``url`` that is no http address, or names a public network by its number. Looks nothing up.

    Raises SettingsInvalid.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsInvalid(reason=f"{url} is not an address") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise SettingsInvalid(reason=f"{url} is not the http address of a model server")
    if _is_number(host) and not _is_near(host):
        raise SettingsInvalid(reason=f"{url} is not on this machine or its own network")


def resolve_nearby(url: str) -> None:
    """Refuse a ``url`` whose name leads to a public network, each time it is used. Raises SettingsInvalid, GeneratorUnavailable."""
    host = urlsplit(url).hostname or ""
    if _is_number(host) or host == "localhost":
        return
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise GeneratorUnavailable(url=url) from error
    if not all(_is_near(str(entry[4][0])) for entry in found):
        raise SettingsInvalid(reason=f"{url} is not on this machine or its own network")


def client_options(api_key: str | None = None) -> dict[str, object]:
    """What every HTTP client of a model server is made with: no proxy or credentials from the environment, no redirects."""
    return {"trust_env": False, "follow_redirects": False, "event_hooks": {"request": [_Headers(api_key)]}}


def async_client_options(api_key: str | None = None) -> dict[str, object]:
    """As ``client_options``, for an asynchronous client."""
    headers = _Headers(api_key)

    async def keep(request: httpx.Request) -> None:
        headers(request)

    return {"trust_env": False, "follow_redirects": False, "event_hooks": {"request": [keep]}}


class _Headers:
    """Vendors' clients add keys, organisations and machine details from the environment; only what is needed is sent."""

    def __init__(self, api_key: str | None) -> None:
        self._api_key = api_key

    def __call__(self, request: httpx.Request) -> None:
        for name in list(request.headers):
            if name.lower() not in _SENT_HEADERS:
                del request.headers[name]
        request.headers["user-agent"] = "kennisbank"
        if self._api_key:
            request.headers["authorization"] = f"Bearer {self._api_key}"


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    return True


def _is_near(address: str) -> bool:
    parsed = ipaddress.ip_address(address.split("%")[0])
    return parsed.is_loopback or any(parsed.version == network.version and parsed in network for network in _OWN_NETWORKS)
