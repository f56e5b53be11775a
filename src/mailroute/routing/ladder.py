"""The ladder of reminders: who is told at 50 %, at 100 %, then every day, until somebody acts. Pure.

Without a ladder in the rules it has one rung for the assignee, repeated; for emergencies the next one is told too,
once the time to bring them in is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from mailroute.model.calendar import Calendar
from mailroute.model.decision import DueTimer, Station, TimerKind
from mailroute.model.facts import Facts
from mailroute.model.letter import Notice, Template
from mailroute.model.ruleset import Deadlines, Rank, Ruleset, Rung, Staff
from mailroute.model.ticket import Escalated, Reminded, Ticket
from mailroute.routing.assign import Roster, escalate_to
from mailroute.routing.deadlines import due, to_the_minute
from mailroute.routing.offered import list_of
from mailroute.routing.presence import absence_of
from mailroute.routing.standing_in import stand_in_for
from mailroute.routing.waiting import (
    DONE_REMINDER_AT_LEAST,
    calendar_of,
    next_reminder,
    source_of_spans,
    spans_of,
)
from mailroute.routing.work import Work, local_day, passed_on, place_in_words, staff_party


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody whom a rung reminds, and in which rank; `role` is how they came to it, "" for the assignee."""

    staff: Staff
    rank: Rank
    role: str


def remind(work: Work, facts: Facts, ticket: Ticket, timer: DueTimer) -> None:
    """Climb one rung: tell whom it names, and set the next one. Rungs that a standstill has missed are passed over."""
    spans, calendar = spans_of(work.ruleset, ticket.case_type), calendar_of(work.ruleset, ticket.assignee)
    to: tuple[Rank, ...] = (Rank.ASSIGNEE,)
    if timer.kind is TimerKind.DONE:
        count = ticket.reminders + 1
        again = next_reminder(work, ticket, at_least=DONE_REMINDER_AT_LEAST)
    else:
        count, again = _climb(spans, calendar, timer.due_at, ticket.reminders + 1, work.now)
        to = _ranks(spans, count)
    told = list(_told(to, ticket, facts, work.ruleset, local_day(work.ruleset, work.now)))
    ticket = work.change(Reminded(told[0].staff.id, count))
    work.set_timer(timer.kind, again)
    names = ", ".join(one.staff.name for one in told)
    work.explain(
        Station.TIMER,
        "reminder",
        f"the {count}. to {names}; again at {to_the_minute(again, calendar)}",
        source_of_spans(work.ruleset, ticket.case_type),
    )
    for one in told:
        if one.role:
            ticket = work.change(Escalated(one.staff.id, one.role))
        template = Template.ESCALATION if one.role else Template.REMINDER
        tell(work, facts, template, one.staff, ticket, list_of(work, facts.offer, one.staff))


def tell(
    work: Work,
    facts: Facts,
    template: Template,
    staff: Staff,
    ticket: Ticket,
    candidates: tuple[str, ...] = (),
) -> None:
    """Tell somebody of a ticket that waits, with what it is about."""
    assignee = work.ruleset.staff_by_id(ticket.assignee)
    work.tell(
        Notice(
            template=template,
            to=staff_party(staff),
            language=staff.language,
            ticket=ticket,
            place=place_in_words(facts.place[0], facts.place[1]),
            author=staff_party(assignee) if assignee else None,
            passes_on=passed_on(facts.messages),
            candidates=candidates,
        )
    )


def rungs(spans: Deadlines) -> tuple[Rung, ...]:
    """The ladder that was written, or the one that the other spans come to. Only the last rung repeats."""
    assignee = (Rank.ASSIGNEE,)
    return spans.ladder or (
        Rung(spans.remind_after, assignee),
        Rung(spans.remind_every, assignee, repeats=True),
    )


def _climb(
    spans: Deadlines, calendar: Calendar, due_at: datetime, count: int, now: datetime
) -> tuple[int, datetime]:
    """The rung that is due now (from 1), and when the next one is; of several that are due the highest."""
    ladder = rungs(spans)
    while True:
        here, above = ladder[min(count, len(ladder)) - 1], ladder[min(count, len(ladder) - 1)]
        if above.repeats:
            return count, due(spans, calendar, now, above.at)
        due_at = due(spans, calendar, due_at, above.at - here.at)
        if due_at > now:
            return count, due_at
        count += 1


def _ranks(spans: Deadlines, count: int) -> tuple[Rank, ...]:
    ladder = rungs(spans)
    ranks = ladder[min(count, len(ladder)) - 1].to
    elapsed = spans.remind_after + (count - 1) * spans.remind_every
    second_line = spans.wall_clock and not spans.ladder and spans.escalate_after is not None
    if second_line and spans.escalate_after is not None and elapsed > spans.escalate_after:
        return (*ranks, Rank.DEPUTY)
    return ranks


def _told(
    ranks: tuple[Rank, ...], ticket: Ticket, facts: Facts, ruleset: Ruleset, day: date
) -> Iterator[Told]:
    """Everybody whom these ranks mean on that day, each once. Never nobody."""
    seen: set[str] = set()
    for rank in ranks:
        one = _who(rank, ticket, facts, ruleset, day)
        if one is not None and one.staff.id not in seen:
            seen.add(one.staff.id)
            yield one
    if not seen:
        yield Told(Roster(ruleset, day).triage().staff, Rank.LEAD, ruleset.organisation.triage_role)


def _who(rank: Rank, ticket: Ticket, facts: Facts, ruleset: Ruleset, day: date) -> Told | None:
    match rank:
        case Rank.ASSIGNEE:
            return _assignee(ticket, facts, ruleset, day)
        case Rank.DEPUTY:
            found = escalate_to(ticket, facts, ruleset, day)
            staff = ruleset.staff_by_id(found[1]) if found else None
            return Told(staff, rank, found[0]) if staff is not None and found is not None else None
        case Rank.LEAD:
            organisation = ruleset.organisation
            role = organisation.lead_role or organisation.fallback_role or organisation.triage_role
            holders = Roster(ruleset, day).holders(role, facts.place[0])
            lead = next((one.staff for one in holders if one.staff.id != ticket.assignee), None)
            return Told(lead, rank, role) if lead is not None else None
        case _:
            assert_never(rank)


def _assignee(ticket: Ticket, facts: Facts, ruleset: Ruleset, day: date) -> Told | None:
    """The assignee; while they are away, whoever stands in."""
    staff = ruleset.staff_by_id(ticket.assignee)
    if staff is not None and absence_of(ruleset, staff.id, day) is not None:
        instead = stand_in_for(ticket, facts, ruleset, day)
        if instead is not None:
            return Told(instead, Rank.ASSIGNEE, ticket.role)
    return Told(staff, Rank.ASSIGNEE, "") if staff is not None else None
