"""What every file and folder keeps of people: the register of the data directory and of the secrets directory, beside that of tables.

A path that is made later must be entered here; a test fails for one of ``DataDirectory`` that is not. So nothing can be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.ledger.personal_data import Retention


@dataclass(frozen=True, slots=True)
class PersonalFolder:
    """A file or folder. ``holds`` is what of people, in one clause; None: nothing. The others say how that is found, erased, handed out
    in an export, and how long it is kept."""

    holds: str | None
    found: str = "nothing to find"
    erased: str = "nothing to erase"
    exported: str = "no"
    retention: Retention = Retention.NONE


DATA: Mapping[str, PersonalFolder] = {
    "ledger": PersonalFolder(
        "all texts, names, questions and answers",
        found="by every row of every registered table (kb.ledger.personal_data)",
        erased="rows deleted or redacted, freed pages zeroed, then VACUUM",
        exported="by the register of tables",
        retention=Retention.DOCUMENTS,
    ),
    "originals": PersonalFolder(
        "the files as they came in, named by the id of their version",
        found="every string of a file is in the ledger; what could not be read is listed",
        erased="deleted, rewritten in their format, or replaced by their redacted text",
        exported="where the whole document is about the person",
        retention=Retention.DOCUMENTS,
    ),
    "indexes": PersonalFolder(
        "vectors, and words with their chunks' ids",
        found="through the chunks of the ledger",
        erased="the space's indexes are built anew in a fresh folder; the old folder goes",
        retention=Retention.DOCUMENTS,
    ),
    "models": PersonalFolder(None),
    "temporary": PersonalFolder(
        "a file while it is read, a copy of the ledger while it is backed up",
        found="not: it goes when its process does, and whatever is left at the next start",
        erased="emptied at every start; read by the scan",
    ),
    "logs": PersonalFolder(None, found="events hold ids and counts (kb.logs); read by the scan all the same"),
    "cases": PersonalFolder(
        "what names the person of an open case, encrypted",
        found="not: only ciphertext lies there",
        erased="key and folder are destroyed when the case is closed",
        exported="the dossier, encrypted, to outside the data directory",
        retention=Retention.REQUESTS,
    ),
    "lock": PersonalFolder(None),
    "server.json": PersonalFolder(None),
    "owner.token": PersonalFolder(None),
    "kennisbank.json": PersonalFolder(None),
    "kb.toml": PersonalFolder(
        "settings: the organisation's contact for privacy, if a person is named there",
        found="by eye; read by the scan",
        erased="by whoever keeps the settings",
    ),
    "folders.json": PersonalFolder(
        "which folder a name stands for, as a keyed hash",
        found="not: hashes alone",
    ),
    "restored_marker": PersonalFolder(None),
}
"""By attribute of ``DataDirectory``, or by name where it has none."""

SECRETS: Mapping[str, PersonalFolder] = {
    "case_keys": PersonalFolder(None, erased="the key of a case goes before its folder"),
    "journal": PersonalFolder(
        "ids of what was erased, encrypted, and keyed hashes",
        found="not: it names nobody",
        erased="when its term is over and no backup of before is left",
        retention=Retention.SUPPRESSION,
    ),
    "dossiers": PersonalFolder(
        "the dossier of each closed case, encrypted for the officer",
        found="not: only ciphertext lies there",
        erased="by the officer, at the end of the term that it names",
        retention=Retention.REQUESTS,
    ),
    "sealing_key": PersonalFolder(None),
    "report_key": PersonalFolder(None),
    "tls": PersonalFolder(None),
    "audit.key": PersonalFolder(None),
    "suppression.key": PersonalFolder(None),
}
"""The secrets directory: never inside the data directory, never in a backup."""
