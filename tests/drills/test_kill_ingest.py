"""kill -9 in random moments of ingest: every document is whole or absent, and what is whole is found."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from kb.authorise import OWNER
from kb.settings import Settings, load_settings
from kb.types import VersionStatus

pytestmark = pytest.mark.slow

KILLS = 20
SECTIONS = 6


def marker(name: str, edition: int, section: int) -> str:
    """A word that stands in one section of one edition of one document and nowhere else."""
    return f"merk{name}x{edition}x{section}"


def write(folder: Path, name: str, edition: int) -> None:
    sections = (f"# Deel {s}\n\nDit deel {s} gaat over {marker(name, edition, s)} en over niets anders.\n" for s in range(SECTIONS))
    (folder / f"{name}.md").write_text("\n".join(sections))


def ingest_and_kill(data_dir: Path, folder: Path, after_seconds: float) -> bool:
    """True when the child was killed before it ended by itself."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.drills.ingest_child", str(data_dir), str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdout is not None
    child.stdout.readline()  # the first file has ended: from here on the ledger, the originals and the indexes are being written
    try:
        child.wait(after_seconds)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.wait()
    child.stdout.close()
    return child.returncode == -signal.SIGKILL


def check(kennisbank: Kennisbank, editions: dict[str, int]) -> int:
    """Every document is whole or absent, also in the indexes; returns how many are whole."""
    operations = kennisbank.operations(OWNER)
    documents = {document.source.removesuffix(".md"): document for document in operations.documents()}
    with kennisbank.ledger.reading() as tx:
        space = tx.spaces.named("algemeen").id
        assert tx.audit.first_broken() is None
        version_ids = tx.documents.version_ids()
    assert {path.name for path in kennisbank.directory.originals.iterdir()} == version_ids
    for name, document in documents.items():
        assert document.status is VersionStatus.READY
        assert document.chunks == SECTIONS
        text = operations.document_text(document.id)
        edition = next(e for e in range(editions[name] + 1) if marker(name, e, 0) in text.sections[1].text)
        for section in range(SECTIONS):
            word = marker(name, edition, section)
            best = kennisbank.retriever.retrieve(word, [space], "nl", 1)[0]
            assert word in best.text, f"{word} is not found"
    live = kennisbank.indexes.states()[0]
    assert live.behind == 0
    assert live.chunks == len(documents) * SECTIONS
    return len(documents)


def restarted(settings: Settings, editions: dict[str, int]) -> int:
    with open_kennisbank(settings, role="command") as kennisbank:
        kennisbank.pipeline.resume()
        return check(kennisbank, editions)


def test_every_document_is_whole_or_absent_after_each_kill(tmp_path: Path) -> None:
    chance = random.Random(20)
    data_dir, folder = tmp_path / "var", tmp_path / "files"
    folder.mkdir()
    settings = load_settings(data_dir, embedding={"backend": "hashing"}, generation={"backend": "extractive"})
    init_directory(settings, "algemeen")
    editions: dict[str, int] = {}
    killed = attempts = 0
    longest = 2.0
    while killed < KILLS:
        attempts += 1
        assert attempts < KILLS * 4, "the children end before they can be killed"
        for number in range(20):
            name = f"n{attempts}z{number}"
            editions[name] = 0
            write(folder, name, 0)
        for name in chance.sample(sorted(editions), 10):
            editions[name] += 1
            write(folder, name, editions[name])
        started = time.monotonic()
        if ingest_and_kill(data_dir, folder, chance.uniform(0, longest)):
            killed += 1
        else:
            longest = max(0.2, 0.8 * (time.monotonic() - started))
        restarted(settings, editions)
    # In the end a run that nobody kills takes in everything that is left.
    assert not ingest_and_kill(data_dir, folder, 600)
    assert restarted(settings, editions) == len(editions)
