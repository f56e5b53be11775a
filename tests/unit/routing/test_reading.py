"""Marking a ticket as read on our pages: the rule of GELESEN, and nobody of the house hears of it."""

from __future__ import annotations

from dataclasses import replace

from mailroute.model.access import Access
from mailroute.model.decision import Decision
from mailroute.model.facts import Facts
from mailroute.model.grant import Grant, Member
from mailroute.model.ticket import Party, PartyKind, Status, Ticket
from mailroute.routing.reading import NotRead, decide_read
from mailroute.routing.work import Rules
from tests.support.deciding import RULESET, kinds
from tests.support.factories import NOW, a_ticket
from tests.support.grants import a_grant

ANNA, BERT, CARL = (
    Party(PartyKind.CUSTOMER, None, "", f"{one}@firma.example") for one in ("anna", "bert", "carl")
)
RULES = Rules(RULESET)
GROUP = a_grant("firma", members=(Member(ANNA.address), Member(BERT.address)), share_tickets=True)


def read(
    party: Party, ticket: Ticket, grant: Grant = GROUP, *, unanswered: bool = False
) -> Decision | NotRead:
    return decide_read(
        Facts(ticket=ticket, access=Access((grant,)), unanswered=unanswered), party, RULES, NOW
    )


ANNAS = replace(a_ticket(), reporter=ANNA)


def test_it_is_refused_before_any_member_has_answered() -> None:
    """REQ-B5, ambiguity 9."""
    assert read(BERT, ANNAS, unanswered=True) is NotRead.UNANSWERED
    assert read(ANNA, ANNAS, unanswered=True) is NotRead.UNANSWERED


def test_after_an_answer_it_is_noted_and_nobody_is_told() -> None:
    """REQ-B5."""
    decision = read(BERT, ANNAS)
    assert isinstance(decision, Decision)
    assert (kinds(decision), decision.notices, decision.actor) == (["marked-read"], (), BERT)


def test_a_closed_ticket_can_be_marked_without_an_answer() -> None:
    """Ambiguity 9: staff closing it clears it too."""
    assert isinstance(read(BERT, replace(ANNAS, status=Status.CLOSED), unanswered=True), Decision)


def test_whoever_does_not_share_with_the_reporter_marks_nothing() -> None:
    """REQ-B2, B13: switched off, or never a member."""
    assert read(CARL, ANNAS) is NotRead.NOT_THEIRS
    assert read(BERT, ANNAS, replace(GROUP, share_tickets=False)) is NotRead.NOT_THEIRS
    assert decide_read(Facts(), BERT, RULES, NOW) is NotRead.NOT_THEIRS
