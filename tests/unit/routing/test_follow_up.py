"""`frist Freitag`: the ticket rests until then and comes back (issue 5, item 6)."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailroute.model.decision import CancelTimer, Decision, SetTimer, TimerKind
from mailroute.model.letter import Line, Template
from mailroute.model.ticket import FollowedUp, FollowUpSet, Status
from mailroute.routing.work import Rules
from tests.support.deciding import RULESET, colleague, kinds, notice, says, timer, timers_set, told
from tests.support.factories import NOW, a_ticket

SCHMIDT, HUBER = colleague("schmidt"), colleague("huber")
FRIDAY = datetime(2026, 2, 6, 8, 0, tzinfo=ZoneInfo("Europe/Berlin"))
RESTING = a_ticket(status=Status.ACCEPTED, follow_up=FRIDAY)


def receipt(decision: Decision) -> Line:
    [line] = notice(decision, Template.RECEIPT).lines
    return line


@pytest.mark.parametrize(
    "said",
    ["frist Freitag", "Frist: Freitag", "wiedervorlage am Freitag", "follow up friday", "follow-up: Friday"],
)
def test_a_follow_up_date_is_the_assignees_and_rests_the_reminders(said: str) -> None:
    decision = says(SCHMIDT, said)
    assert decision.changes[-1] == FollowUpSet(FRIDAY)
    assert kinds(decision) == ["accepted", "follow-up-set"]
    assert timers_set(decision) == {TimerKind.FOLLOW_UP}
    assert SetTimer(TimerKind.FOLLOW_UP, FRIDAY) in decision.timers
    assert CancelTimer(TimerKind.REMIND) in decision.timers
    assert CancelTimer(TimerKind.DONE) in decision.timers
    assert "Freitag, 6. Februar 2026, 08:00 Uhr" in receipt(decision).did
    assert decision.ticket is not None
    assert decision.ticket.follow_up == FRIDAY


def test_the_moment_is_named_in_the_language_of_the_reader() -> None:
    staff = tuple(replace(one, language="en") for one in RULESET.staff)
    decision = says(SCHMIDT, "follow up: friday 2:30 pm", rules=Rules(replace(RULESET, staff=staff)))
    assert "Friday, 6 February 2026, 14:30" in receipt(decision).did


def test_a_time_with_a_colon_is_no_argument_of_a_verb() -> None:
    assert "Dienstag, 3. Februar 2026, 14:30 Uhr" in receipt(says(SCHMIDT, "frist morgen 14:30")).did


@pytest.mark.parametrize("said", ["frist: bald", "Frist: ist am Freitag abgelaufen", "follow up: whenever"])
def test_what_is_no_date_is_kept_and_sent_to_nobody(said: str) -> None:
    decision = says(SCHMIDT, said)
    assert kinds(decision) == ["noted"]
    assert told(decision) == [(Template.RECEIPT, "schmidt")]
    assert not receipt(decision).done


@pytest.mark.parametrize("said", ["frist bald", "follow up whenever"])
def test_without_a_colon_what_is_no_date_may_be_an_answer_and_is_shown_first(said: str) -> None:
    decision = says(SCHMIDT, said)
    assert kinds(decision) == ["accepted", "drafted"]
    assert told(decision) == [(Template.PREVIEW, "schmidt")]


def test_a_moment_that_is_past_is_refused() -> None:
    decision = says(SCHMIDT, "frist heute 8 Uhr")
    assert kinds(decision) == []
    assert "ist vorbei" in receipt(decision).did


def test_only_the_assignee_lets_a_ticket_rest() -> None:
    assert kinds(says(HUBER, "frist Freitag")) == []
    assert kinds(says(SCHMIDT, "frist Freitag", ticket=a_ticket(status=Status.CLOSED))) == []


def test_when_the_date_comes_the_assignee_gets_the_ticket_again() -> None:
    decision = timer(TimerKind.FOLLOW_UP, RESTING, now=FRIDAY + timedelta(minutes=1))
    assert decision.changes == (FollowedUp("schmidt"),)
    assert told(decision) == [(Template.FOLLOW_UP_DUE, "schmidt")]
    assert timers_set(decision) == {TimerKind.DONE}
    assert decision.ticket is not None
    assert decision.ticket.follow_up is None


def test_when_the_assignee_has_left_the_triage_desk_gets_it() -> None:
    decision = timer(TimerKind.FOLLOW_UP, replace(RESTING, assignee="long-gone"))
    assert kinds(decision) == ["assigned"]


@pytest.mark.parametrize("said", ["weiter an: Weber", "ablehnen", "erledigt"])
def test_whoever_gets_it_next_has_no_date_of_another(said: str) -> None:
    decision = says(SCHMIDT, said, ticket=RESTING)
    assert decision.ticket is not None
    assert decision.ticket.follow_up is None
    assert CancelTimer(TimerKind.FOLLOW_UP) in decision.timers


def test_a_colleague_who_takes_it_over_has_no_date_either() -> None:
    decision = says(HUBER, "übernehmen", ticket=RESTING)
    assert decision.ticket is not None
    assert decision.ticket.follow_up is None
    assert CancelTimer(TimerKind.FOLLOW_UP) in decision.timers


def test_a_timer_that_was_overtaken_does_nothing() -> None:
    assert kinds(timer(TimerKind.FOLLOW_UP, a_ticket(status=Status.ACCEPTED))) == []
    assert NOW < FRIDAY
