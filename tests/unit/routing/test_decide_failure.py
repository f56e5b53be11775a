"""decide_failure: a letter came back. Only a signed bounce address proves it."""

from dataclasses import replace

import pytest

from mailroute.model.decision import Decision, Disposition
from mailroute.model.facts import Facts, SentLetter
from mailroute.model.letter import Template
from mailroute.model.message import Automatic, Bounce, BouncedRecipient, Message
from mailroute.model.ticket import Party, PartyKind, Status, Ticket
from tests.support.deciding import MUELLER_PARTY, colleague, decide, in_ticket, kinds, notice, told
from tests.support.factories import a_message, a_ticket, an_envelope

SCHMIDT = colleague("schmidt")


def a_report(action: str = "failed", recipients: int = 1) -> Message:
    failed = tuple(BouncedRecipient("mueller@mieter.example", action, "5.1.1") for _ in range(recipients))
    return a_message(
        "I'm sorry.",
        author="mailer-daemon@mx.example",
        automatic=Automatic.BOUNCE,
        signals=("report-delivery-status",),
        bounce=Bounce(failed, None),
    )


def bounced(
    to: Party = MUELLER_PARTY,
    *,
    proven: bool = True,
    ticket: Ticket | None = None,
    gone: bool = False,
    report: Message | None = None,
) -> Decision:
    facts = in_ticket(ticket, bounced=SentLetter("abc-m1-1", 10428, to, "answer", proven))
    facts = replace(facts, ticket=None) if gone else facts
    return decide(report or a_report(), facts, envelope=an_envelope(""))


def test_a_proven_bounce_is_kept_and_the_assignee_hears_of_it() -> None:
    decision = bounced()
    assert decision.disposition is Disposition.APPEND
    assert kinds(decision) == ["letter-failed"]
    assert told(decision) == [(Template.NOT_DELIVERED, "schmidt")]
    assert notice(decision, Template.NOT_DELIVERED).author == MUELLER_PARTY
    assert notice(decision, Template.NOT_DELIVERED).reason == "5.1.1"


@pytest.mark.parametrize("status", [Status.TRIAGE, Status.OFFERED, Status.ACCEPTED, Status.CLOSED])
def test_a_bounce_reopens_nothing(status: Status) -> None:
    decision = bounced(ticket=a_ticket(status=status))
    assert decision.ticket is not None
    assert decision.ticket.status is status


def test_a_bounce_without_proof_changes_nothing() -> None:
    """Anybody can write one: else they could tell us that our letters do not arrive."""
    decision = bounced(proven=False)
    assert (decision.disposition, decision.changes, decision.notices) == (Disposition.IGNORE, (), ())
    assert "anybody could have written" in decision.trace[-1].because


def test_a_report_about_no_letter_of_ours_is_ignored() -> None:
    decision = decide(a_report(), envelope=an_envelope(""))
    assert (decision.disposition, decision.changes) == (Disposition.IGNORE, ())


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_delay_is_no_failure(action: str) -> None:
    decision = bounced(report=a_report(action))
    assert (decision.disposition, decision.changes) == (Disposition.IGNORE, ())


def test_a_report_that_names_nobody_is_a_failure() -> None:
    """Old servers send no machine-readable part; the signed address says enough."""
    assert kinds(bounced(report=a_report(recipients=0))) == ["letter-failed"]


def test_a_null_return_path_at_the_bounce_address_is_a_bounce() -> None:
    mail = a_message("Ihre Mail konnte nicht zugestellt werden.", author="postmaster@mx.example")
    assert kinds(bounced(report=mail)) == ["letter-failed"]


def test_when_the_assignee_cannot_be_reached_the_next_one_has_it_and_the_triage_desk_hears_of_it() -> None:
    """Never a letter about a failure to the address that fails (REQ-E8)."""
    decision = bounced(SCHMIDT)
    assert kinds(decision) == ["letter-failed", "assigned"]
    assert told(decision) == [(Template.ASSIGNED, "zeiler"), (Template.NOT_DELIVERED, "zeiler")]
    assert decision.ticket is not None
    assert decision.ticket.assignee == "zeiler"


def test_a_colleague_who_does_not_have_it_and_cannot_be_reached_keeps_nobody_waiting() -> None:
    decision = bounced(colleague("huber"))
    assert kinds(decision) == ["letter-failed"]
    assert told(decision) == [(Template.NOT_DELIVERED, "zeiler")]


def test_when_the_triage_desk_itself_cannot_be_reached_somebody_else_has_the_ticket() -> None:
    zeiler = colleague("zeiler")
    decision = bounced(zeiler, ticket=a_ticket(assignee="zeiler"))
    assert kinds(decision) == ["letter-failed", "assigned"]
    assert told(decision) == [(Template.ASSIGNED, "schmidt")]


def test_a_letter_of_a_ticket_that_is_gone_is_ignored() -> None:
    assert bounced(gone=True).disposition is Disposition.IGNORE


def test_the_triage_desk_hears_that_a_letter_without_a_ticket_came_back() -> None:
    letter = SentLetter("abc-m1-1", None, SCHMIDT, "general-receipt", proven=True)
    decision = decide(a_report(), Facts(bounced=letter), envelope=an_envelope(""))
    assert (decision.disposition, decision.number, decision.changes) == (Disposition.TRIAGE, None, ())
    assert told(decision) == [(Template.LETTER_RETURNED, "zeiler")]
    assert notice(decision, Template.LETTER_RETURNED).author == SCHMIDT


def test_nobody_is_written_to_when_a_letter_without_a_ticket_to_the_triage_desk_came_back() -> None:
    letter = SentLetter("abc-m1-1", None, colleague("zeiler"), "general-receipt", proven=True)
    assert told(decide(a_report(), Facts(bounced=letter), envelope=an_envelope(""))) == []


def test_somebody_with_the_id_of_a_colleague_is_no_colleague() -> None:
    """A person may have the same id as a member of staff: the failing letter was the person's."""
    person = Party(PartyKind.TENANT, "schmidt", "Frau Schmidt", "schmidt@mieter.example")
    assert told(bounced(person)) == [(Template.NOT_DELIVERED, "schmidt")]
