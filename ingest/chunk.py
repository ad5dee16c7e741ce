"""Cuts a version's text into chunks: within headings, by whole sentences or whole table rows.

LlamaIndex's SentenceSplitter does the cutting of running text. It is given our sentence splitter and a counter over the
embedder, so it neither reads its global settings nor asks nltk for data.

A heading starts a new chunk and is that chunk's path, not its text; only a heading with nothing under it is text itself, so that
no word of a document is out of reach. Boilerplate is in no chunk, and no chunk runs across it. A table's header row is in the
range of the table's first chunk, which carries no ``table_header``; the chunks after it carry the range of that row.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise, takewhile
from operator import attrgetter
from typing import TYPE_CHECKING

from kb.answering.sentences import split_sentences
from kb.language import detect_language, has_letters
from kb.ports import Embedder
from kb.types import ChunkDraft, ElementKind, TextSpan, VersionText

if TYPE_CHECKING:
    from llama_index.core.node_parser import SentenceSplitter

_HEADINGS = (ElementKind.TITLE, ElementKind.HEADING)
_TABLE = (ElementKind.TABLE_HEADER, ElementKind.TABLE_ROW)

SMALLEST_BUDGET_TOKENS = 24
"""What the text of a chunk may always use, however long title and headings are."""

LETTERS_FOR_OWN_LANGUAGE = 60
"""With fewer letters a chunk says too little of its language; the document decides."""

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Section:
    """Consecutive spans under one path of headings."""

    path: tuple[Range, ...]
    spans: tuple[TextSpan, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A range that may become a chunk, or be joined with its neighbour. ``opens_table``: it holds a whole header row."""

    start: int
    end: int
    tokens: int
    table_header: Range | None = None


class HeadingChunker:
    """The port ``kb.ports.Chunker`` for every kind of document. Safe to call from several threads."""

    def __init__(self, target_tokens: int = 180) -> None:
        self._target_tokens = target_tokens

    def chunk(self, text: VersionText, title: str, embedder: Embedder, otherwise: str = "nl") -> list[ChunkDraft]:
        """Chunks in order of ``start``, without overlap, that together cover every span that is not a heading above text or boilerplate."""
        sections = list(_parted(_sections([span for span in text.spans if not span.boilerplate]), text.spans))
        counter = _Counter(embedder)
        counter.prepare(_texts_to_count(text, title, sections))
        splitters: dict[int, SentenceSplitter] = {}
        language = detect_language(text.text, otherwise)
        drafts: list[ChunkDraft] = []
        for section in sections:
            above = counter.count(title) + sum(counter.count(text.text[start:end]) for start, end in section.path)
            room = embedder.window_tokens - above - len(section.path) - 1
            budget = max(min(self._target_tokens, room), SMALLEST_BUDGET_TOKENS)
            pieces: list[_Piece] = []
            for run in _runs(section.spans):
                if run[0].kind in _TABLE:
                    pieces.extend(_table_pieces(text.text, run, budget, room, counter, splitters))
                else:
                    pieces.extend(_prose_pieces(text.text, run[0].start, run[-1].end, budget, counter, splitters))
            drafts.extend(_draft(text, section, piece, language) for piece in _joined(pieces, budget))
        return drafts


def sentences_with_space(text: str) -> list[str]:
    """The sentences of ``text``, each with the white space after it; joined they give ``text`` back."""
    starts = [sentence.start for sentence in split_sentences(text)]
    if not starts:
        return [text] if text else []
    starts[0] = 0
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


