"""decide_timer: a due timer reminds, escalates, or has been overtaken."""

from dataclasses import replace

import pytest

from mailroute.model.decision import Decision, Disposition, SetTimer, TimerKind
from mailroute.model.letter import Template
from mailroute.model.ruleset import Absence, Source
from mailroute.model.ticket import CLOCK, Escalated, Reminded, Status, Ticket
from mailroute.routing.work import Rules
from tests.support.deciding import RULES, RULESET, kinds, notice, statuses, timer, told
from tests.support.factories import NOW, TODAY, a_ticket

ACCEPTED = a_ticket(status=Status.ACCEPTED)


def again(decision: Decision) -> str:
    [one] = decision.timers
    assert isinstance(one, SetTimer)
    return one.due_at.isoformat()


@pytest.mark.parametrize("kind", TimerKind)
@pytest.mark.parametrize("ticket", [None, a_ticket(status=Status.CLOSED)], ids=["gone", "closed"])
def test_a_timer_of_a_ticket_that_is_closed_or_gone_means_nothing(
    kind: TimerKind, ticket: Ticket | None
) -> None:
    decision = timer(kind, ticket)
    assert decision.disposition is Disposition.IGNORE
    assert (decision.changes, decision.notices, decision.timers) == ((), (), ())


@pytest.mark.parametrize("kind", [TimerKind.REMIND, TimerKind.ESCALATE])
def test_an_accepted_ticket_is_not_asked_for_a_first_word(kind: TimerKind) -> None:
    decision = timer(kind, ACCEPTED)
    assert (decision.changes, decision.notices, decision.timers) == ((), (), ())


@pytest.mark.parametrize("status", list(statuses(Status.ACCEPTED, Status.WITH_PARTNER, Status.CLOSED)))
def test_a_ticket_that_is_not_accepted_is_not_asked_whether_it_is_done(status: Status) -> None:
    assert timer(TimerKind.DONE, a_ticket(status=status)).changes == ()


@pytest.mark.parametrize("status", [Status.OFFERED, Status.TRIAGE])
def test_the_assignee_is_reminded_and_will_be_again(status: Status) -> None:
    decision = timer(TimerKind.REMIND, a_ticket(status=status, reminders=2))
    assert decision.changes == (Reminded("schmidt", 3),)
    assert told(decision) == [(Template.REMINDER, "schmidt")]
    assert decision.actor == CLOCK
    # Monday 10:00 in Munich, seven hours are left of it: Tuesday 09:00.
    assert again(decision) == "2026-02-03T08:00:00+00:00"
    assert decision.ticket is not None
    assert decision.ticket.assignee == "schmidt"


def test_an_accepted_ticket_is_asked_about_when_it_should_be_done() -> None:
    decision = timer(TimerKind.DONE, ACCEPTED)
    assert kinds(decision) == ["reminded"]
    assert told(decision) == [(Template.REMINDER, "schmidt")]
    [one] = decision.timers
    assert one.kind is TimerKind.DONE


def test_an_escalation_tells_the_next_one_and_leaves_the_assignee() -> None:
    decision = timer(TimerKind.ESCALATE, a_ticket())
    assert decision.changes == (Escalated("zeiler", "zentrale"),)
    assert told(decision) == [(Template.ESCALATION, "zeiler")]
    author = notice(decision, Template.ESCALATION).author
    assert author is not None
    assert author.id == "schmidt"
    assert decision.ticket is not None
    assert decision.ticket.assignee == "schmidt"


def test_an_escalation_of_the_triage_desk_itself_reaches_somebody_else_or_nobody() -> None:
    decision = timer(TimerKind.ESCALATE, a_ticket(status=Status.TRIAGE, assignee="zeiler", role="zentrale"))
    assert all(one.to.id != "zeiler" for one in decision.notices)


def test_the_ticket_of_somebody_gone_from_the_rules_goes_to_the_triage_desk() -> None:
    decision = timer(TimerKind.REMIND, a_ticket(assignee="long-gone"))
    assert kinds(decision) == ["assigned"]
    assert told(decision) == [(Template.ASSIGNED, "zeiler")]


def test_the_ticket_of_somebody_who_has_left_goes_to_the_triage_desk() -> None:
    """`active: no` keeps the entry in staff.yaml: her mailbox is nobody's any more, and the ticket waited for ever."""
    staff = tuple(replace(one, active=one.id != "schmidt") for one in RULESET.staff)
    rules = Rules(replace(RULESET, staff=staff))
    decision = timer(TimerKind.REMIND, a_ticket(), rules)
    assert kinds(decision) == ["assigned"]
    assert told(decision) == [(Template.ASSIGNED, "zeiler")]


def test_an_escalation_passes_over_who_is_away() -> None:
    away = Absence("zeiler", TODAY, TODAY, "lang", Source("absences.yaml", 1))
    rules = Rules(replace(RULESET, absences=(away,)))
    assert told(timer(TimerKind.ESCALATE, a_ticket(), rules)) == [(Template.ESCALATION, "lang")]


def test_a_reminder_is_for_people_and_says_no_deadline_that_has_passed() -> None:
    assert notice(timer(TimerKind.REMIND, a_ticket(), RULES, NOW), Template.REMINDER).due is None
