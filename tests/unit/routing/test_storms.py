"""Loops and storms come to rest: who hears of what above an allowance, and that nothing is lost by it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailroute.model.decision import Decision, Disposition, SetTimer, TimerKind
from mailroute.model.facts import Facts
from mailroute.model.letter import Template
from mailroute.model.message import Address, Forwarded
from mailroute.model.ticket import Party, PartyKind, Status
from mailroute.model.traffic import (
    LENGTHS,
    Scope,
    Traffic,
    allowance,
    opens_again,
    remembered,
    window_index,
    window_start,
)
from mailroute.routing.work import Rules
from tests.support.deciding import colleague, decide, in_ticket, kinds, notice, timer, told
from tests.support.factories import MUELLER, NOW, a_case_type, a_message, a_ruleset, a_ticket, an_organisation

DAMAGE = a_message("In der Max-Planck-Straße 12 ist die Dachrinne kaputt.")
BURNS = a_message("Es brennt in der Max-Planck-Straße 12!")
WHO = MUELLER.address
FIRE = a_case_type("notfall", "objektbetreuung", {"brennt": 4}, emergency=True, urgency=1)
WITH_EMERGENCIES = Rules(a_ruleset(case_types=(FIRE, *a_ruleset().case_types)))


def counted(scope: Scope, now: int, trips: int = 0, key: str = WHO, number: int | None = None) -> Facts:
    ticket = a_ticket(reporter=Party(PartyKind.TENANT, "mueller", "Klaus Müller", WHO))
    collecting = ticket if number is not None else None
    return Facts(traffic=(Traffic(scope, key, now, trips, number),), storm=collecting)


def letters(decision: Decision) -> list[Template]:
    return [one.template for one in decision.notices]


# --- one sender -----------------------------------------------------------------------------------------------


def test_the_twentieth_ticket_of_a_sender_within_an_hour_is_still_one_of_its_own() -> None:
    decision = decide(DAMAGE, counted(Scope.SENDER, 19, number=10428))
    assert decision.disposition is Disposition.OPEN


def test_the_next_one_is_collected_and_its_assignee_hears_once_that_no_letters_follow() -> None:
    decision = decide(DAMAGE, counted(Scope.SENDER, 20, number=10428))

    assert (decision.disposition, decision.number) == (Disposition.APPEND, 10428)
    assert kinds(decision) == ["message-added"]
    assert told(decision) == [(Template.MUTED, "schmidt")]
    assert notice(decision, Template.MUTED).due == opens_again(Scope.SENDER, 0, NOW)
    assert "too many tickets" in " ".join(step.because for step in decision.trace)


def test_what_comes_after_that_is_kept_without_a_letter_and_summed_up_at_the_end_of_the_window() -> None:
    decision = decide(DAMAGE, counted(Scope.SENDER, 21, number=10428))

    assert kinds(decision) == ["message-added"]
    assert decision.notices == ()
    assert decision.timers == (SetTimer(TimerKind.MUTED, opens_again(Scope.SENDER, 0, NOW)),)


def test_an_emergency_opens_its_own_ticket_and_is_told_of_in_any_storm() -> None:
    for scope, key in ((Scope.SENDER, WHO), (Scope.RULE, "notfall"), (Scope.TOTAL, "")):
        decision = decide(BURNS, counted(scope, 5000, key=key, number=10428), rules=WITH_EMERGENCIES)
        assert decision.disposition is not Disposition.APPEND
        assert {Template.NOTIFICATION, Template.TRIAGE} & set(letters(decision))


def test_a_storm_of_somebody_whose_ticket_is_closed_begins_a_new_one() -> None:
    facts = counted(Scope.SENDER, 30, number=10428)
    closed = Facts(traffic=facts.traffic, storm=a_ticket(status=Status.CLOSED))
    assert decide(DAMAGE, closed).disposition is Disposition.OPEN


def test_nobodys_mails_are_collected_in_a_ticket_of_somebody_else() -> None:
    facts = counted(Scope.SENDER, 30, number=10428)
    other = Facts(
        traffic=facts.traffic, storm=a_ticket(reporter=Party(PartyKind.UNKNOWN, None, "", "x@y.example"))
    )
    assert decide(DAMAGE, other).disposition is Disposition.OPEN


# --- half open ------------------------------------------------------------------------------------------------


def test_after_a_storm_a_tenth_is_let_through_then_ever_less_often_one() -> None:
    assert [allowance(20, trips, 0) for trips in (0, 1, 2, 9)] == [20, 2, 1, 1]
    assert [allowance(20, 2, index) for index in range(4)] == [1, 0, 1, 0]
    assert [allowance(20, 3, index) for index in range(8)] == [1, 0, 0, 0, 1, 0, 0, 0]
    assert sum(allowance(20, 40, index) for index in range(64)) == 2


def test_a_small_allowance_is_not_closed_after_the_first_storm() -> None:
    assert allowance(3, 1, 7) == 1


@pytest.mark.parametrize("trips", range(8))
def test_the_moment_that_is_named_is_the_start_of_the_next_window_in_which_anything_is_allowed(
    trips: int,
) -> None:
    until = opens_again(Scope.SENDER, trips, NOW)
    index = window_index(Scope.SENDER, until)
    assert until == window_start(Scope.SENDER, until)
    assert allowance(20, trips + 1, index) > 0
    between = range(window_index(Scope.SENDER, NOW) + 1, index)
    assert not any(allowance(20, trips + 1, one) for one in between)
    assert len(between) + 1 <= remembered(trips + 1)


def test_a_storm_that_goes_on_is_not_announced_again() -> None:
    decision = decide(DAMAGE, counted(Scope.SENDER, 2, trips=1, number=10428))
    assert decision.disposition is Disposition.APPEND
    assert decision.notices == ()


# --- a ticket, a rule, everything -----------------------------------------------------------------------------


def more(now: int) -> Decision:
    ticket = a_ticket(status=Status.ACCEPTED)
    facts = in_ticket(ticket, ticket.reporter, traffic=(Traffic(Scope.TICKET, "10428", now),))
    return decide(a_message("Noch etwas."), facts)


def test_the_messages_of_one_ticket_are_told_of_one_by_one_up_to_the_allowance() -> None:
    assert letters(more(19)) == [Template.FOLLOW_UP]
    assert letters(more(20)) == [Template.MUTED, Template.FOLLOW_UP]
    assert letters(more(21)) == []
    assert SetTimer(TimerKind.MUTED, opens_again(Scope.TICKET, 0, NOW)) in more(21).timers
    assert kinds(more(21)) == ["message-added"]


def test_the_summary_shows_the_assignee_the_last_messages() -> None:
    decision = timer(TimerKind.MUTED, a_ticket(status=Status.ACCEPTED))
    assert told(decision) == [(Template.UNMUTED, "schmidt")]


def test_a_rule_that_brings_in_too_much_opens_and_assigns_without_letters() -> None:
    full = decide(DAMAGE, counted(Scope.RULE, 100, key="schadensmeldung"))
    assert letters(full) == [Template.NOTIFICATION, Template.MUTED, Template.ACKNOWLEDGEMENT]
    muted = decide(DAMAGE, counted(Scope.RULE, 101, key="schadensmeldung"))
    assert (muted.disposition, letters(muted)) == (Disposition.OPEN, [Template.ACKNOWLEDGEMENT])
    assert TimerKind.REMIND in {one.kind for one in muted.timers}


def test_too_many_mails_in_all_are_told_of_no_more() -> None:
    assert Template.NOTIFICATION not in letters(decide(DAMAGE, counted(Scope.TOTAL, 1001, key="")))


# --- machines without a mark ----------------------------------------------------------------------------------


def test_whoever_answers_our_letters_faster_than_people_do_gets_no_more_automatic_ones() -> None:
    fast = Facts(traffic=(Traffic(Scope.BURST, WHO, 3),), acknowledgements_today=2)
    decision = decide(DAMAGE, fast)
    assert Template.ACKNOWLEDGEMENT not in letters(decision)
    assert Scope.SILENCED in {one.scope for one in decision.counts}


def test_a_silenced_address_stays_so_for_the_rest_of_the_day() -> None:
    decision = decide(DAMAGE, Facts(traffic=(Traffic(Scope.SILENCED, WHO, 1),)))
    assert Template.ACKNOWLEDGEMENT not in letters(decision)
    assert Template.NOTIFICATION in letters(decision)
    next_day = decide(DAMAGE, Facts(traffic=(Traffic(Scope.SILENCED, WHO, 0, 1),)))
    assert Template.ACKNOWLEDGEMENT in letters(next_day)


def test_somebody_with_four_matters_at_once_who_got_no_letter_yet_is_no_machine() -> None:
    decision = decide(DAMAGE, Facts(traffic=(Traffic(Scope.BURST, WHO, 4),)))
    assert Template.ACKNOWLEDGEMENT in letters(decision)


def test_what_a_colleague_forwards_speaks_for_many_people_and_is_not_counted() -> None:
    me = colleague("schmidt")
    original = Forwarded(Address("", WHO), (), "Dachrinne", None, DAMAGE.text)
    passed_on = a_message("Bitte aufnehmen.", author=me.address, forwarded=original)
    facts = Facts(traffic=(Traffic(Scope.SENDER, me.address, 500, 0, 10428),), storm=a_ticket())
    decision = decide(passed_on, facts)
    assert decision.disposition is not Disposition.APPEND
    assert Scope.SENDER not in {one.scope for one in decision.counts}


def test_a_feed_that_the_organisation_trusts_is_not_counted() -> None:
    feed = Rules(a_ruleset(organisation=an_organisation(trusted_feeds=(WHO,))))
    assert (
        decide(DAMAGE, counted(Scope.SENDER, 500, number=10428), rules=feed).disposition is Disposition.OPEN
    )


# --- windows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", Scope)
def test_windows_stand_side_by_side(scope: Scope) -> None:
    start = window_start(scope, NOW)
    assert start <= NOW < opens_again(scope, 0, NOW)
    assert window_start(scope, start) == start
    assert window_start(scope, start - timedelta(microseconds=1)) == start - LENGTHS[scope]


def test_an_emergency_in_a_ticket_that_is_muted_is_told_of_all_the_same() -> None:
    fire = a_ticket(case_type="notfall")
    facts = in_ticket(fire, fire.reporter)
    facts = replace(facts, traffic=(Traffic(Scope.TICKET, "10428", 99),))
    assert told(decide(DAMAGE, facts, rules=WITH_EMERGENCIES)) == []
    assert told(decide(BURNS, facts, rules=WITH_EMERGENCIES)) == [(Template.FOLLOW_UP, "schmidt")]
