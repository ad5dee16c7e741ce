"""How long reading takes, by kind of file: an estimate for two cores without a GPU, to plan a night or a weekend with.

The rates are fitted so that the sum over 324 real and made files is right: parsing and chunking in time of the processor, as
``python -m eval.plan_rates`` counts it, and the packaged model's 130 passages a second. One file may take far more or far less:
what an Office file of a megabyte holds, text or pictures, cannot be seen from outside.
"""

from __future__ import annotations

from ingest.plan.kinds import Guess, Kind

CHUNKS_PER_SECOND = 130
"""Passages of 100 words, embedded by the packaged model on two cores."""

_SECONDS_PER_FILE = {Kind.PDF: 0.04, Kind.WORD: 0.05, Kind.SLIDES: 0.05, Kind.SHEET: 0.02, Kind.MAIL: 0.02, Kind.TEXT: 0.04}
_SECONDS_PER_PAGE = {Kind.PDF: 0.08, Kind.SCAN: 3.0, Kind.PICTURE: 3.0}
"""A recognised page took tesseract 2.3 to 3.6 seconds."""

_SECONDS_PER_MEGABYTE = {Kind.TEXT: 9.0, Kind.MAIL: 1.0, Kind.SHEET: 30.0, Kind.WORD: 5.0}
"""Of a mail's megabytes nearly all is attached pictures."""


def seconds_of(guess: Guess, size: int) -> float:
    """Seconds that reading, embedding and indexing one file takes, roughly."""
    megabytes = size / 1_000_000
    return (
        _SECONDS_PER_FILE.get(guess.kind, 0.01)
        + _SECONDS_PER_PAGE.get(guess.kind, 0.0) * guess.pages
        + _SECONDS_PER_MEGABYTE.get(guess.kind, 0.0) * megabytes
    )
