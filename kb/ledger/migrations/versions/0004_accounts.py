"""Accounts: people, groups, who sees which space, sessions, tokens, one-time codes, attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(), nullable=False)


def _id(name: str = "id", length: int = 32, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def upgrade() -> None:
    """Forward only: a restore of a backup is the way back."""
    op.create_table(
        "people",
        _id(),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("password_hash", sa.String(length=255)),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=80)),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        _moment("created_at"),
        sa.CheckConstraint("origin IN ('local', 'oidc', 'ldap', 'proxy')", name="ck_people_origin"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("login", name="uq_people_login"),
        sa.UniqueConstraint("subject", name="uq_people_subject"),
    )
    groups = op.create_table(
        "groups",
        _id(),
        sa.Column("name", sa.Text(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
        sa.UniqueConstraint("name", name="uq_groups_name"),
    )
    op.execute(groups.insert().values(id="everyone", name="everyone", created_at=sa.func.current_timestamp()))
    op.create_table(
        "group_members",
        _id("group_id"),
        _id("person_id"),
        sa.Column("by_directory", sa.Boolean(), nullable=False),
        _to("group_members", "group_id", "groups"),
        _to("group_members", "person_id", "people"),
        sa.PrimaryKeyConstraint("group_id", "person_id", name="pk_group_members"),
    )
    op.create_index("ix_group_members_person_id", "group_members", ["person_id"])
    op.create_table(
        "space_audiences",
        _id("space_id"),
        _id("group_id"),
        _to("space_audiences", "space_id", "spaces"),
        _to("space_audiences", "group_id", "groups"),
        sa.PrimaryKeyConstraint("space_id", "group_id", name="pk_space_audiences"),
    )
    op.create_table(
        "sessions",
        _id(length=64),
        _id("person_id"),
        sa.Column("method", sa.String(length=16), nullable=False),
        _moment("created_at"),
        _moment("seen_at"),
        _moment("expires_at"),
        _to("sessions", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    op.create_table(
        "api_tokens",
        _id(),
        _id("person_id"),
        _id("hash", 64),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actions", sa.JSON()),
        sa.Column("space_ids", sa.JSON()),
        _moment("created_at"),
        _moment("expires_at"),
        sa.Column("last_used_on", sa.Date()),
        _to("api_tokens", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("hash", name="uq_api_tokens_hash"),
    )
    op.create_index("ix_api_tokens_person_id", "api_tokens", ["person_id"])
    op.create_table(
        "one_time_codes",
        _id(length=64),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        _id("person_id", nullable=True),
        _moment("created_at"),
        _moment("expires_at"),
        sa.CheckConstraint("purpose IN ('first_administrator', 'set_password')", name="ck_one_time_codes_purpose"),
        _to("one_time_codes", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_codes"),
    )
    op.create_table(
        "sign_in_attempts",
        _id("bucket", 80),
        sa.Column("failures", sa.Integer(), nullable=False),
        _moment("last_at"),
        sa.PrimaryKeyConstraint("bucket", name="pk_sign_in_attempts"),
    )
