"""Pages of sites that the settings allow, fetched so that no address can lead anywhere else.

The site's name is looked up once, every address that it has is judged, and the connection is made to the very address that
was judged; redirects are followed by hand and judged anew. No proxy, no cookie, no password, nothing of the environment.
"""

from __future__ import annotations

import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpcore

from ingest.parse.safe_xml import is_element, local_name, parse_xml
from kb.errors import KennisbankError, WebAddressRefused, WebNotAllowed, WebPageNotGiven, WebPageUnavailable
from kb.settings import WebSettings
from kb.types import FileResult, Upload

REDIRECTS = 5
SITEMAPS = 50
SITEMAP_BYTES = 10_000_000
SITEMAP_BATCH = 16
URL_CHARACTERS = 2_000

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""A name and a port to the addresses of that name, as text."""

_PORTS = {"http": 80, "https": 443}
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_READ = (
    "text/",
    "application/xhtml+xml",
    "application/xml",
    "application/pdf",
    "application/rtf",
    "application/msword",
    "application/json",
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
    "application/vnd.ms-",
    "application/epub+zip",
    "message/rfc822",
)
_NEVER = tuple(ip_network(one) for one in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8"))
"""Not even by the settings: this network, link-local (where clouds keep their secrets), multicast, broadcast."""
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_COMPATIBLE = ip_network("::/96")


@dataclass(frozen=True, slots=True)
class _Target:
    """An address of the web in its parts, the host in small letters without a last dot."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The address written in the one way that documents are known by."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        """Host and, where it is not the scheme's own, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class _Page:
    target: _Target
    media_type: str
    data: bytes


def system_addresses(host: str, port: int) -> Sequence[str]:
    """What the machine's resolver says."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class WebFetcher:
    """Fetches what ``settings`` allow. Nothing is sent before the site and every one of its addresses is judged."""

    def __init__(
        self,
        settings: WebSettings,
        *,
        largest_bytes: int,
        resolve: Resolve = system_addresses,
        monotonic: Callable[[], float] = time.monotonic,
        certificates: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._allowed = frozenset(_site(one) for one in settings.allow)
        self._private = {_site(host)[0]: tuple(ip_network(one) for one in networks) for host, networks in settings.allow_private.items()}
        self._page_bytes = min(settings.page_bytes, largest_bytes)
        self._resolve = resolve
        self._monotonic = monotonic
        self._certificates = certificates

    def page(self, url: str) -> Upload:
        """A page as a file; its path is the address that it was asked by. Raises WebNotAllowed, WebAddressRefused, WebPageUnavailable."""
        asked = parse_url(url)
        page = self._fetch(asked, self._page_bytes)
        if not page.media_type.startswith(_READ):
            raise WebPageUnavailable(reason=f"{page.media_type or 'no content type'} is not read")
        return Upload(asked.url, page.data)

    def sitemap(self, url: str, language: str) -> Iterator[list[Upload] | FileResult]:
        """The pages of a sitemap, some at a time; one that cannot be fetched is a result. Raises what ``page`` raises, of the sitemap."""
        batch: list[Upload] = []
        for address in self._addresses(url):
            try:
                batch.append(self.page(address))
            except KennisbankError as error:
                yield FileResult(address, "failed", code=error.code, detail=error.sentence(language))
            if len(batch) == SITEMAP_BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _addresses(self, url: str) -> Iterable[str]:
        """The addresses of a sitemap and of the sitemaps that it names, once each, at most as many as the settings say."""
        pages: dict[str, None] = {}
        waiting, seen = [(url, True)], 0
        while waiting and seen < SITEMAPS and len(pages) < self._settings.sitemap_pages:
            address, may_name_others = waiting.pop(0)
            seen += 1
            found = self._fetch(parse_url(address), SITEMAP_BYTES)
            root = _parse_sitemap(_plain(found.data))
            if local_name(root) == "sitemapindex" and may_name_others:
                waiting += [(one, False) for one in _locations(root, "sitemap")]
            elif local_name(root) == "urlset":
                pages |= dict.fromkeys(_locations(root, "url"))
            else:
                raise WebPageUnavailable(reason="it is not a sitemap")
        return list(pages)[: self._settings.sitemap_pages]

    def _fetch(self, target: _Target, limit: int) -> _Page:
        deadline = self._monotonic() + self._settings.page_seconds
        for _ in range(REDIRECTS + 1):
            answer = self._ask(target, limit, deadline)
            if isinstance(answer, _Page):
                return answer
            target = answer
        raise WebPageUnavailable(reason=f"more than {REDIRECTS} redirects")

    def _ask(self, target: _Target, limit: int, deadline: float) -> _Page | _Target:
        address = self._judged(target)
        headers = {
            "Host": target.authority,
            "User-Agent": "kennisbank",
            "Accept": "text/html,application/pdf,*/*;q=0.5",
            "Accept-Encoding": "gzip",
        }
        backend = _OneAddress(str(address), deadline, self._monotonic)
        trust = self._certificates or ssl.create_default_context()
        seconds = {"connect": 10.0, "read": 10.0, "write": 10.0, "pool": 1.0}
        try:
            with (
                httpcore.ConnectionPool(ssl_context=trust, network_backend=backend, http1=True, http2=False, retries=0) as pool,
                pool.stream("GET", target.url, headers=list(headers.items()), extensions={"timeout": seconds}) as response,
            ):
                given = {name.decode("ascii", "replace").lower(): value.decode("latin-1") for name, value in response.headers}
                if response.status in _REDIRECTING and "location" in given:
                    return parse_url(urljoin(target.url, given["location"]))
                if response.status != 200:
                    raise WebPageNotGiven(answered=response.status)
                data = _body(response.iter_stream(), given, limit)
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise WebPageUnavailable(reason=f"the site took longer than {self._settings.page_seconds:g} seconds") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
            raise WebPageUnavailable(reason="the site cannot be reached, or its certificate is not trusted") from error
        return _Page(target, given.get("content-type", "").partition(";")[0].strip().lower(), data)

    def _judged(self, target: _Target) -> Address:
        """The address to connect to: the site is allowed, and so is every address that its name has."""
        if (target.host, target.port) not in self._allowed and (target.host, None) not in self._allowed:
            raise WebNotAllowed(host=target.authority)
        if (target.host, target.port) not in self._allowed and target.port != _PORTS[target.scheme]:
            raise WebNotAllowed(host=target.authority)
        try:
            found = [ip_address(one) for one in self._resolve(target.host, target.port)]
        except (OSError, UnicodeError, ValueError) as error:
            raise WebPageUnavailable(reason=f"the name {target.host} has no address that can be used") from error
        if not found:
            raise WebPageUnavailable(reason=f"the name {target.host} has no address")
        for address in found:
            if not permitted(address, self._private.get(target.host, ())):
                raise WebAddressRefused(host=target.host, address=address)
        return found[0]


def parse_url(url: str) -> _Target:
    """An address in its parts. Raises WebPageUnavailable for one that is not plainly http(s)://name/path."""
    if len(url) > URL_CHARACTERS or any(character <= " " or character in "\\\x7f" for character in url):
        raise WebPageUnavailable(reason="the address holds spaces, backslashes or control characters, or is too long")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        name = host if ":" in host else host.encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError) as error:
        raise WebPageUnavailable(reason="the address cannot be understood") from error
    if parts.scheme not in _PORTS:
        raise WebPageUnavailable(reason="only http and https are read")
    if "@" in parts.netloc:
        raise WebPageUnavailable(reason="an address with a user name or password is not used")
    if not name or "%" in name or port == 0:
        raise WebPageUnavailable(reason="the address names no site")
    if _is_number(name) and not _is_plain_address(name):
        raise WebAddressRefused(host=name, address=name)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    )
    return _Target(parts.scheme, name, port or _PORTS[parts.scheme], path)


