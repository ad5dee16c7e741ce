"""Random values that are handed out once and kept as hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets

TOKEN_PREFIX = "kb_"  # noqa: S105 - what API tokens begin with, so that scanners for leaked secrets know them
_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """256 random bits, as characters that fit in a header."""
    return prefix + secrets.token_urlsafe(_BYTES)


def hashed(secret: str) -> str:
    """What is kept of one. It is random, so a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def page_token(session_secret: str) -> str:
    """What a page of a session sends along with every change, which a page of another site cannot know."""
    return hmac.new(session_secret.encode(), b"page", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())
