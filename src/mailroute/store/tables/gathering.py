"""Which ticket gathers the reports of one matter, and whose turn it was: what no version of a ticket can hold."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table

from mailroute.store.columns import Key
from mailroute.store.tables.base import metadata, org, words

gathering = Table(
    "gathering",
    metadata,
    org(),
    Column("property", Key, nullable=False),
    Column("case_type", Key, nullable=False),
    Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "property", "case_type"),
)

# Whoever reported the matter of a ticket after its reporter, each once: what `joined` and `separated` come to.
further_reporter = Table(
    "further_reporter",
    metadata,
    org(),
    Column("number", Integer, nullable=False),
    Column("address", Key, nullable=False),
    words("subject"),
    PrimaryKeyConstraint("organisation_id", "number", "address"),
    Index("ix_further_reporter", "organisation_id", "address", "number"),
)

# `property` "" is site-wide.
turn = Table(
    "turn",
    metadata,
    org(),
    Column("property", Key, nullable=False),
    Column("role", Key, nullable=False),
    Column("last", Key, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "property", "role"),
)
