"""The port ``kb.ports.Parser``: bytes of any file to what it says, or to the reason why it cannot be read."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ingest.parse.boilerplate import marked
from ingest.parse.clean import clean
from ingest.parse.detect import MEDIA_TYPES, FileKind, detect, image_media_type
from ingest.parse.limits import Limits
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.within import Within
from kb.types import Element, ElementKind, FileString, ParsedFile, ParseFailure

_log = logging.getLogger(__name__)

LONGEST_TITLE_CHARACTERS = 200
_HEADING_COUNTS_WITHIN = 5
"""A heading after this many elements is not the title of the document."""

_NO_TITLE = re.compile(
    r"(?i)(?:untitled\b.*|naamloos|zonder titel|(?:microsoft )?(?:word|excel|powerpoint)\b.*|powerpoint.presentati(?:on|e)|document\s*\d*"
    r"|presentation\s*\d*|presentatie\s*\d*|map\s*\d*|book\s*\d*|slide \d+|title|titel|\(?anonymous\)?"
    r"|.*\.(?:docx?|pdf|pptx?|xlsx?|indd|tex|rtf|odt))"
)
"""What programs fill in as a title when people do not."""


class FileParser:
    """Reads documents, mail, tables, pictures and archives of these, by content and not by name; ``docs/formats.md`` lists them.

    Nothing is fetched. Vendors are given bytes in memory; only LibreOffice gets files, in a folder of its own in
    ``temporary_folder`` that is removed before the answer is given. Safe to call from several threads, though meant to run in a
    child process of its own.
    """

    def __init__(self, temporary_folder: Path | None = None, limits: Limits | None = None) -> None:
        self._temporary_folder = temporary_folder
        self._limits = limits or Limits()

    def parse(self, data: bytes, file_name: str) -> ParsedFile | ParseFailure:
        """What the file says. What cannot be read is a ParseFailure with a code of ``ingest.messages``, never an exception."""
        within = Within(_open, self._limits, self._temporary_folder)
        try:
            kind = detect(data, file_name)
            parsed = _tidied(_read(data, kind, within), kind, file_name, _media_type(kind, data))
        except Unreadable as reason:
            return ParseFailure(reason.code, reason.params)
        return parsed if parsed.elements else ParseFailure("no_text")


def _open(data: bytes, file_name: str, within: Within) -> Reading:
    """A file within a file, as it is read on its own."""
    return _read(data, detect(data, file_name), within)


def _read(data: bytes, kind: FileKind, within: Within) -> Reading:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what vendors warn of in a stranger's file helps nobody, and may quote it
            return _reader(kind)(data, within)
    except Unreadable:
        raise
    except MemoryError as error:
        raise Unreadable("parser_out_of_memory") from error
    except Exception as error:  # noqa: BLE001 - the boundary to a dozen vendors' parsers, which raise anything on a broken file
        # No traceback and no message: vendors quote the file in theirs.
        _log.warning("a parser failed", extra={"error_type": type(error).__name__, "size_bytes": len(data)})
        raise Unreadable("damaged") from None


def _media_type(kind: FileKind, data: bytes) -> str:
    return (image_media_type(data) if kind is FileKind.IMAGE else None) or MEDIA_TYPES[kind]


Reader = Callable[[bytes, Within], Reading]


def _reader(kind: FileKind) -> Reader:
    """The reader of a family; imported when first needed, since each brings its vendor."""
    if kind is FileKind.PDF:
        from ingest.parse.pdf import read_pdf

        return read_pdf
    if kind is FileKind.WORD:
        from ingest.parse.word import read_word

        return read_word
    if kind is FileKind.SLIDES:
        from ingest.parse.slides import read_slides

        return read_slides
    if kind in (FileKind.WORKBOOK, FileKind.CSV):
        from ingest.parse.sheets import read_csv, read_workbook

        return read_workbook if kind is FileKind.WORKBOOK else read_csv
    if kind in (FileKind.OLD_WORD, FileKind.OLD_SLIDES, FileKind.BINARY_WORKBOOK):
        from ingest.parse.old_office import converting

        return converting(kind)
    if kind is FileKind.OLD_WORKBOOK:
        from ingest.parse.old_sheets import read_old_workbook

        return read_old_workbook
    if kind in (FileKind.OPEN_TEXT, FileKind.OPEN_SHEET, FileKind.OPEN_SLIDES):
        from ingest.parse.opendocument import read_open_document

        return read_open_document
    if kind is FileKind.IMAGE:
        from ingest.parse.images import read_image

        return read_image
    return _mail_reader(kind) or _text_reader(kind)


def _mail_reader(kind: FileKind) -> Reader | None:
    if kind is FileKind.MAIL:
        from ingest.parse.mail import read_mail

        return read_mail
    if kind is FileKind.OUTLOOK:
        from ingest.parse.outlook import read_outlook

        return read_outlook
    if kind is FileKind.MAILBOX:
        from ingest.parse.mailbox import read_mailbox

        return read_mailbox
    if kind is FileKind.ARCHIVE:
        from ingest.parse.archive import read_archive

        return read_archive
    if kind is FileKind.BOOK:
        from ingest.parse.epub import read_book

        return read_book
    return None


def _text_reader(kind: FileKind) -> Reader:
    if kind is FileKind.RICH_TEXT:
        from ingest.parse.rtf import read_rtf

        return read_rtf
    if kind is FileKind.HTML:
        from ingest.parse.html import read_html

        return read_html
    if kind in (FileKind.XML, FileKind.JSON):
        from ingest.parse.data_files import read_json, read_xml

        return read_xml if kind is FileKind.XML else read_json
    from ingest.parse.text import read_markdown, read_text

    return read_markdown if kind is FileKind.MARKDOWN else read_text


_COLLECTIONS = (FileKind.ARCHIVE, FileKind.MAILBOX)
"""What is first in them says nothing of the whole."""

_MAIL = (FileKind.MAIL, FileKind.OUTLOOK, FileKind.MAILBOX)


def _tidied(reading: Reading, kind: FileKind, file_name: str, media_type: str) -> ParsedFile:
    elements = tuple(
        replace(element, text=text) for element in reading.elements if (text := clean(element.text)).strip() and _says_something(text)
    )
    return ParsedFile(
        elements=marked(elements, is_mail=kind in _MAIL),
        strings=tuple(_without_doubles(reading.strings)),
        title=_file_title(file_name) if kind in _COLLECTIONS else _title(reading.title, elements, file_name),
        pages=reading.pages,
        pages_with_text=reading.pages_with_text,
        warnings=tuple(reading.warnings),
        media_type=media_type,
        language=reading.language,
    )


def _says_something(text: str) -> bool:
    """Whether there is a letter, digit or other sign in it, not only a rule of dashes or dots."""
    return any(character.isalnum() for character in text) or bool(text.strip(" \t\n-_=*~.·•–—|+#"))


def _without_doubles(strings: Iterable[FileString]) -> Iterable[FileString]:
    tidy = (FileString(string.kind, clean(string.value).strip()) for string in strings)
    return dict.fromkeys(string for string in tidy if string.value)


def _title(said: str | None, elements: tuple[Element, ...], file_name: str) -> str:
    """The title on the page, else the one in the properties, else the first heading, else the file's name."""
    for element in elements:
        if element.kind is ElementKind.TITLE:
            return _one_line(element.text)
    headings = [_one_line(element.text) for element in elements[:_HEADING_COUNTS_WITHIN] if element.kind is ElementKind.HEADING]
    meant = _one_line(clean(said or ""))
    if len(meant) >= 3 and not _NO_TITLE.fullmatch(meant):
        return next((heading for heading in headings if len(heading) >= 3 and re.match(rf"{re.escape(heading)}(?!\w)", meant)), meant)
    for index, element in enumerate(elements[:_HEADING_COUNTS_WITHIN]):
        if element.kind is ElementKind.HEADING and len(element.text.strip()) >= 3 and (element.level == 1 or index == 0):
            return _one_line(element.text)
    return _file_title(file_name)


def _file_title(file_name: str) -> str:
    stem = PurePosixPath(clean(file_name).replace("\\", "/")).stem
    return _one_line(re.sub(r"[_-]+", " ", stem)) or "?"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TITLE_CHARACTERS]
