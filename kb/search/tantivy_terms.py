"""Which words a tantivy index still knows, also those of entries that were removed from it: its term file is packed, so a scan of bytes
does not see them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kb.errors import IndexBroken

FIELDS = ("text_plain", "code")
"""Every entry writes its words into the first and its codes (addresses, numbers) into the second, beside stems and letter groups."""


def known_terms(folder: Path, terms: Iterable[str]) -> set[str]:
    """Those of ``terms``, folded, that any entry ever written into the index's files has. Nothing is written. Raises IndexBroken."""
    import tantivy

    try:
        index = tantivy.Index.open(str(folder))
        searcher = index.searcher()
        return {term for term in terms if any(searcher.doc_freq(field, term) for field in FIELDS)}
    except (ValueError, OSError, RuntimeError) as error:
        raise IndexBroken() from error
