"""Mail: headers, bodies, attachments, attached messages, and mailboxes of such messages."""

from __future__ import annotations

import email
import email.encoders
import email.errors
import email.policy
import email.utils
import re
from email.message import Message
from typing import Any

from ingest.parse.encoding import decode
from ingest.redact.blackener import Blackener, Within
from ingest.redact.markup import redact_html

_READING = email.policy.default.clone(refold_source="none")
_BROKEN = (LookupError, UnicodeError, AssertionError, ValueError, AttributeError, TypeError, email.errors.MessageError)
_MESSAGE_BEGINS = re.compile(rb"(?m)^From [^\n]*\n")
_LEFT_OUT = "█"
"""The content of an attachment that could not be rewritten."""


def redact_mail(data: bytes, blackener: Blackener, within: Within) -> bytes | None:
    """The message with headers in UTF-8 where they changed; an attachment that cannot be rewritten is emptied."""
    message = email.message_from_bytes(data.lstrip(b"\r\n"), policy=_READING)
    try:
        _redact(message, blackener, within)
        return _written(message)
    except _BROKEN:
        return None


def redact_mailbox(data: bytes, blackener: Blackener, within: Within) -> bytes | None:
    """Every message of a mailbox; None where one cannot be rewritten."""
    begins = [
        match
        for match in _MESSAGE_BEGINS.finditer(data)
        if match.start() == 0 or data[match.start() - 2 : match.start()] in (b"\n\n", b"\r\n")
    ]
    if not begins or begins[0].start() != 0:
        return None
    parts = []
    for number, begin in enumerate(begins):
        end = begins[number + 1].start() if number + 1 < len(begins) else len(data)
        message = redact_mail(data[begin.end() : end], blackener, within)
        if message is None:
            return None
        parts.append(blackener.blacken(begin[0].decode("utf-8", "replace")).encode() + message.rstrip(b"\r\n") + b"\n\n")
    return b"".join(parts)


def _redact(message: Message[Any, Any], blackener: Blackener, within: Within) -> None:
    _headers(message, blackener)
    for text in ("preamble", "epilogue"):
        setattr(message, text, blackener.blacken(getattr(message, text) or "") or None)
    if message.is_multipart():
        for part in _parts(message):
            _redact(part, blackener, within)
        return
    content = message.get_payload(decode=True)
    if not isinstance(content, bytes):
        return
    kind, name = message.get_content_type(), message.get_filename()
    is_text = name is None and kind.startswith("text/")
    before = decode(content, message.get_content_charset())[0].encode() if is_text else content
    after: bytes | None
    if is_text:
        after = redact_html(before, blackener) if kind == "text/html" else blackener.blacken(before.decode()).encode()
    else:
        after = within(content, name or "")
    if after is None:
        message.set_type("text/plain")
        _put(message, _LEFT_OUT.encode(), text=True)
    elif after != before:
        _put(message, after, text=is_text)


def _parts(message: Message[Any, Any]) -> list[Message[Any, Any]]:
    parts: Any = message.get_payload()
    return list(parts)


def _put(message: Message[Any, Any], content: bytes, *, text: bool) -> None:
    del message["Content-Transfer-Encoding"]
    if text:
        message.set_payload(content.decode("ascii", "surrogateescape"))
        message["Content-Transfer-Encoding"] = "8bit"
        message.set_param("charset", "utf-8")
    else:
        message.set_payload(content)
        email.encoders.encode_base64(message)


def _headers(message: Message[Any, Any], blackener: Blackener) -> None:
    for header in ("Content-Disposition", "Content-Type"):
        for param in ("filename", "name"):
            value = message.get_param(param, header=header)
            plain = email.utils.collapse_rfc2231_value(value) if value is not None else ""
            if blackener.found(plain):
                message.set_param(param, blackener.blacken(plain), header=header, charset="utf-8")
    changed = []
    for name, raw in message.raw_items():
        value = _decoded(message, name, raw)
        black = blackener.blacken(value)
        changed.append((name, black if black != value else raw))
    message._headers = changed  # type: ignore[attr-defined]


def _decoded(message: Message[Any, Any], name: str, raw: Any) -> str:
    try:
        return " ".join(str(message.policy.header_fetch_parse(name, raw)).split())
    except _BROKEN:
        return " ".join(str(raw).split())


def _written(message: Message[Any, Any]) -> bytes:
    """As bytes, by hand: the generators of the standard library refuse or re-encode what is no ASCII in a header."""
    head = b"".join(f"{name}: {value}".encode("utf-8", "surrogateescape") + b"\r\n" for name, value in message.raw_items())
    if not message.is_multipart():
        payload = message.get_payload()
        body = payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""
        return head + b"\r\n" + body
    parts = [_written(part) for part in _parts(message)]
    if message.get_content_maintype() == "message":
        return head + b"\r\n" + b"".join(parts)
    boundary = message.get_boundary()
    if boundary is None:
        boundary = "=_kennisbank_redacted"
        message.set_boundary(boundary)
        return _written(message)
    line = b"--" + boundary.encode()
    preamble = (message.preamble or "").encode("utf-8", "surrogateescape")
    return head + b"\r\n" + preamble + b"".join(b"\r\n" + line + b"\r\n" + part for part in parts) + b"\r\n" + line + b"--\r\n"
