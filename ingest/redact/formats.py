"""Which module rewrites which family. The port ``kb.ports.OriginalRedactor``."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from ingest.parse import FileParser
from ingest.parse.detect import FileKind, detect
from ingest.parse.limits import Limits
from ingest.parse.reading import Unreadable
from ingest.redact.blackener import Blackener, Within
from ingest.redact.images import redact_image
from ingest.redact.mail import redact_mail, redact_mailbox
from ingest.redact.markup import redact_html, redact_xml
from ingest.redact.packages import redact_archive, redact_package
from ingest.redact.pdf import redact_pdf
from ingest.redact.plain import redact_json, redact_text
from kb.types import ParsedFile

_log = logging.getLogger(__name__)

_Rewrite = Callable[[bytes, Blackener, Within], bytes | None]

_REWRITES: dict[FileKind, _Rewrite] = {
    **dict.fromkeys((FileKind.WORD, FileKind.SLIDES, FileKind.WORKBOOK), redact_package),
    **dict.fromkeys((FileKind.OPEN_TEXT, FileKind.OPEN_SHEET, FileKind.OPEN_SLIDES, FileKind.BOOK), redact_package),
    FileKind.ARCHIVE: redact_archive,
    FileKind.PDF: redact_pdf,
    FileKind.MAIL: redact_mail,
    FileKind.MAILBOX: redact_mailbox,
    FileKind.XML: lambda data, blackener, within: redact_xml(data, blackener),
    FileKind.HTML: lambda data, blackener, within: redact_html(data, blackener),
    FileKind.JSON: lambda data, blackener, within: redact_json(data, blackener),
    FileKind.IMAGE: lambda data, blackener, within: redact_image(data, blackener),
    **dict.fromkeys((FileKind.TEXT, FileKind.MARKDOWN, FileKind.CSV), lambda data, blackener, within: redact_text(data, blackener)),
}
"""Old Office files, Outlook's and RTF are not here: no free library writes them whole, so they become text."""


class FormatRedactor:
    """Rewrites originals. Nothing is fetched. It opens strangers' files with the readers of ingest: run it where a crash does no harm."""

    def redact(self, data: bytes, media_type: str, file_name: str, redactions: Sequence[str]) -> bytes | None:
        """``data`` with ``redactions`` blackened, in its own format, which its bytes tell; None where that cannot be done."""
        return self._redact(data, file_name, Blackener(redactions), 0)

    def _redact(self, data: bytes, file_name: str, blackener: Blackener, depth: int) -> bytes | None:
        if depth > Limits().nested:
            return None
        try:
            rewrite = _REWRITES.get(detect(data, file_name))
        except Unreadable:
            return None
        if rewrite is None:
            return None
        try:
            return rewrite(data, blackener, partial(self._within, blackener=blackener, depth=depth + 1))
        except Exception as error:  # noqa: BLE001 - the boundary to vendors' libraries, which raise anything on a broken file
            _log.warning("a file could not be rewritten", extra={"error_type": type(error).__name__, "size_bytes": len(data)})
            return None

    def _within(self, data: bytes, file_name: str, *, blackener: Blackener, depth: int) -> bytes | None:
        """A file within a file: rewritten, or as it is where it can be read and says none of the words."""
        rewritten = self._redact(data, file_name, blackener, depth)
        if rewritten is not None:
            return rewritten
        parsed = FileParser().parse(data, file_name)
        if not isinstance(parsed, ParsedFile) or blackener.in_bytes(data):
            return None
        said = [parsed.title or "", *(one.text for one in parsed.elements), *(one.value for one in parsed.strings)]
        return None if any(blackener.found(text) for text in said) else data
