"""What a daemon does with the claims of the one that died before it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, literal_column, update

from mailroute.store.outbox import recover_attempting
from mailroute.store.tables import intake, outbox, timer


def forget_claims(tx: Connection, now: datetime) -> tuple[str, ...]:
    """Right after the start of the only daemon: whatever was claimed is nobody's now, and is due at once.

    Attempts keep counting, so that a mail that kills its worker is held in the end. Letters that were under way
    are sent once more or left in doubt; returns the ids of those in doubt. Not for several daemons on PostgreSQL:
    there a lease must run out.
    """
    for table, state in ((intake, "received"), (timer, "pending"), (outbox, "waiting")):
        tx.execute(
            update(table)
            .where(table.c.state == literal_column(f"'{state}'"), table.c.lease_owner.is_not(None))
            .values(lease_owner=None, lease_until=None)
        )
    return recover_attempting(tx, now, everything=True)
