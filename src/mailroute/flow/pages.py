"""Lead the reader of a letter to the page that shows the same, where they may come in and see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailroute.flow.site import Office
from mailroute.flow.visiting import visitor_at
from mailroute.model.letter import Notice, Template
from mailroute.model.ticket import PartyKind, Ticket
from mailroute.routing.sharing import damage_types, sees
from mailroute.store.engine import Connection

# Of letters that belong to no ticket.
_PAGES = {
    Template.WELCOME: "/desk",
    Template.DIGEST: "/desk",
    Template.HANDED_OVER: "/desk",
    Template.HOLES: "/desk/holes",
    Template.RULES_REFUSED: "/desk/rules",
    Template.INVITATION: "/",
    Template.INVITATION_CONFIRMED: "/",
    Template.SHARED_DAILY: "/tickets",
}
# An alarm is as short as it can be; whoever is refused has nothing to look at.
_WITHOUT = (Template.ALARM, Template.REFUSED)
_AT_HOME = (PartyKind.TENANT, PartyKind.OWNER)


def leading(conn: Connection, notice: Notice, office: Office, now: datetime) -> Notice:
    """The notice with the page it leads to; without one for everybody who could not come in or would not see it."""
    return replace(notice, page=_page(conn, notice, office, now))


def _page(conn: Connection, notice: Notice, office: Office, now: datetime) -> str:
    ticket = notice.ticket
    if notice.template in _WITHOUT:
        return ""
    if ticket is None:
        return _PAGES.get(notice.template, "")
    if notice.to.kind is PartyKind.STAFF:
        return f"/desk/ticket/{ticket.label}"
    return f"/tickets/{ticket.number}" if _may_look(conn, notice, ticket, office, now) else ""


def _may_look(conn: Connection, notice: Notice, ticket: Ticket, office: Office, now: datetime) -> bool:
    """Whether a reader outside sees the ticket on our pages."""
    if notice.to.kind in (PartyKind.PARTNER, PartyKind.UNKNOWN):
        return False
    # Who lives here needs no grant: nothing has to be looked up for most of what we write.
    if notice.to.kind in _AT_HOME and notice.to == ticket.reporter:
        return True
    who = visitor_at(conn, office, notice.to.address, now)
    return (
        who is not None and who.viewer is not None and sees(who.viewer, ticket, damage_types(office.ruleset))
    )
