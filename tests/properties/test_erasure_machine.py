"""Add, ask, erase, redact, keep, restrict, back up, restore, upload again, kill, let time pass, in any order: an erased person is in no
byte, everything else is there and found, the audit chain is valid.

Real SQLite, Chroma and tantivy, through the office and the operations that the commands use. A kill is as in ``test_ingest_machine``.
"""

from __future__ import annotations

import copy
import itertools
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from api.bootstrap import Kennisbank, init_directory, open_kennisbank, restore
from api.bootstrap_privacy import PrivacyParts
from ingest.redact.formats import FormatRedactor
from kb.age_files import SealingKey
from kb.authorise import OWNER
from kb.clock import FrozenClock
from kb.data_directory import DataDirectory
from kb.errors import CannotRedact
from kb.ledger.tasks import TaskKind
from kb.privacy.retention import CATEGORIES
from kb.privacy.shown import HitShown, NewRequest, ReviewOrder
from kb.privacy.types import Decision, Field, How, RequestKind, RequestState
from kb.settings import Settings, load_settings
from kb.types import Done, Upload
from tests.properties.crash_points import CrashPoints, Killed
from tests.properties.erasure_texts import EDITIONS, NAMED, PEOPLE, SOURCES, Who, blackened, content, identifiers, left_of, named_in, words
from tests.properties.test_ingest_machine import SPACE, ParserOfThisProcess, profile, secrets

BY = "owner"
TERM = timedelta(days=30)
GROUND = "17(3)(b)"

sources = st.sampled_from(SOURCES)
editions = st.integers(0, EDITIONS - 1)
people = st.integers(0, len(PEOPLE) - 1)
groups: st.SearchStrategy[Who] = st.frozensets(people)
kills = st.none() | st.integers(1, 12) | st.integers(1, 90)


@dataclass
class Document:
    """A document as a person expects it. ``shown``: whom it still names; ``kept``: whom it may go on naming."""

    source: str
    edition: int
    who: Who
    shown: Who
    kept: Who = frozenset()


@dataclass
class Answer:
    question: str
    asked_at: datetime


@dataclass
class Truth:
    """What should be there. ``hidden``: by request, the documents and answers that nobody may see for now."""

    documents: dict[str, Document] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    hidden: dict[str, set[str]] = field(default_factory=dict)

    @property
    def unseen(self) -> set[str]:
        return set().union(*self.hidden.values())


@dataclass
class Backup:
    path: Path
    expires_on: date
    truth: Truth
    erasures: int


@dataclass
class Erasure:
    """What a request took away, by id: what a restore must take away again."""

    person: int
    documents: set[str]
    answers: set[str]
    kept: set[str]


class ErasureMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.truth = Truth()
        self.erasures: list[Erasure] = []
        self.backups: list[Backup] = []
        self.nowhere: set[int] = set()
        """People of whom no byte may be left. An officer who lets a file in takes its people out of it."""
        self.clock = FrozenClock()
        self.crash = CrashPoints()
        self.generations = itertools.count()
        self.patches = ExitStack()
        self.patches.enter_context(patch.object(tempfile, "tempdir", None))
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.running = ExitStack()

    @initialize(files=st.lists(st.tuples(editions, groups), min_size=len(SOURCES), max_size=len(SOURCES)))
    def begin(self, files: list[tuple[int, Who]]) -> None:
        """A file at every source, and a backup."""
        self.patches.enter_context(self.crash.laid())
        self.patches.enter_context(patch.object(Kennisbank, "parser", ParserOfThisProcess()))
        self.patches.enter_context(patch.object(PrivacyParts, "redactor", FormatRedactor()))
        self.patches.enter_context(patch("kb.search.health.check_folder", lambda vectors, words: None))
        self.patches.enter_context(patch("api.bootstrap.SystemClock", lambda: self.clock))
        self.home = self.folder / f"{next(self.generations)}"
        init_directory(self._settings(), SPACE)
        self._open()
        for source, (edition, who) in zip(SOURCES, files, strict=True):
            self._add(source, edition, who, None, "reject")
        self.back_up(None)

    def teardown(self) -> None:
        self.running.close()
        self.patches.close()
        shutil.rmtree(self.folder)

    @property
    def suppressed(self) -> set[int]:
        return {one.person for one in self.erasures}

    # --- documents and questions -------------------------------------------------------------------------------------

    @rule(source=sources, edition=editions, who=groups, killed_after=kills)
    def add(self, source: str, edition: int, who: Who, killed_after: int | None) -> None:
        """Who was erased waits for the officer, who does not let in what he need not."""
        self._add(source, edition, who, killed_after, "reject")

    @precondition(lambda self: self.erasures)
    @rule(source=sources, edition=editions, also=groups, killed_after=kills, officer=st.sampled_from(["reject", "redact", "release"]))
    def upload_again(self, source: str, edition: int, also: Who, killed_after: int | None, officer: str) -> None:
        """Somebody who was erased comes in with a file, perhaps the very one."""
        self._add(source, edition, also | {self.erasures[-1].person}, killed_after, officer)

    def _add(self, source: str, edition: int, who: Who, killed_after: int | None, officer: str) -> None:
        if source == NAMED:
            who |= {0}  # a name alone on a file holds nothing back
        data = content(edition, who)
        there = [id_ for id_, one in self.truth.documents.items() if (one.edition, one.who, one.shown) == (edition, who, who)]
        operations = self.kennisbank.operations(OWNER)
        heard: list[str] = []
        if self._lived(lambda: heard.extend(one.status for one in operations.ingest([Upload(source, data)], SPACE).files), killed_after):
            at_source = self._at(source)
            expected = "ready"
            if there and (at_source is None or at_source in there):
                expected = "unchanged"
            elif who & self.suppressed:
                expected = "quarantined"
            assert heard == [expected], (source, edition, who)
        if self._held():
            assert who & self.suppressed
            self._decide(officer)
            if officer == "release":
                self.nowhere -= who
        shown = who - self.suppressed if officer == "redact" else who
        self._adopt(blackened(source, who - shown), edition, who, shown)

    @rule(edition=editions, who=groups, about=st.none() | people, vote=st.booleans(), killed_after=kills)
    def ask(self, edition: int, who: Who, about: int | None, vote: bool, killed_after: int | None) -> None:
        question = f"Wat staat er over {words(edition, who)[-1]}?"
        if about is not None and about not in self.nowhere:
            question = f"Belt {PEOPLE[about][0]} ({PEOPLE[about][1]}) over {words(edition, who)[-1]}?"
        before = self._answers()

        def ask() -> None:
            operations = self.kennisbank.operations(OWNER)
            done = next(event for event in operations.ask(question) if isinstance(event, Done))
            if vote:
                operations.give_feedback(done.answer.answer_id, "down", question)

        self._lived(ask, killed_after)
        for id_ in self._answers() - before:
            self.truth.answers[id_] = Answer(question, self.clock.now())

    @precondition(lambda self: self.truth.documents)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Its text stays until its term is over, and an erasure must reach it."""
        seen = sorted(set(self.truth.documents) - self.truth.unseen, key=lambda one: self.truth.documents[one].source)
        if seen:
            document = data.draw(st.sampled_from(seen))
            self.kennisbank.operations(OWNER).remove_document(document)
            del self.truth.documents[document]

    # --- requests ----------------------------------------------------------------------------------------------------

    @rule(person=people, decisions=st.lists(st.sampled_from([Decision.ERASE, Decision.REDACT]), min_size=1, max_size=6), killed_after=kills)
    def erase(self, person: int, decisions: list[Decision], killed_after: int | None) -> None:
        """Whole documents, or the name alone."""
        self._carry_out(person, decisions, killed_after)

    @rule(person=people, decisions=st.permutations([Decision.ERASE, Decision.REDACT, Decision.KEEP, Decision.KEEP]), killed_after=kills)
    def keep(self, person: int, decisions: list[Decision], killed_after: int | None) -> None:
        """Some of it has to stay, on a ground."""
        self._carry_out(person, decisions, killed_after)

    @rule(person=people, kind=st.sampled_from([RequestKind.RESTRICTION, RequestKind.OBJECTION]))
    def restrict(self, person: int, kind: RequestKind) -> None:
        office = self.kennisbank.privacy.office
        request = office.cases.request(NewRequest(kind, identifiers(person)), BY).request_id
        office.cases.confirm(request, "in-person", BY)
        found = office.search.find(request, BY)
        office.cases.restrict(request, BY)
        sure = [hit for hit in found.hits if hit.how in (How.EXACT, How.NORMALISED)]
        self.truth.hidden[request] = {hit.answer_id or hit.document_id or "" for hit in sure}

    @precondition(lambda self: self.truth.hidden)
    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        """An objection that was weighed and found too light; a restriction ends otherwise."""
        office = self.kennisbank.privacy.office
        request = data.draw(st.sampled_from(list(self.truth.hidden)))
        if office.cases.show(request).state is RequestState.EXECUTED:
            office.cases.refuse(request, "21(1)", "De gronden wegen zwaarder.", BY)
            del self.truth.hidden[request]

    # --- time, backups, death ----------------------------------------------------------------------------------------

    @rule(killed_after=kills)
    def back_up(self, killed_after: int | None) -> None:
        truth, erasures, disk = copy.deepcopy(self.truth), len(self.erasures), self.folder / "disk"

        def create() -> None:
            made = self.kennisbank.keeping.backups.create(disk, BY)
            self.backups.append(Backup(made.path, made.expires_on, truth, erasures))

        self._lived(create, killed_after)

    @precondition(lambda self: self.backups)
    @rule(data=st.data(), killed_after=kills)
    def restore(self, data: st.DataObject, killed_after: int | None) -> None:
        """The data directory is lost; the secrets are not."""
        backup = data.draw(st.sampled_from(self.backups))
        home = self.folder / f"{next(self.generations)}"
        self.running.close()
        shutil.copytree(secrets(self.home), secrets(home))
        target = DataDirectory(home, secrets(home))

        def put_back() -> None:
            done = restore().restore(backup.path, target, SealingKey(target.sealing_key), BY)
            assert not done.for_officer_only

        try:
            with self.crash.killed_after(killed_after):
                put_back()
        except Killed:
            assert not home.exists(), "half a restore lies where a whole one should"
            put_back()
        shutil.rmtree(self.home)
        shutil.rmtree(secrets(self.home))
        self.home = home
        self._open()
        self._decide("reject")
        self._expect(backup)

    @rule(days=st.sampled_from([1, 16, 31]), killed_after=kills)
    def time_passes(self, days: int, killed_after: int | None) -> None:
        self.clock.advance(timedelta(days=days))
        retention = self.kennisbank.keeping.retention
        if not self._lived(lambda: retention.run(CATEGORIES), killed_after):
            self.kennisbank.keeping.retention.run(CATEGORIES)
        old = self.clock.now() - TERM
        gone = {id_ for id_, one in self.truth.answers.items() if one.asked_at < old} - self.truth.unseen
        self.truth.answers = {id_: one for id_, one in self.truth.answers.items() if id_ not in gone}
        self.backups = [one for one in self.backups if one.path.exists()]
        assert all(one.expires_on >= self.clock.now().date() for one in self.backups)

    @rule(killed=st.booleans())
    def restart(self, killed: bool) -> None:
        if killed:
            self._die()
        else:
            self.running.close()
            self._open()

    # --- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def an_erased_person_is_nowhere(self) -> None:
        for person in self.nowhere:
            left = left_of(person, self.home)
            assert left == [], (PEOPLE[person][0], left)

    @invariant()
    def everything_else_is_there(self) -> None:
        operations = self.kennisbank.operations(OWNER)
        assert {one.id: one.source for one in operations.documents()} == {id_: one.source for id_, one in self.truth.documents.items()}
        for id_, one in self.truth.documents.items():
            if id_ not in self.truth.unseen:
                text = "\n".join(section.text for section in operations.document_text(id_).sections)
                assert text.split() == self._text(one).split()
        assert self._answers() == set(self.truth.answers)
        with self.kennisbank.ledger.reading() as tx:
            for id_, answer in self.truth.answers.items():
                assert tx.erasing.value(Field("answers", (id_,), "question")) == answer.question
            assert tx.audit.first_broken() is None
            assert tx.documents.pending() == []
            assert {path.name for path in self.kennisbank.directory.originals.iterdir()} <= tx.documents.version_ids()

    @invariant()
    def what_is_there_is_found_and_nothing_else(self) -> None:
        with self.kennisbank.ledger.reading() as tx:
            space = tx.spaces.named(SPACE).id
        seen = [one for id_, one in self.truth.documents.items() if id_ not in self.truth.unseen]
        texts = {(one.edition, one.who) for one in seen} | {
            (edition, who) for edition in range(EDITIONS) for who in (frozenset({0}), frozenset({0, 1}))
        }
        for edition, who in texts:
            for its in words(edition, who):
                passages = self.kennisbank.retriever.retrieve(its, [space], "nl", 2 * len(SOURCES))
                # Of passages that say the same one is shown.
                assert any(its in passage.text for passage in passages) == any((one.edition, one.who) == (edition, who) for one in seen), (
                    its
                )
        for person in self.nowhere:
            for passage in self.kennisbank.retriever.retrieve(PEOPLE[person][0], [space], "nl"):
                assert person not in named_in(passage.text + passage.document_title)

    @invariant()
    def nothing_is_left_lying_about(self) -> None:
        assert list(self.kennisbank.directory.temporary.iterdir()) == []

    # --- the inside --------------------------------------------------------------------------------------------------

    def _carry_out(self, person: int, decisions: list[Decision], killed_after: int | None) -> None:
        ids = sorted(self.truth.documents, key=lambda one: self.truth.documents[one].source)
        decided = {id_: decisions[number % len(decisions)] for number, id_ in enumerate(ids)}
        office = self.kennisbank.privacy.office
        before = {one.request_id for one in office.cases.requests()}

        def begin() -> None:
            office.cases.request(NewRequest(RequestKind.ERASURE, identifiers(person), "17(1)(a)"), BY)
            self._carry_on(before, decided)

        if not self._lived(begin, killed_after):
            new = {one.request_id for one in self.kennisbank.privacy.office.cases.requests()} - before
            if not new:
                return
            self._carry_on(before, decided)

    def _carry_on(self, before: set[str], decided: dict[str, Decision]) -> None:
        """The newest case, from wherever it is to its end."""
        office = self.kennisbank.privacy.office
        [request] = {one.request_id for one in office.cases.requests()} - before
        while (state := office.cases.show(request).state) is not RequestState.CLOSED:
            match state:
                case RequestState.RECEIVED:
                    office.cases.confirm(request, "in-person", BY)
                case RequestState.IDENTIFIED:
                    office.search.find(request, BY)
                case RequestState.SEARCHED | RequestState.REVIEWED:
                    self._review(request, decided)
                    office.search.approve(request, BY)
                case RequestState.APPROVED | RequestState.EXECUTING:
                    office.execution.execute(request, BY)
                case RequestState.EXECUTED | RequestState.VERIFIED:
                    office.execution.report(request, BY)
                case _:
                    self._learn(request, decided)
                    office.cases.close(request, dossier=False, recipient=None, by=BY)

    def _review(self, request: str, decided: dict[str, Decision]) -> None:
        hits = self.kennisbank.privacy.office.search.hits(request, BY).hits
        until = self.clock.now().date() + timedelta(days=365)
        for decision in Decision:
            ids = tuple(hit.hit_id for hit in hits if decision_on(hit, decided) is decision)
            if ids:
                order = ReviewOrder(decision, hits=ids, ground=GROUND if decision is Decision.KEEP else None, until=until)
                self.kennisbank.privacy.office.search.review(request, order, BY)

    def _learn(self, request: str, decided: dict[str, Decision]) -> None:
        """What has to be true after this execution, from what the officer decided. Done again after a kill it says the same."""
        office = self.kennisbank.privacy.office
        person = next(number for number in range(len(PEOPLE)) if identifiers(number) == office.cases.subject(request, BY))
        hits = office.search.hits(request, BY).hits
        by_decision = {
            decision: {hit.document_id for hit in hits if decision_on(hit, decided) is decision} - {None} for decision in Decision
        }
        naming = {id_ for id_, one in self.truth.documents.items() if person in one.shown}
        touched = set().union(*by_decision.values())
        assert naming <= touched, "a document that names the person was not found"
        erased = {str(id_) for id_ in by_decision[Decision.ERASE]}
        kept = {str(id_) for id_ in by_decision[Decision.KEEP]}
        answers = {hit.answer_id for hit in hits if hit.answer_id is not None and hit.how in (How.EXACT, How.NORMALISED)}
        for id_ in naming:
            one = self.truth.documents[id_]
            if id_ in kept:
                one.kept |= {person}
            elif id_ not in erased:
                one.shown -= {person}
                one.source = blackened(one.source, [person])
        self.truth.documents = {id_: one for id_, one in self.truth.documents.items() if id_ not in erased}
        self.truth.answers = {id_: one for id_, one in self.truth.answers.items() if id_ not in answers}
        self.erasures.append(Erasure(person, erased, {str(one) for one in answers}, kept))
        if kept:
            self.nowhere.discard(person)
        else:
            self.nowhere.add(person)

    def _expect(self, backup: Backup) -> None:
        """What was in the backup, but for what was erased since. A text that names an erased person may also have been set aside."""
        truth = copy.deepcopy(backup.truth)
        since = self.erasures[backup.erasures :]
        listed = {one.id: one.source for one in self.kennisbank.operations(OWNER).documents()}
        for id_, one in list(truth.documents.items()):
            if any(id_ in erasure.documents for erasure in since):
                del truth.documents[id_]
                continue
            gone = {erasure.person for erasure in since if id_ not in erasure.kept} & one.shown
            if gone and id_ not in listed:
                del truth.documents[id_]
            one.shown -= gone
            one.source = blackened(one.source, gone)
            one.kept |= {erasure.person for erasure in since if id_ in erasure.kept}
        erased_answers = set().union(*(erasure.answers for erasure in since))
        truth.answers = {id_: one for id_, one in truth.answers.items() if id_ not in erased_answers}
        self.truth = truth
        legible = set().union(*(one.shown for one in truth.documents.values()))
        self.nowhere = {erasure.person for erasure in self.erasures} - legible

    def _adopt(self, source: str, edition: int, who: Who, shown: Who) -> None:
        """The document that came in at ``source``, if it did."""
        operations = self.kennisbank.operations(OWNER)
        for one in operations.documents():
            if one.source != source or one.id in self.truth.unseen:
                continue
            text = "\n".join(section.text for section in operations.document_text(one.id).sections)
            known = self.truth.documents.get(one.id)
            new = known is None or (known.edition, known.who) != (edition, who)
            if new and all(its in text for its in words(edition, who)):
                self.truth.documents[one.id] = Document(source, edition, who, shown)

    def _text(self, one: Document) -> str:
        return blackened(content(one.edition, one.who).decode().replace("#", " "), one.who - one.shown)

    def _at(self, source: str) -> str | None:
        return next((id_ for id_, one in self.truth.documents.items() if one.source == source), None)

    def _answers(self) -> set[str]:
        with self.kennisbank.ledger.reading() as tx:
            return {place.key[0] for place, _ in tx.personal.fields() if place.store == "answers"}

    def _held(self) -> list[str]:
        with self.kennisbank.ledger.reading() as tx:
            return [task.task_id for task in tx.tasks.open(TaskKind.SUPPRESSED)]

    def _decide(self, outcome: str) -> None:
        while held := self._held():
            for task in held:
                try:
                    self.kennisbank.privacy.office.upkeep.finish_task(task, outcome, OWNER)
                except CannotRedact:  # it is a whole file that was erased
                    self.kennisbank.privacy.office.upkeep.finish_task(task, "reject", OWNER)

    def _settings(self) -> Settings:
        return load_settings(self.home, embedding={"backend": "hashing"}, generation={"backend": "extractive"})

    def _open(self) -> None:
        self.clock.advance(timedelta(seconds=1))
        self.kennisbank = self.running.enter_context(open_kennisbank(self._settings(), role="command"))
        self.kennisbank.pipeline.resume()

    def _lived(self, operation: Callable[[], None], killed_after: int | None) -> bool:
        """Whether the operation ended before the process was killed; if not, a new one has been started."""
        self.clock.advance(timedelta(seconds=1))
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
        for folder, copied in ((old, self.home), (secrets(old), secrets(self.home))):
            shutil.copytree(folder, copied)
        self.running.close()
        shutil.rmtree(old)
        shutil.rmtree(secrets(old))
        self._open()


def decision_on(hit: HitShown, decided: dict[str, Decision]) -> Decision:
    """Answers go whole; what only stands beside the person is somebody else's."""
    if hit.how not in (How.EXACT, How.NORMALISED):
        return Decision.OTHER_PERSON
    if hit.answer_id is not None:
        return Decision.ERASE
    return decided.get(hit.document_id or "", Decision.REDACT)


@pytest.mark.timeout(600)
class TestErasure(ErasureMachine.TestCase):
    settings = profile(examples=5, steps=10)


@pytest.mark.slow
@pytest.mark.timeout(1800)
class TestErasureAtLength(ErasureMachine.TestCase):
    settings = profile(examples=15, steps=20)
