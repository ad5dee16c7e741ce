"""Files that are nothing but text: .txt, .md, .csv, .tsv, .json."""

from __future__ import annotations

import codecs
import json
import re

from ingest.parse.encoding import decode
from ingest.redact.blackener import Blackener

_JSON_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')


def redact_text(data: bytes, blackener: Blackener) -> bytes:
    """The text blackened, in UTF-8; with its mark where the file was not in plain UTF-8, so that every program reads it right."""
    return encoded(data, blackener.blacken(decode(data)[0]))


def redact_json(data: bytes, blackener: Blackener) -> bytes:
    """The same, also where a string is written with escapes."""
    return encoded(data, _JSON_STRING.sub(lambda found: _string(found[0], blackener), blackener.blacken(decode(data)[0])))


def encoded(before: bytes, text: str) -> bytes:
    """``text`` in UTF-8, marked unless ``before`` was plain UTF-8. The encodings of old have no black block."""
    try:
        before.decode("utf-8")
        plain = not before.startswith(codecs.BOM_UTF8)
    except UnicodeDecodeError:
        plain = False
    return text.encode("utf-8" if plain and b"\x00" not in before[:4096] else "utf-8-sig", "replace")


def _string(literal: str, blackener: Blackener) -> str:
    try:
        text = json.loads(literal)
    except ValueError:
        return literal
    black = blackener.blacken(text)
    return literal if black == text else json.dumps(black, ensure_ascii=False)
