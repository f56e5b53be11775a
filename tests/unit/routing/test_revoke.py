"""After handing a ticket on there is one thing left to do: take it back (REQ-D3, D4; ambiguities 18 and 19)."""

import pytest

from mailroute.model.decision import Decision, TimerKind
from mailroute.model.letter import Line, Template
from mailroute.model.ticket import Revoked, Status
from tests.support.deciding import colleague, kinds, notice, says, timers_set, told
from tests.support.factories import a_ticket

SCHMIDT, HUBER, WEBER = colleague("schmidt"), colleague("huber"), colleague("weber")
GIVEN = a_ticket(assignee="weber", holders=("schmidt",), given=(True,))
TAKEN = a_ticket(assignee="weber", holders=("schmidt",), given=(False,))


def receipt(decision: Decision) -> Line:
    [line] = notice(decision, Template.RECEIPT).lines
    return line


@pytest.mark.parametrize("said", ["widerrufen", "Revoke.", "WIDERRUFEN!"])
@pytest.mark.parametrize("status", [Status.OFFERED, Status.ACCEPTED])
def test_req_d4_the_assigner_takes_it_back_and_the_other_is_told(said: str, status: Status) -> None:
    ticket = a_ticket(assignee="weber", holders=("huber", "schmidt"), given=(True, True), status=status)
    decision = says(SCHMIDT, said, ticket=ticket)
    assert decision.changes == (Revoked("schmidt"),)
    assert told(decision) == [(Template.REVOKED, "weber"), (Template.RECEIPT, "schmidt")]
    assert timers_set(decision) == {TimerKind.DONE}
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.status) == ("schmidt", Status.ACCEPTED)
    assert (decision.ticket.holders, decision.ticket.assigner) == (("huber",), "huber")


@pytest.mark.parametrize("said", ["annehmen", "übernehmen", "ablehnen", "weiter an: Huber", "erledigt"])
def test_req_d3_nothing_else_is_left_to_the_assigner(said: str) -> None:
    decision = says(SCHMIDT, said, ticket=GIVEN)
    assert kinds(decision) == []
    assert not receipt(decision).done
    assert "zuständig: Clara Weber" in receipt(decision).did
    assert "widerrufen" in receipt(decision).did


def test_req_d3_an_answer_of_the_assigner_is_not_sent() -> None:
    decision = says(SCHMIDT, "Guten Tag Herr Müller, das ist erledigt.", ticket=GIVEN)
    assert kinds(decision) == ["noted"]
    assert "widerrufen" in receipt(decision).did


@pytest.mark.parametrize("said", ["annehmen", "ablehnen", "weiter an: Huber", "erledigt", "widerrufen"])
def test_req_d4_later_commands_of_the_former_assignee_are_refused(said: str) -> None:
    back = says(SCHMIDT, "widerrufen", ticket=GIVEN).ticket
    decision = says(WEBER, said, ticket=back)
    assert kinds(decision) == []
    assert "zuständig: Bernd Schmidt" in receipt(decision).did


@pytest.mark.parametrize("ticket", [a_ticket(), TAKEN], ids=["by rule", "taken over"])
def test_who_gave_nothing_away_cannot_take_it_back(ticket: object) -> None:
    who = SCHMIDT if ticket is TAKEN else HUBER
    decision = says(who, "widerrufen", ticket=ticket)  # type: ignore[arg-type]  # a Ticket, from the table above
    assert kinds(decision) == []
    assert "übernehmen" in receipt(decision).did


def test_taking_back_what_one_has_changes_nothing() -> None:
    decision = says(SCHMIDT, "widerrufen")
    assert kinds(decision) == []
    assert receipt(decision).done


def test_what_is_closed_is_not_taken_back() -> None:
    closed = a_ticket(assignee="weber", holders=("schmidt",), given=(True,), status=Status.CLOSED)
    decision = says(SCHMIDT, "widerrufen", ticket=closed)
    assert kinds(decision) == []
    assert "wieder öffnen" in receipt(decision).did


def test_each_assigner_of_a_chain_takes_back_their_own() -> None:
    """A gave it to B, B to C: C's belongs to B, and when B has it again A may take it back from B."""
    given = says(SCHMIDT, "weiter an: Weber").ticket
    given = says(WEBER, "weiter an: Huber", ticket=given).ticket
    assert kinds(says(SCHMIDT, "widerrufen", ticket=given)) == []
    back = says(WEBER, "widerrufen", ticket=given).ticket
    assert kinds(says(SCHMIDT, "widerrufen", ticket=back)) == ["revoked"]


def test_what_is_rejected_can_still_be_taken_back_by_who_gave_it_first() -> None:
    given = says(WEBER, "weiter an: Huber", ticket=GIVEN).ticket
    back = says(HUBER, "ablehnen", ticket=given).ticket
    assert back is not None
    assert (back.assignee, back.assigner) == ("weber", "schmidt")


def test_handing_on_and_taking_back_in_one_mail() -> None:
    assert kinds(says(SCHMIDT, "weiter an: Weber\nwiderrufen")) == ["assigned", "revoked"]
