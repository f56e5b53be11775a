"""Whoever gets a ticket gets the matter: which mails are passed on, with which files."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailroute.model.decision import DueTimer, TimerKind
from mailroute.model.letter import Template, Written
from mailroute.model.ticket import Status, Ticket
from mailroute.routing.decide_timer import decide_timer
from mailroute.routing.work import passed_on
from tests.support.deciding import (
    MUELLER_PARTY,
    RULES,
    RULESET,
    colleague,
    in_ticket,
    notice,
    says,
)
from tests.support.factories import NOW, a_party, a_ticket

SCHMIDT = colleague("schmidt")
MAILS = tuple(
    Written(intake=10 + nth, author=a_party(), at=NOW - timedelta(days=9 - nth), nth=nth, files=nth % 2)
    for nth in range(1, 7)
)


@pytest.mark.parametrize(
    ("mails", "passed"), [(0, []), (1, [1]), (4, [1, 2, 3, 4]), (5, [1, 3, 4, 5]), (6, [1, 4, 5, 6])]
)
def test_the_first_and_the_last_three_mails_are_passed_on(mails: int, passed: list[int]) -> None:
    assert [one.nth for one in passed_on(MAILS[:mails])] == passed


@pytest.mark.parametrize(
    ("said", "template", "ticket"),
    [
        ("weiter an: Weber", Template.ASSIGNED, a_ticket()),
        ("ablehnen: nicht meins", Template.RETURNED, a_ticket(holders=("weber",))),
        ("wieder öffnen", Template.REOPENED, a_ticket(status=Status.CLOSED, assignee="weber")),
    ],
    ids=str,
)
def test_who_is_given_a_ticket_gets_the_mails_with_their_files(
    said: str, template: Template, ticket: Ticket
) -> None:
    facts = replace(in_ticket(ticket, SCHMIDT), messages=MAILS[:3])
    letter = notice(says(SCHMIDT, said, facts=facts), template)
    assert letter.to == colleague("weber")
    assert (letter.passes_on, letter.attach, letter.text) == (MAILS[:3], (11, 13), "")
    assert letter.due is not None


@pytest.mark.parametrize(
    ("kind", "template"),
    [(TimerKind.REMIND, Template.REMINDER), (TimerKind.ESCALATE, Template.ESCALATION)],
    ids=str,
)
def test_a_reminder_passes_the_words_on_and_not_the_files(kind: TimerKind, template: Template) -> None:
    due = DueTimer(3, "abc", 10428, kind, NOW - timedelta(minutes=1))
    facts = replace(in_ticket(), messages=MAILS[:2])
    letter = notice(decide_timer(due, facts, RULES, NOW), template)
    assert (letter.passes_on, letter.attach) == (MAILS[:2], ())


def test_who_gets_a_ticket_back_to_life_without_having_had_it_reads_it_from_the_beginning() -> None:
    """The last assignee has left: the triage desk hears of a mail that answers what it never saw."""
    ticket = a_ticket(status=Status.CLOSED, assignee="gone")
    facts = replace(in_ticket(ticket, MUELLER_PARTY), messages=MAILS[:1])
    decision = says(MUELLER_PARTY, "Es tropft schon wieder.", facts=facts)
    letter = notice(decision, Template.REOPENED)
    assert letter.to.id == RULESET.role(RULESET.organisation.triage_role).site_wide[0]
    first, new = letter.passes_on
    assert first == MAILS[0]
    assert (new.nth, new.at, new.author.address) == (2, NOW, MUELLER_PARTY.address)
    assert (letter.attach, letter.text) == ((11,), "")


def test_who_has_the_ticket_reads_only_what_is_new() -> None:
    facts = replace(in_ticket(None, MUELLER_PARTY), messages=MAILS[:1])
    letter = notice(says(MUELLER_PARTY, "Es tropft schon wieder.", facts=facts), Template.FOLLOW_UP)
    assert (letter.passes_on, letter.text) == ((), "Es tropft schon wieder.")
