"""Passages that follow one another in one section become one, in the place of the best of them."""

from __future__ import annotations

from dataclasses import replace

from kb.search.neighbours import LONGEST_CHARACTERS, join_neighbours
from kb.types import Passage
from tests.unit.answering.builders import passage

TEXT = "Een aanvraag doe je vooraf.\n\nDat kan tot vier weken van tevoren.\n\nDaarna beslist je leidinggevende."
SECTION = ("Verlof",)


def between(version_id: str, start: int, end: int) -> str:
    assert version_id == "version-a"
    return TEXT[start:end]


def part(first: str, last: str, number: int, **more: object) -> Passage:
    start, end = TEXT.index(first), TEXT.index(last) + len(last)
    made = replace(passage(TEXT[start:end], start=start, headings=SECTION), chunk_id=f"chunk-{number}")
    return replace(made, **more)  # type: ignore[arg-type]


ONE = part("Een", "vooraf.", 1, page=1, score=0.5, similarity=0.3)
TWO = part("Dat", "tevoren.", 2, page=1, score=0.9, similarity=0.2)
THREE = part("Daarna", "leidinggevende.", 3, page=2, score=0.4)


def test_neighbours_are_one_passage_with_the_text_of_the_version_and_the_score_of_the_best() -> None:
    [joined] = join_neighbours([TWO, ONE, THREE], between)

    assert (joined.start, joined.end, joined.text) == (0, len(TEXT), TEXT)
    assert (joined.chunk_id, joined.score, joined.similarity) == ("chunk-2", 0.9, 0.3)


def test_every_character_of_a_joined_passage_keeps_its_page_and_its_chunk() -> None:
    [joined] = join_neighbours([TWO, ONE, THREE], between)

    assert [joined.page_at(offset) for offset in (0, TWO.start, THREE.start, len(TEXT) - 1)] == [1, 1, 2, 2]
    assert [joined.chunk_at(offset) for offset in (0, TWO.start, THREE.start)] == ["chunk-1", "chunk-2", "chunk-3"]
    assert ONE.chunk_at(5) == "chunk-1"


def test_a_joined_passage_stands_where_its_best_part_stood() -> None:
    other = passage("Iets anders.", name="b")

    assert [found.chunk_id for found in join_neighbours([other, THREE, TWO], between)] == ["chunk-b", "chunk-3"]
    assert [found.chunk_id for found in join_neighbours([THREE, other, TWO], between)] == ["chunk-3", "chunk-b"]


def test_only_what_follows_directly_under_the_same_headings_is_joined() -> None:
    elsewhere = replace(TWO, headings=("Ziekte",))
    of_a_table = replace(TWO, table_header="Dag | Uren")
    of_another_version = replace(TWO, version_id="version-b")

    for apart in (elsewhere, of_a_table, of_another_version, THREE):
        assert join_neighbours([ONE, apart], between) == [ONE, apart]


def test_a_passage_does_not_grow_beyond_its_limit() -> None:
    long = replace(TWO, end=TWO.start + LONGEST_CHARACTERS, text="x" * LONGEST_CHARACTERS)

    assert join_neighbours([ONE, long], between) == [ONE, long]
