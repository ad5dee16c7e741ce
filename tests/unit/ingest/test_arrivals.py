"""What is there already, what came a moment ago, what is new."""

from __future__ import annotations

import hashlib

from ingest.arrivals import Arrival, Arrivals
from kb.ledger.documents import KnownFile
from kb.types import Upload, VersionStatus


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def known(source: str, data: bytes) -> KnownFile:
    return KnownFile(f"id of {source}", source, sha256(data), VersionStatus.READY, None, None, 1, "nl")


def arrival(number: int, source: str, data: bytes) -> Arrival:
    return Arrival(number, Upload(source, data), sha256(data))


def test_the_bytes_of_a_ready_document_are_that_document() -> None:
    there = known("a.md", b"one")

    assert Arrivals([there]).place(arrival(0, "b.md", b"one")) == there


def test_bytes_that_a_document_has_just_lost_are_those_of_another_that_still_has_them() -> None:
    still = known("a.md", b"one")
    arrivals = Arrivals([still, known("b.md", b"one")])

    assert arrivals.place(arrival(0, "b.md", b"two")) is None
    assert arrivals.place(arrival(1, "c.md", b"one")) == still


def test_bytes_that_no_document_has_any_more_are_new() -> None:
    arrivals = Arrivals([known("b.md", b"one")])

    assert arrivals.place(arrival(0, "b.md", b"two")) is None
    assert arrivals.place(arrival(1, "c.md", b"one")) is None


def test_bytes_that_came_a_moment_ago_are_the_file_that_brought_them() -> None:
    arrivals = Arrivals([])
    first = arrival(0, "a.md", b"one")

    assert arrivals.place(first) is None
    assert arrivals.place(arrival(1, "b.md", b"one")) == first
