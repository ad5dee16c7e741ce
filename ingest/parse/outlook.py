"""Messages of Outlook (.msg): a compound file with a stream per property ([MS-OXMSG])."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.parse.encoding import decode
from ingest.parse.html import read_html
from ingest.parse.mail import with_head
from ingest.parse.ole_properties import open_ole
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.rtf import read_rtf
from ingest.parse.text import read_text
from ingest.parse.within import Within
from kb.types import Element

_STREAM = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})(?:-[0-9A-F]{8})?", re.IGNORECASE)
_UNICODE, _BYTES, _BINARY, _STORAGE = "001F", "001E", "0102", "000D"
_CLASS, _SUBJECT, _BODY, _HTML, _RTF, _HEADERS = "001A", "0037", "1000", "1013", "1009", "007D"
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP = "0C1A", "0C1F", "5D01"
_SHOWN_TO, _SHOWN_CC, _SHOWN_BCC = "0E04", "0E03", "0E02"
_SENT, _DELIVERED, _CODEPAGE = 0x0039, 0x0E06, 0x3FFD
_NAME, _ADDRESS, _SMTP, _RECIPIENT_TYPE = "3001", "3003", "39FE", 0x0C15
_LONG_FILE_NAME, _SHORT_FILE_NAME, _CONTENT, _MEDIA_TYPE = "3707", "3704", "3701", "370E"
_RECIPIENT_KINDS = {1: "to", 2: "cc", 3: "bcc"}
_TECHNICAL = frozenset({_CLASS, _BODY, _HTML, _RTF, _HEADERS, "3701", "3709", "370E", "3703", "0C1E", "0064", "3002", "0E1D", "800A"})
_WORD = re.compile(r"[^\W\d_]{2}")
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_RTF_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New "
    rb"RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
LARGEST_RTF_BYTES = 32 << 20


def read_outlook(data: bytes, within: Within) -> Reading:
    """As a mail: subject, who wrote to whom and when, the body, the attachments under their names. Every other property that holds
    words is a string."""
    with open_ole(data) as file:
        return _read(file, [], within)


def _read(file: Any, at: list[str], within: Within) -> Reading:
    reading = Reading()
    message = _Storage(file, at)
    kind = message.text(_CLASS).upper()
    if kind.startswith("IPM.NOTE.SMIME") and not kind.endswith("MULTIPARTSIGNED"):
        raise Unreadable("encrypted")
    attachments = [_Storage(file, storage) for storage in message.storages("__attach_version1.0_#")]
    if any(attachment.text(_MEDIA_TYPE) == "application/pgp-encrypted" for attachment in attachments):
        raise Unreadable("encrypted")
    recipients = _recipients(message, reading)
    sender = _person(message.text(_SENDER_NAME), message.text(_SENDER_SMTP) or message.text(_SENDER_ADDRESS))
    sent = message.time(_SENT) or message.time(_DELIVERED)
    shown = {
        "from": sender,
        "to": recipients.get("to") or message.text(_SHOWN_TO),
        "cc": recipients.get("cc") or message.text(_SHOWN_CC),
        "date": sent.strftime("%Y-%m-%d %H:%M") if sent else "",
    }
    for name, value in {**shown, "bcc": recipients.get("bcc") or message.text(_SHOWN_BCC), "subject": message.text(_SUBJECT)}.items():
        reading.add_string(f"mail.{name}", value)
    with_head(reading, message.text(_SUBJECT).strip(), shown, _body(message, reading, within))
    for line in re.sub(r"\r?\n[ \t]+", " ", message.text(_HEADERS)).splitlines():
        name, colon, value = line.partition(":")
        if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{1,60}", name):
            reading.add_string(f"mail.{name.lower()}", value)
    reading.add_strings("mail.property", (value for value in message.texts() if _WORD.search(value)))
    for attachment in attachments:
        _attachment(attachment, reading, within)
    return reading


class _Storage:
    """The properties of a message, a recipient or an attachment."""

    def __init__(self, file: Any, at: list[str]) -> None:
        self.file = file
        self.at = at
        self._streams: dict[tuple[str, str], list[str]] = {}
        for path in file.listdir(streams=True, storages=True):
            if len(path) == len(at) + 1 and path[: len(at)] == at and (match := _STREAM.fullmatch(path[-1])):
                self._streams.setdefault((match[1].upper(), match[2].upper()), path)
        self._fixed = self._fixed_properties()

    def _fixed_properties(self) -> dict[int, bytes]:
        path = [*self.at, "__properties_version1.0"]
        if not self.file.exists(path):
            return {}
        data = self.file.openstream(path).read()
        found: dict[int, bytes] = {}
        start = 32 if not self.at else 24 if self.at[-1].startswith("__substg1.0_") else 8
        for place in range(start, len(data) - 15, 16):
            found[struct.unpack_from("<H", data, place + 2)[0]] = data[place + 8 : place + 16]
        return found

    def binary(self, property_id: str) -> bytes | None:
        """The bytes of a property, or None where it is not there."""
        path = self._streams.get((property_id, _BINARY))
        return bytes(self.file.openstream(path).read()) if path else None

    def text(self, property_id: str) -> str:
        """The text of a property, or nothing."""
        if path := self._streams.get((property_id, _UNICODE)):
            return str(self.file.openstream(path).read().decode("utf-16-le", "replace")).rstrip("\x00")
        if path := self._streams.get((property_id, _BYTES)):
            return self._decoded(self.file.openstream(path).read()).rstrip("\x00")
        return ""

    def _decoded(self, data: bytes) -> str:
        codepage = struct.unpack("<I", self._fixed[_CODEPAGE][:4])[0] if _CODEPAGE in self._fixed else 0
        return decode(data, f"cp{codepage}" if codepage not in (0, 65001) else None)[0]

    def texts(self) -> Iterator[str]:
        """Every text that is not read as something else."""
        for property_id, kind in self._streams:
            if kind in (_UNICODE, _BYTES) and property_id not in _TECHNICAL:
                yield self.text(property_id)

    def number(self, property_id: int) -> int | None:
        """The number that a property is."""
        return struct.unpack("<I", self._fixed[property_id][:4])[0] if property_id in self._fixed else None

    def time(self, property_id: int) -> datetime | None:
        """The moment that a property is."""
        if property_id not in self._fixed:
            return None
        try:
            return _EPOCH + timedelta(microseconds=struct.unpack("<Q", self._fixed[property_id])[0] // 10)
        except OverflowError:
            return None

    def storages(self, prefix: str) -> list[list[str]]:
        """The storages within this one whose names begin with ``prefix``."""
        found = self.file.listdir(streams=False, storages=True)
        return [path for path in found if len(path) == len(self.at) + 1 and path[: len(self.at)] == self.at and path[-1].startswith(prefix)]

    def message_within(self) -> list[str] | None:
        """Where an attached message lies."""
        path = [*self.at, f"__substg1.0_{_CONTENT}{_STORAGE}"]
        return path if self.file.exists([*path, "__properties_version1.0"]) else None


def _recipients(message: _Storage, reading: Reading) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for storage in message.storages("__recip_version1.0_#"):
        recipient = _Storage(message.file, storage)
        person = _person(recipient.text(_NAME), recipient.text(_SMTP) or recipient.text(_ADDRESS))
        found.setdefault(_RECIPIENT_KINDS.get(recipient.number(_RECIPIENT_TYPE) or 1, "to"), []).append(person)
        reading.add_strings("mail.recipient", (value for value in recipient.texts() if _WORD.search(value)))
    return {kind: ", ".join(filter(None, people)) for kind, people in found.items()}


def _person(name: str, address: str) -> str:
    if not address or address.startswith("/") or name == address:  # an address within Exchange says nothing to people
        return name or address
    return f"{name} <{address}>" if name else address


def _body(message: _Storage, reading: Reading, within: Within) -> list[Element]:
    """The elements of the first form of the body that says something: HTML, plain text, rich text."""
    html = message.binary(_HTML) or message.text(_HTML).encode()
    plain = message.text(_BODY)
    forms: list[tuple[bytes, Callable[[bytes, Within], Reading]]] = [(html, read_html), (plain.encode(), read_text)]
    packed = message.binary(_RTF)
    if packed and not html and not plain.strip():
        forms.append((unpacked_rtf(packed), read_rtf))
    for content, read in forms:
        if content.strip():
            body = read(content, within)
            if body.elements:
                reading.strings.extend(body.strings)
                if read is read_html and plain:
                    reading.add_string("mail.alternative", plain)
                return body.elements
    return []


def _attachment(attachment: _Storage, reading: Reading, within: Within) -> None:
    name = attachment.text(_LONG_FILE_NAME) or attachment.text(_NAME) or attachment.text(_SHORT_FILE_NAME) or "?"
    message = attachment.message_within()
    content = attachment.binary(_CONTENT)
    if message is not None:
        within.attach_read(reading, name, 0, lambda deeper: _read(attachment.file, message, deeper))
    elif content is not None:
        within.attach(reading, name, content)
    else:
        reading.add_string("attachment.name", name)
        reading.warn("attachments_not_read")
    reading.add_strings("attachment.property", (value for value in attachment.texts() if _WORD.search(value)))


def unpacked_rtf(data: bytes) -> bytes:
    """Rich text out of its packing ([MS-OXRTFCP]); nothing where it is not packed in a known way."""
    if len(data) < 16:
        return b""
    size, kind = struct.unpack_from("<I", data, 4)[0], data[8:12]
    if kind == b"MELA":
        return data[16 : 16 + size]
    if kind != b"LZFu" or size > LARGEST_RTF_BYTES:
        return b""
    window = bytearray(_RTF_DICTIONARY.ljust(4096, b"\x00"))
    place, out, at = len(_RTF_DICTIONARY), bytearray(), 16
    while at < len(data) and len(out) < size:
        control, at = data[at], at + 1
        for bit in range(8):
            if at >= len(data) or len(out) >= size:
                break
            if not control >> bit & 1:
                piece = data[at : at + 1]
                at += 1
                window[place] = piece[0]
                place = (place + 1) % 4096
                out += piece
                continue
            if at + 1 >= len(data):
                return bytes(out)
            token = data[at] << 8 | data[at + 1]
            at += 2
            offset, length = token >> 4, (token & 15) + 2
            if offset == place:
                return bytes(out)
            for step in range(length):
                sign = window[(offset + step) % 4096]
                out.append(sign)
                window[place] = sign
                place = (place + 1) % 4096
    return bytes(out)
