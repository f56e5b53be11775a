"""What all tables share: naming, the columns that every row has, the organisations and their rulesets."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, text

from mailroute.store.columns import Key, RowId, UtcTime, Words

# Alembic can only change what has a name.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# Numbers for people start with five digits, so that "T-10428" in a text is rarely something else.
FIRST_TICKET_NUMBER = 10_001


def org() -> Column[str]:
    """The organisation that a row belongs to."""
    return Column("organisation_id", Key, nullable=False)


def words(name: str) -> Column[str]:
    """A text that is always there, perhaps empty."""
    return Column(name, Words, nullable=False)


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the few rows that still want something. Queries must say `where` in the same words."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


meta = Table("meta", metadata, Column("name", Words, primary_key=True), words("value"))

organisation = Table(
    "organisation",
    metadata,
    Column("id", Key, primary_key=True),
    Column("next_number", Integer, nullable=False),
    Column("active_ruleset", Words),
    Column("activated_at", UtcTime),
)

ruleset = Table(
    "ruleset",
    metadata,
    org(),
    Column("hash", Words, nullable=False),
    Column("first_activated_at", UtcTime, nullable=False),
    words("files"),
    PrimaryKeyConstraint("organisation_id", "hash"),
)

# What was made active, and what was not because of its mistakes. `note` has the mistakes, or what changed.
activation = Table(
    "activation",
    metadata,
    Column("id", RowId, primary_key=True),
    org(),
    Column("at", UtcTime, nullable=False),
    words("outcome"),
    Column("ruleset", Words),
    words("note"),
    Index("ix_activation_organisation", "organisation_id", "id"),
)
