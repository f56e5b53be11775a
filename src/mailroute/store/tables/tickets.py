"""Tickets, their events, whom their tokens were made for, decisions and timers."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Table

from mailroute.store.columns import Key, RowId, UtcTime, Words
from mailroute.store.tables.base import metadata, org, partial, words

ticket = Table(
    "ticket",
    metadata,
    org(),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    words("status"),
    words("inbox"),
    words("subject"),
    words("reporter_kind"),
    Column("reporter_id", Words),
    words("reporter_name"),
    words("reporter_address"),
    words("language"),
    Column("case_type", Words),
    Column("urgency", Integer, nullable=False),
    Column("property", Words),
    Column("unit", Words),
    Column("contract", Words),
    words("role"),
    Column("assignee", Key, nullable=False),
    words("holders"),
    words("given"),
    Column("opened_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("follow_up", UtcTime),
    Column("reminders", Integer, nullable=False),
    Column("last_message_id", Words),
    words("partner"),
    Column("partner_due", UtcTime),
    words("partners_asked"),
    Column("orders", Integer, nullable=False),
    Column("asked", Integer, nullable=False, default=0),
    Column("joined", Integer, nullable=False, default=0),
    Column("lent_by", Key),
    Column("child_organisation", Key),
    Column("child_number", Integer),
    Column("parent_organisation", Key),
    Column("parent_number", Integer),
    Column("feared", Integer, nullable=False, default=0),
    PrimaryKeyConstraint("organisation_id", "number"),
    Index("ix_ticket_reporter", "organisation_id", "reporter_address", "number"),
    Index("ix_ticket_assignee", "organisation_id", "assignee", "number"),
    partial("ix_ticket_open", "organisation_id", "number", where="status <> 'closed'"),
    # What somebody sees on our pages beside what was reported from their address.
    partial("ix_ticket_person", "organisation_id", "reporter_id", "number", where="reporter_id IS NOT NULL"),
    partial("ix_ticket_contract", "organisation_id", "contract", "number", where="contract IS NOT NULL"),
    partial("ix_ticket_at_work", "organisation_id", "assignee", "number", where="status <> 'closed'"),
    partial("ix_ticket_triage", "organisation_id", "number", where="status = 'triage'"),
    partial("ix_ticket_lent", "organisation_id", "lent_by", where="lent_by IS NOT NULL"),
)

event = Table(
    "event",
    metadata,
    org(),
    Column("number", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    words("actor_kind"),
    Column("actor_id", Words),
    words("actor_name"),
    words("actor_address"),
    words("cause"),
    words("ruleset"),
    words("kind"),
    words("body"),
    PrimaryKeyConstraint("organisation_id", "number", "seq"),
    ForeignKeyConstraint(["organisation_id", "number"], ["ticket.organisation_id", "ticket.number"]),
)

# Whoever a reply token of the ticket was made for: the reporter, and every recipient of a letter. Number 0 stands for
# the letters that belong to no ticket.
ticket_party = Table(
    "ticket_party",
    metadata,
    org(),
    Column("number", Integer, nullable=False),
    Column("address", Key, nullable=False),
    words("kind"),
    Column("party_id", Words),
    words("name"),
    Column("since_version", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "number", "address"),
)

# The numbers of orders to outside firms, given once each (A-2026-17).
order_number = Table(
    "order_number", metadata, org(),
    Column("order", Integer, nullable=False), Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "order"),
)  # fmt: skip

message_id = Table(
    "message_id", metadata, org(),
    Column("message_id", Key, nullable=False), Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "message_id", "number"),
)  # fmt: skip

decision = Table(
    "decision",
    metadata,
    Column("id", RowId, primary_key=True),
    org(),
    Column("intake_id", RowId, ForeignKey("intake.id"), index=True),
    Column("number", Integer),
    words("cause"),
    Column("at", UtcTime, nullable=False),
    words("disposition"),
    words("ruleset"),
    words("trace"),
    Column("routing", Words),
    words("facts"),
    Index("ix_decision_ticket", "organisation_id", "number"),
)

timer = Table(
    "timer",
    metadata,
    Column("id", RowId, primary_key=True),
    org(),
    Column("number", Integer, nullable=False),
    words("kind"),
    Column("due_at", UtcTime, nullable=False),
    words("state"),
    Column("lease_owner", Words),
    Column("lease_until", UtcTime),
    Column("attempts", Integer, nullable=False, default=0),
    Column("ended_at", UtcTime),
    partial("uq_timer_pending", "organisation_id", "number", "kind", where="state = 'pending'", unique=True),
    partial("ix_timer_due", "due_at", where="state = 'pending'"),
    sqlite_autoincrement=True,
)
