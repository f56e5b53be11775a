"""Who may write for whom, who was invited, and who looked with somebody else's eyes."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table

from mailroute.store.columns import Key, RowId, UtcTime, Words
from mailroute.store.tables.base import metadata, org, words

# `body` is the whole grant; its members stand in the next table once more, to be found by their address.
customer_grant = Table(
    "customer_grant",
    metadata,
    org(),
    Column("id", Key, nullable=False),
    words("body"),
    PrimaryKeyConstraint("organisation_id", "id"),
)

# `known`: the directory knows the address, so nothing needs to be confirmed (REQ-C9).
grant_member = Table(
    "grant_member",
    metadata,
    org(),
    Column("address", Key, nullable=False),
    Column("grant_id", Key, nullable=False),
    Column("known", Boolean, nullable=False),
    PrimaryKeyConstraint("organisation_id", "address", "grant_id"),
    Index("ix_grant_member_grant", "organisation_id", "grant_id"),
    # Asked at every tick: whom does nobody know?
    Index("ix_grant_member_known", "organisation_id", "known", "address"),
)

# `serial` is part of the token: a new letter makes the old one worthless (REQ-C10).
invitation = Table(
    "invitation",
    metadata,
    org(),
    Column("address", Key, nullable=False),
    words("kind"),
    Column("serial", Integer, nullable=False),
    Column("invited_at", UtcTime, nullable=False),
    Column("last_sent_at", UtcTime, nullable=False),
    Column("confirmed_at", UtcTime),
    PrimaryKeyConstraint("organisation_id", "address", "kind"),
)

# Only added to (REQ-C11).
view_as = Table(
    "view_as",
    metadata,
    Column("id", RowId, primary_key=True),
    org(),
    Column("at", UtcTime, nullable=False),
    words("actor"),
    Column("address", Key, nullable=False),
    Index("ix_view_as_address", "organisation_id", "address", "at"),
    sqlite_autoincrement=True,
)

# --- on our pages ----------------------------------------------------------------------------------------------

# How far somebody has read a ticket: up to event `seen`.
reading = Table(
    "reading", metadata, org(),
    Column("address", Key, nullable=False), Column("number", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "address", "number"),
)  # fmt: skip

# What somebody has chosen for themselves. NULL: as the grant and the directory say.
choice = Table(
    "choice", metadata, org(),
    Column("address", Key, nullable=False), Column("copies", Words), Column("language", Words),
    PrimaryKeyConstraint("organisation_id", "address"),
)  # fmt: skip
