"""How fast files are read, against unstructured's own ``partition`` over the same files in the same run.

``python -m eval.bench_parse DIR``. Neither side recognises text in pictures or looks for languages; a file that either of them cannot
read is left out. The rival's strategy is ``fast``; PDF it reads only where what that needs is installed (``unstructured-inference``
and more; no dependency of this project).
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.parse import FileParser
from ingest.parse.limits import Limits
from kb.types import ParsedFile

FORMATS = ("pdf", "docx", "pptx", "xlsx", "html", "csv", "eml", "md", "txt")
ROUNDS = 3

Read = Callable[[bytes, str], object]


@dataclass(frozen=True, slots=True)
class Speed:
    """What one format took, in seconds over all its files; ``theirs`` is None where unstructured cannot read it here."""

    format: str
    files: int
    pages: int
    ours_seconds: float
    theirs_seconds: float | None

    @property
    def ratio(self) -> float | None:
        """How many times as fast as unstructured."""
        return self.theirs_seconds / self.ours_seconds if self.theirs_seconds is not None and self.ours_seconds else None


def measured(folder: Path, formats: Sequence[str] = FORMATS) -> Iterable[Speed]:
    """The speed for each format that ``folder`` has files of, the best of three rounds."""
    parser = FileParser(limits=Limits(ocr_pages=0))
    for each in formats:
        speed = _speed(folder, each, parser)
        if speed.files:
            yield speed


def _speed(folder: Path, extension: str, parser: FileParser) -> Speed:
    rival = _partition if extension != "pdf" or _reads_pdf() else None
    pages, readable = 0, []
    for path in sorted(folder.rglob(f"*.{extension}")):
        data = path.read_bytes()
        parsed = parser.parse(data, path.name)
        if isinstance(parsed, ParsedFile) and (rival is None or _reads(rival, data, path.name)):
            pages += parsed.pages or 0
            readable.append((data, path.name))
    rounds = 1 if extension == "pdf" else ROUNDS  # hundreds of pages even out by themselves, and take the rival minutes
    ours = min(_seconds(parser.parse, readable) for _ in range(rounds))
    theirs = min(_seconds(rival, readable) for _ in range(rounds)) if rival else None
    return Speed(extension, len(readable), pages, ours, theirs)


def _seconds(read: Read, files: Sequence[tuple[bytes, str]]) -> float:
    from unstructured.nlp import tokenize

    # It remembers the sentences of every text that it met; nobody reads the same file three times.
    for remembered in (tokenize._process_cached, tokenize._tokenize_for_cache, tokenize.word_tokenize, tokenize.pos_tag):
        getattr(remembered, "cache_clear", lambda: None)()
    started = time.perf_counter()
    for data, name in files:
        read(data, name)
    return time.perf_counter() - started


def _reads_pdf() -> bool:
    try:
        from unstructured.partition import pdf
    except ImportError:
        return False
    return pdf is not None


def _partition(data: bytes, name: str) -> None:
    from ingest.parse.offline import prepare_unstructured

    prepare_unstructured()
    from unstructured.partition.auto import partition

    partition(file=io.BytesIO(data), metadata_filename=name, languages=[""], strategy="fast")


def _reads(read: Read, data: bytes, name: str) -> bool:
    try:
        read(data, name)
    except Exception:  # noqa: BLE001 - whatever a rival raises on a broken file, it is not measured on that one
        return False
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each format."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    for speed in measured(options.parse_args(arguments).folder):
        line = f"{speed.format:5} {speed.files:4} files  {speed.ours_seconds:7.2f} s"
        if speed.pages:
            line += f"  {speed.pages} pages, {speed.pages / speed.ours_seconds:.0f} pages/s"
        if speed.theirs_seconds is not None:
            line += f"  unstructured {speed.theirs_seconds:7.2f} s, {speed.ratio or 0:.2f} times as fast"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
