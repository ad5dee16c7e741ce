"""Pages of the intranet, from a real server on loopback whose name a stub resolves; and every way to lead the fetcher elsewhere."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from ingest.web import WebFetcher, parse_url, permitted
from kb.errors import KennisbankError, WebAddressRefused, WebNotAllowed, WebPageNotGiven, WebPageUnavailable
from kb.settings import WebSettings
from kb.types import FileResult, Upload
from tests.unit.ingest.certificates import Authority

PAGE = b"<html><body><h1>Verlof</h1><p>Het verlof duurt 26 weken.</p></body></html>"


class Site:
    """A site: what it answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.drip = threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, dict(self.headers.items())))
                status, headers, body = site.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.path == "/traag":
                    site.drip.wait(20)
                self.wfile.write(body)

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ssl.SSLError:  # the visitor did not trust us
                    self.close_connection = True

            def log_message(self, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://intranet.test:{self.port}"

    def page(self, path: str, body: bytes = PAGE, **headers: str) -> None:
        self.answers[path] = (
            200,
            {"Content-Type": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}},
            body,
        )

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        self.answers[path] = (status, {"Location": to}, b"")


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.drip.set()
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def fetcher(
    site: Site, *addresses: str, private: Sequence[str] = ("127.0.0.1/32",), resolved: list[str] | None = None, **more: Any
) -> WebFetcher:
    """A fetcher that may read the site, whose name has ``addresses`` (the site's own)."""
    seconds = more.pop("page_seconds", 10.0)
    settings = WebSettings(
        allow=(f"intranet.test:{site.port}", "open.test"), allow_private={"intranet.test": tuple(private)}, page_seconds=seconds, **more
    )

    def resolve(host: str, port: int) -> Sequence[str]:
        if resolved is not None:
            resolved.append(host)
        return addresses or ("127.0.0.1",)

    return WebFetcher(settings, largest_bytes=1_000_000, resolve=resolve)


def test_a_page_of_an_allowed_site_is_a_file_that_is_known_by_its_address(site: Site) -> None:
    site.page("/regels/verlof?taal=nl")

    page = fetcher(site).page(f"{site.url}/regels/verlof?taal=nl#kop")

    assert page == Upload(f"{site.url}/regels/verlof?taal=nl", PAGE)
    [(_, headers)] = site.asked
    assert headers["Host"] == f"intranet.test:{site.port}"
    assert {"Cookie", "Authorization", "Referer"}.isdisjoint(headers)


def test_the_name_is_looked_up_once_so_that_it_cannot_turn_into_another_address(site: Site) -> None:
    site.page("/")
    resolved: list[str] = []
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    settings = WebSettings(allow=(f"intranet.test:{site.port}",), allow_private={"intranet.test": ("127.0.0.1/32",)})

    def rebinding(host: str, port: int) -> Sequence[str]:
        resolved.append(host)
        return next(answers)

    assert WebFetcher(settings, largest_bytes=10_000, resolve=rebinding).page(f"{site.url}/").data == PAGE
    assert resolved == ["intranet.test"]


AUTHORITY = Authority()


def secured(site: Site, server: ssl.SSLContext, visitor: ssl.SSLContext | None) -> WebFetcher:
    """The site over TLS, and one who visits it."""
    # With the handshake in the thread of the request: a visitor who hangs up does not end the server.
    site.server.socket = server.wrap_socket(site.server.socket, server_side=True, do_handshake_on_connect=False)
    site.url = site.url.replace("http://", "https://")
    site.page("/verlof")
    settings = WebSettings(allow=(f"intranet.test:{site.port}",), allow_private={"intranet.test": ("127.0.0.1/32",)}, page_seconds=5.0)
    return WebFetcher(settings, largest_bytes=1_000_000, resolve=lambda host, port: ["127.0.0.1"], certificates=visitor)


def test_a_site_whose_certificate_is_vouched_for_is_read_over_tls(site: Site, tmp_path: Path) -> None:
    visitor = secured(site, AUTHORITY.server("intranet.test", tmp_path), AUTHORITY.trusted())

    assert visitor.page(f"{site.url}/verlof").data == PAGE


