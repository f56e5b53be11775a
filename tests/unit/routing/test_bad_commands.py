"""Commands that must not work: each gets its answer, changes nothing it should not, and leaves an event (REQ-D18).

The answers are documented in docs/commands.md; two commands at the same instant are in e2e/test_assign_at_once.py.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailroute.model.decision import Decision
from mailroute.model.facts import Facts
from mailroute.model.letter import Template
from mailroute.model.message import Automatic
from mailroute.model.ticket import Noted, Party, Status, Ticket, Unchanged
from mailroute.routing.work import Rules
from tests.support.deciding import (
    EVIL,
    NOT_ALIGNED,
    RULES,
    RULESET,
    colleague,
    decide,
    in_ticket,
    kinds,
    notice,
    says,
    told,
)
from tests.support.factories import a_message, a_staff, a_ticket, an_envelope

SCHMIDT, HUBER, WEBER = colleague("schmidt"), colleague("huber"), colleague("weber")
VERBS = [
    "annehmen",
    "ablehnen: nein",
    "weiter an: Weber",
    "erledigt",
    "typ: Rechnung",
    "frist Freitag",
    "senden",
]
TWO_WEBERS: Rules = Rules(replace(RULESET, staff=(*RULESET.staff, a_staff("jweber", "Julia Weber"))))


@pytest.mark.parametrize("said", VERBS)
def test_a_wrong_or_expired_token_proves_nothing_and_the_mail_is_a_new_matter(said: str) -> None:
    """What does not verify is no proof: the mail opens a ticket of its own and the old one stays as it is."""
    decision = decide(a_message(said, "Re: T-10428", HUBER.address), Facts(mentioned=(a_ticket(),)))
    assert (decision.number, kinds(decision)[0]) == (10500, "opened")
    assert Template.RECEIPT not in {template for template, _ in told(decision)}


@pytest.mark.parametrize("said", VERBS)
def test_a_command_from_another_address_is_a_message_and_the_assignee_hears_of_it(said: str) -> None:
    decision = decide(a_message(said, "Re: T-10428", EVIL), in_ticket(token_of=SCHMIDT))
    assert kinds(decision) == ["message-added"]
    assert told(decision) == [(Template.FOLLOW_UP, "schmidt")]


@pytest.mark.parametrize("said", VERBS)
def test_a_command_that_its_own_mail_server_does_not_vouch_for_is_a_note_and_its_owner_is_told(
    said: str,
) -> None:
    border = an_envelope(SCHMIDT.address, borders=("mx.abc.example",))
    decision = says(SCHMIDT, said, envelope=border, auth=NOT_ALIGNED)
    assert decision.changes == (Noted(said, 1, why="unconfirmed"),)
    assert told(decision) == [(Template.UNCONFIRMED, "schmidt")]
    assert notice(decision, Template.UNCONFIRMED).text == said, (
        "whoever it was meant by sees what was written"
    )


@pytest.mark.parametrize("said", VERBS)
def test_a_command_in_an_automatic_reply_never_counts_and_is_never_answered(said: str) -> None:
    decision = says(SCHMIDT, said, automatic=Automatic.AUTO_REPLIED)
    assert decision.changes == (Noted(said, 1, why="automatic reply"),)
    assert told(decision) == []


@pytest.mark.parametrize(
    ("who", "said", "ticket", "answered"),
    [
        pytest.param(
            SCHMIDT, "annehmen", a_ticket(status=Status.CLOSED), "Der Vorgang ist abgeschlossen", id="closed"
        ),
        pytest.param(
            SCHMIDT, "frist Freitag", a_ticket(status=Status.CLOSED), "wieder öffnen", id="closed, follow-up"
        ),
        pytest.param(
            HUBER, "erledigt", a_ticket(assignee="weber", holders=("huber",)), "zuständig: Clara Weber", id="former"
        ),
        pytest.param(
            HUBER, "erledigt", a_ticket(assignee="weber", holders=("huber",), given=(True,)), "widerrufen",
            id="former, who gave it away",
        ),
        pytest.param(HUBER, "annehmen", a_ticket(), "übernehmen", id="never had it"),
        pytest.param(SCHMIDT, "weiter an: Niemand", a_ticket(), "arbeitet nicht hier", id="a name that fits nobody"),
        pytest.param(SCHMIDT, "weiter an: Webr", a_ticket(), "Meinten Sie", id="a misspelt name"),
        pytest.param(SCHMIDT, "2", a_ticket(), "keine Liste", id="a number without a list"),
        pytest.param(SCHMIDT, "senden", a_ticket(), "keine Antwort", id="nothing to send"),
        pytest.param(SCHMIDT, "rückgängig", a_ticket(), "keinen Befehl", id="nothing to undo"),
        pytest.param(SCHMIDT, "frist heute 8 Uhr", a_ticket(), "ist vorbei", id="a date that is past"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_answered_and_written_down(
    who: Party, said: str, ticket: Ticket, answered: str
) -> None:
    _answered_and_unchanged(says(who, said, ticket=ticket), said, answered)


def test_a_name_that_fits_two_people_is_asked_back() -> None:
    decision = says(SCHMIDT, "weiter an: Frau Weber", rules=TWO_WEBERS)
    _answered_and_unchanged(decision, "weiter an: Frau Weber", "Wen meinen Sie?")
    [line] = notice(decision, Template.RECEIPT).lines
    assert "(weber)" in line.did
    assert "(jweber)" in line.did
    assert kinds(says(SCHMIDT, "weiter an: weber", rules=TWO_WEBERS)) == ["assigned"], "as the answer says"
    assert kinds(says(SCHMIDT, "weiter an: Julia Weber", rules=TWO_WEBERS)) == ["assigned"]


@pytest.mark.parametrize(
    ("said", "ticket"),
    [
        ("annehmen", a_ticket(status=Status.ACCEPTED)),
        ("erledigt", a_ticket(status=Status.CLOSED)),
        ("wieder öffnen", a_ticket()),
        ("widerrufen", a_ticket()),
    ],
)
def test_the_same_command_twice_is_no_mistake_and_changes_nothing(said: str, ticket: Ticket) -> None:
    decision = says(SCHMIDT, said, ticket=ticket)
    [line] = notice(decision, Template.RECEIPT).lines
    assert line.done
    assert decision.changes == (Unchanged(said, line.did),)


def test_the_same_mail_twice_is_read_once() -> None:
    """It is the same bytes to the same recipients: whatever it commands was done the first time."""
    facts = in_ticket(token_of=SCHMIDT, duplicate_of=7)
    decision = says(SCHMIDT, "erledigt", facts=facts)
    assert (decision.changes, decision.notices) == ((), ())
    assert decision.trace, "the decision that is kept says of which mail it is a copy"


def _answered_and_unchanged(decision: Decision, said: str, answered: str) -> None:
    [line] = notice(decision, Template.RECEIPT).lines
    assert not line.done
    assert answered in line.did
    assert len(notice(decision, Template.RECEIPT).lines) == len(decision.notices) == 1
    assert decision.changes == (Unchanged(said, line.did[:200]),)
    assert decision.timers == ()
    assert RULES.ruleset.staff_by_id(decision.ticket.assignee if decision.ticket else "") is not None
