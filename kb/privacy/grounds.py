"""What the law lets an officer name: grounds of erasure, of refusal, of keeping, of a hold; ways to confirm an identity."""

from __future__ import annotations

ERASURE_GROUNDS = ("17(1)(a)", "17(1)(b)", "17(1)(c)", "17(1)(d)", "17(1)(e)", "17(1)(f)")
"""No longer necessary · consent withdrawn · objection · unlawful · legal obligation · a child's online service."""

KEEP_GROUNDS = ("17(3)(a)", "17(3)(b)", "17(3)(c)", "17(3)(d)", "17(3)(e)")
"""Freedom of expression · legal obligation or public task · public health · archives and research · legal claims."""

REFUSAL_GROUNDS = (*KEEP_GROUNDS, "11(2)", "12(5)(a)", "12(5)(b)", "12(6)", "15(4)", "18(1)", "20(1)", "20(4)", "21(1)", "23")
"""Besides those of keeping: not identifiable · unfounded or excessive (fee, refusal) · identity not shown · rights of others ·
conditions not met · compelling grounds · law of the member state (UAVG 41)."""

HOLD_GROUNDS = ("legal-claim", "court-order", "investigation", "archives-act", "tax-retention")
"""Why nothing may be touched for now."""

IDENTITY_METHODS = ("in-person", "known-person", "known-address", "callback", "account", "representative")
"""How an identity can be confirmed without keeping more than the fact: seen in person (nothing was kept of what was shown) · somebody
whom the officer knows · an answer from an address on file · called back on a number on file · signed in · a representative who showed
that he is one. A copy of an identity document is none of them."""

_OTHER_WORDS = {
    "email": "known-address",
    "e-mail": "known-address",
    "known-email": "known-address",
    "reply": "known-address",
    "phone": "callback",
    "telephone": "callback",
    "call-back": "callback",
    "known-number": "callback",
    "login": "account",
    "signed-in": "account",
    "signed-in-account": "account",
    "face-to-face": "in-person",
    "known": "known-person",
    "colleague": "known-person",
}


def identity_method(said: str) -> str | None:
    """The method that ``said`` means, None when it means none."""
    word = said.strip().lower().replace("_", "-").replace(" ", "-")
    method = _OTHER_WORDS.get(word, word)
    return method if method in IDENTITY_METHODS else None
