"""Who asked for a link, which links are good, and who is signed in. No secret stands here, only what it hashes to."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table

from mailroute.store.columns import Key, RowId, UtcTime
from mailroute.store.tables.base import metadata, org, words

# Asked by anybody for any address: it belongs to no organisation. Whoever answers it takes the row away.
# `browser` is the hash of what the browser that asked keeps, `destination` the page they wanted.
sign_in_request = Table(
    "sign_in_request",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("address", Key, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    words("browser"),
    words("destination"),
    Index("ix_sign_in_request_asked", "asked_at"),
    # Letters are named after the request: its id never comes again, though its row goes.
    sqlite_autoincrement=True,
)

# `code` is what somebody types who opens the link elsewhere, "" where none is needed; `misses` counts wrong ones.
sign_in = Table(
    "sign_in",
    metadata,
    Column("token", Key, nullable=False),
    org(),
    Column("address", Key, nullable=False),
    words("browser"),
    words("code"),
    Column("misses", Integer, nullable=False),
    words("destination"),
    Column("expires_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("token"),
    Index("ix_sign_in_expires", "expires_at"),
    Index("ix_sign_in_address", "organisation_id", "address", "expires_at"),
)

# The mails whose sender said on a page that they are theirs: each is carried out once.
confirmed = Table(
    "confirmed",
    metadata,
    org(),
    Column("intake_id", RowId, nullable=False),
    Column("at", UtcTime, nullable=False),
    PrimaryKeyConstraint("organisation_id", "intake_id"),
)

web_session = Table(
    "web_session",
    metadata,
    Column("id", Key, nullable=False),
    org(),
    Column("address", Key, nullable=False),
    Column("signed_in_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("id"),
    Index("ix_web_session_expires", "expires_at"),
)
