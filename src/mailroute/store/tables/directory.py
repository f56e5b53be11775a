"""Properties, units, people and contracts, and the keys by which a mail finds them."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table

from mailroute.store.columns import Key, Words
from mailroute.store.tables.base import metadata, org, words

property_ = Table(
    "property",
    metadata,
    org(),
    Column("id", Key, nullable=False),
    words("name"),
    words("street"),
    words("house_number"),
    words("postcode"),
    words("town"),
    words("aliases"),
    words("responsibilities"),
    Column("calendar", Words),
    Column("valid_since", Date),
    Column("valid_until", Date),
    PrimaryKeyConstraint("organisation_id", "id"),
)

unit = Table(
    "unit",
    metadata,
    org(),
    Column("id", Key, nullable=False),
    Column("property", Key, nullable=False),
    Column("position", Integer, nullable=False),
    words("name"),
    PrimaryKeyConstraint("organisation_id", "id"),
    Index("ix_unit_property", "organisation_id", "property"),
)

person = Table(
    "person",
    metadata,
    org(),
    Column("id", Key, nullable=False),
    words("name"),
    Column("language", Words),
    words("addresses"),
    words("occupancies"),
    words("contracts"),
    words("numbers"),
    words("phones"),
    words("release"),
    words("ibans"),
    PrimaryKeyConstraint("organisation_id", "id"),
)

contract = Table(
    "contract",
    metadata,
    org(),
    Column("id", Key, nullable=False),
    words("number"),
    Column("property", Words),
    Column("unit", Words),
    words("line_of_business"),
    words("status"),
    Column("adviser", Words),
    Column("clerk", Words),
    words("parties"),
    Column("valid_since", Date),
    Column("valid_until", Date),
    words("also"),
    Column("offered_on", Date),
    Column("applied_on", Date),
    Column("documented_on", Date),
    words("product"),
    PrimaryKeyConstraint("organisation_id", "id"),
)

# `rank` counts the targets of one key: "the first fifty" is then a range of the index, however many there are.
lookup = Table(
    "lookup",
    metadata,
    org(),
    Column("kind", Words, nullable=False),
    Column("key", Key, nullable=False),
    Column("rank", Integer, nullable=False),
    words("target_kind"),
    words("target"),
    PrimaryKeyConstraint("organisation_id", "kind", "key", "rank"),
    sqlite_with_rowid=False,
)

# Where everything above stands in the rules files: see store/sources.py.
source_page = Table(
    "source_page",
    metadata,
    org(),
    Column("page", Integer, nullable=False),
    words("files"),
    Column("records", LargeBinary, nullable=False),
    PrimaryKeyConstraint("organisation_id", "page"),
)
