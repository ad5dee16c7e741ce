"""Programs that some files need: their tests are skipped where one is missing, which CI does not accept."""

from __future__ import annotations

import os

import pytest

from ingest.parse.ocr import can_recognise
from ingest.parse.programs import libreoffice_path


def _needed(name: str, *, is_there: bool) -> None:
    if not is_there:
        reason = f"{name} is not installed; docs/formats.md tells how"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def tesseract() -> None:
    """Tesseract with Dutch or English."""
    _needed("tesseract", is_there=can_recognise())


@pytest.fixture(scope="session")
def libreoffice() -> None:
    """LibreOffice."""
    _needed("LibreOffice", is_there=libreoffice_path() is not None)
