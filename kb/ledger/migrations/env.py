"""Alembic's environment: migrates over the connection that `kb.ledger.migrate` hands in."""

from alembic import context

from kb.ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
