"""Rewriting happens in a process of its own, which may die."""

from __future__ import annotations

from ingest.redact.sandboxed import SandboxedRedactor
from kb.privacy.types import REDACTED
from tests.unit.ingest.made_files import every_word, parsed, word_file

ROOMY = SandboxedRedactor(memory_bytes=1_500_000_000, seconds=60)


def test_a_file_comes_back_rewritten() -> None:
    out = ROOMY.redact(word_file(), "", "a.docx", ["Anna Auteur"])
    assert out is not None
    assert "Anna" not in every_word(parsed(out, "a.docx"))


def test_bytes_of_any_kind_go_through_unchanged() -> None:
    assert ROOMY.redact("één\nregel\r\nNoëlle\n".encode(), "", "a.txt", ["Noëlle"]) == f"één\nregel\r\n{REDACTED * 6}\n".encode()


def test_what_cannot_be_rewritten_is_none() -> None:
    assert ROOMY.redact(b"{\\rtf1 No\\'eblle}", "", "a.rtf", ["Noëlle"]) is None


def test_a_process_that_takes_too_long_or_too_much_is_none() -> None:
    assert SandboxedRedactor(memory_bytes=1_500_000_000, seconds=0.01).redact(word_file(), "", "a.docx", ["Anna"]) is None
    assert SandboxedRedactor(memory_bytes=1_000, seconds=60).redact(b"Anna" * 10_000_000, "", "a.txt", ["Anna"]) is None