def permitted(address: Address, networks: Sequence[IPv4Network | IPv6Network] = ()) -> bool:
    """Whether an address may be spoken to: it is public, or in one of ``networks``; so is an address that it stands for."""
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        meant = _inside(address)
        if meant is not None:
            return permitted(meant, networks)
    if any(address in network for network in _NEVER):
        return False
    if any(address in network for network in networks):
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, compatible, 6to4, Teredo, NAT64."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _NAT64) or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _is_number(host: str) -> bool:
    """Whether some program could take the name for a number: it ends in one, in whatever notation."""
    last = host.rpartition(".")[2]
    return ":" in host or last.isdigit() or last.startswith("0x")


def _is_plain_address(host: str) -> bool:
    try:
        return str(ip_address(host)) == host
    except ValueError:
        return False


def _site(entry: str) -> tuple[str, int | None]:
    """An entry of the allowlist as host and port; without a port, the scheme's own."""
    parts = urlsplit(f"//{entry.strip()}")
    host = (parts.hostname or "").rstrip(".")
    return (host if ":" in host else host.encode("idna").decode("ascii").lower()), parts.port


def _body(stream: Iterable[bytes], headers: dict[str, str], limit: int) -> bytes:
    """The body, unpacked where it is packed; never more than ``limit`` bytes, of either. Raises WebPageUnavailable."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise WebPageUnavailable(reason=f"it comes packed as {encoding}, which was not asked for")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in encoding else None
    data = bytearray()
    for block in stream:
        try:
            data += unpack.decompress(block, limit + 1 - len(data)) if unpack is not None else block
        except zlib.error as error:
            raise WebPageUnavailable(reason="what it sent is damaged") from error
        if len(data) > limit:
            raise WebPageUnavailable(reason=f"it is larger than {limit} bytes ([web] page_bytes)")
    return bytes(data)


def _plain(data: bytes) -> bytes:
    """A sitemap that is kept packed (sitemap.xml.gz), unpacked within its limit."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    return _body([data], {"content-encoding": "gzip"}, SITEMAP_BYTES)


