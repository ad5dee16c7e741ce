"""Subject requests: cases, steps, what is hidden, kept and suppressed, tasks, backups."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _request_id() -> sa.Column[str]:
    return sa.Column("request_id", sa.String(length=32), nullable=False)


def _to_requests(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=f"fk_{table}_request_id", ondelete="CASCADE")


def upgrade() -> None:
    """Forward only: a restore of a backup is the way back."""
    op.create_table(
        "requests",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ground", sa.String(length=32)),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("extended", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("identity_method", sa.String(length=32)),
        sa.Column("paused_on", sa.Date()),
        sa.Column("paused_days", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("hold_ground", sa.String(length=32)),
        sa.Column("refusal_ground", sa.String(length=32)),
        sa.Column("commitment", sa.String(length=80), nullable=False),
        sa.Column("approvals", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime()),
        sa.Column("report", sa.JSON()),
        sa.CheckConstraint(
            "kind IN ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection')", name="ck_requests_kind"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("number", name="uq_requests_number"),
    )
    op.create_table(
        "request_steps",
        _request_id(),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False, server_default="{}"),
        _to_requests("request_steps"),
        sa.PrimaryKeyConstraint("request_id", "step", name="pk_request_steps"),
    )
    op.create_table(
        "hidden",
        _request_id(),
        sa.Column("object_kind", sa.String(length=16), nullable=False),
        sa.Column("object_id", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("why IN ('restricted', 'tombstoned')", name="ck_hidden_why"),
        _to_requests("hidden"),
        sa.PrimaryKeyConstraint("request_id", "object_kind", "object_id", name="pk_hidden"),
    )
    op.create_index("ix_hidden_object", "hidden", ["object_kind", "object_id"])
    op.create_table(
        "kept_places",
        _request_id(),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("store", sa.String(length=32), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("field", sa.String(length=128), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("ground", sa.String(length=32)),
        sa.Column("until", sa.Date()),
        sa.CheckConstraint("decision IN ('keep', 'other-person')", name="ck_kept_places_decision"),
        _to_requests("kept_places"),
        sa.PrimaryKeyConstraint("request_id", "ordinal", name="pk_kept_places"),
    )
    op.create_index("ix_kept_places_until", "kept_places", ["until"])
    op.create_table(
        "suppressions",
        sa.Column("id", sa.String(length=32), nullable=False),
        _request_id(),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("hashes", sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("lifted_at", sa.DateTime()),
        sa.Column("lifted_by", sa.String(length=64)),
        sa.CheckConstraint("kind IN ('original', 'near_duplicate', 'person')", name="ck_suppressions_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_suppressions"),
    )
    op.create_index("ix_suppressions_request_id", "suppressions", ["request_id"])
    op.create_table(
        "privacy_tasks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("request_id", sa.String(length=32)),
        sa.Column("object_kind", sa.String(length=16)),
        sa.Column("object_id", sa.String(length=32)),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime()),
        sa.Column("outcome", sa.String(length=32)),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_tasks"),
    )
    op.create_table(
        "backups",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("verified_at", sa.DateTime()),
        sa.Column("removed_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_backups"),
        sa.UniqueConstraint("name", name="uq_backups_name"),
    )
