"""Carry out a mail that nothing proved to be of its sender, once they have said on our pages that it is theirs.

To say so they have signed in by a link to their registered address, which is the proof that the mail lacked (design §7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailroute.clock import Clock
from mailroute.flow.command import Given, give, number_for
from mailroute.flow.site import Office, Site
from mailroute.model.ruleset import Staff
from mailroute.model.ticket import Noted, PartyKind, Ticket
from mailroute.routing.commands import parse_commands
from mailroute.store import confirmations
from mailroute.store.engine import Connection, Store
from mailroute.store.tickets import events, ticket

UNCONFIRMED = "unconfirmed"
# What somebody wanted a week ago may be long settled by other means.
CONFIRM_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Unproven:
    """A mail in the name of one of staff that was only kept as a note."""

    ticket: Ticket
    intake: int
    text: str
    at: datetime


def unproven(
    conn: Connection, organisation: str, number: int, intake: int, staff: Staff, now: datetime
) -> Unproven | None:
    """The mail if it is in the name of `staff`, still new enough, and not confirmed yet."""
    about = ticket(conn, organisation, number)
    if about is None or confirmations.is_confirmed(conn, organisation, intake):
        return None
    for one in events(conn, organisation, number):
        note = one.change
        if not isinstance(note, Noted) or note.why != UNCONFIRMED or note.intake != intake:
            continue
        theirs = (one.actor.kind, one.actor.id) == (PartyKind.STAFF, staff.id)
        if theirs and now - one.at <= CONFIRM_WITHIN:
            return Unproven(about, intake, note.text, one.at)
    return None


def confirm(
    found: Unproven, staff: Staff, office: Office, store: Store, site: Site, clock: Clock
) -> Given | None:
    """Carry out what the mail says, as its sender; None if the ticket is gone. Commits once, however often asked.

    Raises Conflict if it was confirmed meanwhile or the ticket never stood still.
    """
    organisation = found.ticket.organisation
    commands = parse_commands(found.text, office.ruleset.spellings)

    def note(tx: Connection) -> None:
        confirmations.note_confirmed(tx, organisation, found.intake, clock())

    return give(
        lambda _: commands,
        found.ticket.number,
        staff,
        office,
        store=store,
        site=site,
        clock=clock,
        way="w",
        fresh=number_for(commands, organisation, store),
        also=note,
    )
