"""What the core asks of its adapters. Every port has a deterministic double in the package and one contract suite
(``tests/contracts``) that double and real thing both pass. No vendor's exception crosses a port.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from kb.types import ChunkDraft, GeneratorInfo, ParsedFile, ParseFailure, VersionText

Vectors = NDArray[np.float32]


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The moment, timezone-aware, in UTC."""
        ...


class Parser(Protocol):
    """Turns the bytes of a file into its elements and strings."""

    def parse(self, data: bytes, file_name: str) -> ParsedFile | ParseFailure:
        """Read ``data``. What cannot be read is a ParseFailure, never an exception; nothing is fetched or written."""
        ...


@runtime_checkable
class BatchParser(Parser, Protocol):
    """A parser that reads many small files for less than one by one. Each file's answer is the one that ``parse`` would give."""

    def shares(self, data: bytes, file_name: str) -> bool:
        """Whether this file may be read together with others."""
        ...

    def parse_many(self, files: Sequence[tuple[bytes, str]]) -> Iterator[tuple[int, ParsedFile | ParseFailure]]:
        """The place and the answer of each of ``files`` (bytes and name), every one once, as they come."""
        ...


class OriginalRedactor(Protocol):
    """Rewrites an original in its own format."""

    def redact(self, data: bytes, media_type: str, file_name: str, redactions: Sequence[str]) -> bytes | None:
        """``data`` with REDACTED (``kb.privacy.types``) for each character of every occurrence of ``redactions``, whatever their
        capitals, spaces or composition, in text, metadata and parts within. None where that cannot be done: destroy it then."""
        ...


class Chunker(Protocol):
    """Cuts a version's text into chunks."""

    def chunk(self, text: VersionText, title: str, embedder: Embedder, otherwise: str = "nl") -> list[ChunkDraft]:
        """Chunks in order of ``start``, none empty, each small enough that title, headings and chunk fit one window of
        ``embedder`` wherever a sentence does; together they cover every span that is not a heading.
        ``otherwise``: the language of a text that is too short to tell."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """The model's name for people."""
        ...

    @property
    def fingerprint(self) -> str:
        """``sha256:…`` over everything that makes two vectors comparable: the model's content and the prefixes."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    @property
    def window_tokens(self) -> int:
        """How many tokens of the model one text may have, its own prefix and special tokens already taken off."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without prefix and special tokens. May overestimate, never underestimate."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) float32, L2-normalised, in the order given. Raises EmbedderError."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """(dimensions,) float32, L2-normalised. Raises EmbedderError."""
        ...


@dataclass(frozen=True, slots=True)
class IndexHit:
    """A chunk that an index returned. ``score`` is higher for better.

    For vectors it is the cosine. For words it is the share of what a chunk could at most score for this question by BM25: about 1 when
    everything that was asked for stands in it, whatever else its index holds.
    """

    chunk_id: str
    score: float


@dataclass(frozen=True, slots=True)
class WordEntry:
    """What the word index is given of a chunk; it keeps postings, never the text."""

    chunk_id: str
    title: str
    headings: tuple[str, ...]
    text: str
    language: str = ""


class VectorIndex(Protocol):
    """Nearest chunks by cosine, of one space and one generation, in one folder of its own."""

    def add(self, chunk_ids: Sequence[str], windows: Sequence[int], vectors: Vectors) -> None:
        """Add or replace; ``windows`` number the vectors of one chunk from 0. Durable on return. Raises IndexBroken."""
        ...

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Take out every window of these chunks; unknown ones are passed over. Raises IndexBroken."""
        ...

    def search(self, vector: Vectors, k: int) -> list[IndexHit]:
        """At most ``k`` distinct chunks, best window of each, best first. Raises IndexBroken."""
        ...

    def count(self) -> int:
        """How many vectors it holds. Raises IndexBroken."""
        ...

    def close(self) -> None:
        """Give back memory, threads and files. Twice is allowed."""
        ...


class WordIndex(Protocol):
    """Best chunks by BM25, of one space and one generation, in one folder of its own."""

    def add(self, entries: Sequence[WordEntry]) -> None:
        """Add or replace. Durable and visible on return. Raises IndexBroken."""
        ...

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Take out these chunks; unknown ones are passed over. Raises IndexBroken."""
        ...

    def search(self, query: str, language: str, k: int) -> list[IndexHit]:
        """At most ``k`` chunks, best first; any characters may stand in ``query``. Raises IndexBroken."""
        ...

    def languages(self, chunk_ids: Sequence[str]) -> dict[str, str]:
        """The language that each of these chunks was added with; unknown chunks are left out. Raises IndexBroken."""
        ...

    def count(self) -> int:
        """How many chunks it holds. Raises IndexBroken."""
        ...

    def close(self) -> None:
        """Give back memory, threads and files. Twice is allowed."""
        ...


class Reranker(Protocol):
    """Weighs how well each of some texts answers a question, reading question and text together."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score per text, in their order; higher for better, comparable within one call.

        Raises RerankerModelMissing, RerankerBroken.
        """
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt. ``role``: system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class NumberedPassage:
    """A passage as the generator sees it: its number from 1, where it stands, and its text."""

    n: int
    title: str
    section: str | None
    text: str
    table_header: str | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a generator is asked. Models read ``messages``; the extractive one reads ``question`` and ``passages``."""

    question: str
    language: str
    passages: tuple[NumberedPassage, ...]
    messages: tuple[Message, ...] = ()
    max_answer_tokens: int = 512


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Set from another thread to stop a generation at its next piece."""

    event: Event = field(default_factory=Event)

    def cancel(self) -> None:
        """Ask the generation to stop."""
        self.event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked."""
        return self.event.is_set()


class Generator(Protocol):
    """Writes an answer, piece by piece."""

    def info(self) -> GeneratorInfo:
        """Which model will write now, and its window. Raises GeneratorUnavailable, GeneratorModelMissing."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` for the budget of the window. May overestimate, never underestimate by more than a tenth."""
        ...

    def generate(self, request: GenerationRequest, cancellation: Cancellation) -> Iterator[str]:
        """Pieces of the answer as they come; citations as ``[n]``. Stops early, without an error, when cancelled.

        Raises GeneratorUnavailable, GeneratorModelMissing, GeneratorTimeout, GeneratorInterrupted, GeneratorBroken.
        """
        ...
