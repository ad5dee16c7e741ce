"""How long reading takes, by kind of file: an estimate for two cores without a GPU, to plan a night or a weekend with."""

from __future__ import annotations

from ingest.plan.kinds import Guess, Kind

_SECONDS_PER_FILE = {Kind.PDF: 0.05, Kind.WORD: 0.3, Kind.SLIDES: 0.3, Kind.SHEET: 0.3, Kind.MAIL: 0.1, Kind.TEXT: 0.05}
_SECONDS_PER_PAGE = {Kind.PDF: 0.03, Kind.SCAN: 3.0, Kind.PICTURE: 3.0}
_SECONDS_PER_MEGABYTE = {Kind.TEXT: 13.0, Kind.MAIL: 1.0, Kind.SHEET: 10.0, Kind.WORD: 2.0, Kind.SLIDES: 0.5}
"""From what was measured (130 passages of 100 words a second through the packaged model) and from what is assumed: 600 bytes of text to
a passage, three seconds to recognise a page, Office files that are mostly pictures and packing."""


def seconds_of(guess: Guess, size: int) -> float:
    """Seconds that reading, embedding and indexing one file takes, roughly."""
    megabytes = size / 1_000_000
    return (
        _SECONDS_PER_FILE.get(guess.kind, 0.01)
        + _SECONDS_PER_PAGE.get(guess.kind, 0.0) * guess.pages
        + _SECONDS_PER_MEGABYTE.get(guess.kind, 0.0) * megabytes
    )
