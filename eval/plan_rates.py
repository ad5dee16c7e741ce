"""What a plan's estimate rests on: ``python -m eval.plan_rates DIR`` reads the files in DIR and prints, per kind, what they took
beside what `ingest.plan.estimate` says.

Counted is the time of the processor, which other work on the machine does not change: parsing and chunking, and the embedding of
the chunks at the speed of the packaged model on two cores. Pages that need recognition are left out; they are measured by
themselves, by the clock.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.chunk import HeadingChunker
from ingest.normalise import normalise
from ingest.parse import FileParser
from ingest.parse.limits import Limits
from ingest.plan.estimate import CHUNKS_PER_SECOND, seconds_of
from ingest.plan.kinds import HEAD_BYTES, Guess, Kind, kind_of_head
from kb.search.hashing_embedder import HashingEmbedder
from kb.types import ParsedFile


@dataclass(frozen=True, slots=True)
class Measured:
    """One file: what the plan takes it for, its size, and the seconds that it took."""

    guess: Guess
    size_bytes: int
    seconds: float


def measured(folder: Path) -> Iterator[Measured]:
    """Every file in ``folder`` that can be read without recognition."""
    parser, chunker, embedder = FileParser(limits=Limits(ocr_pages=0)), HeadingChunker(), HashingEmbedder()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        data = path.read_bytes()
        guess = kind_of_head(data[:HEAD_BYTES], path.name, len(data))
        started = time.process_time()
        parsed = parser.parse(data, path.name)
        if not isinstance(parsed, ParsedFile) or guess.needs_ocr or "recognition_stopped" in parsed.warnings:
            continue
        chunks = chunker.chunk(normalise(parsed.elements), parsed.title or path.name, embedder)
        seconds = time.process_time() - started
        yield Measured(guess, len(data), seconds + len(chunks) / CHUNKS_PER_SECOND)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each kind."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    by_kind: dict[Kind, list[Measured]] = defaultdict(list)
    for file in measured(options.parse_args(arguments).folder):
        by_kind[file.guess.kind].append(file)
    for kind, files in sorted(by_kind.items()):
        took, said = sum(file.seconds for file in files), sum(seconds_of(file.guess, file.size_bytes) for file in files)
        pages, megabytes = sum(file.guess.pages for file in files), sum(file.size_bytes for file in files) / 1e6
        line = f"{kind:8} {len(files):4} files {pages:5} pages {megabytes:7.1f} MB  took {took:7.1f} s, estimated {said:7.1f} s\n"
        sys.stdout.write(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
