"""How much of one file is read, so that no file can take the service down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one file with all that is in it."""

    pdf_pages: int = 5_000
    """A PDF with more is refused: it is an archive, not a document."""

    pixels: int = 60_000_000
    """Of one picture; an A3 page scanned at 400 dots per inch has 31 million."""

    ocr_pages: int = 500
    """Pages and pictures that are recognised in one file; those after them count as pages without text."""

    ocr_total_seconds: float = 420.0
    """What recognition may take for one file. Pages after that count as pages without text: some of a thick scan is better than none."""

    nested: int = 8
    """How deep a file within a file within a file is opened."""

    files_within: int = 2_000
    """Attachments and members of archives, at any depth together."""

    bytes_within: int = 512 << 20
    """What they unpack to, at any depth together."""

    unpack_ratio: int = 250
    """How many times its packed size a member of some size may become."""

    office_seconds: float = 120.0
    """What LibreOffice may take for one file."""

    ocr_seconds: float = 90.0
    """What tesseract may take for one page."""