@pytest.mark.parametrize(
    ("host", "days", "trusting"),
    [("intranet.test", 10, None), ("intranet.test", 10, Authority()), ("elders.test", 10, AUTHORITY), ("intranet.test", -1, AUTHORITY)],
    ids=["unknown to this machine", "of another authority", "of another site", "expired"],
)
def test_a_certificate_that_does_not_hold_is_refused_before_anything_is_asked(
    site: Site, tmp_path: Path, host: str, days: int, trusting: Authority | None
) -> None:
    visitor = secured(site, AUTHORITY.server(host, tmp_path, days=days), trusting.trusted() if trusting else None)

    with pytest.raises(WebPageUnavailable, match="not trusted"):
        visitor.page(f"{site.url}/verlof")
    assert site.asked == []


@pytest.mark.parametrize(
    "url", ["http://elders.test/", "http://intranet.test/", "http://intranet.test.elders.test/", "http://open.test:8080/"]
)
def test_a_site_or_a_port_that_the_settings_do_not_name_is_not_even_looked_up(site: Site, url: str) -> None:
    resolved: list[str] = []

    with pytest.raises(WebNotAllowed, match=r"\[web\] allow"):
        fetcher(site, resolved=resolved).page(url)
    assert (resolved, site.asked) == ([], [])


def test_without_settings_nothing_is_allowed() -> None:
    with pytest.raises(WebNotAllowed):
        WebFetcher(WebSettings(), largest_bytes=1_000, resolve=lambda host, port: pytest.fail("looked up")).page("https://example.org/")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "192.0.2.1",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::",
        "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::1", "2001:0:0:0:0:0:80ff:fffe",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused_in_every_notation(site: Site, address: str) -> None:
    with pytest.raises(WebAddressRefused, match=r"\[web.allow_private\]"):
        fetcher(site, address).page("http://open.test/")
    assert site.asked == []


def test_public_addresses_are_permitted() -> None:
    for address in ("93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"):
        assert permitted(ip_address(address)), address


def test_one_bad_address_among_good_ones_is_enough_to_refuse(site: Site) -> None:
    with pytest.raises(WebAddressRefused):
        fetcher(site, "93.184.216.34", "10.0.0.1").page("http://open.test/")


def test_a_private_site_may_lie_in_its_own_networks_alone(site: Site) -> None:
    with pytest.raises(WebAddressRefused):
        fetcher(site, "10.2.0.1", private=("10.1.0.0/16",)).page(f"{site.url}/")
    assert permitted(ip_address("10.1.2.3"), [ip_network("10.1.0.0/16")])
    assert permitted(ip_address("::ffff:10.1.2.3"), [ip_network("10.1.0.0/16")])


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"])
def test_some_addresses_are_refused_whatever_the_settings_say(address: str) -> None:
    assert not permitted(ip_address(address), [ip_network("0.0.0.0/0"), ip_network("::/0")])


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0x7f.1",
        "127.0.0.0x1",
        "１２７.1",
        "127.0.0.01",
        "[::ffff:7f00:1%25lo]",
        "[0:0:0:0:0:0:0:1]",
    ],
)
def test_a_number_for_a_name_is_refused_before_anybody_can_understand_it(site: Site, host: str) -> None:
    with pytest.raises((WebAddressRefused, WebPageUnavailable)):
        parse_url(f"http://{host}/")


@pytest.mark.parametrize("url", ["http://localhost./", "http://LOCALHOST/", "http://127.0.0.1/", "http://[::1]/", "http://①②⑦.0.0.1/"])
def test_this_machine_is_no_site_under_any_name(site: Site, url: str) -> None:
    with pytest.raises((WebNotAllowed, WebAddressRefused)):
        fetcher(site).page(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://open.test/", "gopher://open.test/", "//open.test/", "http://", "http:///x", "http://user:pw@open.test/",
        "http://open.test@elders.test/", "http://open.test\\@elders.test/", "http://open.test/ x", "http://open.test/\r\nX: y", "http://open.test:99999/",
        "http://open.test:0/", "http://[::1", "http://open%2etest/", "http://" + "a" * 70 + ".test/", "http://open.test/" + "x" * 2_000,
    ],
)  # fmt: skip
def test_an_address_that_could_be_understood_in_two_ways_is_refused(site: Site, url: str) -> None:
    with pytest.raises(WebPageUnavailable):
        fetcher(site).page(url)
    assert site.asked == []


