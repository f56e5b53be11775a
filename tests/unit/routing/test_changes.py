"""What others note or correct is told to whoever has the ticket when the notice leaves (REQ-D6)."""

from dataclasses import replace
from datetime import timedelta

from mailroute.model.decision import Decision, DueTimer, SetTimer, TimerKind
from mailroute.model.facts import Changed
from mailroute.model.letter import Template
from mailroute.model.ticket import ChangesTold, Corrected, Noted, Place, Status, Ticket
from mailroute.routing.decide_timer import decide_timer
from tests.support.deciding import RULES, colleague, in_ticket, kinds, notice, says, timers_set, told
from tests.support.factories import NOW, a_ticket

SCHMIDT, HUBER, WEBER = colleague("schmidt"), colleague("huber"), colleague("weber")
NOTE = Changed(4, NOW, HUBER, Noted("Der Hausmeister war da.", 7))
OWN = Changed(5, NOW, SCHMIDT, Noted("rufe morgen an", 8))
MOVED = Changed(
    6, NOW, WEBER, Corrected("case-type", "Rechnung", "Schadensmeldung", "schadensmeldung", 2, Place(), "r")
)


def due(ticket: Ticket, *untold: Changed) -> Decision:
    """The timer of the changes comes due."""
    timer = DueTimer(3, "abc", 10428, TimerKind.CHANGES, NOW)
    return decide_timer(timer, in_ticket(ticket, untold=untold), RULES, NOW)


def test_req_d6_a_note_of_another_is_told_some_minutes_later() -> None:
    decision = says(HUBER, "notiz: Der Hausmeister war da.")
    assert SetTimer(TimerKind.CHANGES, NOW + timedelta(minutes=5)) in decision.timers
    assert told(decision) == []


def test_req_d6_ones_own_note_is_told_to_nobody() -> None:
    assert says(SCHMIDT, "notiz: rufe morgen an").timers == ()
    assert kinds(due(a_ticket(), OWN)) == []


def test_req_d6_one_letter_says_who_did_what_with_old_and_new() -> None:
    decision = due(a_ticket(), NOTE, OWN, MOVED)
    assert decision.changes == (ChangesTold("schmidt", 6),)
    assert told(decision) == [(Template.CHANGES, "schmidt")]
    assert [(one.said, one.did) for one in notice(decision, Template.CHANGES).lines] == [
        ("Anna Huber", "Notiz: Der Hausmeister war da."),
        ("Clara Weber", "Anliegen: Schadensmeldung (vorher: Rechnung)"),
    ]


def test_req_d6_it_goes_to_whoever_has_the_ticket_when_it_leaves() -> None:
    decision = due(a_ticket(assignee="weber"), NOTE, OWN, MOVED)
    assert told(decision) == [(Template.CHANGES, "weber")]
    assert [one.said for one in notice(decision, Template.CHANGES).lines] == ["Anna Huber", "Bernd Schmidt"]


def test_words_behind_an_assignment_reach_the_colleague() -> None:
    decision = says(SCHMIDT, "weiter an: Weber\n\nDer Mieter ist schwierig.")
    assert TimerKind.CHANGES in timers_set(decision)


def test_a_stream_of_notes_does_not_put_the_notice_off_for_ever() -> None:
    old = replace(NOTE, at=NOW - timedelta(hours=2))
    decision = says(HUBER, "notiz: noch etwas", facts=in_ticket(None, HUBER, untold=(old,)))
    assert SetTimer(TimerKind.CHANGES, NOW + timedelta(minutes=1)) in decision.timers


def test_nobody_hears_of_changes_in_a_closed_ticket_or_when_they_have_left() -> None:
    closed = a_ticket(status=Status.CLOSED)
    assert says(HUBER, "notiz: zu spät", ticket=closed).timers == ()
    assert kinds(due(closed, NOTE)) == []
    assert kinds(due(a_ticket(assignee="long-gone"), NOTE)) == []
