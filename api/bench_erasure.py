"""Part of `python -m api.bench_suite privacy`: a request is executed and verified in a large ledger while people go on asking.

Everything is the product's own: office, steps, indexes, scan. Texts are synthetic and vectors are spread around real ones, so that
preparing takes minutes; the person stands in one chunk of a thousand of one space, whose originals are there to be rewritten.
"""

from __future__ import annotations

import resource
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from api.bootstrap import Kennisbank
from eval.bench_speed import SpeedLine, Target
from eval.bench_tables import Screen
from eval.synthetic import synthetic_questions
from kb.authorise import OWNER
from kb.originals import Originals
from kb.privacy.shown import NewRequest, ReviewOrder
from kb.privacy.types import Decision, IdentifierKind, RequestKind, Subject

QUESTIONS = 30
SECONDS = 60.0
SLOWER = 2.0
_APART = ("vacuum", "scan")
"""Steps whose cost follows the whole directory and not the space."""


@dataclass
class Asking:
    """Somebody who asks one question after the other, and how long each took."""

    kennisbank: Kennisbank
    questions: Sequence[str]
    milliseconds: list[float] = field(default_factory=list)

    def one(self, number: int) -> None:
        """Ask one, to the end of its answer."""
        started = time.perf_counter()
        for _ in self.kennisbank.operations(OWNER).ask(self.questions[number % len(self.questions)]):
            pass
        self.milliseconds.append(1000 * (time.perf_counter() - started))

    @contextmanager
    def meanwhile(self) -> Iterator[None]:
        """Ask in a thread until the block ends."""
        over = threading.Event()

        def ask() -> None:
            number = 0
            while not over.is_set():
                self.one(number)
                number += 1

        thread = threading.Thread(target=ask, name="asking")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def measure_execution(kennisbank: Kennisbank, person: Subject, chunks: int, screen: Screen) -> list[SpeedLine]:
    """Answer an erasure request of ``person`` from request to verification, and say how long what took."""
    put_originals(kennisbank, person)
    for space in kennisbank.operations(OWNER).spaces():
        kennisbank.indexes.catch_up(space.id)
    questions = [question.text for question in synthetic_questions(QUESTIONS, seed=11)]
    for number in range(5):
        Asking(kennisbank, questions).one(number)
    before = Asking(kennisbank, questions)
    for number in range(QUESTIONS):
        before.one(number)

    privacy = kennisbank.operations(OWNER).privacy
    request = privacy.request(NewRequest(RequestKind.ERASURE, person.identifiers, "17(1)(a)")).request_id
    privacy.confirm(request, "known-address")
    hits = privacy.find(request).hits
    privacy.review(request, ReviewOrder(Decision.REDACT, everything=True))
    privacy.approve(request)
    during = Asking(kennisbank, questions)
    steps: list[tuple[str, float, float]] = []
    started, cpu = time.perf_counter(), _cpu_seconds()
    with during.meanwhile():
        privacy.execute(request, lambda step: steps.append((step, time.perf_counter(), _cpu_seconds())))
        executed = time.perf_counter()
        seen = privacy.verify(request)
        ended, cpu_ended = time.perf_counter(), _cpu_seconds()
    if not seen.clean:
        raise RuntimeError(f"{len(seen.residue)} places were left: {seen.residue[:3]}")
    usual, slowed = statistics.median(before.milliseconds), statistics.median(during.milliseconds)
    took = _durations([("", started, cpu), *steps])
    apart = sum(took[step][0] for step in _APART)
    what = f"{len(hits)} hits in one of {len(kennisbank.operations(OWNER).spaces())} spaces, {chunks} chunks"
    lines = [
        SpeedLine(f"executed, scan included: {what}", "s", executed - started, Target("figure", "at most", SECONDS)),
        SpeedLine("  of that: what follows the space (without vacuum and scan)", "s", executed - started - apart),
        *(
            SpeedLine(f"  of that: {step} ({used:.1f} s of CPU, questions included)", "s", seconds)
            for step, (seconds, used) in took.items()
            if seconds >= 0.1
        ),
        SpeedLine("verified once more (the scan alone)", "s", ended - executed),
        SpeedLine("  CPU of the process and its children meanwhile, questions included", "s", cpu_ended - cpu),
        SpeedLine(f"a whole question before it ({len(before.milliseconds)})", "ms", usual),
        SpeedLine(f"a whole question meanwhile ({len(during.milliseconds)})", "ms", slowed),
        SpeedLine("  times as slow", "×", slowed / usual, Target("figure", "at most", SLOWER)),
    ]
    for line in lines:
        screen.say("  " + " · ".join(cell for cell in line.cells() if cell not in ("", "–")))
    return lines


def put_originals(kennisbank: Kennisbank, person: Subject) -> None:
    """Give the documents that name the person the text files that they would have come from."""
    from kb.privacy.find import Finder

    versions = {hit.version_id for hit in Finder(kennisbank.ledger).find(person).hits}
    with kennisbank.ledger.reading() as tx:
        texts = {version: tx.erasing.text(version) for version in versions if version is not None}
    Originals(kennisbank.directory.originals).put_all({version: text.encode() for version, text in texts.items() if text is not None})


def person_of(name: str, email: str) -> Subject:
    """Somebody with a name and an address."""
    from kb.privacy.identifiers import identifier, subject

    return subject([identifier(IdentifierKind.NAME, name), identifier(IdentifierKind.EMAIL, email)])


def _durations(moments: Sequence[tuple[str, float, float]]) -> dict[str, tuple[float, float]]:
    """Seconds and CPU seconds of each step, from the moments at which each was done."""
    return {step: (at - before, cpu - cpu_before) for (_, before, cpu_before), (step, at, cpu) in pairwise(moments)}


def _cpu_seconds() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
