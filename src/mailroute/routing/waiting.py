"""The deadlines of a ticket that waits for somebody, wherever it begins to wait: opened, handed on, reopened."""

from __future__ import annotations

from datetime import datetime, timedelta

from mailroute.model.calendar import Calendar
from mailroute.model.decision import DeadlineSet, TimerKind, rule_of
from mailroute.model.ruleset import Deadlines, Ruleset
from mailroute.model.ticket import Ticket
from mailroute.routing.deadlines import due, promise
from mailroute.routing.work import Work

# An accepted ticket is asked about once a working day at most.
DONE_REMINDER_AT_LEAST = timedelta(hours=8)


def spans_of(ruleset: Ruleset, case_type: str | None) -> Deadlines:
    """The spans of a case type; the organisation's where it is unclear or gone from the rules."""
    found = ruleset.case_type(case_type)
    return found.deadlines if found else ruleset.organisation.deadlines


def source_of_spans(ruleset: Ruleset, case_type: str | None) -> str | None:
    """Where these spans stand; None where they are the program's own."""
    found = ruleset.case_type(case_type)
    return rule_of(found.source if found else ruleset.organisation.source_of("deadlines"))


def calendar_of(ruleset: Ruleset, staff_id: str) -> Calendar:
    """The working time of whoever has to act."""
    staff = ruleset.staff_by_id(staff_id)
    return ruleset.calendar(staff.calendar if staff else None)


def start_waiting(work: Work, case_type: str | None, assignee: str, since: datetime) -> DeadlineSet:
    """Set the timers of a ticket that waits for `assignee` from `since` on, and say so in the trace."""
    rule = source_of_spans(work.ruleset, case_type)
    promised, steps = promise(
        spans_of(work.ruleset, case_type), calendar_of(work.ruleset, assignee), since, rule
    )
    work.trace += steps
    work.set_timer(TimerKind.REMIND, promised.remind_at)
    work.set_timer(TimerKind.ESCALATE, promised.escalate_at)
    work.cancel_timers(TimerKind.DONE, TimerKind.FOLLOW_UP)
    return promised


def start_working(work: Work, ticket: Ticket) -> None:
    """The assignee has it: nobody waits for a first word any more, only for the matter to be done."""
    spans = spans_of(work.ruleset, ticket.case_type)
    work.cancel_timers(TimerKind.REMIND, TimerKind.ESCALATE, TimerKind.FOLLOW_UP)
    calendar = calendar_of(work.ruleset, ticket.assignee)
    done_by = due(spans, calendar, work.now, spans.done_within) if spans.done_within else None
    work.set_timer(TimerKind.DONE, done_by)


def start_resting(work: Work, due_at: datetime) -> None:
    """The assignee has it and wants to see it again then: until that moment nothing reminds of it."""
    work.cancel_timers(TimerKind.REMIND, TimerKind.ESCALATE, TimerKind.DONE)
    work.set_timer(TimerKind.FOLLOW_UP, due_at)


def next_reminder(work: Work, ticket: Ticket, *, at_least: timedelta = timedelta()) -> datetime:
    """When to remind again, from now, in the working time of the assignee."""
    spans = spans_of(work.ruleset, ticket.case_type)
    calendar = calendar_of(work.ruleset, ticket.assignee)
    return due(spans, calendar, work.now, max(spans.remind_every, at_least))
