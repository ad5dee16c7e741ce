"""`kb serve`: where it listens, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.cli.serve import listening_socket, loopback_address, url_of
from kb.errors import ExposedAddress, PortInUse
from tests.unit.cli.conftest import Kb


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "kennisbank.example", "", "127.0.0.1.example", "2130706433"])
def test_an_address_that_others_can_reach_is_refused(host: str) -> None:
    with pytest.raises(ExposedAddress):
        loopback_address(host)


@pytest.mark.parametrize(
    ("host", "address"),
    [("localhost", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("[::1]", "::1"), ("127.0.0.2", "127.0.0.2")],
)
def test_this_machines_own_addresses_are_taken(host: str, address: str) -> None:
    assert loopback_address(host) == address


def test_the_command_refuses_before_it_opens_anything(kb: Kb, tmp_path: Path) -> None:
    ran = kb("serve", "--host", "0.0.0.0")

    assert ran.code == 2
    assert "exposed_address" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_beyond_this_machine_is_refused_without_accounts_also_over_https(kb: Kb, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KB_DATA_DIR", str(tmp_path / "data"))
    kb("init")

    ran = kb("serve", "--host", "0.0.0.0", "--port", "0", "--tls-local")

    assert ran.code == 2
    assert "exposed_without_accounts" in ran.err


def test_a_certificate_that_is_none_is_named(kb: Kb, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KB_DATA_DIR", str(tmp_path / "data"))
    kb("init")
    (tmp_path / "a.pem").write_text("nothing")

    for words in (("--tls-cert", tmp_path / "a.pem", "--tls-key", tmp_path / "a.pem"), ("--tls-cert", tmp_path / "a.pem")):
        ran = kb("serve", "--port", "0", *words)
        assert (ran.code, "certificate_unusable" in ran.err) == (2, True)


def test_a_port_that_is_taken_is_named() -> None:
    with listening_socket("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortInUse, match=str(port)):
            listening_socket("127.0.0.1", port)


def test_a_free_port_is_told_in_the_url() -> None:
    with listening_socket("127.0.0.1", 0) as listener:
        url = url_of(listener)
        assert url == f"http://127.0.0.1:{listener.getsockname()[1]}"
        with socket.create_connection(listener.getsockname()):
            pass


KB = [sys.executable, "-m", "api.cli.main"]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A data directory that was made, and back ends that need no model."""
    said = {"KB_DATA_DIR": str(tmp_path / "data"), "KB_EMBEDDING__BACKEND": "hashing", "KB_GENERATION__BACKEND": "extractive"}
    environment = {**os.environ, **said}
    subprocess.run([*KB, "init"], check=True, env=environment, cwd=ROOT, capture_output=True)
    return environment


@contextmanager
def started(environment: dict[str, str], *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    """A server, and what it said of itself once it listened."""
    words = [*KB, "serve", "--port", "0", "--json", *options]
    with subprocess.Popen(words, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server, json.loads(server.stdout.readline())
        finally:
            server.kill()


def test_other_commands_go_through_a_running_server_and_it_ends_well_on_sigterm(environment: dict[str, str]) -> None:
    def kb_json(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*KB, *words, "--json"], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    with started(environment) as (server, announced):
        health = httpx.get(f"{announced['url']}/healthz", trust_env=False).json()
        second = kb_json("serve", "--port", "0")
        made = kb_json("spaces", "add", "directie")
        server.send_signal(signal.SIGTERM)
        _, err = server.communicate(timeout=20)

    assert health == {"status": "ok"}
    assert announced["pid"] == server.pid
    assert (second.returncode, json.loads(second.stderr.splitlines()[-1])["code"]) == (1, "directory_locked")
    assert json.loads(made.stdout)["name"] == "directie"
    assert (server.returncode, "Traceback" in err) == (0, False)
    assert '"route": "/v1/spaces"' in err
    assert [space["name"] for space in json.loads(kb_json("spaces", "list").stdout)["spaces"]] == ["algemeen", "directie"]


def test_on_all_addresses_over_https_people_sign_in_and_commands_go_through_it(environment: dict[str, str], tmp_path: Path) -> None:
    def kb_json(*words: str) -> Any:
        ran = subprocess.run([*KB, *words, "--json"], env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
        return json.loads(ran.stdout)

    link = kb_json("users", "add", "ada", "--role", "administrator")["link"]["url"]
    with started(environment, "--host", "0.0.0.0", "--tls-local") as (server, announced):
        trust = ssl.create_default_context(cafile=str(tmp_path / "data.secrets" / "tls" / "authority.crt"))
        with httpx.Client(base_url=str(announced["url"]), verify=trust, trust_env=False) as browser:
            form = {"code": link.partition("#")[2], "password": "vier losse woorden samen", "again": "vier losse woorden samen"}
            nobody = browser.get("/v1/spaces").status_code
            came = browser.post("/password", data=form)
            spaces = browser.get("/v1/spaces").status_code
        through = [person["login"] for person in kb_json("users", "list")["people"]]
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=20)

    assert str(announced["url"]).startswith("https://127.0.0.1:")
    assert (nobody, came.status_code, spaces, through) == (401, 303, 200, ["ada"])
    assert came.headers["set-cookie"].startswith("__Host-kb_session=")
    assert "Secure" in came.headers["set-cookie"]


def test_ctrl_c_ends_it_without_a_traceback(environment: dict[str, str]) -> None:
    with started(environment) as (server, _):
        server.send_signal(signal.SIGINT)
        _, err = server.communicate(timeout=20)

    assert (server.returncode, "Traceback" in err) == (130, False)
