"""Stored mails, how they came, and what each organisation has to do with them."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from mailroute.store.columns import Key, RowId, UtcTime, Words
from mailroute.store.tables.base import metadata, org, partial, words

# `content` stands last: SQLite reads the small columns of a row without touching the rest.
mail = Table(
    "mail",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("fingerprint", Key, nullable=False, unique=True),
    words("door"),
    words("mail_from"),
    words("peer"),
    Column("login", Words),
    Column("received_at", UtcTime, nullable=False),
    words("sha256"),
    Column("size_bytes", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("mail_id", RowId, ForeignKey("mail.id"), nullable=False, index=True),
    words("door"),
    Column("door_key", Key, unique=True),
    words("peer"),
    Column("received_at", UtcTime, nullable=False),
)

# AUTOINCREMENT: letters are named after intakes, so the id of an erased one must never come back.
intake = Table(
    "intake",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("mail_id", RowId, ForeignKey("mail.id"), nullable=False),
    org(),
    words("inbox"),
    words("rcpt_to"),
    Column("conversation", Key),
    Column("content_key", Key, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    words("state"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", UtcTime),
    Column("lease_owner", Words),
    Column("lease_until", UtcTime),
    Column("fresh_number", Integer),
    Column("error", Words),
    Column("decided_at", UtcTime),
    UniqueConstraint("mail_id", "organisation_id", "inbox"),
    Index("ix_intake_content_key", "organisation_id", "content_key"),
    partial("ix_intake_undecided", "id", where="state = 'received'"),
    partial("ix_intake_order", "organisation_id", "conversation", "id", where="state = 'received'"),
    # Not by organisation first: PostgreSQL would then take it for the order of a conversation, which it is not.
    partial("ix_intake_oldest", "received_at", "organisation_id", where="state = 'received'"),
    partial("ix_intake_held", "id", where="state = 'held'"),
    sqlite_autoincrement=True,
)

# Mails of one organisation that another one of this installation has been given to read, with the ticket (design §8a).
given_mail = Table(
    "given_mail", metadata, org(),
    Column("intake_id", RowId, ForeignKey("intake.id"), nullable=False),
    PrimaryKeyConstraint("organisation_id", "intake_id"),
)  # fmt: skip
