"""The originals' part of an erasure: destroyed, or rewritten in their format, or destroyed and replaced by their redacted text."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kb.ledger.erasing import OriginalRow
from kb.ledger.ledger import Ledger
from kb.originals import Originals
from kb.ports import OriginalRedactor, Parser
from kb.privacy.folding import FoldedText
from kb.types import ParsedFile, ParseFailure

TEXT = "text/plain"
_SAYS_NOTHING = frozenset({"no_text", "needs_tesseract", "empty_file"})
"""Failures of a rewritten file that can say nothing to anybody who reads its text."""


class OriginalsErasure:
    """Destroys and rewrites originals. Everything may be done twice: what was rewritten is looked through again."""

    def __init__(self, ledger: Ledger, originals: Originals, parser: Parser, redactor: OriginalRedactor) -> None:
        self._ledger = ledger
        self._originals = originals
        self._parser = parser
        self._redactor = redactor

    def destroy(self, version_ids: Iterable[str]) -> int:
        """Destroy the originals of erased versions. Returns how many files went."""
        return sum(self._originals.destroy(version_id) for version_id in sorted(set(version_ids)))

    def redact(self, words: Mapping[str, Sequence[str]], apart: frozenset[str]) -> dict[str, int]:
        """Take ``words`` out of the original of each version. Returns how many were rewritten, replaced and destroyed.

        In those of ``apart`` the same words stay elsewhere, said of somebody else: no format tells the two apart by their words, so
        the original is replaced by the redacted text, in which each stands where the officer saw it.
        """
        counts: Counter[str] = Counter()
        with self._ledger.reading() as tx:
            rows = tx.erasing.originals(words)
        for row in rows:
            counts[self._redact_one(row, words[row.version_id], apart=row.version_id in apart)] += 1
        return dict(counts)

    def replace_by_text(self, version_ids: Iterable[str]) -> int:
        """Destroy these originals all the same, and keep their redacted text instead. Returns how many."""
        with self._ledger.reading() as tx:
            rows = tx.erasing.originals(version_ids)
        for row in rows:
            self._replace(row)
        return len(rows)

    def _redact_one(self, row: OriginalRow, words: Sequence[str], *, apart: bool) -> str:
        data = self._originals.get(row.version_id)
        if data is None:
            return "missing"
        rewritten = None if apart else self._redactor.redact(data, row.media_type, row.file_name, words)
        if rewritten is None or self._says(rewritten, row.file_name, words):
            return self._replace(row)
        self._put(row.version_id, rewritten, row.media_type)
        return "rewritten"

    def _replace(self, row: OriginalRow) -> str:
        with self._ledger.reading() as tx:
            text = tx.erasing.text(row.version_id)
        if text is None:
            self._originals.destroy(row.version_id)
            with self._ledger.writing() as tx:
                tx.erasing.original_replaced(row.version_id, "", 0, row.media_type)
            return "destroyed"
        self._put(row.version_id, text.encode(), TEXT)
        return "replaced"

    def _put(self, version_id: str, data: bytes, media_type: str) -> None:
        self._originals.put(version_id, data)
        with self._ledger.writing() as tx:
            tx.erasing.original_replaced(version_id, hashlib.sha256(data).hexdigest(), len(data), media_type)

    def _says(self, data: bytes, file_name: str, words: Sequence[str]) -> bool:
        """Whether a reader of the rewritten file still meets any of ``words``, or cannot read it: then nothing is known of it."""
        parsed = self._parser.parse(data, file_name)
        if isinstance(parsed, ParseFailure):
            return parsed.code not in _SAYS_NOTHING
        said = _everything(parsed)
        both_ways = FoldedText(said).text, FoldedText(said, joined=True).text
        return any(FoldedText(word).text.strip() in text for word in words for text in both_ways)


def _everything(parsed: ParsedFile) -> str:
    return "\n".join([parsed.title or "", *(one.text for one in parsed.elements), *(one.value for one in parsed.strings)])
