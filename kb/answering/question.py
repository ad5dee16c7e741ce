"""A question as typed becomes a question as asked."""

from __future__ import annotations

import unicodedata

from kb.errors import EmptyQuestion, QuestionTooLong

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset("\u200b\u2060\ufeff\u00ad")


def clean_question(text: str, limit_characters: int) -> str:
    """``text`` in NFC on one line: white space folded; NUL, control, bidirectional and invisible characters taken out.

    Raises EmptyQuestion when no letter or digit is left, and QuestionTooLong above ``limit_characters``.
    """
    kept = "".join(_kept(character) for character in text)
    question = " ".join(unicodedata.normalize("NFC", kept).split())
    if not any(character.isalnum() for character in question):
        raise EmptyQuestion()
    if len(question) > limit_characters:
        raise QuestionTooLong(characters=len(question), limit=limit_characters)
    return question


def _kept(character: str) -> str:
    if character.isspace():
        return " "
    if character in _BIDI or character in _INVISIBLE or unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
        return ""
    return character
