"""Somebody marks a ticket as read on our pages: the same rule as GELESEN by mail (REQ-B5), without a letter to anybody."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from mailroute.model.decision import Decision, Disposition, Station
from mailroute.model.facts import Facts
from mailroute.model.ticket import MarkedRead, Party, Status
from mailroute.routing.permit import viewer_of
from mailroute.routing.sharing import damage_types, may_take_part
from mailroute.routing.work import Rules, Work


class NotRead(StrEnum):
    """Why it is not marked: nobody has answered yet, so somebody must (ambiguity 9), or they may not see it."""

    UNANSWERED = "unanswered"
    NOT_THEIRS = "not-theirs"


def decide_read(facts: Facts, party: Party, rules: Rules, now: datetime) -> Decision | NotRead:
    """Note that `party` has read it. The house is not told."""
    ticket = facts.ticket
    if ticket is None:
        return NotRead.NOT_THEIRS
    if not may_take_part(viewer_of(party, facts.access), ticket, damage_types(rules.ruleset)):
        return NotRead.NOT_THEIRS
    if facts.unanswered and ticket.status is not Status.CLOSED:
        return NotRead.UNANSWERED
    work = Work(rules, ticket.organisation, party, now)
    work.about(ticket)
    work.change(MarkedRead())
    work.explain(Station.COMMAND, "marked as read", "on our pages; the house is not told")
    return work.decision(Disposition.COMMAND)
