"""A document's state, owner and review date; labels of sensitive content; boilerplate."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forward only: a restore of a backup is the way back."""
    op.add_column("spaces", sa.Column("label_policy", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("documents", sa.Column("state", sa.String(length=16), nullable=False, server_default="valid"))
    op.add_column("documents", sa.Column("owner", sa.Text()))
    op.add_column("documents", sa.Column("review_on", sa.Date()))
    op.add_column("documents", sa.Column("valid_until", sa.Date()))
    op.add_column("versions", sa.Column("labels", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("versions", sa.Column("released", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("spans", sa.Column("boilerplate", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("chunks", sa.Column("labels", sa.JSON(), nullable=False, server_default="[]"))
