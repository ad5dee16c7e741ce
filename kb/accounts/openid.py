"""Sign-in with OpenID Connect: the code flow with PKCE, state and nonce.

What holds the two steps together is one secret in a cookie of the browser that began; state, nonce and verifier are derived from it,
so the server keeps nothing of somebody who has not come in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from kb.accounts.types import DirectoryPerson, Origin
from kb.errors import SignInBroken, SignInUnavailable
from kb.settings import OidcSettings

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_LEEWAY_SECONDS = 60


class OpenIdConnect:
    """One provider, as the settings name it. Safe to use from several threads."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings

    @property
    def label(self) -> str:
        """What its button is called."""
        return self._settings.label or urlsplit(self._settings.issuer).netloc

    def address(self, secret: str, back: str) -> str:
        """Where the browser goes to sign in. Raises SignInUnavailable."""
        with self._http() as http:
            endpoint = self._metadata(http)["authorization_endpoint"]
            flow = {"state": _derived(secret, "state"), "nonce": _derived(secret, "nonce"), "code_verifier": _derived(secret, "verifier")}
            url, _ = self._client(http, back).create_authorization_url(endpoint, **flow)
        return str(url)

    def person(self, secret: str, back: str, returned: str) -> DirectoryPerson:
        """Who came back with the address ``returned``. Raises SignInBroken, SignInUnavailable."""
        said = {name: values[0] for name, values in parse_qs(urlsplit(returned).query).items()}
        if "code" not in said:
            raise SignInBroken(reason=_word(said.get("error", "code")))
        if said.get("iss", self._settings.issuer).rstrip("/") != self._settings.issuer.rstrip("/"):
            raise SignInBroken(reason="issuer")
        with self._http() as http:
            metadata = self._metadata(http)
            try:
                token = self._token(http, metadata["token_endpoint"], secret, back, returned)
                keys = KeySet.import_key_set(cast(KeySetSerialization, _object(http.get(metadata["jwks_uri"]))))
                claims = self._claims(token.get("id_token", ""), keys, secret)
                if self._groups(claims) is None and "userinfo_endpoint" in metadata:
                    bearer = {"Authorization": f"Bearer {token['access_token']}"}
                    more = _object(http.get(metadata["userinfo_endpoint"], headers=bearer))
                    claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
            except OAuth2Error as error:
                raise SignInBroken(reason=_word(error.error or type(error).__name__)) from error
            except (JoseError, KeyError, ValueError) as error:
                raise SignInBroken(reason=type(error).__name__) from error
            except httpx.HTTPError as error:
                raise SignInUnavailable(reason=type(error).__name__) from error
        return self._described(claims)

    def _http(self) -> httpx.Client:
        return httpx.Client(timeout=self._settings.timeout_seconds, trust_env=False, headers={"Accept": "application/json"})

    def _client(self, http: httpx.Client, back: str) -> OAuth2Client:
        return OAuth2Client(
            http, client_id=self._settings.client_id, scope=self._settings.scopes, redirect_uri=back, code_challenge_method="S256"
        )

    def _token(self, http: httpx.Client, endpoint: str, secret: str, back: str, returned: str) -> Mapping[str, Any]:
        flow = {"state": _derived(secret, "state"), "code_verifier": _derived(secret, "verifier"), "authorization_response": returned}
        if self._settings.client_secret is None:
            flow["client_id"] = self._settings.client_id
            auth = httpx.Auth()
        else:
            auth = httpx.BasicAuth(self._settings.client_id, self._settings.client_secret)
        token: Mapping[str, Any] = self._client(http, back).fetch_token(endpoint, auth=auth, **flow)
        return token

    def _metadata(self, http: httpx.Client) -> Mapping[str, Any]:
        issuer = self._settings.issuer.rstrip("/")
        try:
            metadata = _object(http.get(f"{issuer}/.well-known/openid-configuration"))
        except (httpx.HTTPError, ValueError) as error:
            raise SignInUnavailable(reason=type(error).__name__) from error
        if str(metadata.get("issuer", "")).rstrip("/") != issuer:
            raise SignInUnavailable(reason="issuer")
        return metadata

    def _claims(self, id_token: str, keys: KeySet, secret: str) -> dict[str, Any]:
        decoded = jwt.decode(id_token, keys, algorithms=_ALGORITHMS)
        issuers = [self._settings.issuer, self._settings.issuer.rstrip("/"), self._settings.issuer.rstrip("/") + "/"]
        registry = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "values": issuers},
            aud={"essential": True, "value": self._settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": _derived(secret, "nonce")},
        )
        registry.validate(decoded.claims)
        if "azp" in decoded.claims and decoded.claims["azp"] != self._settings.client_id:
            raise ValueError("azp")
        return dict(decoded.claims)

    def _groups(self, claims: Mapping[str, Any]) -> tuple[str, ...] | None:
        value: Any = claims
        for step in self._settings.groups_claim.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return tuple(str(one) for one in value) if isinstance(value, list) else None

    def _described(self, claims: Mapping[str, Any]) -> DirectoryPerson:
        login = claims.get(self._settings.login_claim)
        if not login and claims.get("email_verified", True):
            login = claims.get("email")
        if not isinstance(login, str) or not login:
            raise SignInBroken(reason=self._settings.login_claim)
        name = str(claims.get("name") or login)
        return DirectoryPerson(Origin.OIDC, f"{self._settings.issuer}\n{claims['sub']}", login, name, self._groups(claims) or ())


def _object(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    value = response.json()
    if not isinstance(value, dict):
        raise ValueError("an object was expected")
    return value


def _word(said: str) -> str:
    """A provider's error code as something that may be shown: it came in an address that anybody can make."""
    return said if said.isascii() and said.replace("_", "").isalnum() and len(said) <= 40 else "error"


def _derived(secret: str, purpose: str) -> str:
    return hashlib.sha256(f"{purpose}\n{secret}".encode()).hexdigest()
