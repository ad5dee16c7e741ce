"""Add, change, move, remove, kill, restart, in any order: ledger, originals and indexes agree; every ready chunk is found by its
own words; nothing else is.

Real SQLite, Chroma and tantivy. A kill is an exception at a boundary of writing, after which this process writes nothing, and a
copy of the directory as it then lies on disk, which is opened as a new process would. (tests/drills kills real processes.)
"""

from __future__ import annotations

import hashlib
import itertools
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from ingest.parse.files import FileParser
from kb.authorise import OWNER
from kb.settings import load_settings
from kb.types import FileResult, Upload, VersionStatus
from tests.properties.crash_points import BOUNDARIES, CrashPoints, Killed

SPACE = "algemeen"
SOURCES = ("a.md", "A.md", "map/a.md", "map/b.md", "Beleid 2024 (3).md", "é🚲.md")
EDITIONS = 8
SECTIONS = 3


class ParserOfThisProcess(FileParser):
    """Markdown needs no sandbox, and tests of it stand elsewhere."""

    threads = 2

    def close(self) -> None: ...


def words(edition: int) -> list[str]:
    """Per section a word that stands there and nowhere else."""
    return [f"merk{edition}x{section}" for section in range(SECTIONS)]


def content(edition: int) -> bytes:
    sections = (f"## Deel {word}\n\nDit deel gaat over {word} en over niets anders.\n" for word in words(edition))
    return "\n".join(["# Nota\n", *sections]).encode()


SHA256 = {hashlib.sha256(content(edition)).hexdigest(): edition for edition in range(EDITIONS)}

sources = st.sampled_from(SOURCES)
editions = st.integers(0, EDITIONS - 1)
kills = st.none() | st.integers(1, 8) | st.integers(1, BOUNDARIES)


def expected(truth: dict[str, int], files: list[tuple[str, int]]) -> dict[str, int]:
    """``truth`` after an ingest of ``files``: what each source said last stands in a document, of its own or with the same text."""
    truth = dict(truth)
    elsewhere: dict[str, int] = {}
    for source, edition in files:
        if source in truth or edition not in truth.values():
            truth[source] = edition
        else:
            elsewhere[source] = edition
        for other, said in elsewhere.items():
            if other not in truth and said not in truth.values():
                truth[other] = said
    return truth


