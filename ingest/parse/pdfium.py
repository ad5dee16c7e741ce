"""The one door to PDFium, which is not thread-safe: hold ``PDFIUM`` around every use."""

from __future__ import annotations

from threading import RLock
from typing import Any

from ingest.parse.reading import Unreadable

PDFIUM = RLock()


def PDFIUM_ERROR() -> type[Exception]:  # noqa: N802 - stands for a class that is imported late
    """The error of pypdfium2."""
    import pypdfium2

    error: type[Exception] = pypdfium2.PdfiumError
    return error


def open_document(data: bytes) -> Any:
    """An open document, forms made ready. Raises Unreadable: encrypted, damaged, no_pages."""
    import pypdfium2
    import pypdfium2.raw as raw

    start = data.find(b"%PDF-", 0, 1024)
    try:
        document = pypdfium2.PdfDocument(data[start:] if start > 0 else data)
        if len(document) == 0:
            raise Unreadable("no_pages")
        if document.get_formtype() != raw.FORMTYPE_NONE:
            document.init_forms()
    except pypdfium2.PdfiumError as error:
        encrypted = getattr(error, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise Unreadable("encrypted" if encrypted else "damaged") from error
    return document
