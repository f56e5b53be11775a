"""What a ticket is after something happened between it and a partner, on either side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from mailroute.model.outside import (
    AskedBy,
    GoneBack,
    PartnerAccepted,
    PartnerAsked,
    PartnerDeclined,
    PartnerReturned,
    PartnerRevoked,
    PartnerTimedOut,
    PartnerUnreachable,
    TakenOn,
)

if TYPE_CHECKING:
    # The fold of a ticket calls this for its partners.
    from mailroute.model.ticket import Ticket

Back = PartnerDeclined | PartnerTimedOut | PartnerUnreachable | PartnerRevoked | PartnerReturned


def after_change(
    change: PartnerAsked | PartnerAccepted | Back | AskedBy | TakenOn | GoneBack, ticket: Ticket
) -> Ticket:
    """The ticket, whose status has changed already, with what else `change` makes of it."""
    match change:
        case PartnerAsked():
            asked = replace(ticket, partner=change.partner, partner_due=change.due, child=change.child)
            return replace(asked, follow_up=None, reminders=0)
        case PartnerAccepted() | TakenOn():
            return replace(ticket, partner_due=None)
        case (
            PartnerDeclined()
            | PartnerTimedOut()
            | PartnerUnreachable()
            | PartnerRevoked()
            | PartnerReturned()
        ):
            asked_before = (*ticket.partners_asked, change.partner)
            back = replace(ticket, partner="", partner_due=None, child=None)
            return replace(back, partners_asked=asked_before, reminders=0)
        case AskedBy():
            return replace(ticket, parent=change.parent, partner_due=change.due)
        case GoneBack():
            closed = replace(ticket, closed_at=ticket.changed_at, partner_due=None)
            return replace(closed, follow_up=None, reminders=0)
        case _:
            assert_never(change)
