"""What staff say about themselves: who is away, and the log of it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Table

from mailroute.store.columns import Key, RowId, UtcTime, Words
from mailroute.store.tables.base import metadata, org, partial, words

absence = Table(
    "absence",
    metadata,
    Column("id", RowId, primary_key=True),
    org(),
    Column("staff", Key, nullable=False),
    Column("first_day", Date, nullable=False),
    # NULL: until they are back.
    Column("last_day", Date),
    Column("half", Words),
    Column("deputy", Words),
    Column("open_tickets", Boolean, nullable=False),
    words("origin"),
    Column("ended_at", UtcTime),
    partial("ix_absence_current", "organisation_id", "staff", where="ended_at IS NULL"),
    sqlite_autoincrement=True,
)

# Only added to. `body` is the change; the rows above are what it comes to.
staff_event = Table(
    "staff_event",
    metadata,
    Column("id", RowId, primary_key=True),
    org(),
    Column("staff", Key, nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    words("actor_kind"),
    Column("actor_id", Words),
    words("cause"),
    words("kind"),
    words("body"),
    sqlite_autoincrement=True,
)
