"""Letters on their way out, and the counters that bound them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table

from mailroute.store.columns import Key, RowId, UtcTime, Words
from mailroute.store.tables.base import metadata, org, partial, words

outbox = Table(
    "outbox",
    metadata,
    Column("position", RowId, primary_key=True),
    Column("id", Key, nullable=False, unique=True),
    org(),
    Column("number", Integer),
    words("template"),
    words("to_kind"),
    Column("to_id", Words),
    words("to_name"),
    words("to_address"),
    words("mail_from"),
    Column("message_id", Key, nullable=False, index=True),
    words("subject"),
    Column("automatic", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    words("state"),
    Column("due_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("doubts", Integer, nullable=False, default=0),
    Column("lease_owner", Words),
    Column("lease_until", UtcTime),
    Column("last_reply", Words),
    Column("changed_at", UtcTime, nullable=False),
    Column("content", LargeBinary, nullable=False),
    partial("ix_outbox_due", "due_at", "position", where="state = 'waiting'"),
    partial("ix_outbox_attempting", "lease_until", where="state = 'attempting'"),
    Index("ix_outbox_ticket", "organisation_id", "number", "position"),
    partial(
        "ix_outbox_trouble",
        "position",
        where="state IN ('waiting', 'attempting', 'in-doubt', 'failed')",
    ),
    sqlite_autoincrement=True,
)

# --- once a day ------------------------------------------------------------------------------------------------

# What waits for somebody's digest: `reader` is an id of staff, or the address of a member.
gathered = Table(
    "gathered",
    metadata,
    Column("id", RowId, primary_key=True),
    org(),
    Column("reader", Key, nullable=False),
    Column("number", Integer, nullable=False),
    words("template"),
    words("words"),
    Column("at", UtcTime, nullable=False),
    Index("ix_gathered_reader", "organisation_id", "reader", "id"),
    sqlite_autoincrement=True,
)

# A letter that somebody gets once a day: whoever writes the row sends it, and nobody can write it twice.
daily = Table(
    "daily", metadata, org(),
    Column("name", Key, nullable=False), Column("staff", Key, nullable=False), Column("day", Date, nullable=False),
    PrimaryKeyConstraint("organisation_id", "name", "staff", "day"),
)  # fmt: skip

# --- budgets: what versions cannot see (the absence of rows) is held by one counter row -----------------------

acknowledgement = Table(
    "acknowledgement", metadata, org(),
    Column("address", Key, nullable=False), Column("day", Date, nullable=False),
    Column("letters", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "address", "day"),
)  # fmt: skip

# How often something happened in one window of time, `number` the ticket that it led to last. `allowed` is what was
# weighed against: above it a storm is on. `trips` is how many windows in a row before it were above theirs.
traffic = Table(
    "traffic",
    metadata,
    org(),
    Column("scope", Words, nullable=False),
    Column("key", Key, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("happened", Integer, nullable=False),
    Column("allowed", Integer, nullable=False),
    Column("trips", Integer, nullable=False),
    Column("number", Integer),
    PrimaryKeyConstraint("organisation_id", "scope", "key", "since"),
    partial("ix_traffic_storms", "organisation_id", "since", where="happened >= allowed"),
    Index("ix_traffic_since", "organisation_id", "since"),
)

automatic_letters = Table(
    "automatic_letters", metadata, org(),
    Column("hour", UtcTime, nullable=False), Column("letters", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "hour"),
)  # fmt: skip
