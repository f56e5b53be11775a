"""decide_mail: which of the roads a mail takes, and that nobody gets onto a road that is not theirs."""

from dataclasses import replace

import pytest

from mailroute.model.address import Address
from mailroute.model.decision import Assurance, Disposition
from mailroute.model.facts import Facts, Proof
from mailroute.model.letter import Template
from mailroute.model.message import Automatic, Bounce, BouncedRecipient, Message
from mailroute.model.ticket import Status
from mailroute.routing.work import Rules
from tests.support.deciding import (
    ALIGNED,
    EVIL,
    MUELLER_PARTY,
    NOT_ALIGNED,
    RULESET,
    colleague,
    decide,
    in_ticket,
    kinds,
    says,
    told,
)
from tests.support.factories import INBOX, MUELLER, a_message, a_ticket, an_envelope

SCHMIDT, HUBER = colleague("schmidt"), colleague("huber")


def test_a_new_mail_opens_a_ticket() -> None:
    decision = decide(a_message("In der Max-Planck-Straße 12 ist die Dachrinne kaputt."))
    assert decision.disposition is Disposition.OPEN
    assert (decision.number, decision.expects_version) == (10500, 0)
    assert kinds(decision) == ["opened", "message-added"]
    assert decision.ticket is not None
    assert decision.ticket.assignee == "schmidt"


@pytest.mark.parametrize(
    ("facts", "message", "why"),
    [
        (Facts(duplicate_of=17), a_message(), "came before, as m17"),
        (Facts(instances=("abc.1",)), a_message(instances=("abc.1",)), "we sent it ourselves"),
        (Facts(), a_message(hops=51), "goes in circles"),
        (Facts(), a_message(author=Address("", INBOX)), "our own inbox"),
        (
            Facts(),
            a_message(author="news@x.example", automatic=Automatic.LIST, signals=("list-id",)),
            "newsletter",
        ),
    ],
    ids=["duplicate", "our instance", "hops", "our own inbox", "newsletter"],
)
def test_what_nobody_waits_for_is_ignored_with_its_reason(facts: Facts, message: Message, why: str) -> None:
    decision = decide(message, facts)
    assert decision.disposition is Disposition.IGNORE
    assert (decision.changes, decision.notices, decision.timers, decision.number) == ((), (), (), None)
    assert any(why in step.because for step in decision.trace)


def test_a_duplicate_of_a_command_is_not_carried_out_again() -> None:
    facts = replace(in_ticket(token_of=SCHMIDT), duplicate_of=17)
    assert says(SCHMIDT, "erledigt", facts=facts).changes == ()


def test_staff_with_their_own_token_command() -> None:
    decision = says(SCHMIDT, "annehmen")
    assert decision.disposition is Disposition.COMMAND
    assert (decision.number, decision.expects_version) == (10428, 2)
    assert kinds(decision) == ["accepted"]


def test_staff_may_write_from_any_address_of_theirs() -> None:
    """staff.yaml `also`: the token was made for the other address, it is the same person."""
    also = replace(RULESET.staff[1], also=("bernd@privat.example",))
    ruleset = replace(RULESET, staff=(RULESET.staff[0], also, *RULESET.staff[2:]))
    writer = replace(SCHMIDT, address="bernd@privat.example")
    decision = says(writer, "annehmen", token_of=SCHMIDT, rules=Rules(ruleset))
    assert kinds(decision) == ["accepted"]


def test_a_colleague_with_somebody_elses_token_does_not_command() -> None:
    """reliability §4: valid token, From is not the token's staff: kept, the assignee hears of it."""
    decision = says(HUBER, "erledigt", token_of=SCHMIDT)
    assert decision.disposition is Disposition.APPEND
    assert kinds(decision) == ["message-added"]
    assert told(decision) == [(Template.FOLLOW_UP, "schmidt")]


def test_a_stranger_with_a_valid_token_is_added_with_a_warning_and_gets_nothing() -> None:
    """reliability §4, token leak by forwarding."""
    decision = decide(a_message("erledigt", author=EVIL), in_ticket(token_of=SCHMIDT))
    assert kinds(decision) == ["message-added"]
    [notice] = decision.notices
    assert (notice.template, notice.to.id) == (Template.FOLLOW_UP, "schmidt")
    assert notice.reason == SCHMIDT.name
    assert decision.ticket is not None
    assert decision.ticket.status is Status.OFFERED


def test_a_from_that_can_be_read_two_ways_has_no_token() -> None:
    """reliability §0.4: `Herr Schmidt` is shown, but nobody can say who wrote."""
    mail = a_message("erledigt", author=None, from_=(Address("", SCHMIDT.address),))
    decision = decide(mail, in_ticket(token_of=SCHMIDT))
    assert kinds(decision) == ["message-added"]
    assert decision.routing is not None
    assert decision.routing.sender.assurance is Assurance.NONE


def test_a_token_of_another_ticket_opens_that_one_and_not_the_mentioned_one() -> None:
    other = a_ticket(10429, assignee="huber")
    facts = replace(in_ticket(other, token_of=SCHMIDT), mentioned=(a_ticket(),))
    decision = says(SCHMIDT, "erledigt: T-10428", facts=facts)
    assert decision.number == 10429
    assert "closed" not in kinds(decision), "and he is not responsible there"


