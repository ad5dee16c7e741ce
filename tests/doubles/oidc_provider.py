"""A small OpenID Connect provider over real HTTP on loopback. It signs real tokens and checks what a real one checks."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID = "kennisbank"
CLIENT_SECRET = "the secret of this client"


@dataclass
class OidcProvider:
    """Whoever comes is ``user``. ``lies`` replace claims of the identity token, ``signs_with`` the key that it is signed by."""

    user: dict[str, Any] = field(
        default_factory=lambda: {"sub": "u-1", "preferred_username": "carol", "name": "Carol", "groups": ["docenten"]}
    )
    in_token: frozenset[str] = frozenset({"sub", "preferred_username", "email", "name", "groups"})
    lies: dict[str, Any] = field(default_factory=dict)
    signs_with: RSAKey | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: set[str] = set()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider._get(self)

            def do_POST(self) -> None:
                provider._post(self)

            def log_message(self, *said: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/realms/school"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _get(self, handler: BaseHTTPRequestHandler) -> None:
        path, query = urlsplit(handler.path).path, {name: values[0] for name, values in parse_qs(urlsplit(handler.path).query).items()}
        match path.removeprefix("/realms/school"):
            case "/.well-known/openid-configuration":
                _json(handler, self._metadata())
            case "/authorize":
                self._authorize(handler, query)
            case "/keys":
                _json(handler, KeySet([self._key]).as_dict(private=False))
            case "/userinfo":
                known = handler.headers.get("Authorization", "").removeprefix("Bearer ") in self._tokens
                _json(handler, self.user if known else {"error": "invalid_token"}, 200 if known else 401)
            case _:
                _json(handler, {"error": "not_found"}, 404)

    def _metadata(self) -> dict[str, Any]:
        endpoints = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        named = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in endpoints.items()}
        return {"issuer": self.issuer, **named, "jwks_uri": f"{self.issuer}/keys"}

    def _authorize(self, handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        self.asked.append(query)
        wanted = {"response_type": "code", "client_id": CLIENT_ID, "code_challenge_method": "S256"}
        assert {name: query.get(name) for name in wanted} == wanted
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.issuer}
        handler.send_response(302)
        handler.send_header("Location", f"{query['redirect_uri']}?{urlencode(back)}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _post(self, handler: BaseHTTPRequestHandler) -> None:
        form = {name: values[0] for name, values in parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode()).items()}
        begun = self._codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{quote(CLIENT_ID)}:{CLIENT_SECRET}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT_ID}:{quote(CLIENT_SECRET)}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        right = begun is not None and begun["code_challenge"] == challenge and begun["redirect_uri"] == form.get("redirect_uri")
        if handler.headers.get("Authorization") not in (f"Basic {basic}", f"Basic {plain}"):
            _json(handler, {"error": "invalid_client"}, 401)
        elif not right or begun is None:
            _json(handler, {"error": "invalid_grant"}, 400)
        else:
            token = secrets.token_urlsafe(16)
            self._tokens.add(token)
            now = int(time.time())
            claims = {name: value for name, value in self.user.items() if name in self.in_token}
            claims |= {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": begun["nonce"], **self.lies}
            identity = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with or self._key)
            _json(handler, {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": identity})


def _json(handler: BaseHTTPRequestHandler, value: object, status: int = 200) -> None:
    body = json.dumps(value).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
