"""Mail messages (.eml)."""

from __future__ import annotations

import email
import email.errors
import email.policy
import email.utils
import re
from collections.abc import Iterator, Mapping, Sequence
from email.message import EmailMessage
from typing import Any

from ingest.parse.encoding import decode
from ingest.parse.html import read_page
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.seen import Seen
from ingest.parse.text import elements_of_text
from ingest.parse.within import Within, not_read
from kb.language import detect_language
from kb.types import Element, ElementKind

_SHOWN = (("from", "Van", "From"), ("to", "Aan", "To"), ("cc", "Cc", "Cc"), ("date", "Datum", "Date"))
_TECHNICAL = frozenset({"mime-version", "content-type", "content-transfer-encoding"})
_UNDECODABLE = (LookupError, UnicodeError, AssertionError, ValueError, AttributeError, TypeError)
"""What the standard library raises on a message with a broken or unknown encoding."""


def subject_of(data: bytes) -> str:
    """The subject of a message, or nothing."""
    return next(iter(_header_values(_message(data[:65536]), "subject")), "").strip()


def read_mail(data: bytes, within: Within) -> Reading:
    """The subject as title, who wrote to whom and when as the first lines, the body, and the attachments under their names. All headers
    are strings."""
    message = _message(data)
    if message.get_content_type() in ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"):
        raise Unreadable("encrypted")
    reading = Reading()
    headers = {name: _header_values(message, name) for name in dict.fromkeys(key.lower() for key in message)}
    for name in (name for name in headers if name not in _TECHNICAL):
        reading.add_strings(f"mail.{name}", headers[name])
    body = _body(message, reading)
    subject = next(iter(headers.get("subject", ())), "").strip()
    shown = {name: ", ".join(headers.get(name, ())) for name, _, _ in _SHOWN}
    with_head(reading, subject, shown, body)
    _attachments(message, reading, within)
    return reading


def with_head(reading: Reading, subject: str, shown: Mapping[str, str], body: Sequence[Element]) -> None:
    """Add the subject as title, the lines that say who wrote to whom and when (``shown``: from, to, cc, date), and the body."""
    reading.title = subject or None
    head = _head(shown, " ".join(element.text for element in body))
    if subject:
        reading.elements.append(Element(ElementKind.TITLE, subject))
    if head and (body or subject):
        reading.elements.append(Element(ElementKind.PARAGRAPH, head))
    reading.elements.extend(body)


def _message(data: bytes) -> EmailMessage:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data.startswith(b"\xef\xbb\xbf") or b"\x00" in data[:64]:
        data = decode(data)[0].encode("utf-8", "surrogateescape")
    message = email.message_from_bytes(data.lstrip(b"\r\n"), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _header_values(message: EmailMessage, name: str) -> list[str]:
    """The values of a header, decoded; as they stand where they are malformed."""
    try:
        return [" ".join(str(value).split()) for value in message.get_all(name, [])]
    except (*_UNDECODABLE, email.errors.MessageError):
        return [" ".join(str(value).split()) for key, value in message.raw_items() if key.lower() == name]


def _head(shown: Mapping[str, str], body: str) -> str:
    dutch = detect_language(body) == "nl"
    lines = []
    for name, in_dutch, in_english in _SHOWN:
        value = shown.get(name)
        if value:
            lines.append(f"{in_dutch if dutch else in_english}: {_day(value) if name == 'date' else value}")
    return "\n".join(lines)


def _day(value: str) -> str:
    try:
        return email.utils.parsedate_to_datetime(value).strftime("%Y-%m-%d %H:%M")
    except (ValueError, TypeError):
        return value


def _body(message: EmailMessage, reading: Reading) -> list[Element]:
    part = _body_part(message)
    if part is None:
        return []
    text = _content_of(part)
    elements = read_page(text, reading) if part.get_content_type() == "text/html" else elements_of_text(text)
    _strings_of_parts(message, part, reading, Seen(elements, ()))
    return elements


def _body_part(message: EmailMessage) -> Any:
    try:
        return message.get_body(preferencelist=("html", "plain"))
    except (*_UNDECODABLE, email.errors.MessageError):
        return next((part for part in message.walk() if part.get_content_type() in ("text/html", "text/plain")), None)


def _content_of(part: Any) -> str:
    """The text of the body in the encoding that it names; guessed where that is wrong or unknown."""
    try:
        return str(part.get_content(errors="strict"))
    except (*_UNDECODABLE, email.errors.MessageError):
        return _text_of(part)


def _text_of(part: Any) -> str:
    payload = part.get_payload(decode=True)
    return decode(payload, part.get_content_charset())[0] if isinstance(payload, bytes) else ""


def _strings_of_parts(message: EmailMessage, body: Any, reading: Reading, seen: Seen) -> None:
    """The other wording of the same message that mail programs may show instead."""
    for part in _parts(message):
        if part is not body and part.get_content_type() in ("text/plain", "text/html") and not part.get_filename():
            paragraphs = re.split(r"\n\s*\n", _text_of(part))
            reading.add_strings("mail.alternative", (paragraph for paragraph in paragraphs if not seen.has(paragraph)))


def _parts(message: Any) -> Iterator[Any]:
    """Every part of a message; what is in an attached message is left to whoever reads that."""
    yield message
    if message.is_multipart() and message.get_content_type() != "message/rfc822":
        for part in message.get_payload():
            yield from _parts(part)


def _attachments(message: EmailMessage, reading: Reading, within: Within) -> None:
    for part in _parts(message):
        if part is message:
            continue
        try:
            name, content_type = part.get_filename(), part.get_content_type()
        except (*_UNDECODABLE, email.errors.MessageError):
            name, content_type = "?", "application/octet-stream"
        if content_type in ("message/rfc822", "message/delivery-status", "text/rfc822-headers"):
            _attached_message(part, name, reading, within)
        elif content_type.startswith("application/") and content_type.endswith("pkcs7-signature"):
            reading.add_string("attachment.name", name)
        elif name:
            content = _content(part)
            if content is None:
                not_read(reading, name, "damaged")
            else:
                within.attach(reading, name, content)


def _attached_message(part: Any, name: str | None, reading: Reading, within: Within) -> None:
    inner = part.get_payload()
    if not isinstance(inner, list):
        content = _content(part)
        reading.add_strings("mail.attached", [content.decode("utf-8", "replace")] if content else [])
        return
    for message in inner:
        try:
            content, subject = message.as_bytes(), str(message.get("subject") or "")
        except (*_UNDECODABLE, email.errors.MessageError):
            not_read(reading, name or "?", "damaged")
            continue
        if message.is_multipart() or message.keys():
            within.attach(reading, name or subject or "?", content)


def _content(part: Any) -> bytes | None:
    try:
        payload = part.get_payload(decode=True)
    except (*_UNDECODABLE, email.errors.MessageError):
        return None
    return payload if isinstance(payload, bytes) else None