# --- borders ------------------------------------------------------------------------------------------------


BORDER = an_envelope(SCHMIDT.address, borders=("mx.abc.example",))


def test_with_a_border_that_confirms_staff_command() -> None:
    assert kinds(says(SCHMIDT, "annehmen", envelope=BORDER, auth=ALIGNED)) == ["accepted"]


@pytest.mark.parametrize(
    "text", ["annehmen", "erledigt", "Guten Tag, das ist behoben.", "senden", "notiz: x"]
)
def test_with_a_border_that_does_not_confirm_nothing_is_executed(text: str) -> None:
    """reliability §4: valid | yes | no ⇒ not executed, the registered address hears of it."""
    decision = says(SCHMIDT, text, envelope=BORDER, auth=NOT_ALIGNED)
    assert kinds(decision) == ["noted"]
    assert told(decision) == [(Template.UNCONFIRMED, "schmidt")]
    assert decision.ticket is not None
    assert decision.ticket.status is Status.OFFERED


def test_with_a_border_that_said_nothing_nothing_is_executed_either() -> None:
    """Whoever reaches our door past the border carries no Authentication-Results of it: `unknown` is not a yes.

    A forged From with a token that leaked was carried out, although the operator had named a border.
    """
    decision = says(SCHMIDT, "erledigt", envelope=BORDER)
    assert kinds(decision) == ["noted"]
    assert told(decision) == [(Template.UNCONFIRMED, "schmidt")]


def test_who_logged_in_to_send_needs_no_border() -> None:
    envelope = replace(BORDER, login=SCHMIDT.address)
    assert kinds(says(SCHMIDT, "annehmen", envelope=envelope)) == ["accepted"]


def test_without_a_border_the_token_is_enough() -> None:
    assert kinds(says(SCHMIDT, "annehmen")) == ["accepted"]


def test_a_login_of_somebody_else_does_not_make_a_letter_schmidts() -> None:
    envelope = replace(BORDER, login=HUBER.address)
    assert kinds(says(SCHMIDT, "erledigt", envelope=envelope, auth=NOT_ALIGNED)) == ["noted"]


# --- the reporter's ways back in ----------------------------------------------------------------------------


def test_the_reporter_gets_back_in_by_token() -> None:
    decision = says(MUELLER_PARTY, "Noch etwas.")
    assert (decision.number, kinds(decision)) == (10428, ["message-added"])


def test_the_reporter_gets_back_in_by_their_own_thread() -> None:
    facts = Facts(thread=a_ticket(), participants=(MUELLER_PARTY,))
    assert says(MUELLER_PARTY, "Noch etwas.", facts=facts).number == 10428


def test_the_reporter_gets_back_in_by_naming_the_number() -> None:
    facts = Facts(mentioned=(a_ticket(10427, reporter=SCHMIDT), a_ticket()))
    decision = says(MUELLER_PARTY, "Zu T-10427 und T-10428: es tropft wieder.", facts=facts)
    assert decision.number == 10428


@pytest.mark.parametrize("how", ["thread", "mentioned"])
def test_a_stranger_in_the_thread_or_with_the_number_gets_a_ticket_of_their_own(how: str) -> None:
    """design §6: a stranger with a valid ticket number gets a new ticket, never entry into the old one."""
    facts = Facts(thread=a_ticket()) if how == "thread" else Facts(mentioned=(a_ticket(),))
    decision = decide(a_message("Zu T-10428: Was ist los?", author=EVIL), facts)
    assert decision.number == 10500
    assert any("T-10428" in step.because for step in decision.trace)


@pytest.mark.parametrize("how", ["thread", "mentioned"])
def test_staff_do_not_get_in_without_a_token(how: str) -> None:
    """A colleague who writes to the inbox about T-10428 opens a matter; only their token acts."""
    ticket = a_ticket(reporter=SCHMIDT)
    facts = Facts(thread=ticket) if how == "thread" else Facts(mentioned=(ticket,))
    assert says(SCHMIDT, "T-10428 ist wichtig, Heizung kaputt", facts=facts).number == 10500


def test_a_doubtful_from_does_not_get_in_by_thread_or_number() -> None:
    facts = Facts(thread=a_ticket(), mentioned=(a_ticket(),))
    mail = a_message("T-10428", author=None, from_=(MUELLER,))
    assert decide(mail, facts).number == 10500


def test_a_proof_without_its_ticket_is_a_new_matter() -> None:
    """It was erased meanwhile."""
    assert decide(a_message(), Facts(proof=Proof("reply-address", MUELLER_PARTY))).number == 10500


# --- bounces ------------------------------------------------------------------------------------------------


def test_a_bounce_is_never_a_reply_even_with_a_token() -> None:
    report = a_message(
        author="mailer-daemon@mx.example",
        automatic=Automatic.BOUNCE,
        bounce=Bounce((BouncedRecipient(SCHMIDT.address, "failed", "5.1.1"),), None),
    )
    decision = decide(report, in_ticket(token_of=SCHMIDT), envelope=an_envelope(""))
    assert (decision.disposition, decision.changes, decision.notices) == (Disposition.IGNORE, (), ())
