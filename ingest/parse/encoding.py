"""Bytes of a text file to text: by its byte-order mark, else UTF-8, else the Windows encoding of western Europe."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, declared: str | None = None) -> tuple[str, bool]:
    """The text, and whether its encoding was guessed. ``declared`` (an HTML or mail charset) counts when the bytes fit it."""
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(marked, "replace"), False
    wide = _without_mark(data)
    if wide is not None:
        return data.decode(wide, "replace"), True
    for name in (declared, "utf-8"):
        if name is None:
            continue
        try:
            return data.decode(name), False
        except (UnicodeDecodeError, LookupError):
            continue
    try:
        return data.decode("cp1252"), True
    except UnicodeDecodeError:
        return data.decode("latin-1"), True


def _without_mark(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without its mark, told by where the zero bytes of Latin letters stand."""
    sample = data[:4096]
    if len(sample) < 4 or b"\x00" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if len(sample) % 4 == 0 and sample[1::4].count(0) == sample[2::4].count(0) == sample[3::4].count(0) == len(sample) // 4:
        return "utf-32-le"
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None
