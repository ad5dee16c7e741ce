"""What every table keeps of people: the register that finding, erasing, exporting and retaining go by.

A table that is made later must be entered here, and each of its string columns named as text or as technical; a test fails for one
that is not. So nothing can be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Table

from kb.ledger import account_tables, tables


class Belongs(StrEnum):
    """What a row belongs to, and so what erasing it means and how an officer knows it."""

    VERSION = "version"
    DOCUMENT = "document"
    ANSWER = "answer"
    SPACE = "space"
    AUDIT = "audit"
    BACKUP = "backup"
    ACCOUNT = "account"


class Retention(StrEnum):
    """How long it is kept; ``kb.privacy.retention`` gives each its days."""

    DOCUMENTS = "documents"
    """As long as the document, and as its versions are cited."""
    ANSWERS = "answers"
    FEEDBACK = "feedback"
    AUDIT = "audit"
    REQUESTS = "requests"
    SUPPRESSION = "suppression"
    BACKUPS = "backups"
    ACCOUNTS = "accounts"
    """As long as the account; it goes when an administrator removes the person."""
    ACCESS = "access"
    """Goes by itself when it ends: see ``kb.accounts``."""
    NONE = "none"
    """Holds nothing of people and goes with what it belongs to."""


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A table with text that can name people. ``texts`` are its columns of plain text, ``json`` those with strings inside.

    ``owner`` is the column that leads to what it belongs to. ``technical`` are string columns that hold no words of people.
    """

    table: Table
    belongs: Belongs
    owner: str
    texts: tuple[str, ...]
    json: tuple[str, ...] = ()
    technical: tuple[str, ...] = ()
    retention: Retention = Retention.DOCUMENTS


PERSONAL: Mapping[str, PersonalTable] = {
    one.table.name: one
    for one in (
        PersonalTable(tables.spaces, Belongs.SPACE, "id", ("name",), technical=("id", "label_policy"), retention=Retention.NONE),
        PersonalTable(tables.documents, Belongs.DOCUMENT, "id", ("source", "owner"), technical=("id", "space_id", "state")),
        PersonalTable(
            tables.versions,
            Belongs.VERSION,
            "id",
            ("file_name", "title"),
            ("params", "warnings"),
            ("id", "document_id", "sha256", "media_type", "status", "code", "language", "labels"),
        ),
        PersonalTable(tables.version_texts, Belongs.VERSION, "version_id", ("text",), technical=("version_id",)),
        PersonalTable(tables.file_strings, Belongs.VERSION, "version_id", ("value",), technical=("version_id", "kind")),
        PersonalTable(
            tables.answers,
            Belongs.ANSWER,
            "id",
            ("question", "search_question"),
            technical=("id", "conversation_id", "actor", "language", "outcome", "backend", "model", "location", "notices"),
            retention=Retention.ANSWERS,
        ),
        PersonalTable(
            tables.answer_sentences,
            Belongs.ANSWER,
            "answer_id",
            ("text",),
            technical=("answer_id", "citations"),
            retention=Retention.ANSWERS,
        ),
        PersonalTable(
            tables.feedback, Belongs.ANSWER, "answer_id", ("reason",), technical=("answer_id", "vote"), retention=Retention.FEEDBACK
        ),
        PersonalTable(tables.audit_details, Belongs.AUDIT, "seq", (), ("details",), retention=Retention.AUDIT),
        PersonalTable(
            tables.backups, Belongs.BACKUP, "id", ("destination", "name"), technical=("id", "sha256"), retention=Retention.BACKUPS
        ),
        PersonalTable(
            account_tables.people,
            Belongs.ACCOUNT,
            "id",
            ("login", "name"),
            technical=("id", "roles", "password_hash", "origin", "subject"),
            retention=Retention.ACCOUNTS,
        ),
        PersonalTable(account_tables.groups, Belongs.ACCOUNT, "id", ("name",), technical=("id",), retention=Retention.ACCOUNTS),
        PersonalTable(
            account_tables.api_tokens,
            Belongs.ACCOUNT,
            "id",
            ("name",),
            technical=("id", "person_id", "hash", "actions", "space_ids"),
            retention=Retention.ACCESS,
        ),
    )
}
"""By name. Chunks stand in no row: they are stretches of ``version_texts``."""

IMPERSONAL: Mapping[str, tuple[str, Retention]] = {
    "counters": ("numbers", Retention.NONE),
    "spans": ("offsets and kinds; text stands in version_texts", Retention.DOCUMENTS),
    "chunks": ("offsets; text stands in version_texts", Retention.DOCUMENTS),
    "embeddings": ("vectors of chunks: erased with them, and compared by the scan", Retention.DOCUMENTS),
    "changes": ("ids", Retention.NONE),
    "generations": ("ids and the embedder's settings", Retention.NONE),
    "conversations": ("ids", Retention.ANSWERS),
    "citations": ("ids and offsets", Retention.ANSWERS),
    "answer_passages": ("ids and scores", Retention.ANSWERS),
    "audit": ("ids, codes and keyed hashes; the chain is never changed", Retention.AUDIT),
    "requests": ("ids, dates and codes; the person is in the vault", Retention.REQUESTS),
    "request_steps": ("counts", Retention.REQUESTS),
    "hidden": ("ids", Retention.REQUESTS),
    "kept_places": ("ids and offsets", Retention.REQUESTS),
    "suppressions": ("keyed hashes", Retention.SUPPRESSION),
    "privacy_tasks": ("ids", Retention.REQUESTS),
    "group_members": ("ids", Retention.ACCOUNTS),
    "space_audiences": ("ids", Retention.ACCOUNTS),
    "sessions": ("hashes, ids and moments", Retention.ACCESS),
    "one_time_codes": ("hashes, ids and moments", Retention.ACCESS),
    "sign_in_attempts": ("keyed hashes and counts", Retention.ACCESS),
}
"""Tables whose rows name nobody, and why."""
