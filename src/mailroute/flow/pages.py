"""Lead the reader of a letter to the page that shows the same, where they may come in and see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mailroute.flow.site import Office
from mailroute.flow.visiting import visitor_at
from mailroute.model.letter import Notice, Template
from mailroute.model.ticket import Change, Joined, PartyKind, Ticket
from mailroute.routing.sharing import damage_types, sees
from mailroute.store.engine import Connection
from mailroute.store.further import own_subjects

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


def leading(
    conn: Connection, notice: Notice, changes: Iterable[Change], office: Office, now: datetime
) -> Notice:
    """The notice with the page it leads to; without one for everybody who could not come in or would not see it.

    `changes` are those of the decision, which are not in the books yet.
    """
    joining = frozenset(one.party.address for one in changes if isinstance(one, Joined))
    return replace(notice, page=_page(conn, notice, joining, office, now))


def _page(conn: Connection, notice: Notice, joining: frozenset[str], office: Office, now: datetime) -> str:
    ticket = notice.ticket
    if notice.template in _WITHOUT:
        return ""
    if ticket is None:
        return _PAGES.get(notice.template, "")
    if notice.to.kind is PartyKind.STAFF:
        return f"/desk/ticket/{ticket.label}"
    return f"/tickets/{ticket.number}" if _may_look(conn, notice, ticket, joining, office, now) else ""


def _may_look(
    conn: Connection, notice: Notice, ticket: Ticket, joining: frozenset[str], office: Office, now: datetime
) -> bool:
    """Whether a reader outside sees the ticket on our pages."""
    if notice.to.kind in (PartyKind.PARTNER, PartyKind.UNKNOWN):
        return False
    # Who lives here needs no grant: nothing has to be looked up for most of what we write.
    if notice.to.kind in _AT_HOME and notice.to == ticket.reporter:
        return True
    address = notice.to.address
    who = visitor_at(conn, office, address, now)
    if who is None or who.viewer is None:
        return False
    reported = address in joining or own_subjects(conn, ticket.organisation, who.address, [ticket.number])
    return bool(reported) or sees(who.viewer, ticket, damage_types(office.ruleset))