class IngestMachine(RuleBasedStateMachine):
    """``truth`` is what a person expects to find: source to edition."""

    check_indexes_in_a_child = False

    def __init__(self) -> None:
        super().__init__()
        self.truth: dict[str, int] = {}
        self.crash = CrashPoints()
        self.generations = itertools.count()
        self.patches = ExitStack()
        # Opening a Kennisbank moves the temporary folder of the process into its directory.
        self.patches.enter_context(patch.object(tempfile, "tempdir", None))
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.running = ExitStack()

    @initialize()
    def begin(self) -> None:
        self.patches.enter_context(self.crash.laid())
        self.patches.enter_context(patch.object(Kennisbank, "parser", ParserOfThisProcess()))
        if not self.check_indexes_in_a_child:
            self.patches.enter_context(patch("kb.search.health.check_folder", lambda vectors, words: None))
        self.home = self.folder / f"{next(self.generations)}"
        init_directory(self._settings(), SPACE)
        self._open()

    def teardown(self) -> None:
        self.running.close()
        self.patches.close()
        shutil.rmtree(self.folder)

    # --- what happens ------------------------------------------------------------------------------------------------

    @rule(files=st.lists(st.tuples(sources, editions), min_size=1, max_size=4), killed_after=kills)
    def ingest(self, files: list[tuple[str, int]], killed_after: int | None) -> None:
        heard: list[FileResult] = []

        def ingest() -> None:
            uploads = (Upload(source, content(edition)) for source, edition in files)
            report = self.kennisbank.operations(OWNER).ingest(uploads, SPACE, heard.append)
            assert [file.path for file in report.files] == [source for source, _ in files]
            assert {file.status for file in report.files} <= {"ready", "unchanged"}

        before = dict(self.truth)
        if self._lived(ingest, killed_after):
            self.truth = expected(self.truth, files)
            assert len(heard) == len(files)
            return
        found = self._found()
        for source, edition in found.items():
            assert edition == before.get(source) or (source, edition) in files, f"{source} is neither old nor new"
        for source in before:
            assert source in found, f"{source} was lost"
        for result in heard:
            assert result.status == "unchanged" or result.path in found, "what was reported ready is gone"
        self.truth = found

    @precondition(lambda self: self.truth)
    @rule(data=st.data(), killed_after=kills)
    def remove(self, data: st.DataObject, killed_after: int | None) -> None:
        source = data.draw(st.sampled_from(sorted(self.truth)))
        lived = self._lived(lambda: self._remove(source), killed_after)
        if lived or source not in self._found():
            del self.truth[source]

    @precondition(lambda self: self.truth)
    @rule(data=st.data(), to=sources, killed_after=kills)
    def move(self, data: st.DataObject, to: str, killed_after: int | None) -> None:
        """As a folder that is kept in step does it: the same bytes under another source, then without the old one."""
        source = data.draw(st.sampled_from(sorted(self.truth)))
        edition = self.truth[source]
        if to in self.truth:
            return
        if self._lived(lambda: self._remove(source), killed_after):
            del self.truth[source]
            self.ingest([(to, edition)], None)
        elif source not in self._found():
            del self.truth[source]

    @rule()
    def restart(self) -> None:
        self.running.close()
        self._open()

    @rule()
    def kill(self) -> None:
        self._die()

    # --- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def everything_agrees(self) -> None:
        assert self._found() == self.truth
        ledger = self.kennisbank.ledger
        with ledger.reading() as tx:
            space = tx.spaces.named(SPACE).id
            version_ids, chunks = tx.documents.version_ids(), tx.chunks.ids_of_space(space)
            assert tx.audit.first_broken() is None
            assert tx.documents.pending() == []
            expected = tx.chunks.counts(space, self.kennisbank.embedders.fingerprint())
        originals = self.kennisbank.directory.originals
        assert {path.name for path in originals.iterdir()} == version_ids
        assert all(hashlib.sha256(path.read_bytes()).hexdigest() in SHA256 for path in originals.iterdir())
        assert len(chunks) == len(self.truth) * SECTIONS
        with self.kennisbank.indexes.reading(space) as index:
            assert (index.pair.words.count(), index.pair.vectors.count()) == expected
            for edition in range(EDITIONS):
                alive = list(self.truth.values()).count(edition)
                for word in words(edition):
                    hits = [hit.chunk_id for hit in index.pair.words.search(word, "nl", 50)]
                    with ledger.reading() as tx:
                        passages = tx.chunks.passages(hits)
                    assert set(passages) == set(hits), "the index returns what the ledger no longer has"
                    # Words that are alike are found too, by their letters: what counts is where this very word stands.
                    holding = sum(word in passage.text for passage in passages.values())
                    assert holding == alive, f"{word} is found {holding} times, and stands in {alive} documents"
                    retrieved = self.kennisbank.retriever.retrieve(word, [space], "nl", 2 * len(SOURCES))
                    # Documents with the same text are shown as one, with the others as its copies.
                    assert sum(word in one.text for passage in retrieved for one in (passage, *passage.copies)) == alive
                    assert not alive or word in retrieved[0].text
        assert list(self.kennisbank.directory.temporary.iterdir()) == []

    # --- the inside --------------------------------------------------------------------------------------------------

    def _settings(self):  # type: ignore[no-untyped-def]
        return load_settings(self.home, embedding={"backend": "hashing"}, generation={"backend": "extractive"})

    def _open(self) -> None:
        self.kennisbank = self.running.enter_context(open_kennisbank(self._settings(), role="command"))
        self.kennisbank.pipeline.resume()

    def _lived(self, operation: Callable[[], None], killed_after: int | None) -> bool:
        """Whether the operation ended before the process was killed; if not, a new one has been started."""
        try:
            with self.crash.killed_after(killed_after):
                operation()
                return True
        except Killed:
            self._die()
            return False

    def _die(self) -> None:
        """Go on in a copy of the directory as it lies on disk now, as after kill -9."""
        old = self.home
        self.home = self.folder / f"{next(self.generations)}"
        for folder, copy in ((old, self.home), (secrets(old), secrets(self.home))):
            shutil.copytree(folder, copy)
        self.running.close()  # of the old one; nobody reads it any more
        shutil.rmtree(old)
        self._open()

    def _remove(self, source: str) -> None:
        operations = self.kennisbank.operations(OWNER)
        operations.remove_document(next(document.id for document in operations.documents() if document.source == source))

    def _found(self) -> dict[str, int]:
        """Source to edition, as the ledger has it."""
        operations = self.kennisbank.operations(OWNER)
        found = {}
        for document in operations.documents():
            assert document.status is VersionStatus.READY
            assert document.chunks == SECTIONS
            text = "".join(section.text for section in operations.document_text(document.id).sections)
            [edition] = [edition for edition in range(EDITIONS) if all(word in text for word in words(edition))]
            found[document.source] = edition
        return found


def secrets(home: Path) -> Path:
    return home.with_name(home.name + ".secrets")


def profile(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )


class TestIngest(IngestMachine.TestCase):
    settings = profile(examples=8, steps=10)


class LongMachine(IngestMachine):
    check_indexes_in_a_child = True


@pytest.mark.slow
@pytest.mark.timeout(1800)
class TestIngestAtLength(LongMachine.TestCase):
    settings = profile(examples=40, steps=25)
