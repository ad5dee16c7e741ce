"""On real mail: whatever `grep -i` finds of the most frequent sender is found, message by message.

KB_TEST_MAIL_DIR names a directory of RFC-822 files, any corpus; without it these tests are skipped.
"""

from __future__ import annotations

import email
import os
import subprocess
from collections import Counter
from email.utils import getaddresses
from pathlib import Path

import pytest

from api.bootstrap import Kennisbank
from kb.authorise import OWNER
from kb.errors import InvalidIdentifier
from kb.privacy.find import Finder
from kb.privacy.identifiers import identifier, subject
from kb.privacy.residue import scan_here
from kb.privacy.types import Decision, How, IdentifierKind
from kb.types import FileResult, Upload
from tests.erasing import always, approved, executor

MAIL = os.environ.get("KB_TEST_MAIL_DIR")
MOST_FILES = 2_000

pytestmark = [pytest.mark.skipif(not MAIL, reason="KB_TEST_MAIL_DIR names no directory of mail"), pytest.mark.timeout(3_600)]


def messages() -> list[Path]:
    return sorted(path for path in Path(MAIL or "").rglob("*") if path.is_file())[:MOST_FILES]


def most_frequent_sender(files: list[Path]) -> str:
    counted: Counter[str] = Counter()
    for path in files:
        header = email.message_from_bytes(path.read_bytes()).get("From", "")
        for _, address in getaddresses([str(header)]):
            try:
                counted[identifier(IdentifierKind.EMAIL, address).value.lower()] += 1
            except InvalidIdentifier:
                continue
    return counted.most_common(1)[0][0]


def test_every_message_that_grep_finds_is_found(kennisbank: Kennisbank) -> None:
    folder, files = Path(MAIL or ""), messages()
    sender = most_frequent_sender(files)
    grep = subprocess.run(["grep", "-i", "-l", "-F", "-e", sender, "--", *map(str, files)], capture_output=True, text=True, check=False)
    expected = {Path(line).relative_to(folder).as_posix() for line in grep.stdout.splitlines()}
    uploads = [Upload(named(path.relative_to(folder)), path.read_bytes()) for path in files]
    results = kennisbank.operations(OWNER).ingest(uploads).files
    found = Finder(kennisbank.ledger).find(subject([identifier(IdentifierKind.EMAIL, sender)]))
    sure = {hit.where for hit in found.hits if hit.how in (How.EXACT, How.NORMALISED)}
    known_elsewhere = {document for document, paths in same_bytes(results).items() if paths & sure}
    missing = {
        path
        for path in expected
        if named(Path(path)) not in sure | {one.where for one in found.unsearched} and document_of(results, path) not in known_elsewhere
    }
    print(f"{len(files)} messages, {len(expected)} by grep, {len(sure)} found")
    assert expected
    assert missing == set()


def test_the_most_frequent_sender_is_erased_and_no_byte_is_left(kennisbank: Kennisbank) -> None:
    folder, files = Path(MAIL or ""), messages()
    who = subject([identifier(IdentifierKind.EMAIL, most_frequent_sender(files))])
    kennisbank.operations(OWNER).ingest([Upload(named(path.relative_to(folder)), path.read_bytes()) for path in files])
    # What could not be read may hold anybody: an officer decides it one by one, here it all goes.
    unread = Finder(kennisbank.ledger).find(who).unsearched
    erasure = approved(kennisbank, who, always(Decision.ERASE), unread=[one.version_id for one in unread])
    report = executor(kennisbank).run(erasure.request_id)
    assert report["scan"]["found_unexpected"] == 0
    assert scan_here([kennisbank.directory.path], who, None, ()).residue == ()
    assert Finder(kennisbank.ledger).find(who).hits == ()


def named(path: Path) -> str:
    """Mail in a maildir has no ending that tells what it is."""
    return path.as_posix() if path.suffix.lower() == ".eml" else f"{path.as_posix()}.eml"


def same_bytes(results: tuple[FileResult, ...]) -> dict[str, set[str]]:
    """The same bytes twice are one document: its paths by its id."""
    by_document: dict[str, set[str]] = {}
    for result in results:
        if result.document_id is not None:
            by_document.setdefault(result.document_id, set()).add(result.path)
    return by_document


def document_of(results: tuple[FileResult, ...], path: str) -> str | None:
    return next((one.document_id for one in results if one.path == named(Path(path))), None)
