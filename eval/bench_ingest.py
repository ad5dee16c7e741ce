"""`kb bench ingest`: how fast passages become searchable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.bench_set import BenchSet
from eval.benched import BenchedOperations, Heard, Ingested, ingest_corpus


@dataclass(frozen=True, slots=True)
class IngestFigures:
    """Passages taken in, and how fast: from the first byte read until the indexes hold the last chunk."""

    passages: int
    chunks: int
    failed: int
    seconds: float

    def contract(self) -> dict[str, float | int]:
        """The keys of `kb bench ingest --json`."""
        return {
            "passages": self.passages,
            "chunks": self.chunks,
            "failed": self.failed,
            "seconds": round(self.seconds, 3),
            "passages_per_second": round(self.passages / self.seconds, 2) if self.seconds else 0.0,
        }


def run_ingest(operations: BenchedOperations, bench_set: BenchSet, heard: Heard = lambda: None) -> dict[str, IngestFigures]:
    """Ingest the corpus, one language after another. Figures per language of the passages."""
    figures = {}
    for lang in sorted({passage.lang for passage in bench_set.passages}):
        passages = [passage for passage in bench_set.passages if passage.lang == lang]
        figures[lang] = _figures(ingest_corpus(operations, passages, heard))
    return figures


def ingest_contract(languages: dict[str, IngestFigures]) -> dict[str, object]:
    """``{"all": figures, "languages": {code: figures}}``."""
    return {"all": _sum(list(languages.values())).contract(), "languages": {lang: one.contract() for lang, one in languages.items()}}


def _figures(ingested: Ingested) -> IngestFigures:
    return IngestFigures(ingested.passages, ingested.chunks, ingested.failed, ingested.seconds)


def _sum(figures: Sequence[IngestFigures]) -> IngestFigures:
    return IngestFigures(
        sum(one.passages for one in figures),
        sum(one.chunks for one in figures),
        sum(one.failed for one in figures),
        sum(one.seconds for one in figures),
    )