class _Counter:
    """Tokens of texts by the embedder, asked in batches and remembered. A text counts as the sum of its sentences, which is
    never less than the whole. No text counts as nothing, whatever the model says of it: SentenceSplitter would repeat it.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, int] = {}
        self._split: dict[str, list[str]] = {}

    def prepare(self, texts: Iterable[str]) -> None:
        """Count the sentences of ``texts`` in one call."""
        unknown = list(dict.fromkeys(key for text in texts for part in self._parts(text) if (key := part.strip()) not in self._known))
        if unknown:
            counts = self._embedder.count_tokens(unknown)
            self._known.update((key, max(tokens, 1) if key else 0) for key, tokens in zip(unknown, counts, strict=True))

    def _parts(self, text: str) -> list[str]:
        parts = self._split.get(text)
        if parts is None:
            parts = self._split[text] = sentences_with_space(text)
        return parts

    def count(self, text: str) -> int:
        """Tokens of ``text``."""
        self.prepare([text])
        return sum(self._known[part.strip()] for part in self._parts(text))

    def as_tokens(self, text: str) -> Sequence[int]:
        """As many numbers as ``text`` has tokens: the form in which SentenceSplitter asks."""
        return range(self.count(text))


def _sections(spans: Sequence[TextSpan]) -> Iterator[_Section]:
    path: list[tuple[int, Range]] = []
    body: list[TextSpan] = []
    for index, span in enumerate(spans):
        if span.kind not in _HEADINGS:
            body.append(span)
            continue
        level = _level(span)
        above = [entry for entry in path if entry[0] < level]
        has_text_below = _has_text_below(spans, index)
        if body and (has_text_below or len(above) < len(path)):
            yield _Section(tuple(place for _, place in path), tuple(body))
            body = []
        path = above
        if has_text_below:
            path.append((level, (span.start, span.end)))
        else:
            body.append(span)
    if body:
        yield _Section(tuple(place for _, place in path), tuple(body))


def _parted(sections: Iterable[_Section], spans: Sequence[TextSpan]) -> Iterator[_Section]:
    """The same sections, cut where boilerplate stands between two of their spans."""
    places = [span.start for span in spans if span.boilerplate]
    for section in sections:
        part: list[TextSpan] = []
        for span in section.spans:
            if part and bisect_right(places, part[-1].start) != bisect_right(places, span.start):
                yield _Section(section.path, tuple(part))
                part = []
            part.append(span)
        yield _Section(section.path, tuple(part))


def _level(span: TextSpan) -> int:
    return 0 if span.kind is ElementKind.TITLE else span.level or 1


def _has_text_below(spans: Sequence[TextSpan], index: int) -> bool:
    """Whether anything stands under this heading: text, or a heading of a deeper level (which is text if nothing else is)."""
    following = spans[index + 1] if index + 1 < len(spans) else None
    return following is not None and (following.kind not in _HEADINGS or _level(following) > _level(spans[index]))


def _texts_to_count(text: VersionText, title: str, sections: Iterable[_Section]) -> Iterator[str]:
    yield title
    for section in sections:
        for start, end in section.path:
            yield text.text[start:end]
        for span in section.spans:
            yield text.text[span.start : span.end]


def _runs(spans: Sequence[TextSpan]) -> Iterator[list[TextSpan]]:
    """Consecutive spans of running text, and one table each."""
    run: list[TextSpan] = []
    for span in spans:
        same = run and (span.kind in _TABLE) == (run[0].kind in _TABLE) and span.kind is not ElementKind.TABLE_HEADER
        if run and not same:
            yield run
            run = []
        run.append(span)
    if run:
        yield run


def _prose_pieces(
    text: str, start: int, end: int, budget: int, counter: _Counter, splitters: dict[int, SentenceSplitter]
) -> Iterator[_Piece]:
    """Running text by whole sentences, in pieces of about the same size."""
    whole = text[start:end]
    tokens = counter.count(whole)
    if tokens <= budget:
        yield _Piece(start, end, tokens)
        return
    size = _even_size(tokens, budget)
    splitter = splitters.get(size) or splitters.setdefault(size, _splitter(size, counter))
    cursor = start
    for part in splitter.split_text(whole):
        found = text.index(part, cursor, end)
        cursor = found + len(part)
        yield _Piece(found, cursor, counter.count(part))


def _even_size(tokens: int, budget: int) -> int:
    """The size that cuts ``tokens`` into pieces of about equal length, in steps of 8, with slack for uneven sentences."""
    pieces = -(-tokens // budget)
    return min(budget, (tokens // pieces + budget // 6 + 7) // 8 * 8)


def _splitter(size: int, counter: _Counter) -> SentenceSplitter:
    from llama_index.core.node_parser import SentenceSplitter

    return SentenceSplitter(
        chunk_size=size,
        chunk_overlap=0,
        paragraph_separator="\n\n",
        tokenizer=counter.as_tokens,
        chunking_tokenizer_fn=sentences_with_space,
        include_prev_next_rel=False,
    )


def _table_pieces(
    text: str, run: list[TextSpan], budget: int, room: int, counter: _Counter, splitters: dict[int, SentenceSplitter]
) -> Iterator[_Piece]:
    """Whole rows packed together; a row that is too long alone is cut like running text."""
    header = (run[0].start, run[0].end) if run[0].kind is ElementKind.TABLE_HEADER else None
    header_tokens = counter.count(text[slice(*header)]) + 1 if header else 0
    current: _Piece | None = None
    for index, row in enumerate(run):
        tokens = counter.count(text[row.start : row.end])
        carried = header if index else None
        limit = max(min(budget, room - header_tokens), SMALLEST_BUDGET_TOKENS) if carried else budget
        if current is not None and current.tokens + tokens <= (limit if current.table_header else budget):
            current = replace(current, end=row.end, tokens=current.tokens + tokens)
            continue
        if current is not None:
            yield current
            current = None
        if tokens <= limit:
            current = _Piece(row.start, row.end, tokens, carried)
        else:
            for piece in _prose_pieces(text, row.start, row.end, limit, counter, splitters):
                yield replace(piece, table_header=carried)
    if current is not None:
        yield current


def _joined(pieces: Iterable[_Piece], budget: int) -> Iterator[_Piece]:
    """Neighbours of one section that fit one chunk together become one; a piece that carries a header stays on its own."""
    current: _Piece | None = None
    for piece in pieces:
        if current is None:
            current = piece
        elif current.tokens + piece.tokens <= budget and current.table_header is None and piece.table_header is None:
            current = replace(current, end=piece.end, tokens=current.tokens + piece.tokens)
        else:
            yield current
            current = piece
    if current is not None:
        yield current


def _draft(text: VersionText, section: _Section, piece: _Piece, language: str) -> ChunkDraft:
    first = bisect_right(section.spans, piece.start, key=attrgetter("end"))
    within = takewhile(lambda span: span.start < piece.end, islice(section.spans, first, None))
    pages = [page for span in within for page in (span.page, *(box.page for box in span.boxes)) if page is not None]
    own = text.text[piece.start : piece.end]
    speaks_for_itself = len(own) < len(text.text) and has_letters(own, LETTERS_FOR_OWN_LANGUAGE)
    return ChunkDraft(
        start=piece.start,
        end=piece.end,
        page_first=min(pages) if pages else None,
        page_last=max(pages) if pages else None,
        headings=section.path,
        table_header=piece.table_header,
        language=detect_language(own, language) if speaks_for_itself else language,
    )