def test_a_name_is_compared_without_capitals_and_without_its_last_dot(site: Site) -> None:
    site.page("/")

    assert fetcher(site).page(f"http://Intranet.TEST.:{site.port}/").path == f"{site.url}/"


# --- redirects


def test_a_redirect_within_the_site_is_followed_and_the_page_keeps_the_address_that_was_asked(site: Site) -> None:
    site.redirect("/oud", "nieuw", 301)
    site.page("/nieuw")

    assert fetcher(site).page(f"{site.url}/oud") == Upload(f"{site.url}/oud", PAGE)


@pytest.mark.parametrize(
    ("to", "error"),
    [
        ("http://elders.test/", WebNotAllowed),
        ("//elders.test/x", WebNotAllowed),
        ("http://127.0.0.1:11434/api/tags", WebNotAllowed),
        ("http://169.254.169.254/latest/meta-data", WebNotAllowed),
        ("file:///etc/passwd", WebPageUnavailable),
        ("http://0x7f.1/", WebAddressRefused),
    ],
)
def test_a_redirect_elsewhere_is_judged_like_any_address(site: Site, to: str, error: type[KennisbankError]) -> None:
    site.redirect("/", to)

    with pytest.raises(error):
        fetcher(site).page(f"{site.url}/")
    assert len(site.asked) == 1


def test_every_hop_is_looked_up_and_judged_anew(site: Site) -> None:
    site.redirect("/", "/verder")
    answers = iter([["127.0.0.1"], ["10.0.0.9"]])
    settings = WebSettings(allow=(f"intranet.test:{site.port}",), allow_private={"intranet.test": ("127.0.0.1/32",)})

    with pytest.raises(WebAddressRefused, match=r"10\.0\.0\.9"):
        WebFetcher(settings, largest_bytes=10_000, resolve=lambda host, port: next(answers)).page(f"{site.url}/")


def test_five_redirects_are_followed_and_no_more(site: Site) -> None:
    for number in range(7):
        site.redirect(f"/{number}", f"/{number + 1}")
    site.page("/7")

    with pytest.raises(WebPageUnavailable, match="5 redirects"):
        fetcher(site).page(f"{site.url}/0")
    assert fetcher(site).page(f"{site.url}/2").data == PAGE


# --- what comes back


def test_a_page_that_is_too_large_is_broken_off(site: Site) -> None:
    site.page("/", b"x" * 5_000)

    with pytest.raises(WebPageUnavailable, match="larger than 2000 bytes"):
        fetcher(site, page_bytes=2_000).page(f"{site.url}/")


def test_a_packed_page_is_unpacked_and_a_bomb_is_not(site: Site) -> None:
    site.page("/", gzip.compress(PAGE), Content_Encoding="gzip")
    site.page("/bom", gzip.compress(b"x" * 50_000_000), Content_Encoding="gzip")
    site.page("/br", b"x", Content_Encoding="br")

    assert fetcher(site).page(f"{site.url}/").data == PAGE
    with pytest.raises(WebPageUnavailable, match="larger"):
        fetcher(site).page(f"{site.url}/bom")
    with pytest.raises(WebPageUnavailable, match="br"):
        fetcher(site).page(f"{site.url}/br")


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", ""])
def test_what_is_no_document_is_not_taken(site: Site, kind: str) -> None:
    site.answers["/"] = (200, {"Content-Type": kind} if kind else {}, b"x")

    with pytest.raises(WebPageUnavailable, match="is not read"):
        fetcher(site).page(f"{site.url}/")


def test_a_site_that_says_no_or_nothing_is_told(site: Site) -> None:
    with pytest.raises(WebPageNotGiven, match="404"):
        fetcher(site).page(f"{site.url}/weg")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = WebSettings(allow=(f"dicht.test:{port}",), allow_private={"dicht.test": ("127.0.0.1/32",)})
    with pytest.raises(WebPageUnavailable, match="cannot be reached"):
        WebFetcher(settings, largest_bytes=1_000, resolve=lambda host, port: ["127.0.0.1"]).page(f"http://dicht.test:{port}/")


