"""A data directory with a person in every corner, a backup of it and an approved plan; and what must hold once that is carried out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from api.bootstrap import Kennisbank, init_directory, open_kennisbank
from kb.authorise import OWNER
from kb.privacy.residue import scan_here
from kb.settings import Settings, load_settings
from kb.types import Done
from tests.drills.every_byte import left_of
from tests.drills.planted import BYSTANDER, KANTINE, NAME, WHO, decide, uploads
from tests.erasing import Erasure, approved

CORNERS = {"documents", "versions", "version_texts", "file_strings", "answers", "answer_sentences", "feedback", "audit_details"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """``vectors``: those that must go. ``backup`` was made before the erasure and lies in a folder beside the directory."""

    folder: Path
    erasure: Erasure
    vectors: list[bytes]
    backup: Path


def settings_of(folder: Path) -> Settings:
    return load_settings(folder, embedding={"backend": "hashing"}, generation={"backend": "extractive"})


def prepare(folder: Path) -> Prepared:
    settings = settings_of(folder)
    init_directory(settings, "algemeen")
    with open_kennisbank(settings, role="command") as kennisbank:
        operations = kennisbank.operations(OWNER)
        assert operations.ingest(uploads()).ready == len(uploads())
        done = next(event for event in operations.ask(f"Waar woont {NAME}?") if isinstance(event, Done))
        operations.give_feedback(done.answer.answer_id, "down", f"{NAME} is verhuisd")
        with kennisbank.ledger.writing() as tx:
            tx.audit.append("owner", "document.move", "brief", {"why": f"op verzoek van {NAME}"})
        backup = kennisbank.keeping.backups.create(folder.with_name("disk"), "owner").path
        erasure = approved(kennisbank, WHO, decide)
        vectors = list(at_stake(kennisbank, erasure))
    assert {hit.place.field.store for hit in erasure.hits} >= CORNERS
    return Prepared(folder, erasure, vectors, backup)


def at_stake(kennisbank: Kennisbank, erasure: Erasure) -> Iterator[bytes]:
    with kennisbank.ledger.reading() as tx:
        chunks = tx.erasing.chunks_of(tx.erasing.versions_of(erasure.plan.documents))
        found = tx.erasing.vectors([*chunks, *tx.erasing.touched_chunks(erasure.plan.redactions)])
    for dimensions, raw in found.items():
        yield from (raw[start : start + 4 * dimensions] for start in range(0, len(raw), 4 * dimensions))


def copied(folder: Path, to: Path) -> Path:
    """The data directory and its secrets, under ``to``."""
    shutil.copytree(folder, to / "var")
    shutil.copytree(folder.with_name("var.secrets"), to / "var.secrets")
    return to / "var"


def check(folder: Path, vectors: list[bytes]) -> None:
    """Nothing of the person in any byte, before it is opened and after; the bystanders are as they were, and found."""
    assert left_of(folder, vectors) == []
    assert scan_here([folder], WHO, None, ()).residue == ()
    with open_kennisbank(settings_of(folder), role="command") as kennisbank:
        bystanders_are_found(kennisbank)
    assert left_of(folder, vectors) == [], "opening it again brought something back"
    assert KANTINE in [path.read_bytes() for path in (folder / "originals").iterdir()]


def bystanders_are_found(kennisbank: Kennisbank) -> None:
    assert BYSTANDER in "\n".join(found(kennisbank, "hoe laat gaat de kantine van het pakhuis open"))
    for words, question in (
        ("4712", "toestel van Jan de Vries"),
        ("parkeerplaats", "parkeerplaats tweede bladzijde"),
        ("brandblussers", "brandblussers rondgang"),
        ("sleutel ligt bij de balie", "waar ligt de sleutel"),
        ("nieuw dak", "fietsenstalling dak"),
    ):
        assert any(words in text for text in found(kennisbank, question)), words
    with kennisbank.ledger.reading() as tx:
        assert tx.audit.first_broken() is None


def found(kennisbank: Kennisbank, question: str) -> list[str]:
    with kennisbank.ledger.reading() as tx:
        spaces = [space.id for space in tx.spaces.uncounted()]
    return [passage.text for passage in kennisbank.retriever.retrieve(question, spaces, "nl")]
