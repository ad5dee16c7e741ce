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
    assert arrivals.place(arrival(1, "b.md", b"one")) == first.without_bytes()


def test_a_document_whose_own_bytes_come_again_is_itself_whoever_else_has_them() -> None:
    itself = known("b.md", b"one")
    arrivals = Arrivals([known("a.md", b"one"), itself])

    assert arrivals.place(arrival(0, "b.md", b"one")) == itself


def test_a_source_that_brings_its_bytes_twice_is_its_own_arrival_whoever_else_brought_them() -> None:
    arrivals = Arrivals([known("b.md", b"zero")])
    first = arrival(0, "a.md", b"one")
    assert arrivals.place(first) is None
    assert arrivals.place(arrival(1, "b.md", b"one")) is None

    assert arrivals.place(arrival(2, "a.md", b"one")) == first.without_bytes()


def test_nothing_that_is_remembered_holds_bytes() -> None:
    arrivals = Arrivals([])
    arrivals.place(arrival(0, "a.md", b"one"))
    arrivals.place(arrival(1, "b.md", b"one"))
    same = arrivals.place(arrival(2, "c.md", b"one"))
    arrivals.place(arrival(3, "a.md", b"two"))

    assert isinstance(same, Arrival)
    assert [one.upload.data for one in [same, *arrivals.forsaken()]] == [b"", b"", b""]


def test_an_upload_that_was_a_document_is_forsaken_when_that_document_says_something_else() -> None:
    arrivals = Arrivals([known("z.md", b"one")])
    leaning = arrival(0, "b.md", b"one")
    arrivals.place(leaning)
    assert arrivals.forsaken() == []

    arrivals.place(arrival(1, "z.md", b"two"))

    assert arrivals.forsaken() == [leaning.without_bytes()]
    assert arrivals.forsaken() == []
    assert arrivals.place(leaning) is None


def test_an_upload_that_repeated_an_earlier_one_is_forsaken_when_that_source_brings_something_else() -> None:
    arrivals = Arrivals([])
    arrivals.place(arrival(0, "a.md", b"one"))
    leaning = arrival(1, "b.md", b"one")
    arrivals.place(leaning)

    arrivals.place(arrival(2, "a.md", b"two"))

    assert arrivals.forsaken() == [leaning.without_bytes()]


def test_of_several_that_are_forsaken_one_is_taken_in_and_the_others_are_that_one() -> None:
    arrivals = Arrivals([known("z.md", b"one")])
    arrivals.place(arrival(0, "b.md", b"one"))
    arrivals.place(arrival(1, "c.md", b"one"))
    arrivals.place(arrival(2, "z.md", b"two"))

    first, second = arrivals.forsaken()

    assert arrivals.place(first) is None
    assert arrivals.place(second) == first


def test_an_upload_whose_source_has_brought_other_bytes_since_is_not_forsaken() -> None:
    arrivals = Arrivals([known("z.md", b"one")])
    arrivals.place(arrival(0, "b.md", b"one"))
    arrivals.place(arrival(1, "z.md", b"two"))
    arrivals.place(arrival(2, "b.md", b"three"))

    assert arrivals.forsaken() == []
