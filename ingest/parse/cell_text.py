"""What a cell of a workbook shows, as far as it matters to a reader: dates as dates, percentages as percentages, leading zeros kept."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

_CURRENCY = re.compile(r"[€$£]|\b(?:EUR|USD|GBP)\b")
_LITERALS = re.compile(r"\[(?!\$)[^\]]*\]|\\.|_.|\*.")
_DECIMALS = re.compile(r"[0#?][.]([0#?]+)")
_ZEROS = re.compile(r"0{2,}")


def shown(value: object, number_format: str, dutch: bool) -> str:
    """``value`` as text. ``dutch``: comma for decimals and dot for thousands, else the other way round."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("waar" if value else "onwaar") if dutch else ("true" if value else "false")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(value, int | float | Decimal):
        return _number(value, number_format, dutch)
    return str(value)


def _number(value: int | float | Decimal, number_format: str, dutch: bool) -> str:
    pattern = _LITERALS.sub("", (number_format or "General").split(";")[0])
    currency = _CURRENCY.search(pattern)
    pattern = re.sub(r'"[^"]*"|\[\$[^\]]*\]', "", pattern)
    percent = "%" in pattern
    amount = float(value) * 100 if percent else value
    if _ZEROS.fullmatch(pattern) and float(value).is_integer():
        return f"{int(value):0{len(pattern)}d}"
    decimals = _DECIMALS.search(pattern)
    if decimals:
        text = f"{amount:,.{len(decimals[1])}f}" if "," in pattern else f"{amount:.{len(decimals[1])}f}"
    elif "0" in pattern or "#" in pattern:
        text = f"{amount:,.0f}" if "," in pattern else f"{amount:.0f}"
    else:
        text = _general(amount)
    if dutch:
        text = text.translate(str.maketrans(",.", ".,"))
    text = f"{text}%" if percent else text
    return f"{currency[0]} {text}" if currency else text


def _general(value: int | float | Decimal) -> str:
    if isinstance(value, int) or float(value).is_integer():
        return str(int(value))
    return f"{float(value):.10f}".rstrip("0").rstrip(".") if 1e-4 < abs(float(value)) < 1e15 else f"{float(value):.10g}"
