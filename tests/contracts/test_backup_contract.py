"""What `api.backup_operations.BackupOperations` promises, held in this process and by the client over a real server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.backup_operations import BackupOperations
from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from api.client import HttpOperations
from api.operations import DEFAULT_SPACE, Operations
from kb.authorise import ANONYMOUS, OWNER, Actor
from kb.errors import BackupDamaged, BackupInside, BackupNotFound, BackupUnreadable, InvalidRequest, NotPermitted
from kb.settings import load_settings
from kb.types import Done, Upload
from tests.service import serving

As = Callable[[Actor], Operations]
KEYS = Upload("sleutels.txt", b"Sleutels\n\nDe sleutel van de fietsenstalling hangt achter de balie.\n")
QUESTION = "Waar hangt de sleutel van de fietsenstalling?"


@pytest.fixture(params=["in_process", "http"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[As, Kennisbank]]:
    """The operations of a Kennisbank of one document, as an actor may use them."""
    settings = load_settings(tmp_path / "data", embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    init_directory(settings, DEFAULT_SPACE)
    with ExitStack() as stack:
        kennisbank = stack.enter_context(open_kennisbank(settings, role="command"))
        kennisbank.operations(OWNER).ingest([KEYS])
        if request.param == "in_process":
            yield kennisbank.operations, kennisbank
            return
        url = stack.enter_context(serving(kennisbank))

        def over_http(actor: Actor) -> Operations:
            return stack.enter_context(HttpOperations(url, kennisbank.owner_token if actor == OWNER else None))

        yield over_http, kennisbank


@pytest.fixture
def backups(world: tuple[As, Kennisbank]) -> BackupOperations:
    return world[0](OWNER).backups


def test_what_is_made_is_listed_and_found_whole(backups: BackupOperations, tmp_path: Path) -> None:
    (made,) = backups.create([tmp_path / "disk"])

    assert Path(made.path).stat().st_size == made.bytes
    assert (made.recovery_key or "").startswith("AGE-SECRET-KEY-")
    assert backups.create([tmp_path / "disk"])[0].recovery_key is None, "it is shown once"
    assert next(one.name for one in backups.all()) == made.name
    whole = backups.verify(made.name)
    assert (whole.files, whole.bytes, whole.expires_on) == (made.files, made.bytes, made.expires_on)
    assert backups.verify(made.path).name == made.name
    assert [one.verified_at is not None for one in backups.all()] == [True, False]


def test_what_is_wrong_with_a_backup_is_said_by_its_own_error(backups: BackupOperations, tmp_path: Path) -> None:
    (made,) = backups.create([tmp_path / "disk"])
    Path(made.path).write_bytes(Path(made.path).read_bytes()[:-40])

    with pytest.raises((BackupUnreadable, BackupDamaged)):
        backups.verify(made.name)
    with pytest.raises(BackupNotFound):
        backups.verify("nergens")
    with pytest.raises(BackupInside):
        backups.create([tmp_path / "data" / "kopie"])
    with pytest.raises(InvalidRequest):
        backups.create()
    with pytest.raises(InvalidRequest, match="--to"):
        backups.create([Path("hier")])


def test_the_owner_alone_may(world: tuple[As, Kennisbank], tmp_path: Path) -> None:
    theirs = world[0](ANONYMOUS).backups

    for act in (theirs.all, lambda: theirs.create([tmp_path / "disk"]), lambda: theirs.verify("een")):
        with pytest.raises(NotPermitted):
            act()
    assert not (tmp_path / "disk").exists()


def test_a_backup_waits_for_an_erasure_while_questions_go_on(world: tuple[As, Kennisbank], tmp_path: Path) -> None:
    act_as, kennisbank = world
    made: list[object] = []
    owner = act_as(OWNER)
    making = threading.Thread(target=lambda: made.extend(owner.backups.create([tmp_path / "disk"])))

    with kennisbank.keeping.turn:  # as an execution holds it
        making.start()
        *_, last = act_as(ANONYMOUS).ask(QUESTION)
        making.join(0.3)
        assert not made, "a backup beside an erasure could hold who is erased"
        assert not list((tmp_path / "disk").glob("*.age"))
    making.join(30)

    assert isinstance(last, Done)
    assert len(made) == 1
