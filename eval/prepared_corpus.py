"""A large corpus put straight into a ledger, with vectors that were made and not embedded: for measuring at a size that would take
an hour to embed. Ledger and indexes are the real ones; only parser, chunker and model are passed by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice

from eval.synthetic import SyntheticText
from ingest.normalise import normalise
from kb.ledger.documents import NewChunk, ReadVersion
from kb.ledger.ledger import Ledger
from kb.ports import Vectors
from kb.types import ChunkDraft, Element, ElementKind, Space

CHUNKS_PER_DOCUMENT = 50
DOCUMENTS_PER_TRANSACTION = 20


def fill_ledger(ledger: Ledger, space: Space, fingerprint: str, passages: Sequence[SyntheticText], vectors: Vectors) -> int:
    """Write ``passages`` as documents of CHUNKS_PER_DOCUMENT chunks, each with its row of ``vectors``. Returns how many documents.

    ``vectors``: (passages, dimensions) float32, L2-normalised. The indexes are behind until they catch up.
    """
    documents = _documents(passages, vectors, fingerprint)
    written = 0
    while batch := list(islice(documents, DOCUMENTS_PER_TRANSACTION)):
        with ledger.writing() as tx:
            for read in batch:
                name = f"prepared-{written}.txt"
                digest = hashlib.sha256(read.text.text.encode()).hexdigest()
                version = tx.documents.register(space.id, name, name, digest, len(read.text.text), read.media_type)
                tx.documents.complete(version, read)
                written += 1
    return written


def _documents(passages: Sequence[SyntheticText], vectors: Vectors, fingerprint: str) -> Iterator[ReadVersion]:
    for number, first in enumerate(range(0, len(passages), CHUNKS_PER_DOCUMENT), start=1):
        part = passages[first : first + CHUNKS_PER_DOCUMENT]
        text = normalise(Element(ElementKind.PARAGRAPH, passage.text) for passage in part)
        chunks = [
            NewChunk(ChunkDraft(span.start, span.end, None, None, language=passage.lang), vectors[first + place : first + place + 1])
            for place, (span, passage) in enumerate(zip(text.spans, part, strict=True))
        ]
        yield ReadVersion(
            media_type="text/plain",
            title=f"Map {number}",
            text=text,
            strings=(),
            language="nl",
            pages=None,
            pages_with_text=None,
            warnings=(),
            chunks=chunks,
            fingerprint=fingerprint,
            seconds=0.0,
        )
