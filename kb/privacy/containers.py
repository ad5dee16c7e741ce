"""What lies inside a file: the parts of archives, Office files, PDFs, mails and packed streams, each opened in turn by the scan.

Nothing is fetched or written. Every limit that is met and everything that cannot be opened is said, not passed over.
"""

from __future__ import annotations

import bz2
import gzip
import html
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

LARGEST_PART = 128_000_000
"""Bytes that one part may unpack to."""

_MAIL = re.compile(rb"\A(?:From [^\n]*\n)?(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2}")
_MAIL_FIELDS = re.compile(rb"^(?:from|to|date|received|message-id|mime-version|subject|return-path):", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(r"<[^<>]{0,10000}>")
_PDF_STREAM = re.compile(rb"stream\r?\n")
_ZIP_ENCRYPTED = 0x1


class Unreadable(Exception):
    """A part, or what is left of one, cannot be opened. The reason is a short word."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something inside: bytes to be scanned (and opened in turn), or a text that was decoded."""

    name: str
    data: bytes | None = None
    text: str | None = None
    unreadable: str | None = None


Opener = Callable[[BinaryIO], Iterator[Part]]


def opener(head: bytes) -> Opener | None:
    """How a file that begins so is opened, None for one that holds no parts. ``head``: its first 4,096 bytes or more."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_parts
    if head.startswith(b"\x1f\x8b"):
        return lambda stream: _unpacked(gzip.GzipFile(fileobj=stream))
    if head.startswith(b"BZh"):
        return lambda stream: _unpacked(bz2.BZ2File(stream))
    if head.startswith(b"\xfd7zXZ\x00"):
        return lambda stream: _unpacked(lzma.LZMAFile(stream))
    if b"%PDF-" in head[:1024]:
        return pdf_parts
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return ole_parts
    if head.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")):
        return _closed
    if _MAIL.match(head) and _MAIL_FIELDS.search(head):
        return mail_parts
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<[!?a-zA-Z]", head) or b"<html" in head.lower():
        return markup_parts
    return None


def _closed(stream: BinaryIO) -> Iterator[Part]:
    yield Part("archive", unreadable="format")


def zip_parts(stream: BinaryIO) -> Iterator[Part]:
    """Members of a zip: archives, OOXML, ODF, EPUB. Names and comments are texts of their own."""
    try:
        with zipfile.ZipFile(stream) as archive:
            yield Part("names", text="\n".join([archive.comment.decode("utf-8", "replace"), *archive.namelist()]))
            for member in archive.infolist():
                if member.is_dir():
                    continue
                if member.flag_bits & _ZIP_ENCRYPTED:
                    yield Part(member.filename, unreadable="encrypted")
                    continue
                try:
                    with archive.open(member) as opened:
                        data = opened.read(LARGEST_PART + 1)
                except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError, RuntimeError, lzma.LZMAError):
                    yield Part(member.filename, unreadable="damaged")
                    continue
                yield _sized(member.filename, data)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("damaged") from error


def _unpacked(opened: gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile) -> Iterator[Part]:
    try:
        data = opened.read(LARGEST_PART + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise Unreadable("damaged") from error
    yield _sized("unpacked", data)


def _sized(name: str, data: bytes) -> Part:
    return Part(name, data=data) if len(data) <= LARGEST_PART else Part(name, data=data[:LARGEST_PART], unreadable="too large")


def pdf_parts(stream: BinaryIO) -> Iterator[Part]:
    """Texts of the pages and the metadata as pdfium reads them; and every packed stream, also those that nothing points to any more."""
    import pypdfium2

    data = stream.read(LARGEST_PART + 1)
    if len(data) > LARGEST_PART:
        yield Part("rest", unreadable="too large")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        yield Part("pages", unreadable="encrypted or damaged")
    else:
        try:
            yield Part("metadata", text="\n".join(document.get_metadata_dict().values()))
            for number in range(len(document)):
                page = document[number]
                text = page.get_textpage()
                yield Part(f"page {number + 1}", text=text.get_text_bounded())
                text.close()
                page.close()
        except pypdfium2.PdfiumError:
            yield Part("pages", unreadable="damaged")
        finally:
            document.close()
    for found in _PDF_STREAM.finditer(data):
        inflated = zlib.decompressobj()
        end = data.find(b"endstream", found.end())
        try:
            unpacked = inflated.decompress(data[found.end() : end if end >= 0 else len(data)], LARGEST_PART)
        except zlib.error:
            continue  # Not deflated: an image, or bytes that the raw scan has read.
        yield Part(f"stream at {found.end()}", data=unpacked, unreadable="too large" if inflated.unconsumed_tail else None)


def ole_parts(stream: BinaryIO) -> Iterator[Part]:
    """Streams of an old Office file or an Outlook message, each in one piece: on disk they lie in sectors."""
    import olefile

    try:
        with olefile.OleFileIO(stream) as compound:
            for path in compound.listdir(streams=True, storages=False):
                yield _sized("/".join(path), compound.openstream(path).read(LARGEST_PART + 1))
    except (OSError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise Unreadable("damaged") from error


def mail_parts(stream: BinaryIO) -> Iterator[Part]:
    """Headers as a person sees them, and every part decoded."""
    import email
    import email.policy

    message = email.message_from_binary_file(stream, policy=email.policy.compat32)
    for number, part in enumerate(message.walk()):
        yield Part(f"headers {number}", text="\n".join(f"{name}: {_decoded(str(value))}" for name, value in part.items()))
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        yield _sized(f"part {number}", payload)
        charset = part.get_content_charset()
        if charset and part.get_content_maintype() == "text":
            try:
                yield Part(f"part {number}", text=payload.decode(charset, "replace"))
            except LookupError:
                yield Part(f"part {number}", unreadable="character set")


def _decoded(header: str) -> str:
    from email.errors import HeaderParseError
    from email.header import decode_header

    try:
        parts = decode_header(header)
    except (HeaderParseError, ValueError):
        return header
    return "".join(_as_text(part, charset) for part, charset in parts)


def _as_text(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "ascii", "replace")
    except LookupError:
        return part.decode("latin-1")


def markup_parts(stream: BinaryIO) -> Iterator[Part]:
    """XML and HTML as it reads: without tags, entities as signs. A name may be cut by tags, so once with nothing and once with a space
    in their place; and with the tags, for attributes."""
    data = stream.read(LARGEST_PART)
    text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "replace")
    yield Part("text", text=html.unescape(_TAG.sub("", text)))
    yield Part("text", text=html.unescape(_TAG.sub(" ", text)))
    if "&" in text:
        yield Part("text", text=html.unescape(text))


def opened(data: bytes) -> BinaryIO:
    """Bytes as a stream."""
    return io.BytesIO(data)
