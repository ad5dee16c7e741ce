"""What a file is, by its bytes. The name is believed only where several kinds of text look alike."""

from __future__ import annotations

import io
import json
import re
import zipfile
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ingest.parse.encoding import decode
from ingest.parse.reading import Unreadable

if TYPE_CHECKING:
    import filetype


class FileKind(StrEnum):
    """The families that are read."""

    PDF = "pdf"
    WORD = "docx"
    SLIDES = "pptx"
    WORKBOOK = "xlsx"
    OLD_WORD = "doc"
    OLD_SLIDES = "ppt"
    OLD_WORKBOOK = "xls"
    BINARY_WORKBOOK = "xlsb"
    OPEN_TEXT = "odt"
    OPEN_SHEET = "ods"
    OPEN_SLIDES = "odp"
    RICH_TEXT = "rtf"
    MAIL = "eml"
    OUTLOOK = "msg"
    MAILBOX = "mbox"
    BOOK = "epub"
    IMAGE = "image"
    ARCHIVE = "zip"
    XML = "xml"
    JSON = "json"
    HTML = "html"
    MARKDOWN = "md"
    CSV = "csv"
    TEXT = "txt"


MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.SLIDES: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileKind.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.OLD_WORD: "application/msword",
    FileKind.OLD_SLIDES: "application/vnd.ms-powerpoint",
    FileKind.OLD_WORKBOOK: "application/vnd.ms-excel",
    FileKind.BINARY_WORKBOOK: "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    FileKind.OPEN_TEXT: "application/vnd.oasis.opendocument.text",
    FileKind.OPEN_SHEET: "application/vnd.oasis.opendocument.spreadsheet",
    FileKind.OPEN_SLIDES: "application/vnd.oasis.opendocument.presentation",
    FileKind.RICH_TEXT: "application/rtf",
    FileKind.MAIL: "message/rfc822",
    FileKind.OUTLOOK: "application/vnd.ms-outlook",
    FileKind.MAILBOX: "application/mbox",
    FileKind.BOOK: "application/epub+zip",
    FileKind.IMAGE: "image/*",
    FileKind.ARCHIVE: "application/zip",
    FileKind.XML: "application/xml",
    FileKind.JSON: "application/json",
    FileKind.HTML: "text/html",
    FileKind.MARKDOWN: "text/markdown",
    FileKind.CSV: "text/csv",
    FileKind.TEXT: "text/plain",
}
"""The media type of each family's content. A picture's own is told by ``image_media_type``."""

_BY_EXTENSION = {
    "pdf": FileKind.PDF,
    "docx": FileKind.WORD,
    "docm": FileKind.WORD,
    "dotx": FileKind.WORD,
    "pptx": FileKind.SLIDES,
    "pptm": FileKind.SLIDES,
    "ppsx": FileKind.SLIDES,
    "xlsx": FileKind.WORKBOOK,
    "xlsm": FileKind.WORKBOOK,
    "xltx": FileKind.WORKBOOK,
    "doc": FileKind.OLD_WORD,
    "dot": FileKind.OLD_WORD,
    "ppt": FileKind.OLD_SLIDES,
    "pps": FileKind.OLD_SLIDES,
    "xls": FileKind.OLD_WORKBOOK,
    "xlt": FileKind.OLD_WORKBOOK,
    "xlsb": FileKind.BINARY_WORKBOOK,
    "odt": FileKind.OPEN_TEXT,
    "ott": FileKind.OPEN_TEXT,
    "ods": FileKind.OPEN_SHEET,
    "odp": FileKind.OPEN_SLIDES,
    "msg": FileKind.OUTLOOK,
    "epub": FileKind.BOOK,
    "zip": FileKind.ARCHIVE,
    **dict.fromkeys(("png", "jpg", "jpeg", "tif", "tiff", "heic", "heif", "bmp", "gif", "webp"), FileKind.IMAGE),
    "xml": FileKind.XML,
    "rss": FileKind.XML,
    "svg": FileKind.XML,
    "fodt": FileKind.XML,
    **dict.fromkeys(("json", "ndjson", "jsonl", "geojson"), FileKind.JSON),
    "eml": FileKind.MAIL,
    "mbox": FileKind.MAILBOX,
    "rtf": FileKind.RICH_TEXT,
    "html": FileKind.HTML,
    "htm": FileKind.HTML,
    "xhtml": FileKind.HTML,
    "md": FileKind.MARKDOWN,
    "markdown": FileKind.MARKDOWN,
    "csv": FileKind.CSV,
    "tsv": FileKind.CSV,
    "tab": FileKind.CSV,
    "txt": FileKind.TEXT,
    "text": FileKind.TEXT,
    "log": FileKind.TEXT,
}
_BINARY = frozenset(
    {
        FileKind.PDF,
        FileKind.WORD,
        FileKind.SLIDES,
        FileKind.WORKBOOK,
        FileKind.OLD_WORD,
        FileKind.OLD_SLIDES,
        FileKind.OLD_WORKBOOK,
        FileKind.BINARY_WORKBOOK,
        FileKind.OPEN_TEXT,
        FileKind.OPEN_SHEET,
        FileKind.OPEN_SLIDES,
        FileKind.OUTLOOK,
        FileKind.BOOK,
        FileKind.IMAGE,
        FileKind.ARCHIVE,
    }
)
_SAVED_AS_TEXT = frozenset({FileKind.OLD_WORD, FileKind.OLD_WORKBOOK})
"""What web applications name ``.doc`` and ``.xls`` is often HTML or plain text, which Word and Excel open."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OPEN_DOCUMENT = {"text": FileKind.OPEN_TEXT, "spreadsheet": FileKind.OPEN_SHEET, "presentation": FileKind.OPEN_SLIDES}
_ARCHIVES = frozenset({"rar", "7z", "gz", "bz2", "xz", "tar", "lz4", "zst"})
_HEADER_LINE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}:[ \t]?\S?")
_MAIL_HEADERS = frozenset(
    {"from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "mime-version", "content-type", "reply-to"}
)
_HTML_BEGINS = re.compile(
    r"\s*+(?:<\?xml[^>]*>\s*+)?(?><!--.*?-->\s*+)*+<(?:!doctype\s+html|html|head|body|title|meta|table|div|h[1-6]|p)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Without a way back: comment after comment would otherwise be tried in every combination."""

