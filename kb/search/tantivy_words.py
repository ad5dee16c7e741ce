"""Words found by BM25 with tantivy: postings without positions, no stored text.

Every word is kept three times: as it stands, by its Dutch stem and by its English stem. A code such as ``4711-B`` is kept
whole as well as in its parts.
"""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from kb.errors import IndexBroken
from kb.ports import IndexHit, WordEntry
from kb.search.stop_words import STOP_WORDS

if TYPE_CHECKING:
    import tantivy

HEADING_BOOST = 0.3
"""Of a word in title or headings, on top of what it counts in the text, which they are part of."""

PLAIN_BOOST = 0.4
"""Of a word as it stands, beside its stem."""

CODE_BOOST = 2.0
WRITER_BYTES = 64_000_000
LONGEST_TERM_BYTES = 200

_STEMMED = {"nl": "dutch", "en": "english"}
_CODE = r"[\p{L}\p{N}]+(?:[-./_#:@+&][\p{L}\p{N}]+)+"
_VANISHING = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


class TantivyWordIndex:
    """The word index port in one folder. Safe to call from several threads of one process."""

    def __init__(self, folder: Path) -> None:
        """Open the index in ``folder``, or make it. Raises IndexBroken."""
        import tantivy

        self._lock = Lock()
        self._schema = _schema()
        self._analyzers = _analyzers()
        folder.mkdir(parents=True, exist_ok=True)
        with _translated():
            self._index: Any = tantivy.Index(self._schema, str(folder), reuse=True)
            for name, analyzer in self._analyzers.items():
                self._index.register_tokenizer(name, analyzer)
            self._index.config_reader("manual")
            self._index.reload()

    def add(self, entries: Sequence[WordEntry]) -> None:
        """Add or replace; the last of several entries of one chunk wins."""
        latest = {entry.chunk_id: entry for entry in entries}

        def write(writer: Any) -> None:
            for entry in latest.values():
                writer.delete_documents_by_term("id", entry.chunk_id)
                writer.add_document(_document(entry))

        self._change(write, bool(latest))

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Take out these chunks; unknown ones are passed over."""

        def write(writer: Any) -> None:
            for chunk_id in chunk_ids:
                writer.delete_documents_by_term("id", chunk_id)

        self._change(write, bool(chunk_ids))

    def search(self, query: str, language: str, k: int) -> list[IndexHit]:
        """At most ``k`` chunks that hold a word of ``query``, best first. ``query`` has no syntax: it is only words."""
        parsed = self._query(_cleaned(query), language)
        if parsed is None or k < 1:
            return []
        with _translated():
            searcher = self._opened().searcher()
            hits = searcher.search(parsed, k, count=False).hits
            return [IndexHit(searcher.doc(address)["id"][0], float(score)) for score, address in hits]

    def count(self) -> int:
        """How many chunks it holds."""
        with _translated():
            return int(self._opened().searcher().num_docs)

    def close(self) -> None:
        """Give back memory and files."""
        self._index = None

    def _opened(self) -> Any:
        index = self._index
        if index is None:
            raise IndexBroken()
        return index

    def _change(self, write: Callable[[Any], None], anything: bool) -> None:
        if not anything:
            return
        with self._lock, _translated():
            index = self._opened()
            writer = index.writer(WRITER_BYTES, 1)
            write(writer)
            writer.commit()
            writer.wait_merging_threads()
            index.reload()

    def _query(self, text: str, language: str) -> tantivy.Query | None:
        import tantivy

        words = list(dict.fromkeys(self._analyzers["plain"].analyze(text)))
        telling = [word for word in words if word not in STOP_WORDS.get(language, ())] or words
        stems = (
            list(dict.fromkeys(stem for word in telling for stem in self._analyzers[language].analyze(word)))
            if language in _STEMMED
            else []
        )
        codes = list(dict.fromkeys(self._analyzers["code"].analyze(text)))
        wanted = [("code", code, CODE_BOOST) for code in codes]
        for kind, terms, boost in ((language, stems, 1.0), ("plain", telling, PLAIN_BOOST if stems else 1.0)):
            wanted += [(f"text_{kind}", term, boost) for term in terms]
            wanted += [(f"head_{kind}", term, boost * HEADING_BOOST) for term in terms]
        if not wanted:
            return None
        clauses = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, field, term, index_option="freq"), boost),
            )
            for field, term, boost in wanted
        ]
        return tantivy.Query.boolean_query(clauses)


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for kind in ("plain", *_STEMMED):
        builder = builder.add_text_field(f"text_{kind}", tokenizer_name=kind, index_option="freq")
        builder = builder.add_text_field(f"head_{kind}", tokenizer_name=kind, index_option="freq")
    return builder.add_text_field("code", tokenizer_name="code", index_option="freq").build()


def _analyzers() -> dict[str, tantivy.TextAnalyzer]:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    def folded(tokenizer: Any) -> Any:
        builder = TextAnalyzerBuilder(tokenizer).filter(Filter.remove_long(LONGEST_TERM_BYTES))
        return builder.filter(Filter.lowercase()).filter(Filter.ascii_fold())

    analyzers = {"plain": folded(Tokenizer.simple()).build(), "code": folded(Tokenizer.regex(_CODE)).build()}
    for language, stemmer in _STEMMED.items():
        analyzers[language] = folded(Tokenizer.simple()).filter(Filter.stemmer(stemmer)).build()
    return analyzers


def _document(entry: WordEntry) -> tantivy.Document:
    import tantivy

    head = _cleaned("\n".join([entry.title, *entry.headings]))
    text = f"{head}\n{_cleaned(entry.text)}"
    fields = {"id": entry.chunk_id, "code": text}
    for kind in ("plain", *_STEMMED):
        fields[f"text_{kind}"], fields[f"head_{kind}"] = text, head
    return tantivy.Document(**fields)


def _cleaned(text: str) -> str:
    """``text`` composed, without soft hyphens, invisible marks and halves of surrogate pairs."""
    composed = unicodedata.normalize("NFKC", text.translate(_VANISHING))
    return composed.encode("utf-8", "replace").decode("utf-8")


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Every error of tantivy is a ValueError, an OSError, or a panic, which is a BaseException of its own."""
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        raise IndexBroken() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise IndexBroken() from error
        raise
