"""Every table, index and constraint. The database says here what can never be, whoever writes to it.

Every row that belongs to an organisation carries `organisation_id`. Personal data stands only in the columns that
are named in personal.py, so that erasure and export can be built on that list.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

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


def _org() -> Column[str]:
    return Column("organisation_id", Key, nullable=False)


def _words(name: str) -> Column[str]:
    return Column(name, Words, nullable=False)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the few rows that still want something. Queries must say `where` in the same words."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


meta = Table("meta", metadata, Column("name", Words, primary_key=True), _words("value"))

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
    _org(),
    Column("hash", Words, nullable=False),
    Column("first_activated_at", UtcTime, nullable=False),
    _words("files"),
    PrimaryKeyConstraint("organisation_id", "hash"),
)

# What was made active, and what was not because of its mistakes. `note` has the mistakes, or what changed.
activation = Table(
    "activation",
    metadata,
    Column("id", RowId, primary_key=True),
    _org(),
    Column("at", UtcTime, nullable=False),
    _words("outcome"),
    Column("ruleset", Words),
    _words("note"),
    Index("ix_activation_organisation", "organisation_id", "id"),
)

# --- mails --------------------------------------------------------------------------------------------------

# `content` stands last: SQLite reads the small columns of a row without touching the rest.
mail = Table(
    "mail",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("fingerprint", Key, nullable=False, unique=True),
    _words("door"),
    _words("mail_from"),
    _words("peer"),
    Column("login", Words),
    Column("received_at", UtcTime, nullable=False),
    _words("sha256"),
    Column("size_bytes", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("mail_id", RowId, ForeignKey("mail.id"), nullable=False, index=True),
    _words("door"),
    Column("door_key", Key, unique=True),
    _words("peer"),
    Column("received_at", UtcTime, nullable=False),
)

# AUTOINCREMENT: letters are named after intakes, so the id of an erased one must never come back.
intake = Table(
    "intake",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("mail_id", RowId, ForeignKey("mail.id"), nullable=False),
    _org(),
    _words("inbox"),
    _words("rcpt_to"),
    Column("conversation", Key),
    Column("content_key", Key, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    _words("state"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", UtcTime),
    Column("lease_owner", Words),
    Column("lease_until", UtcTime),
    Column("fresh_number", Integer),
    Column("error", Words),
    Column("decided_at", UtcTime),
    UniqueConstraint("mail_id", "organisation_id", "inbox"),
    Index("ix_intake_content_key", "organisation_id", "content_key"),
    _partial("ix_intake_undecided", "id", where="state = 'received'"),
    _partial("ix_intake_order", "organisation_id", "conversation", "id", where="state = 'received'"),
    # Not by organisation first: PostgreSQL would then take it for the order of a conversation, which it is not.
    _partial("ix_intake_oldest", "received_at", "organisation_id", where="state = 'received'"),
    _partial("ix_intake_held", "id", where="state = 'held'"),
    sqlite_autoincrement=True,
)

# --- directory ----------------------------------------------------------------------------------------------

property_ = Table(
    "property",
    metadata,
    _org(),
    Column("id", Key, nullable=False),
    _words("name"),
    _words("street"),
    _words("house_number"),
    _words("postcode"),
    _words("town"),
    _words("aliases"),
    _words("responsibilities"),
    Column("calendar", Words),
    Column("valid_since", Date),
    Column("valid_until", Date),
    PrimaryKeyConstraint("organisation_id", "id"),
)

unit = Table(
    "unit",
    metadata,
    _org(),
    Column("id", Key, nullable=False),
    Column("property", Key, nullable=False),
    Column("position", Integer, nullable=False),
    _words("name"),
    PrimaryKeyConstraint("organisation_id", "id"),
    Index("ix_unit_property", "organisation_id", "property"),
)

person = Table(
    "person",
    metadata,
    _org(),
    Column("id", Key, nullable=False),
    _words("name"),
    Column("language", Words),
    _words("addresses"),
    _words("occupancies"),
    _words("contracts"),
    _words("numbers"),
    _words("phones"),
    _words("ibans"),
    PrimaryKeyConstraint("organisation_id", "id"),
)

contract = Table(
    "contract",
    metadata,
    _org(),
    Column("id", Key, nullable=False),
    _words("number"),
    Column("property", Words),
    Column("unit", Words),
    _words("line_of_business"),
    _words("status"),
    Column("adviser", Words),
    Column("clerk", Words),
    _words("parties"),
    Column("valid_since", Date),
    Column("valid_until", Date),
    _words("also"),
    PrimaryKeyConstraint("organisation_id", "id"),
)

# `rank` counts the targets of one key: "the first fifty" is then a range of the index, however many there are.
lookup = Table(
    "lookup",
    metadata,
    _org(),
    Column("kind", Words, nullable=False),
    Column("key", Key, nullable=False),
    Column("rank", Integer, nullable=False),
    _words("target_kind"),
    _words("target"),
    PrimaryKeyConstraint("organisation_id", "kind", "key", "rank"),
    sqlite_with_rowid=False,
)

# --- tickets ------------------------------------------------------------------------------------------------

ticket = Table(
    "ticket",
    metadata,
    _org(),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    _words("status"),
    _words("inbox"),
    _words("subject"),
    _words("reporter_kind"),
    Column("reporter_id", Words),
    _words("reporter_name"),
    _words("reporter_address"),
    _words("language"),
    Column("case_type", Words),
    Column("urgency", Integer, nullable=False),
    Column("property", Words),
    Column("unit", Words),
    Column("contract", Words),
    _words("role"),
    Column("assignee", Key, nullable=False),
    _words("holders"),
    _words("given"),
    Column("opened_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("follow_up", UtcTime),
    Column("reminders", Integer, nullable=False),
    Column("last_message_id", Words),
    PrimaryKeyConstraint("organisation_id", "number"),
    Index("ix_ticket_assignee", "organisation_id", "assignee", "number"),
    _partial("ix_ticket_open", "organisation_id", "number", where="status <> 'closed'"),
)

event = Table(
    "event",
    metadata,
    _org(),
    Column("number", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    _words("actor_kind"),
    Column("actor_id", Words),
    _words("actor_name"),
    _words("actor_address"),
    _words("cause"),
    _words("ruleset"),
    _words("kind"),
    _words("body"),
    PrimaryKeyConstraint("organisation_id", "number", "seq"),
    ForeignKeyConstraint(["organisation_id", "number"], ["ticket.organisation_id", "ticket.number"]),
)

# Whoever a reply token of the ticket was made for: the reporter, and every recipient of a letter.
ticket_party = Table(
    "ticket_party",
    metadata,
    _org(),
    Column("number", Integer, nullable=False),
    Column("address", Key, nullable=False),
    _words("kind"),
    Column("party_id", Words),
    _words("name"),
    Column("since_version", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "number", "address"),
)

message_id = Table(
    "message_id", metadata, _org(),
    Column("message_id", Key, nullable=False), Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "message_id", "number"),
)  # fmt: skip

decision = Table(
    "decision",
    metadata,
    Column("id", RowId, primary_key=True),
    _org(),
    Column("intake_id", RowId, ForeignKey("intake.id"), index=True),
    Column("number", Integer),
    _words("cause"),
    Column("at", UtcTime, nullable=False),
    _words("disposition"),
    _words("ruleset"),
    _words("trace"),
    Column("routing", Words),
    _words("facts"),
    Index("ix_decision_ticket", "organisation_id", "number"),
)

timer = Table(
    "timer",
    metadata,
    Column("id", RowId, primary_key=True),
    _org(),
    Column("number", Integer, nullable=False),
    _words("kind"),
    Column("due_at", UtcTime, nullable=False),
    _words("state"),
    Column("lease_owner", Words),
    Column("lease_until", UtcTime),
    Column("attempts", Integer, nullable=False, default=0),
    Column("ended_at", UtcTime),
    _partial("uq_timer_pending", "organisation_id", "number", "kind", where="state = 'pending'", unique=True),
    _partial("ix_timer_due", "due_at", where="state = 'pending'"),
    sqlite_autoincrement=True,
)

# --- letters ------------------------------------------------------------------------------------------------

outbox = Table(
    "outbox",
    metadata,
    Column("position", RowId, primary_key=True),
    Column("id", Key, nullable=False, unique=True),
    _org(),
    Column("number", Integer),
    _words("template"),
    _words("to_kind"),
    Column("to_id", Words),
    _words("to_name"),
    _words("to_address"),
    _words("mail_from"),
    Column("message_id", Key, nullable=False, index=True),
    _words("subject"),
    Column("automatic", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    _words("state"),
    Column("due_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("doubts", Integer, nullable=False, default=0),
    Column("lease_owner", Words),
    Column("lease_until", UtcTime),
    Column("last_reply", Words),
    Column("changed_at", UtcTime, nullable=False),
    Column("content", LargeBinary, nullable=False),
    _partial("ix_outbox_due", "due_at", "position", where="state = 'waiting'"),
    _partial("ix_outbox_attempting", "lease_until", where="state = 'attempting'"),
    Index("ix_outbox_ticket", "organisation_id", "number", "position"),
    _partial(
        "ix_outbox_trouble",
        "position",
        where="state IN ('waiting', 'attempting', 'in-doubt', 'failed')",
    ),
    sqlite_autoincrement=True,
)

# --- budgets: what versions cannot see (the absence of rows) is held by one counter row -----------------------

acknowledgement = Table(
    "acknowledgement", metadata, _org(),
    Column("address", Key, nullable=False), Column("day", Date, nullable=False),
    Column("letters", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "address", "day"),
)  # fmt: skip

automatic_letters = Table(
    "automatic_letters", metadata, _org(),
    Column("hour", UtcTime, nullable=False), Column("letters", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "hour"),
)  # fmt: skip
