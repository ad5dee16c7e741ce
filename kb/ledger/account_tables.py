"""The tables of accounts: people, groups, who sees which space, and the secrets by which somebody is known, as hashes."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, Text, true

from kb.ledger.tables import UtcDateTime, metadata


def _of(table: str, name: str, *, nullable: bool = False, primary_key: bool = False) -> Column[str]:
    """A foreign key whose rows go with what they hang on."""
    return Column(name, String(32), ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=nullable, primary_key=primary_key)


people = Table(
    "people",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", Text, nullable=False, unique=True, doc="What somebody signs in with, in lower case."),
    Column("name", Text, nullable=False),
    Column("roles", JSON, nullable=False, server_default="[]"),
    Column("password_hash", String(255), doc="Argon2id; absent: no password was set, or a directory knows it."),
    Column("origin", String(16), nullable=False),
    Column("subject", String(80), unique=True, doc="SHA-256 of directory and identifier there; absent: made here."),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("origin IN ('local', 'oidc', 'ldap', 'proxy')", name="origin"),
)

groups = Table(
    "groups",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
)
"""Sets of people. ``everyone`` is built in: everybody with an account is in it, without rows that say so."""

group_members = Table(
    "group_members",
    metadata,
    _of("groups", "group_id", primary_key=True),
    _of("people", "person_id", primary_key=True),
    Column("by_directory", Boolean, nullable=False, doc="A directory said so at the last sign-in, and may take it back."),
    Index("ix_group_members_person_id", "person_id"),
)

space_audiences = Table(
    "space_audiences",
    metadata,
    _of("spaces", "space_id", primary_key=True),
    _of("groups", "group_id", primary_key=True),
)
"""Which groups see a space. A space without rows is seen by the owner alone."""

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True, doc="SHA-256 of what the cookie holds."),
    _of("people", "person_id"),
    Column("method", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_sessions_person_id", "person_id"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", String(32), primary_key=True),
    _of("people", "person_id"),
    Column("hash", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False, doc="What it is for."),
    Column("actions", JSON, doc="What it may at most; absent: what its person may."),
    Column("space_ids", JSON, doc="Where it may at most; absent: where its person may."),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("last_used_on", Date),
    Index("ix_api_tokens_person_id", "person_id"),
)

one_time_codes = Table(
    "one_time_codes",
    metadata,
    Column("id", String(64), primary_key=True, doc="SHA-256 of the code."),
    Column("purpose", String(32), nullable=False),
    _of("people", "person_id", nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    CheckConstraint("purpose IN ('first_administrator', 'set_password')", name="purpose"),
)
"""Codes that open one door once. A used one is gone."""

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("bucket", String(80), primary_key=True, doc="Keyed hash of an account or an address."),
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)
"""Failed attempts to sign in, of which nobody can read whose they were."""
