"""`python -m api.bench_suite privacy`: how long it takes to find a person in a large ledger, and to erase one.

Texts are synthetic, a name stands in one of a thousand; ledger, register and matching are the real ones. Vectors are spread around
real ones.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from api.bench_erasure import measure_execution, person_of
from api.bootstrap import Kennisbank
from api.temporary_kennisbank import temporary_kennisbank
from eval.bench_speed import COLUMNS, SpeedLine, Target
from eval.bench_tables import Screen
from eval.benchmarks_page import circumstances, markdown_table, write_section
from eval.prepared_corpus import fill_ledger
from eval.synthetic import SyntheticText, spread_vectors, synthetic_passages
from kb.clock import SystemClock
from kb.privacy.find import Finder
from kb.privacy.identifiers import identifier, subject
from kb.privacy.types import How, IdentifierKind, Subject
from kb.settings import Settings

CHUNKS = 100_000
SPACES = 5
REPEATS = 5
ONE_IN = 1_000
CENTRES = 100
ERASED_NAME, ERASED_EMAIL = "Xandrine Quist", "x.quist@bedrijf.example"
ERASED = person_of(ERASED_NAME, ERASED_EMAIL)
NOTATIONS = ("Jan de Vries", "J. de Vries", "De Vries, Jan", "dhr. De Vries", "j.devries@bedrijf.example", "06-0000 1234")

_K = IdentifierKind
PEOPLE: Sequence[tuple[str, Subject]] = (
    (
        "a name, an address, a telephone number and a number",
        subject(
            [
                identifier(_K.NAME, "Jan de Vries"),
                identifier(_K.EMAIL, "j.devries@bedrijf.example"),
                identifier(_K.PHONE, "06-0000 1234"),
                identifier(_K.NUMBER, "P-0137"),
            ]
        ),
    ),
    ("a name that is a common word", subject([identifier(_K.NAME, "Sanne Post")])),
    ("a thousand numbers", subject([identifier(_K.NUMBER, f"KL-{number:06}") for number in range(1_000)])),
)


def run_privacy_bench(screen: Screen, settings: Settings, folder: Path, chunks: int, page: Path | None) -> None:
    """Measure, print, and write into ``page`` where one is given."""
    command = "python -m api.bench_suite privacy" + ("" if chunks == CHUNKS else f" --chunks {chunks}: not to be quoted")
    here = circumstances(SystemClock().now(), command)
    screen.say(here.line())
    with temporary_kennisbank(settings, folder / "privacy") as kennisbank:
        screen.say(f"Preparing {chunks} chunks in {SPACES} spaces …")
        fill(kennisbank, chunks)
        lines = [_measured(kennisbank, what, person, chunks, screen) for what, person in PEOPLE]
        screen.say("Building the indexes, asking, erasing …")
        lines += measure_execution(kennisbank, ERASED, chunks, screen)
    cells = [line.cells() for line in lines]
    screen.table(COLUMNS, cells)
    if page is not None:
        write_section(page, "Finding and erasing a person", f"{here.line()}\n\n{markdown_table(COLUMNS, cells)}")


def fill(kennisbank: Kennisbank, chunks: int) -> None:
    """Spread ``chunks`` synthetic passages over SPACES spaces, the person in one of ONE_IN of them; who is erased is in the last alone."""
    fingerprint = kennisbank.embedders.fingerprint()
    each = chunks // SPACES
    centres = kennisbank.embedders.current().embed_passages([passage.text for passage in synthetic_passages(CENTRES, seed=99)])
    for space_number in range(SPACES):
        with kennisbank.ledger.writing() as tx:
            space = tx.spaces.add(f"ruimte {space_number + 1}")
        passages = [
            _planted(passage, number, last=space_number + 1 == SPACES) if number % ONE_IN == 0 else passage
            for number, passage in enumerate(synthetic_passages(each, seed=space_number))
        ]
        fill_ledger(kennisbank.ledger, space, fingerprint, passages, spread_vectors(centres, each, seed=space_number))


def _planted(passage: SyntheticText, number: int, *, last: bool) -> SyntheticText:
    erased = f" Bel {ERASED_NAME} of mail {ERASED_EMAIL}." if last else ""
    return SyntheticText(f"{passage.text} Aldus {NOTATIONS[number // ONE_IN % len(NOTATIONS)]}.{erased}", passage.lang)


def _measured(kennisbank: Kennisbank, what: str, person: Subject, chunks: int, screen: Screen) -> SpeedLine:
    finder = Finder(kennisbank.ledger)
    started = time.process_time()
    found = [finder.find(person) for _ in range(REPEATS)]
    cpu = (time.process_time() - started) / REPEATS
    sure = sum(hit.how in (How.EXACT, How.NORMALISED) for hit in found[0].hits)
    name = f"find by {what}, {chunks} chunks: {len(found[0].hits)} hits, {sure} sure ({cpu:.2f} s of CPU)"
    line = SpeedLine(name, "s", statistics.median(one.seconds for one in found), Target("figure", "at most", 2.0))
    screen.say("  " + " · ".join(cell for cell in line.cells() if cell not in ("", "–")))
    return line
