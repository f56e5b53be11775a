"""The first tables: everything in store/tables as it stands before the first release.

Until then there is nobody to migrate, and one truth is better than two. With the release this file gets the tables
written out, and every later change its own revision.
"""

from alembic import op

from mailroute.store.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    metadata.create_all(op.get_bind())
