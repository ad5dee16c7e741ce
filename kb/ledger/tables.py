"""The tables of the ledger. Every change here needs a migration in ``kb/ledger/migrations/versions``; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so it is stored without one and given back with it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware moment to naive UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Naive UTC to aware moment."""
        return None if value is None else value.replace(tzinfo=UTC)


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


def _of(table: str, name: str, *, nullable: bool = False, primary_key: bool = False) -> Column[str]:
    """A foreign key whose rows go with what they hang on."""
    return Column(name, String(32), ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=nullable, primary_key=primary_key)


counters = Table(
    "counters",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Numbers that must be handed out in the order of commits: taking one locks its row until the transaction ends."""

spaces = Table(
    "spaces",
    metadata,
    _id(),
    Column("name", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("label_policy", JSON, nullable=False, server_default="{}", doc="Label to allow, warn or quarantine; absent: the default."),
)

documents = Table(
    "documents",
    metadata,
    _id(),
    _of("spaces", "space_id"),
    Column("source", Text, nullable=False, doc="Path or address under which the document came in, relative to what was given."),
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Column("state", String(16), nullable=False, server_default="valid"),
    Column("owner", Text, doc="Who keeps it up to date."),
    Column("review_on", Date),
    Column("valid_until", Date, doc="From the day after it is not found any more."),
    Index("ix_documents_space_source", "space_id", "source"),
)

versions = Table(
    "versions",
    metadata,
    _id(),
    _of("documents", "document_id"),
    Column("number", Integer, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("media_type", String(128), nullable=False),
    Column("title", Text, nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("current", Boolean, nullable=False, doc="The ready version that is searched; at most one of a document."),
    Column("code", String(64)),
    Column("params", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("pages", Integer),
    Column("pages_with_text", Integer),
    Column("characters", Integer),
    Column("language", String(8)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("seconds", Float),
    Column("labels", JSON, nullable=False, server_default="[]", doc="Kinds of sensitive content in its chunks."),
    Column("released", Boolean, nullable=False, server_default=false(), doc="A person let it out of quarantine."),
    UniqueConstraint("document_id", "number"),
    CheckConstraint("status IN ('pending', 'ready', 'failed', 'quarantined')", name="status"),
)

version_texts = Table(
    "version_texts",
    metadata,
    _of("versions", "version_id", primary_key=True),
    Column("text", Text, nullable=False),
)

spans = Table(
    "spans",
    metadata,
    _of("versions", "version_id", primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("level", Integer),
    Column("page", Integer),
    Column("boxes", JSON, nullable=False),
    Column("boilerplate", Boolean, nullable=False, server_default=false(), doc="Repeated elsewhere: kept, not searched."),
)

file_strings = Table(
    "file_strings",
    metadata,
    _of("versions", "version_id", primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("value", Text, nullable=False),
)

chunks = Table(
    "chunks",
    metadata,
    _id(),
    _of("spaces", "space_id"),
    _of("versions", "version_id"),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page_first", Integer),
    Column("page_last", Integer),
    Column("headings", JSON, nullable=False, doc="Ranges of the headings above it: [[start, end], …]."),
    Column("table_header", JSON, doc="Range of its table's header row: [start, end]."),
    Column("language", String(8), nullable=False),
    Column("labels", JSON, nullable=False, server_default="[]"),
    Index("ix_chunks_space_id", "space_id"),
    Index("ix_chunks_version_id", "version_id"),
)
"""Only of current versions: what is here may be found."""

embeddings = Table(
    "embeddings",
    metadata,
    _of("chunks", "chunk_id", primary_key=True),
    Column("fingerprint", String(80), primary_key=True),
    Column("window", Integer, primary_key=True),
    Column("vector", LargeBinary, nullable=False, doc="float32, little-endian, L2-normalised."),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("space_id", String(32), nullable=False),
    Column("chunk_id", String(32), nullable=False),
    Column("kind", String(8), nullable=False),
    Index("ix_changes_space_seq", "space_id", "seq"),
)
"""What indexes must still hear, in the order of commits. No foreign keys: it outlives what it speaks of."""

generations = Table(
    "generations",
    metadata,
    _id(),
    _of("spaces", "space_id"),
    Column("state", String(16), nullable=False),
    Column("fingerprint", String(80), nullable=False),
    Column("embedder", JSON, nullable=False, doc="The embedding settings, to load the same model while another replaces it."),
    Column("applied_seq", BigInteger, nullable=False),
    Column("clean", Boolean, nullable=False, doc="False from the first write until an orderly close."),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("state IN ('building', 'live', 'retired')", name="state"),
    Index("ix_generations_space_id", "space_id"),
)

conversations = Table(
    "conversations",
    metadata,
    _id(),
    Column("created_at", UtcDateTime, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    _of("conversations", "conversation_id"),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
    Column("actor", String(64), nullable=False),
    Column("question", Text, nullable=False),
    Column("search_question", Text, nullable=False, doc="The question made self-contained."),
    Column("language", String(8), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("dropped_sentences", Integer, nullable=False),
    Column("backend", String(32), nullable=False),
    Column("model", String(128), nullable=False),
    Column("location", String(8), nullable=False),
    Column("notices", JSON, nullable=False),
    Column("retrieve_ms", Float, nullable=False),
    Column("first_sentence_ms", Float),
    Column("total_ms", Float, nullable=False),
)

answer_sentences = Table(
    "answer_sentences",
    metadata,
    _of("answers", "answer_id", primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("citations", JSON, nullable=False, doc="Numbers of the citations that prove it."),
)

citations = Table(
    "citations",
    metadata,
    _of("answers", "answer_id", primary_key=True),
    Column("n", Integer, primary_key=True),
    _of("versions", "version_id"),
    Column("chunk_id", String(32), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Index("ix_citations_version_id", "version_id"),
)

answer_passages = Table(
    "answer_passages",
    metadata,
    _of("answers", "answer_id", primary_key=True),
    Column("rank", Integer, primary_key=True),
    _of("versions", "version_id"),
    Column("chunk_id", String(32), nullable=False),
    Column("score", Float, nullable=False),
    Index("ix_answer_passages_version_id", "version_id"),
)

feedback = Table(
    "feedback",
    metadata,
    _of("answers", "answer_id", primary_key=True),
    Column("vote", String(8), nullable=False),
    Column("reason", Text),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("vote IN ('up', 'down')", name="vote"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("object_id", String(64), nullable=False),
    Column("commitment", String(80), nullable=False, doc="Keyed hash of the details, which may be erased without breaking the chain."),
    Column("previous", String(80), nullable=False),
    Column("hash", String(80), nullable=False),
)

audit_details = Table(
    "audit_details",
    metadata,
    Column("seq", BigInteger, ForeignKey("audit.seq", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("details", JSON, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    _id(),
    Column("number", String(16), nullable=False, unique=True, doc="For people: 2026-0001."),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("ground", String(32), doc="Of erasure: 17(1)(a) to (f)."),
    Column("received_on", Date, nullable=False),
    Column("deadline", Date, nullable=False),
    Column("extended", Boolean, nullable=False, server_default=false()),
    Column("identity_method", String(32)),
    Column("paused_on", Date, doc="Since when information about the identity is awaited."),
    Column("paused_days", Integer, nullable=False, server_default="0", doc="Days of earlier pauses, by which the deadline moved."),
    Column("hold_ground", String(32), doc="A legal hold: nothing is touched."),
    Column("refusal_ground", String(32)),
    Column("commitment", String(80), nullable=False, doc="Keyed hash of the identifiers."),
    Column("approvals", JSON, nullable=False, server_default="[]", doc="[[actor, moment], …]"),
    Column("created_by", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("report", JSON, doc="The signed report of execution; it names nobody."),
    CheckConstraint("kind IN ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection')", name="kind"),
)
"""Subject requests. Whatever names the person lies in the case's vault."""

request_steps = Table(
    "request_steps",
    metadata,
    _of("requests", "request_id", primary_key=True),
    Column("step", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("counts", JSON, nullable=False, server_default="{}"),
)
"""Which steps of an execution are done: it resumes after the last."""

hidden = Table(
    "hidden",
    metadata,
    _of("requests", "request_id", primary_key=True),
    Column("object_kind", String(16), primary_key=True, doc="document, version, chunk or answer"),
    Column("object_id", String(32), primary_key=True),
    Column("why", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    CheckConstraint("why IN ('restricted', 'tombstoned')", name="why"),
    Index("ix_hidden_object", "object_kind", "object_id"),
)
"""What is not found, cited, exported or evaluated from this moment."""

kept_places = Table(
    "kept_places",
    metadata,
    _of("requests", "request_id", primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("store", String(32), nullable=False),
    Column("key", JSON, nullable=False),
    Column("field", String(128), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("ground", String(32)),
    Column("until", Date, index=True, doc="From this day the place is brought before an officer again."),
    CheckConstraint("decision IN ('keep', 'other-person')", name="decision"),
)
"""Places that an execution left as they are, and why. No text."""

suppressions = Table(
    "suppressions",
    metadata,
    _id(),
    Column("request_id", String(32), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("hashes", JSON, nullable=False, doc="Keyed hashes, by what they are of."),
    Column("basis", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_on", Date),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", String(64)),
    CheckConstraint("kind IN ('original', 'near_duplicate', 'person')", name="kind"),
)
"""What may not come back. No foreign key: it outlives its request."""

privacy_tasks = Table(
    "privacy_tasks",
    metadata,
    _id(),
    Column("kind", String(32), nullable=False, doc="see kb.ledger.tasks.TaskKind"),
    Column("request_id", String(32)),
    Column("object_kind", String(16)),
    Column("object_id", String(32)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("outcome", String(32)),
)
"""What a person has to look at."""

backups = Table(
    "backups",
    metadata,
    _id(),
    Column("name", String(128), nullable=False, unique=True),
    Column("destination", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("verified_at", UtcDateTime),
    Column("removed_at", UtcDateTime),
)
"""Backups that exist, or did."""
