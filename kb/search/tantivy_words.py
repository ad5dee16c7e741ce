"""Words found by BM25 with tantivy: postings without positions, no stored text.

Every word is kept as it stands, by its Dutch stem, by its English stem and in groups of four letters. A code such as ``4711-B`` is
kept whole as well as in its parts. What is looked for is said in ``kb.search.word_query``.
"""

from __future__ import annotations

import contextlib
import math
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from kb.errors import IndexBroken
from kb.ports import IndexHit, WordEntry
from kb.search.letter_groups import letter_groups
from kb.search.word_query import Alternatives, Term, other_language, own_language

if TYPE_CHECKING:
    import tantivy

LEAST_SHARE_OF_BEST = 0.2
"""A chunk that scores less, beside the best one, shares stray letters with the question and no more."""

OTHER_LANGUAGE_SHARE = 0.85
"""What a share in the other language counts for: a rendering by the lexicon is less sure than the word itself."""

WRITER_BYTES = 64_000_000
LONGEST_TERM_BYTES = 200

SCHEMA_VERSION = "3"
"""Raise it when another entry is written for the same chunk: indexes are made anew."""

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
                writer.add_document(_document(entry, self._analyzers["plain"]))

        self._change(write, bool(latest))

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Take out these chunks; unknown ones are passed over."""

        def write(writer: Any) -> None:
            for chunk_id in chunk_ids:
                writer.delete_documents_by_term("id", chunk_id)

        self._change(write, bool(chunk_ids))

    def search(self, query: str, language: str, k: int) -> list[IndexHit]:
        """At most ``k`` chunks that hold a word of ``query``, best first. ``query`` has no syntax: it is only words.

        Passages of another language than ``language`` are found by the lexicon too. Scores are shares, so they compare.
        """
        text = _cleaned(query)
        if k < 1:
            return []
        with _translated():
            searcher = self._opened().searcher()
            best: dict[str, float] = {}
            for wanted, only_other in (
                (own_language(text, language, self._analyse), False),
                (other_language(text, language, self._analyse), True),
            ):
                if not wanted or (only_other and searcher.doc_freq("language", language) == searcher.num_docs):
                    continue
                for chunk_id, share in self._shares(searcher, wanted, language if only_other else None, k):
                    best[chunk_id] = max(share * (OTHER_LANGUAGE_SHARE if only_other else 1.0), best.get(chunk_id, 0.0))
        least = LEAST_SHARE_OF_BEST * max(best.values(), default=0.0)
        ranked = sorted((item for item in best.items() if item[1] >= least), key=lambda item: -item[1])
        return [IndexHit(chunk_id, share) for chunk_id, share in ranked[:k]]

    def languages(self, chunk_ids: Sequence[str]) -> dict[str, str]:
        """The language of each of these chunks; unknown ones are left out."""
        import tantivy

        if not chunk_ids:
            return {}
        with _translated():
            searcher = self._opened().searcher()
            hits = searcher.search(tantivy.Query.term_set_query(self._schema, "id", list(chunk_ids)), len(chunk_ids), count=False).hits
            found = [searcher.doc(address) for _, address in hits]
            return {document["id"][0]: document["language"][0] for document in found}

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

    def _analyse(self, analyzer: str, text: str) -> Sequence[str]:
        found: list[str] = self._analyzers[analyzer].analyze(text)
        return found

    def _shares(self, searcher: Any, wanted: Sequence[Alternatives], not_in: str | None, k: int) -> list[tuple[str, float]]:
        """Chunk ids with their share of the highest score that ``wanted`` allows; those of the language ``not_in`` are left out."""
        import tantivy

        highest = sum(max(_highest(searcher, way) for way in alternatives) for alternatives in wanted)
        if not highest:
            return []
        clauses = [(tantivy.Occur.Should, self._alternatives(alternatives)) for alternatives in wanted]
        if not_in is not None:
            clauses.append((tantivy.Occur.MustNot, tantivy.Query.term_query(self._schema, "language", not_in, index_option="basic")))
        hits = searcher.search(tantivy.Query.boolean_query(clauses), k, count=False).hits
        return [(searcher.doc(address)["id"][0], float(score) / highest) for score, address in hits]

    def _alternatives(self, alternatives: Alternatives) -> tantivy.Query:
        import tantivy

        ways = [self._way(way) for way in alternatives]
        return ways[0] if len(ways) == 1 else tantivy.Query.disjunction_max_query(ways)

    def _way(self, way: Sequence[Term]) -> tantivy.Query:
        import tantivy

        terms = [
            tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, term.field, term.text, index_option="freq"), term.boost)
            for term in way
        ]
        return terms[0] if len(terms) == 1 else tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])


def _highest(searcher: Any, way: Sequence[Term]) -> float:
    """What a chunk full of the terms of ``way`` would score by BM25: k1 + 1 times the rarity of each, by its boost."""
    rarities = ((term.boost, searcher.doc_freq(term.field, term.text)) for term in way if term.counted)
    return sum(boost * 2.2 * math.log(1 + (searcher.num_docs - holders + 0.5) / (holders + 0.5)) for boost, holders in rarities)


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder = builder.add_text_field("language", stored=True, tokenizer_name="raw", index_option="basic")
    builder = builder.add_text_field("groups", tokenizer_name="spaced", index_option="freq")
    for kind in ("plain", *_STEMMED):
        builder = builder.add_text_field(f"text_{kind}", tokenizer_name=kind, index_option="freq")
    return builder.add_text_field("code", tokenizer_name="code", index_option="freq").build()


def _analyzers() -> dict[str, tantivy.TextAnalyzer]:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    def folded(tokenizer: Any) -> Any:
        builder = TextAnalyzerBuilder(tokenizer).filter(Filter.remove_long(LONGEST_TERM_BYTES))
        return builder.filter(Filter.lowercase()).filter(Filter.ascii_fold())

    analyzers = {"spaced": TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.remove_long(LONGEST_TERM_BYTES)).build()}
    analyzers |= {"plain": folded(Tokenizer.simple()).build(), "code": folded(Tokenizer.regex(_CODE)).build()}
    for language, stemmer in _STEMMED.items():
        analyzers[language] = folded(Tokenizer.simple()).filter(Filter.stemmer(stemmer)).build()
    return analyzers


def _document(entry: WordEntry, plain: tantivy.TextAnalyzer) -> tantivy.Document:
    import tantivy

    text = _cleaned("\n".join([entry.title, *entry.headings, entry.text]))
    groups = " ".join(group for word in plain.analyze(text) for group in letter_groups(word))
    fields = {"id": entry.chunk_id, "language": entry.language, "code": text, "groups": groups}
    for kind in ("plain", *_STEMMED):
        fields[f"text_{kind}"] = text
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
