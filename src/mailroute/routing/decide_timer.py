"""A timer came due: remind the assignee, or bring in the next one. Pure, like every decision."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from mailroute.model.decision import Decision, Disposition, DueTimer, Station, TimerKind, rule_of
from mailroute.model.facts import Facts
from mailroute.model.letter import Template
from mailroute.model.ticket import AT_PARTNER, CLOCK, Assigned, Escalated, FollowedUp, Status, Ticket
from mailroute.routing.assign import escalate_to, triage_desk
from mailroute.routing.changes import tell_changes
from mailroute.routing.decide_partner import remind_partner
from mailroute.routing.ladder import remind, tell
from mailroute.routing.moving_on import question_came_back, time_out
from mailroute.routing.muting import sum_up
from mailroute.routing.offered import pass_list_on
from mailroute.routing.presence import as_of
from mailroute.routing.splitting import split_by_rule
from mailroute.routing.waiting import start_waiting, start_working
from mailroute.routing.work import Rules, Work, local_day


def decide_timer(timer: DueTimer, facts: Facts, rules: Rules, now: datetime) -> Decision:
    """Say what a due timer means for its ticket. One that has been overtaken means nothing."""
    work = Work(as_of(rules, facts.away, now), timer.organisation, CLOCK, now)
    ticket = facts.ticket
    if ticket is None or ticket.status is Status.CLOSED:
        work.explain(Station.TIMER, "nothing to do", "the ticket is closed or gone")
        return work.decision(Disposition.IGNORE)
    work.about(ticket)
    if ticket.status in AT_PARTNER and timer.kind is not TimerKind.CHANGES:
        _about_partner(timer, facts, work, ticket)
        return work.decision(Disposition.COMMAND)
    if timer.kind is not TimerKind.CHANGES and _is_gone(work, ticket.assignee):
        _hand_to_triage(work, facts, ticket)
        return work.decision(Disposition.COMMAND)
    _act(timer, facts, work, ticket)
    return work.decision(Disposition.COMMAND)


def _about_partner(timer: DueTimer, facts: Facts, work: Work, ticket: Ticket) -> None:
    """Of staff, nobody is reminded while a partner must act."""
    if timer.kind is TimerKind.PARTNER:
        return time_out(work, facts)
    if timer.kind is TimerKind.UNREACHABLE and ticket.status is Status.PARTNER_ASKED:
        return question_came_back(work, facts, "")
    if timer.kind is TimerKind.DONE and ticket.status is Status.WITH_PARTNER:
        return remind_partner(work, facts)
    return work.explain(Station.TIMER, "nothing to do", f"the ticket is {ticket.status} by now")


def _act(timer: DueTimer, facts: Facts, work: Work, ticket: Ticket) -> None:
    accepted = ticket.status is Status.ACCEPTED
    match timer.kind:
        case TimerKind.REMIND | TimerKind.DONE:
            if accepted is (timer.kind is TimerKind.DONE):
                return remind(work, facts, ticket, timer)
        case TimerKind.ESCALATE:
            if not accepted:
                return _escalate(work, facts, ticket)
        case TimerKind.PARTNER | TimerKind.UNREACHABLE:
            pass  # no partner is asked any more
        case TimerKind.CHANGES:
            return tell_changes(work, facts, ticket)
        case TimerKind.MUTED:
            return sum_up(work, facts, ticket)
        case TimerKind.SPLIT:
            return split_by_rule(work, facts, ticket)
        case TimerKind.FOLLOW_UP:
            if accepted and ticket.follow_up is not None:
                return _follow_up(work, facts, ticket)
        case _:
            assert_never(timer.kind)
    return work.explain(Station.TIMER, "nothing to do", f"the ticket is {ticket.status} by now")


def _is_gone(work: Work, staff_id: str) -> bool:
    staff = work.ruleset.staff_by_id(staff_id)
    return staff is None or not staff.active


def _hand_to_triage(work: Work, facts: Facts, ticket: Ticket) -> None:
    """Whoever had it works here no more: a ticket must have somebody who acts (design §7)."""
    desk = triage_desk(work.ruleset, local_day(work.ruleset, work.now))
    gone = ticket.assignee
    ticket = work.change(Assigned(desk.id))
    start_waiting(work, ticket.case_type, desk.id, work.now)
    work.explain(
        Station.ASSIGN,
        desk.id,
        f"{gone} works here no more; the triage desk has it now",
        rule_of(work.ruleset.organisation.source_of("triage_role"), desk.source),
    )
    tell(work, facts, Template.ASSIGNED, desk, ticket, pass_list_on(work, facts.offer, desk))


def _follow_up(work: Work, facts: Facts, ticket: Ticket) -> None:
    staff = work.ruleset.staff_by_id(ticket.assignee)
    assert staff is not None
    ticket = work.change(FollowedUp(staff.id))
    start_working(work, ticket)
    work.explain(
        Station.TIMER, "follow-up", f"{staff.name} wanted to see it again now", rule_of(staff.source)
    )
    tell(work, facts, Template.FOLLOW_UP_DUE, staff, ticket)


def _escalate(work: Work, facts: Facts, ticket: Ticket) -> None:
    next_one = escalate_to(ticket, facts, work.ruleset, local_day(work.ruleset, work.now))
    staff = work.ruleset.staff_by_id(next_one[1]) if next_one else None
    if next_one is None or staff is None:
        work.explain(Station.TIMER, "no escalation", "there is nobody else who could be brought in")
        return
    ticket = work.change(Escalated(staff.id, next_one[0]))
    work.explain(
        Station.TIMER,
        "escalation",
        f"{staff.name} (role {next_one[0]}) is brought in",
        rule_of(work.ruleset.role(next_one[0]).source, staff.source),
    )
    tell(work, facts, Template.ESCALATION, staff, ticket)
