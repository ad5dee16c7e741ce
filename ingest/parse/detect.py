"""What a file is, by its bytes. The name is believed only where several kinds of text look alike."""

from __future__ import annotations

import io
import json
import re
import zipfile
from enum import StrEnum
from pathlib import PurePosixPath

from ingest.parse.encoding import decode
from ingest.parse.reading import Unreadable


class FileKind(StrEnum):
    """The families that are read."""

    PDF = "pdf"
    WORD = "docx"
    SLIDES = "pptx"
    WORKBOOK = "xlsx"
    MAIL = "eml"
    HTML = "html"
    MARKDOWN = "md"
    CSV = "csv"
    TEXT = "txt"


MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.SLIDES: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileKind.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.MAIL: "message/rfc822",
    FileKind.HTML: "text/html",
    FileKind.MARKDOWN: "text/markdown",
    FileKind.CSV: "text/csv",
    FileKind.TEXT: "text/plain",
}
"""The media type of each family's content."""

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
    "eml": FileKind.MAIL,
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
_BINARY = frozenset({FileKind.PDF, FileKind.WORD, FileKind.SLIDES, FileKind.WORKBOOK})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OPEN_DOCUMENT = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
_ARCHIVES = frozenset({"zip", "rar", "7z", "gz", "bz2", "xz", "tar", "lz4", "zst"})
_HEADER_LINE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}:[ \t]?\S?")
_MAIL_HEADERS = frozenset(
    {"from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "mime-version", "content-type", "reply-to"}
)
_HTML_BEGINS = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|table|div|h[1-6]|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML_BEGINS = re.compile(r"\s*<\?xml\b")
_RTF = "{\\rtf"
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
    _refuse_known_binary(data)
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
            if f"{folder}workbook.bin" in names:
                raise Unreadable("unsupported_type", type="xlsb")
            return kind
    if "opendocument" in media_type:
        found = next((short for word, short in _OPEN_DOCUMENT.items() if word in media_type), "odf")
        raise Unreadable("unsupported_type", type=found)
    if "epub" in media_type:
        raise Unreadable("unsupported_type", type="epub")
    if _BY_EXTENSION.get(extension) in _BINARY:
        raise Unreadable("damaged")
    raise Unreadable("archive", type="zip")


def _inside_ole(data: bytes, extension: str) -> FileKind:
    head = data[: 1 << 20]

    def names(stream: str) -> bool:
        return stream.encode("utf-16-le") in head or stream.encode("utf-16-le") in data[-(1 << 20) :]

    if names("EncryptedPackage") or names("EncryptionInfo"):
        raise Unreadable("encrypted")
    for stream, kind in (("WordDocument", "doc"), ("PowerPoint Document", "ppt"), ("Workbook", "xls"), ("Book", "xls")):
        if names(stream):
            raise Unreadable("old_office", type=kind)
    raise Unreadable("unsupported_type", type="msg" if names("__nameid_version1.0") else extension or "ole")


def _refuse_known_binary(data: bytes) -> None:
    import filetype

    known = filetype.guess(data[:8192])
    if known is None:
        return
    if known.mime.startswith("image/"):
        raise Unreadable("image", type=known.extension)
    if known.extension in _ARCHIVES:
        raise Unreadable("archive", type=known.extension)
    if known.extension != "rtf":
        raise Unreadable("unsupported_type", type=known.extension)


def _kind_of_text(data: bytes, extension: str) -> FileKind:
    text, _ = decode(data[:65536] if len(data) > 65536 else data)
    controls = sum(character < " " and character not in "\t\n\r\f\v\x1b" for character in text)
    named = _BY_EXTENSION.get(extension)
    if controls > max(_CONTROLS_IN_ANY_TEXT, _SHARE_OF_CONTROLS_IN_TEXT * len(text)):
        if named is not None:
            raise Unreadable("wrong_type", expected=extension)
        raise Unreadable("unsupported_type", type=extension or "?")
    if text.lstrip().startswith(_RTF):
        raise Unreadable("unsupported_type", type="rtf")
    if _looks_like_mail(text):
        return FileKind.MAIL
    if _HTML_BEGINS.match(text) and named is not FileKind.MARKDOWN:
        return FileKind.HTML
    if named in (FileKind.HTML, FileKind.MARKDOWN, FileKind.CSV, FileKind.TEXT):
        return named
    if named in _BINARY:
        raise Unreadable("wrong_type", expected=extension)
    if _XML_BEGINS.match(text):
        raise Unreadable("unsupported_type", type="xml")
    if extension in ("json", "ndjson", "jsonl") or (not extension and _is_json(text)):
        raise Unreadable("unsupported_type", type=extension or "json")
    if extension and not _is_prose_extension(extension):
        raise Unreadable("unsupported_type", type=extension)
    return FileKind.TEXT


def _is_prose_extension(extension: str) -> bool:
    """Whether a file of this unknown name may be read as text: names that people give to notes, such as ``.readme`` or ``.2024``."""
    return extension in ("eml", "readme", "me", "asc", "nfo", "note", "notes", "rst", "org", "adoc") or extension.isdigit()


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


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False
