"""Reading, embedding and committing at the same time: order, bounds, and the end."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from ingest.flow import READ_TOGETHER, Flow, FlowStopped, Stages

PATIENCE_SECONDS = 30.0


def no_numbers() -> list[int]:
    return []


@dataclass
class Work:
    """Stages over numbers. What is in ``read_waits`` waits there until it is set; ``broken`` names the stage that breaks."""

    read_waits: dict[int, threading.Event] = field(default_factory=dict)
    broken: str = ""
    shared: Collection[int] = ()
    read: list[list[int]] = field(default_factory=list)
    embedded: list[list[int]] = field(default_factory=list)
    committed: list[int] = field(default_factory=list)
    embedding: threading.Event = field(default_factory=threading.Event)
    embed_waits: threading.Event | None = None
    weight: int = 1

    def flow(self, *, readers: int = 2, most: int = 100, together: int = 10, same_key: bool = False) -> Flow[int, int, list[int], int]:
        stages: Stages[int, int, list[int], int] = Stages(
            key=lambda item: "same" if same_key else item,
            weight=lambda item: self.weight,
            shared=self.shared.__contains__,
            read=self._read,
            read_weight=lambda item: self.weight,
            embed=self._embed,
            commit=self._commit,
        )
        return Flow(stages, readers, most, together)

    def _read(self, items: Sequence[int]) -> Iterator[tuple[int, int]]:
        self._break("read")
        self.read.append(list(items))
        for place, item in enumerate(items):
            if item in self.read_waits:
                assert self.read_waits[item].wait(PATIENCE_SECONDS)
            yield place, item

    def _embed(self, items: Sequence[int]) -> list[int]:
        self._break("embed")
        self.embedding.set()
        if self.embed_waits is not None:
            assert self.embed_waits.wait(PATIENCE_SECONDS)
        self.embedded.append(list(items))
        return list(items)

    def _commit(self, groups: Sequence[list[int]]) -> list[int]:
        self._break("commit")
        ended = [item for group in groups for item in group]
        self.committed += ended
        return ended

    def _break(self, stage: str) -> None:
        if self.broken == stage:
            raise KeyError(stage)


def test_everything_that_arrives_ends_once() -> None:
    work, heard = Work(), no_numbers()
    work.flow().run(range(500), heard.append)
    assert sorted(heard) == sorted(work.committed) == list(range(500))


def test_nothing_at_all_is_no_trouble() -> None:
    work, heard = Work(), no_numbers()
    work.flow().run((), heard.append)
    assert heard == []


def test_what_is_quick_ends_before_what_is_slow_and_came_earlier() -> None:
    slow = threading.Event()
    work, heard = Work(read_waits={0: slow}), no_numbers()

    def hear(item: int) -> None:
        heard.append(item)
        if len(heard) == 9:
            slow.set()

    work.flow().run(range(10), hear)
    assert heard[-1] == 0


def test_the_next_is_read_while_the_one_before_it_is_embedded() -> None:
    work = Work(embed_waits=threading.Event())

    def arriving() -> Iterator[int]:
        yield 0
        assert work.embedding.wait(PATIENCE_SECONDS)
        yield 1
        yield 2
        assert work.embed_waits is not None
        work.embed_waits.set()

    heard: list[int] = []
    work.flow().run(arriving(), heard.append)
    assert heard == [0, 1, 2]
    assert work.embedded[0] == [0]


def test_no_more_is_taken_in_than_there_is_room_for() -> None:
    work, heard, most_inside = Work(weight=10), no_numbers(), 0

    def arriving() -> Iterator[int]:
        nonlocal most_inside
        for item in range(50):
            most_inside = max(most_inside, item - len(heard))
            yield item

    work.flow(most=40).run(arriving(), heard.append)
    assert len(heard) == 50
    assert most_inside <= 5, "four inside, and the one that waits at the door"


def test_one_that_is_larger_than_all_room_goes_alone() -> None:
    work, heard = Work(weight=1_000), no_numbers()
    work.flow(most=40).run(range(3), heard.append)
    assert work.embedded == [[0], [1], [2]]


def test_two_of_one_document_end_in_the_order_in_which_they_came() -> None:
    work, heard = Work(), no_numbers()
    work.flow(readers=4, same_key=True).run(range(20), heard.append)
    assert heard == work.committed == list(range(20))


@pytest.mark.parametrize("stage", ["read", "embed", "commit"])
def test_what_breaks_a_stage_is_raised_to_the_caller_and_no_thread_stays(stage: str) -> None:
    before = threading.active_count()
    work, heard = Work(broken=stage), no_numbers()
    with pytest.raises(KeyError, match=stage):
        work.flow().run(range(100), heard.append)
    assert heard == []
    assert work.committed == []
    assert threading.active_count() == before


def test_a_caller_that_stops_ends_the_flow_early() -> None:
    work = Work()

    def hear(item: int) -> None:
        raise KeyboardInterrupt

    flow = work.flow(most=5)
    with pytest.raises(KeyboardInterrupt):
        flow.run(range(1_000), hear)
    assert len(work.committed) < 20
    with pytest.raises(FlowStopped):
        flow.go_on()


def test_items_that_share_and_wait_in_a_row_are_read_in_one_call() -> None:
    gate = threading.Event()
    work, heard = Work(read_waits={0: gate}, shared=range(1, 200)), no_numbers()

    def arriving() -> Iterator[int]:
        for item in range(100):
            yield -1 if item == 50 else item  # one among them that does not share
        gate.set()

    work.flow(readers=1).run(arriving(), heard.append)
    assert sorted(heard) == sorted({-1, *range(100)} - {50})
    assert [0] in work.read
    assert [-1] in work.read
    assert max(map(len, work.read)) == READ_TOGETHER
    assert [item for call in work.read for item in call] == [*range(50), -1, *range(51, 100)], "nothing is passed over"


def test_what_is_read_goes_on_while_the_rest_of_its_call_is_read() -> None:
    slow = threading.Event()
    work, heard = Work(read_waits={0: threading.Event(), 5: slow}, shared=range(10)), no_numbers()

    def arriving() -> Iterator[int]:
        yield from range(10)
        work.read_waits[0].set()

    def hear(item: int) -> None:
        heard.append(item)
        if len(heard) == 5:
            slow.set()

    work.flow(readers=1).run(arriving(), hear)
    assert sorted(heard) == list(range(10))


def test_where_the_time_went_is_counted() -> None:
    work, heard = Work(), no_numbers()
    flow = work.flow()
    flow.run(range(10), heard.append)
    seconds = flow.seconds
    assert 0 < seconds.embedding <= seconds.wall
    assert 0 < seconds.committing <= seconds.wall
    assert seconds.reading > 0
