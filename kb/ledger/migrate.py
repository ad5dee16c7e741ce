"""Brings a ledger's schema up to date with Alembic, in one transaction per ledger."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration() -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Migrate up to ``to``. A failure leaves the schema as it was."""
    config = configuration()
    with engine.connect().execution_options(kb_writing=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, to)