def test_a_name_without_an_address_is_told(site: Site) -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "x")

    with pytest.raises(WebPageUnavailable, match="no address"):
        WebFetcher(WebSettings(allow=("open.test",)), largest_bytes=1_000, resolve=unknown).page("http://open.test/")


@pytest.mark.timeout(8)
def test_a_site_that_keeps_one_waiting_is_left(site: Site) -> None:
    site.page("/traag")

    with pytest.raises(WebPageUnavailable, match="longer than"):
        fetcher(site, page_seconds=0.3).page(f"{site.url}/traag")


def test_a_site_that_sends_a_little_now_and_then_gets_no_more_time(site: Site) -> None:
    site.page("/")
    now = iter([0.0, 1.0, 2.0, 99.0, 99.0, 99.0])
    settings = WebSettings(allow=(f"intranet.test:{site.port}",), allow_private={"intranet.test": ("127.0.0.1/32",)})

    with pytest.raises(WebPageUnavailable, match="longer than 30 seconds"):
        WebFetcher(settings, largest_bytes=10_000, resolve=lambda host, port: ["127.0.0.1"], monotonic=lambda: next(now)).page(
            f"{site.url}/"
        )


def test_the_environments_proxy_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.page("/")

    assert fetcher(site).page(f"{site.url}/").data == PAGE


# --- sitemaps


def sitemap_of(*urls: str, kind: str = "url", root: str = "urlset") -> bytes:
    entries = "".join(f"<{kind}><loc>{url}</loc></{kind}>" for url in urls)
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>'.encode()


def test_a_sitemap_brings_its_pages_and_says_of_each_that_cannot_be_had(site: Site) -> None:
    site.page("/sitemap.xml", sitemap_of(f"{site.url}/a", "http://elders.test/b", f"{site.url}/weg", f"{site.url}/c"))
    site.page("/a")
    site.page("/c", PAGE + b"c")

    brought = list(fetcher(site).sitemap(f"{site.url}/sitemap.xml", "nl"))

    failed = [one for one in brought if isinstance(one, FileResult)]
    assert [(one.path, one.code) for one in failed] == [
        ("http://elders.test/b", "web_not_allowed"),
        (f"{site.url}/weg", "web_page_not_given"),
    ]
    assert failed[0].detail is not None
    assert "geen site" in failed[0].detail
    assert [[page.path for page in one] for one in brought if isinstance(one, list)] == [[f"{site.url}/a", f"{site.url}/c"]]


def test_a_sitemap_of_sitemaps_is_followed_one_level_deep(site: Site) -> None:
    index = [f"{site.url}/1.xml.gz", f"{site.url}/2.xml"]
    site.page("/index.xml", sitemap_of(*index, kind="sitemap", root="sitemapindex"))
    site.page("/1.xml.gz", gzip.compress(sitemap_of(f"{site.url}/a")))
    site.page("/2.xml", sitemap_of(f"{site.url}/index.xml", kind="sitemap", root="sitemapindex"))
    site.page("/a")

    with pytest.raises(WebPageUnavailable, match="not a sitemap"):
        list(fetcher(site).sitemap(f"{site.url}/index.xml", "en"))
    site.page("/2.xml", sitemap_of(f"{site.url}/a"))
    assert list(fetcher(site).sitemap(f"{site.url}/index.xml", "en")) == [[Upload(f"{site.url}/a", PAGE)]]


def test_no_more_pages_than_the_settings_say(site: Site) -> None:
    site.page("/sitemap.xml", sitemap_of(*(f"{site.url}/{number}" for number in range(100))))

    assert len(list(fetcher(site, sitemap_pages=7).sitemap(f"{site.url}/sitemap.xml", "en"))) == 7


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><urlset><url><loc>&a;</loc></url></urlset>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><urlset/>',
        b"<html></html>",
        b"geen xml",
        b"",
        gzip.compress(b" " * 50_000_000),
        b"\x1f\x8bkapot",
    ],
)
def test_a_sitemap_that_is_none_or_means_harm_is_refused(site: Site, body: bytes) -> None:
    site.page("/sitemap.xml", body)

    with pytest.raises(WebPageUnavailable):
        list(fetcher(site).sitemap(f"{site.url}/sitemap.xml", "en"))