_XML_BEGINS = re.compile(r"\s*<\?xml\b")
_MBOX_BEGINS = re.compile(r"From [^\n]*\d{4}[^\n]*\n[A-Za-z-]+:")
_RTF = "{\\rtf"
_HEAD_BYTES = 8192
_SIGNS_OF_TEXT = bytes([*b"\t\n\f\r\v\x1b", *range(0x20, 0x7F), *range(0x80, 0x100)])
_SHARE_OF_CONTROLS_IN_TEXT = 0.02
_CONTROLS_IN_ANY_TEXT = 4


def extension_of(file_name: str) -> str:
    """The last extension of a name in small letters, without its dot."""
    return PurePosixPath(file_name.replace("\\", "/")).suffix.lower().lstrip(".")


def detect(data: bytes, file_name: str) -> FileKind:
    """The family that ``data`` belongs to. Raises Unreadable where it is empty, encrypted, or of a kind that is not read."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty_file")
    extension = extension_of(file_name)
    if b"%PDF-" in data[:1024]:
        return FileKind.PDF
    if data.startswith(_ZIP):
        return _inside_zip(data, extension)
    if data.startswith(_OLE):
        return _inside_ole(data, extension)
    if _refuse_known_binary(data, extension):
        return FileKind.IMAGE
    return _kind_of_text(data, extension)


def _inside_zip(data: bytes, extension: str) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.lower() for name in archive.namelist()}
            media_type = archive.read("mimetype")[:80].decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Unreadable("damaged") from error
    for folder, kind in (("word/", FileKind.WORD), ("ppt/", FileKind.SLIDES), ("xl/", FileKind.WORKBOOK)):
        if "[content_types].xml" in names and any(name.startswith(folder) for name in names):
            return FileKind.BINARY_WORKBOOK if f"{folder}workbook.bin" in names else kind
    if "opendocument" in media_type:
        found = next((kind for word, kind in _OPEN_DOCUMENT.items() if f".{word}" in media_type), None)
        if found is None:
            raise Unreadable("unsupported_type", type=extension or "odf")
        return found
    if "epub" in media_type or "meta-inf/container.xml" in names:
        return FileKind.BOOK
    named = _BY_EXTENSION.get(extension)
    if named in _BINARY and named is not FileKind.ARCHIVE:
        raise Unreadable("damaged")
    return FileKind.ARCHIVE


def _inside_ole(data: bytes, extension: str) -> FileKind:
    head = data[: 1 << 20]

    def names(stream: str) -> bool:
        return stream.encode("utf-16-le") in head or stream.encode("utf-16-le") in data[-(1 << 20) :]

    if names("EncryptedPackage") or names("EncryptionInfo"):
        raise Unreadable("encrypted")
    if names("__properties_version1.0") or names("__nameid_version1.0"):
        return FileKind.OUTLOOK
    for stream, kind in (
        ("WordDocument", FileKind.OLD_WORD),
        ("PowerPoint Document", FileKind.OLD_SLIDES),
        ("Workbook", FileKind.OLD_WORKBOOK),
        ("Book", FileKind.OLD_WORKBOOK),
    ):
        if names(stream):
            return kind
    raise Unreadable("unsupported_type", type=extension or "ole")


def known_binary(data: bytes) -> filetype.Type | None:
    """What ``data`` is by its first bytes, of the kinds that are not text.

    Two letters make some of them ("BM", "MZ"): where nothing but signs of text follows, it is text that begins with them.
    """
    import filetype

    head = data[:_HEAD_BYTES]
    return filetype.guess(head) if head.translate(None, _SIGNS_OF_TEXT) else None


def image_media_type(data: bytes) -> str | None:
    """The media type of a picture, or None where ``data`` is none."""
    known = known_binary(data)
    if known is None or not known.mime.startswith("image/"):
        return None
    return str(known.mime)


def _refuse_known_binary(data: bytes, extension: str) -> bool:
    """Whether ``data`` is a picture. Raises Unreadable where it is another kind that is known and not read."""
    known = known_binary(data)
    if known is None:
        return False
    if known.mime.startswith("image/"):
        return True
    if known.extension in _ARCHIVES:
        raise Unreadable("archive", type=known.extension)
    if known.extension != "rtf":
        raise Unreadable("unsupported_type", type=known.extension)
    return False


def _kind_of_text(data: bytes, extension: str) -> FileKind:
    text, _ = decode(data[:65536] if len(data) > 65536 else data)
    controls = sum(character < " " and character not in "\t\n\r\f\v\x1b" for character in text)
    named = _BY_EXTENSION.get(extension)
    if controls > max(_CONTROLS_IN_ANY_TEXT, _SHARE_OF_CONTROLS_IN_TEXT * len(text)):
        if named is not None:
            raise Unreadable("wrong_type", expected=extension)
        raise Unreadable("unsupported_type", type=extension or "?")
    if text.lstrip().startswith(_RTF):
        return FileKind.RICH_TEXT
    if text.startswith("From ") and _MBOX_BEGINS.match(text) and (named is FileKind.MAILBOX or b"\nFrom " in data):
        return FileKind.MAILBOX
    if _looks_like_mail(text):
        return FileKind.MAIL
    if _HTML_BEGINS.match(text) and named is not FileKind.MARKDOWN:
        return FileKind.HTML
    if named in (FileKind.HTML, FileKind.MARKDOWN, FileKind.CSV, FileKind.TEXT, FileKind.JSON):
        return named
    if named in _SAVED_AS_TEXT and not _XML_BEGINS.match(text):
        return FileKind.CSV if named is FileKind.OLD_WORKBOOK else FileKind.TEXT
    if named in _BINARY and not _XML_BEGINS.match(text):
        raise Unreadable("wrong_type", expected=extension)
    if _XML_BEGINS.match(text) or named is FileKind.XML:
        return FileKind.XML
    if not extension and _is_json(data):
        return FileKind.JSON
    if extension and not _is_prose_extension(extension):
        raise Unreadable("unsupported_type", type=extension)
    return FileKind.TEXT


def _is_prose_extension(extension: str) -> bool:
    """Whether a file of this unknown name may be read as text: names that people give to notes, such as ``.readme`` or ``.2024``."""
    return (
        extension
        in ("eml", "readme", "me", "asc", "nfo", "note", "notes", "rst", "org", "adoc", "yaml", "yml", "toml", "ini", "srt", "vtt", "tex")
        or extension.isdigit()
    )


def _looks_like_mail(text: str) -> bool:
    """Whether the text opens with mail headers: two known ones at least, before the first empty line."""
    known = 0
    for index, line in enumerate(text.lstrip("\r\n").splitlines()[:60]):
        if not line.strip():
            break
        if line[0] in " \t" and index:
            continue
        if index == 0 and line.startswith("From ") and "@" in line:
            continue
        if not _HEADER_LINE.match(line):
            return False
        known += line.partition(":")[0].lower() in _MAIL_HEADERS
    return known >= 2


def _is_json(data: bytes) -> bool:
    if data[:1] not in (b"{", b"["):
        return False
    try:
        return isinstance(json.loads(data), dict | list)
    except (ValueError, RecursionError):
        return False
