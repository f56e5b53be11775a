"""Every table, index and constraint. The database says here what can never be, whoever writes to it.

Every row that belongs to an organisation carries `organisation_id`. Personal data stands only in the columns that
are named in personal.py, so that erasure and export can be built on that list.
"""

from mailroute.store.tables.base import FIRST_TICKET_NUMBER, activation, meta, metadata, organisation, ruleset
from mailroute.store.tables.directory import contract, lookup, person, property_, source_page, unit
from mailroute.store.tables.gathering import further_reporter, gathering, turn
from mailroute.store.tables.grants import choice, customer_grant, grant_member, invitation, reading, view_as
from mailroute.store.tables.letters import (
    acknowledgement,
    automatic_letters,
    daily,
    gathered,
    outbox,
    traffic,
)
from mailroute.store.tables.mails import delivery, given_mail, intake, mail
from mailroute.store.tables.people import absence, staff_event
from mailroute.store.tables.search import ticket_word
from mailroute.store.tables.tickets import (
    decision,
    event,
    message_id,
    order_number,
    ticket,
    ticket_party,
    timer,
)
from mailroute.store.tables.web import confirmed, sign_in, sign_in_request, web_session

__all__ = [
    "FIRST_TICKET_NUMBER",
    "absence",
    "acknowledgement",
    "activation",
    "automatic_letters",
    "choice",
    "confirmed",
    "contract",
    "customer_grant",
    "daily",
    "decision",
    "delivery",
    "event",
    "further_reporter",
    "gathered",
    "gathering",
    "given_mail",
    "grant_member",
    "intake",
    "invitation",
    "lookup",
    "mail",
    "message_id",
    "meta",
    "metadata",
    "order_number",
    "organisation",
    "outbox",
    "person",
    "property_",
    "reading",
    "ruleset",
    "sign_in",
    "sign_in_request",
    "source_page",
    "staff_event",
    "ticket",
    "ticket_party",
    "ticket_word",
    "timer",
    "traffic",
    "turn",
    "unit",
    "view_as",
    "web_session",
]
