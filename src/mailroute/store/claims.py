"""What all claims share: rows are taken in the order of an index, and the walk ends as soon as there are enough."""

from __future__ import annotations

from sqlalchemy import Connection, text

_WALK = text("SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)")


def walk_the_index(tx: Connection) -> None:
    """Keep PostgreSQL from reading and sorting the whole backlog for the first fifty, until the transaction ends.

    Right after a storm its statistics still say "a handful of rows": measured 70 claims a second against thousands.
    SQLite has no sort that it would prefer to the index.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(_WALK)
