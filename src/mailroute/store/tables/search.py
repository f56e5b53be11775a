"""The words by which tickets are found. They repeat what stands elsewhere, so that looking costs no reading."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table

from mailroute.store.columns import Key
from mailroute.store.tables.base import metadata, org

# Both ways round: which tickets have a word, and whether a ticket has it.
ticket_word = Table(
    "ticket_word",
    metadata,
    org(),
    Column("number", Integer, nullable=False),
    Column("word", Key, nullable=False),
    PrimaryKeyConstraint("organisation_id", "number", "word"),
    # The operators that LIKE needs on PostgreSQL, whatever the language of the database.
    Index("ix_ticket_word", "organisation_id", "word", "number", postgresql_ops={"word": "text_pattern_ops"}),
    sqlite_with_rowid=False,
)
