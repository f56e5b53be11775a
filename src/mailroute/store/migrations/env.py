"""Alembic's way in: runs in the transaction that `schema.upgrade` opened, never by itself."""

from alembic import context

from mailroute.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
