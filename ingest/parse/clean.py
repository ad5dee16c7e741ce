"""Takes out of a string what no reader sees and what would hide a word from search or turn a line around on screen."""

from __future__ import annotations

import re

_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")

_REMOVED = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters; NUL would also cut strings short in C libraries
    "\u00ad"  # soft hyphen: splits a word for search, shows nothing
    "\u200b\u2060\ufeff"  # zero-width spaces and byte-order mark
    "\u202a-\u202e\u2066-\u2069"  # bidirectional overrides: show a line in another order than it is stored
    "\ufff9-\ufffb\ufffe\uffff"  # annotation marks and noncharacters
    "\U000e0000-\U000e007f"  # tag characters: text that only machines read
    "]"
)

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")

_SPACES = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
    }
)


def clean(text: str) -> str:
    """``text`` with line ends as ``\\n``, every other space as a plain one, typesetters' ligatures as letters, and without control,
    zero-width and direction-changing characters. Lone surrogates become U+FFFD."""
    text = _LINE_ENDS.sub("\n", text)
    text = _REMOVED.sub("", text)
    text = _LONE_SURROGATES.sub("\ufffd", text)
    return text.translate(_SPACES)