def _parse_sitemap(data: bytes) -> Any:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise WebPageUnavailable(reason="a sitemap with a document type is not read")
    root = parse_xml(data)
    if root is None:
        raise WebPageUnavailable(reason="it is not a sitemap")
    return root


def _locations(root: Any, kind: str) -> list[str]:
    found = []
    for entry in root:
        if is_element(entry) and local_name(entry) == kind:
            found += [(child.text or "").strip() for child in entry if is_element(child) and local_name(child) == "loc"][:1]
    return [one for one in found if one]


class _OneAddress(httpcore.NetworkBackend):
    """Connects to one address, whatever name is asked for, and ends when the time is up."""

    def __init__(self, address: str, deadline: float, monotonic: Callable[[], float]) -> None:
        self._address = address
        self._deadline = deadline
        self._monotonic = monotonic
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the address that was judged."""
        stream = self._backend.connect_tcp(self._address, port, timeout=_left(timeout, self._deadline, self._monotonic))
        return _Hurried(stream, self._deadline, self._monotonic)


class _Hurried(httpcore.NetworkStream):
    """A stream whose every wait ends at the deadline: who sends a byte now and then gets no more time for it."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float, monotonic: Callable[[], float]) -> None:
        self._stream = stream
        self._deadline = deadline
        self._monotonic = monotonic

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Bytes, in time."""
        return self._stream.read(max_bytes, _left(timeout, self._deadline, self._monotonic))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send, in time."""
        self._stream.write(buffer, _left(timeout, self._deadline, self._monotonic))

    def close(self) -> None:
        """Close."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same, encrypted, in time."""
        secure = self._stream.start_tls(ssl_context, server_hostname, _left(timeout, self._deadline, self._monotonic))
        return _Hurried(secure, self._deadline, self._monotonic)

    def get_extra_info(self, info: str) -> Any:
        """What the stream knows."""
        return self._stream.get_extra_info(info)


def _left(timeout: float | None, deadline: float, monotonic: Callable[[], float]) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)
