"""How fast files are read, against unstructured's own ``partition`` over the same files in the same run.

``python -m eval.bench_parse DIR``: PDF in pages per second, other formats as the ratio of the times. Both sides are told not to look
for languages, and both get one file to warm up.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.parse import FileParser
from kb.types import ParsedFile

FORMATS = ("docx", "pptx", "xlsx", "html", "csv", "eml", "md", "txt")
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Speed:
    """What one format took, in seconds over all its files; ``theirs`` is None where unstructured cannot read it here."""

    format: str
    files: int
    pages: int
    ours_seconds: float
    theirs_seconds: float | None


def measured(folder: Path, formats: Sequence[str] = FORMATS) -> list[Speed]:
    """The speed for each format that ``folder`` has files of, the best of three rounds; PDF first."""
    parser = FileParser()
    found = [_speed(folder, "pdf", parser, None)]
    found += [_speed(folder, each, parser, _partition) for each in formats]
    return [speed for speed in found if speed.files]


def _speed(folder: Path, extension: str, parser: FileParser, theirs: Callable[[bytes, str], None] | None) -> Speed:
    pages, readable = 0, []
    for path in sorted(folder.rglob(f"*.{extension}")):
        data = path.read_bytes()
        parsed = parser.parse(data, path.name)
        if isinstance(parsed, ParsedFile) and "recognised" not in parsed.warnings and (theirs is None or _reads(theirs, data, path.name)):
            pages += parsed.pages or 0
            readable.append((data, path.name))
    ours = min(_seconds(parser.parse, readable) for _ in range(ROUNDS))
    other = min(_seconds(theirs, readable) for _ in range(ROUNDS)) if theirs else None
    return Speed(extension, len(readable), pages, ours, other)


def _seconds(read: Callable[[bytes, str], object], files: Sequence[tuple[bytes, str]]) -> float:
    started = time.perf_counter()
    for data, name in files:
        read(data, name)
    return time.perf_counter() - started


def _partition(data: bytes, name: str) -> None:
    from ingest.parse.offline import prepare_unstructured

    prepare_unstructured()
    from unstructured.partition.auto import partition

    partition(file=io.BytesIO(data), metadata_filename=name, languages=[""])


def _reads(read: Callable[[bytes, str], None], data: bytes, name: str) -> bool:
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
        if speed.theirs_seconds is None:
            line += f"  {speed.pages} pages, {speed.pages / max(speed.ours_seconds, 1e-9):.0f} pages/s"
        else:
            line += (
                f"  unstructured {speed.theirs_seconds:7.2f} s, {speed.theirs_seconds / max(speed.ours_seconds, 1e-9):.2f} times as fast"
            )
        sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
