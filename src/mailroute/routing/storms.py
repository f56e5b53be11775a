"""Loops and storms come to rest: above an allowance people are told once that they are told no more (reliability §3).

Nothing is lost by it. A mail is stored and stands in a ticket whose deadlines run; only letters are kept back, and an
emergency's never are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from mailroute.model import limits
from mailroute.model.address import address_key
from mailroute.model.decision import Station, rule_of
from mailroute.model.facts import Facts
from mailroute.model.ruleset import Storms
from mailroute.model.ticket import Status, Ticket
from mailroute.model.traffic import Count, Scope, Traffic, allowance, opens_again, window_index
from mailroute.routing.work import Work

# Whoever opens so many tickets within ten minutes after an automatic letter of ours is no person.
BURST = 3


class Flow(Enum):
    """Whether people still hear of it. FULL: this is the one that says that no more will follow."""

    OPEN = auto()
    FULL = auto()
    MUTED = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one window says, and until when it says so."""

    flow: Flow
    scope: Scope
    until: datetime


def weigh(work: Work, facts: Facts, scope: Scope, key: str, limit: int, number: int | None = None) -> Verdict:
    """Count one more and say whether it is within its allowance. `number` is the ticket that it leads to."""
    seen = traffic(facts, scope, key)
    allowed = allowance(limit, seen.trips, window_index(scope, work.now))
    until = opens_again(scope, seen.trips, work.now)
    work.count(Count(scope, key, seen.now, allowed, seen.trips, number))
    if seen.now < allowed:
        return Verdict(Flow.OPEN, scope, until)
    # In a storm that goes on everybody knows already.
    flow = Flow.FULL if seen.now == allowed and seen.trips == 0 else Flow.MUTED
    work.explain(
        Station.NOTIFY,
        "muted" if flow is Flow.MUTED else "muted from now on",
        f"{seen.now + 1} in this hour for {scope} {key or 'of the organisation'}, {allowed} are told of",
        rule_of(work.ruleset.organisation.source_of("storms")),
    )
    return Verdict(flow, scope, until)


def traffic(facts: Facts, scope: Scope, key: str) -> Traffic:
    """What was counted, nothing where there is no row."""
    found = (one for one in facts.traffic if one.scope is scope and one.key == key)
    return next(found, Traffic(scope, key, 0))


def _worst(*verdicts: Verdict) -> Verdict:
    return max(verdicts, key=lambda one: one.flow.value)


def ticket_in_a_storm(work: Work, facts: Facts, address: str) -> tuple[Ticket, Verdict] | None:
    """The ticket that further mails of `address` belong to, because it opens more of them than people do.

    Counts one more ticket of theirs; None as long as they may open it.
    """
    key, storms = address_key(address), work.ruleset.organisation.storms
    collecting = facts.storm if facts.storm is not None and _collects(facts.storm, key) else None
    leads_to = facts.fresh_number if collecting is None else collecting.number
    verdict = weigh(work, facts, Scope.SENDER, key, storms.tickets_per_sender, leads_to)
    return (collecting, verdict) if collecting is not None and verdict.flow is not Flow.OPEN else None


def _collects(ticket: Ticket, key: str) -> bool:
    return ticket.status is not Status.CLOSED and address_key(ticket.reporter.address) == key


def silence(work: Work, facts: Facts, address: str) -> str | None:
    """Why an address gets no automatic letter, or None: it answers ours faster than people do.

    Counts a new ticket of theirs.
    """
    key = address_key(address)
    if traffic(facts, Scope.SILENCED, key).now:
        return "it answered automatic letters like a machine, and gets none for the rest of the day"
    burst = traffic(facts, Scope.BURST, key)
    work.count(Count(Scope.BURST, key, burst.now, BURST))
    if burst.now < BURST or not facts.acknowledgements_today:
        return None
    work.count(Count(Scope.SILENCED, key, 0, 0))
    return f"{burst.now + 1} new matters within ten minutes of our letters: that is a machine's pace"


def silence_of_emergency(work: Work, facts: Facts, address: str) -> str | None:
    """Why an address does not get the number to call once more, or None. Counts it; no other allowance holds here."""
    key = address_key(address)
    called = traffic(facts, Scope.CALLED, key)
    if called.now >= limits.EMERGENCIES_ACKNOWLEDGED_PER_ADDRESS_AND_DAY:
        return f"{called.now} letters with the number for emergencies went to this address today"
    work.count(Count(Scope.CALLED, key, called.now, limits.EMERGENCIES_ACKNOWLEDGED_PER_ADDRESS_AND_DAY))
    return None


def tells_staff(work: Work, facts: Facts, case_type: str | None, *, emergency: bool) -> Verdict:
    """Whether staff hear of a new ticket. An emergency always goes through, and is counted."""
    storms = work.ruleset.organisation.storms
    by_rule = weigh(work, facts, Scope.RULE, case_type or "unclear", storms.tickets_per_case_type)
    in_all = _total(work, facts, storms)
    return replace(by_rule, flow=Flow.OPEN) if emergency else _worst(by_rule, in_all)


def tells_of_message(work: Work, facts: Facts, number: int, *, emergency: bool) -> Verdict:
    """Whether the assignee hears of a further message in a ticket. An emergency always goes through, and is counted."""
    storms = work.ruleset.organisation.storms
    by_ticket = weigh(work, facts, Scope.TICKET, str(number), storms.letters_per_ticket)
    in_all = _total(work, facts, storms)
    return replace(by_ticket, flow=Flow.OPEN) if emergency else _worst(by_ticket, in_all)


def _total(work: Work, facts: Facts, storms: Storms) -> Verdict:
    return weigh(work, facts, Scope.TOTAL, "", storms.mails)


def is_trusted(address: str, work: Work) -> bool:
    """Whether somebody's own tickets are not counted: a feed that the organisation trusts speaks for many."""
    key = address_key(address)
    return any(address_key(one) == key for one in work.ruleset.organisation.trusted_feeds)
