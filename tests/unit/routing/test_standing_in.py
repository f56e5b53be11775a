"""Tickets of somebody who is away go to whoever stands in, and come back untouched ones (REQ-E11)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailroute.model.absence import Away
from mailroute.model.decision import Decision, TimerKind
from mailroute.model.facts import Offer
from mailroute.model.letter import Template
from mailroute.model.ticket import Choice, Offered, Status, Ticket
from mailroute.routing.standing_in import decide_absences_over, decide_lend, decide_lend_back, lends
from mailroute.routing.work import Rules, local_day
from tests.support.deciding import RULES, RULESET, in_ticket, kinds, notice, timers_set, told
from tests.support.factories import NOW, a_ticket

TODAY = local_day(RULESET, NOW)
AWAY = Away("schmidt", TODAY, TODAY + timedelta(days=10), "huber", open_tickets=True)


def lend(*away: Away, ticket: Ticket | None = None) -> Decision | None:
    return decide_lend(in_ticket(ticket, away=away), RULES, NOW)


def lend_back(*away: Away, ticket: Ticket) -> Decision | None:
    return decide_lend_back(in_ticket(ticket, away=away), RULES, NOW)


def lent(**more: object) -> Ticket:
    return a_ticket(assignee="huber", holders=("schmidt",), given=(True,), lent_by="schmidt", **more)


def test_the_deputy_gets_the_ticket_with_the_matter_and_a_new_deadline() -> None:
    decision = lend(AWAY)
    assert decision is not None
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.lent_by) == ("huber", "schmidt")
    assert decision.ticket.status is Status.OFFERED
    assert told(decision) == [(Template.STAND_IN, "huber")]
    assert str(AWAY.until.day if AWAY.until else "") in notice(decision, Template.STAND_IN).reason
    assert TimerKind.REMIND in timers_set(decision)


def test_along_the_chain_of_deputies_and_past_those_who_are_away() -> None:
    decision = lend(AWAY, Away("huber", TODAY, None, "weber"))
    assert decision is not None
    assert decision.ticket is not None
    assert decision.ticket.assignee == "weber"


def test_where_all_deputies_are_away_it_goes_to_the_role_and_then_to_triage() -> None:
    decision = lend(AWAY, Away("huber", TODAY, None))
    assert decision is not None
    assert decision.ticket is not None
    assert decision.ticket.assignee == "zeiler"


@pytest.mark.parametrize(
    ("away", "ticket"),
    [
        ((), a_ticket()),
        ((replace(AWAY, open_tickets=False),), a_ticket()),
        ((replace(AWAY, since=TODAY + timedelta(days=1)),), a_ticket()),
        ((replace(AWAY, until=TODAY - timedelta(days=1)),), a_ticket()),
        ((AWAY,), a_ticket(status=Status.CLOSED)),
        ((AWAY,), a_ticket(assignee="weber")),
        ((AWAY,), a_ticket(status=Status.ACCEPTED, follow_up=NOW + timedelta(days=20))),
    ],
)
def test_everything_else_stays_where_it_is(away: tuple[Away, ...], ticket: Ticket) -> None:
    assert lend(*away, ticket=ticket) is None


def test_what_nobody_has_worked_on_comes_back_when_they_do() -> None:
    decision = lend_back(ticket=lent())
    assert decision is not None
    assert kinds(decision) == ["lent-back"]
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.lent_by, decision.ticket.holders) == (
        "schmidt",
        None,
        (),
    )
    assert told(decision) == [(Template.LENT_BACK, "schmidt")]


def test_what_the_deputy_has_accepted_stays_with_them() -> None:
    assert lend_back(ticket=lent(status=Status.ACCEPTED)) is None
    assert lend_back(AWAY, ticket=lent()) is None
    left = Rules(replace(RULESET, staff=tuple(replace(s, active=s.id != "schmidt") for s in RULESET.staff)))
    assert decide_lend_back(in_ticket(lent()), left, NOW) is None


def test_whose_tickets_are_with_others_is_asked_of_both_sources() -> None:
    assert lends(RULESET, TODAY) == ()


def test_an_absence_ends_by_itself_after_its_last_day() -> None:
    said = (AWAY, replace(AWAY, until=TODAY - timedelta(days=1), id=7), Away("huber", TODAY, None))
    over = decide_absences_over("abc", said, RULES, NOW)
    assert [one.away.id for one in over.absences] == [7]


def test_the_numbered_list_goes_to_the_deputy_and_comes_back() -> None:
    offer = Offer("schmidt", (Choice("case-type", "rechnung"),), ())
    there = decide_lend(in_ticket(a_ticket(case_type=None), away=(AWAY,), offer=offer), RULES, NOW)
    assert there is not None
    assert notice(there, Template.STAND_IN).candidates == ("Rechnung",)
    back = decide_lend_back(in_ticket(lent(case_type=None), offer=replace(offer, to="huber")), RULES, NOW)
    assert back is not None
    assert notice(back, Template.LENT_BACK).candidates == ("Rechnung",)
    offered = [one.to for decision in (there, back) for one in decision.changes if isinstance(one, Offered)]
    assert offered == ["huber", "schmidt"]
