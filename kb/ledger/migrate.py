"""Brings a ledger's schema up to date with Alembic, in one transaction per ledger."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration() -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Migrate up to ``to``. A failure leaves the schema as it was."""
    config = configuration()
    with engine.connect().execution_options(kb_writing=True) as connection:
        _keep_references(connection, enforced=False)
        try:
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, to)
        finally:
            _keep_references(connection, enforced=True)


def _keep_references(connection: Connection, *, enforced: bool) -> None:
    """SQLite changes some columns by building the table anew and dropping the old one; with enforced references that drop would
    take every row along that refers to it. The switch counts between transactions alone."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(f"PRAGMA foreign_keys = {'ON' if enforced else 'OFF'}")
